/* page.c - the layout of reference pages; labels are as wide as each language needs */
#include "cli/page.h"

#include "base/memory.h"
#include "cli/terminal.h"
#include "cli/wrap.h"
#include "base/attr.h"
#include "base/buf.h"
#include "document/labels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns of the longest label of a page and two blanks. */
static int
label_width(void)
{
    return language() == POSTERN_JA ? 22 : 18;
}

static void
print_label(struct slice label)
{
    int pad = label_width() - wrap_width(label);

    printf("%s%.*s%s%*s", terminal_style(stdout, TERMINAL_BOLD), (int)label.len,
           label.ptr, terminal_style(stdout, TERMINAL_PLAIN), pad > 1 ? pad : 1, "");
}

/* Print and free wrapped lines; all but the first are indented. */
static void
print_lines(char *lines, int indent)
{
    for (char *line = lines, *end; line != NULL; line = end) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        printf("%*s%s\n", line == lines ? 0 : indent, "", line);
    }
    free(lines);
}

void
page_title(struct slice code, struct slice name)
{
    printf("%s%.*s  %.*s%s\n\n", terminal_style(stdout, TERMINAL_BOLD), (int)code.len,
           code.ptr, (int)name.len, name.ptr, terminal_style(stdout, TERMINAL_PLAIN));
}

void
page_field(enum postern_phrase label, struct slice text)
{
    if (text.len == 0)
        return;
    print_label(phrase(label));
    print_lines(wrap_text(text, wrap_terminal() - label_width()), label_width());
}

void
page_text(enum postern_phrase label, const struct postern_text *text)
{
    page_field(label, in_language(text));
}

char *
page_words(struct slice list)
{
    char *out = memory_new(64 + 40 * (list.len + 1));
    size_t len = 0;
    struct slice word;

    while (list.len > 0) {
        slice_cut(list, ' ', &word, &list);
        word = label_after(language(), word);
        if (len > 0 && word.len > 0) {
            memcpy(out + len, ", ", 2);
            len += 2;
        }
        memcpy(out + len, word.ptr, word.len);
        len += word.len;
    }
    out[len] = '\0';
    return out;
}

void
page_list(enum postern_phrase label, struct slice list)
{
    char *words = page_words(list);

    page_field(label, slice_from(words));
    free(words);
}

void
page_section(enum postern_phrase label)
{
    struct slice name = phrase(label);

    printf("\n%s%.*s%s\n", terminal_style(stdout, TERMINAL_BOLD), (int)name.len,
           name.ptr, terminal_style(stdout, TERMINAL_PLAIN));
}

void
page_conversation(enum postern_phrase label, struct slice lines)
{
    struct slice line;

    if (lines.len == 0)
        return;
    page_section(label);
    while (lines.len > 0) {
        slice_cut(lines, '\n', &line, &lines);
        bool is_client = slice_has_prefix_fold(line, SLICE("C:"));
        if (!is_client && !slice_has_prefix_fold(line, SLICE("S:")))
            continue;
        bool is_bad = !is_client && line.len > 3 && line.ptr[3] >= '4';
        printf("  %s", terminal_style(stdout, is_client ? TERMINAL_CLIENT
                                              : is_bad  ? TERMINAL_BAD
                                                        : TERMINAL_SERVER));
        bool is_open = line.len > 0 && line.ptr[line.len - 1] == '*';
        line.len -= is_open; /* "*" matches any text, see catalog/FORMAT.md */
        terminal_write(stdout, line);
        printf("%s%s\n", is_open ? "…" : "", terminal_style(stdout, TERMINAL_PLAIN));
    }
}

void
page_paragraph(struct slice text, int indent)
{
    printf("%*s", indent, "");
    print_lines(wrap_text(text, wrap_terminal() - indent), indent);
}
