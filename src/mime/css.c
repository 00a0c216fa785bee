/* css.c - see css.h
 *
 * The part of CSS Syntax Level 3 that lists of declarations need: a run ends at ; or }
 * or
 * {, outside strings and brackets. Before { it is a selector or an at-rule, otherwise a
 * declaration if it has a colon.
 */
#include "mime/css.h"

#include "base/ascii.h"
#include "base/memory.h"

#include <stdlib.h>

#define BLANKS SLICE(" \t\r\n\f")

/* A copy of css with comments replaced by blanks; freed by the caller. */
static char *
without_comments(struct slice css)
{
    char *copy = memory_copy(css), quote = '\0';

    for (size_t i = 0; i < css.len; i++) {
        if (quote != '\0') {
            if (copy[i] == '\\')
                i++;
            else if (copy[i] == quote || copy[i] == '\n')
                quote = '\0';
        } else if (copy[i] == '"' || copy[i] == '\'') {
            quote = copy[i];
        } else if (copy[i] == '/' && i + 1 < css.len && copy[i + 1] == '*') {
            size_t end = i + 2;

            while (end + 1 < css.len && (copy[end] != '*' || copy[end + 1] != '/'))
                end++;
            end = end + 1 < css.len ? end + 2 : css.len;
            memset(copy + i, ' ', end - i);
            i = end - 1;
        }
    }
    return copy;
}

/* The length of the first run of css, up to the ; { or } that ends it. */
static size_t
run_len(struct slice css)
{
    size_t depth = 0;
    char quote = '\0';

    for (size_t i = 0; i < css.len; i++) {
        char c = css.ptr[i];

        if (quote != '\0') {
            if (c == '\\')
                i++;
            else if (c == quote || c == '\n')
                quote = '\0';
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '(' || c == '[') {
            depth++;
        } else if (c == ')' || c == ']') {
            depth -= depth > 0;
        } else if ((depth == 0 && c == ';') || c == '{' || c == '}') {
            return i;
        }
    }
    return css.len;
}

void
css_scan(struct slice css,
         void (*each)(void *context, enum css_kind kind, struct slice name,
                      struct slice value),
         void *context)
{
    char *copy = without_comments(css);
    struct slice left = slice_of(copy, css.len), name, value;

    while (left.len > 0) {
        size_t len = run_len(left);
        struct slice run = slice_trim(slice_of(left.ptr, len), BLANKS);
        bool is_selector = len < left.len && left.ptr[len] == '{';

        left = slice_skip(left, len < left.len ? len + 1 : len);
        if (run.len > 0 && run.ptr[0] == '@') {
            size_t n = 1;

            while (n < run.len && (ascii_is_alnum(run.ptr[n]) || run.ptr[n] == '-'))
                n++;
            each(context, CSS_AT_RULE, slice_of(run.ptr + 1, n - 1),
                 slice_skip(run, n));
        } else if (!is_selector && slice_cut(run, ':', &name, &value)) {
            each(context, CSS_DECLARATION, slice_trim(name, BLANKS),
                 slice_trim(value, BLANKS));
        }
    }
    free(copy);
}
