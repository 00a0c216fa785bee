/* words.c - lists of words are literals with "|" between, so that a rule reads like one
 */
#include "explain/words.h"

#include "base/ascii.h"

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

struct slice
words_trim(struct slice s)
{
    return slice_trim(s, SLICE(" \t\r\n\v\f"));
}

bool
words_have_any(struct slice s, struct slice list)
{
    struct slice word;

    while (list.len > 0) {
        slice_cut(list, '|', &word, &list);
        if (words_have(s, word))
            return true;
    }
    return false;
}

bool
words_are_any(struct slice s, struct slice list)
{
    char first = s.len > 0 ? ascii_lower(s.ptr[0]) : '|';

    for (size_t at = 0, end; at < list.len; at = end + 1) {
        for (end = at; end < list.len && list.ptr[end] != '|'; end++)
            ;
        if (end - at == s.len && ascii_lower(list.ptr[at]) == first &&
            slice_is_equal_fold(s, slice_of(list.ptr + at, s.len)))
            return true;
    }
    return false;
}

struct slice
words_next(struct slice *rest)
{
    size_t len = 0;

    while (rest->len > 0 && is_space(rest->ptr[0]))
        *rest = slice_skip(*rest, 1);
    while (len < rest->len && !is_space(rest->ptr[len]))
        len++;
    struct slice word = slice_of(rest->ptr, len);
    *rest = slice_skip(*rest, len);
    return word;
}

unsigned
words_count(struct slice s, unsigned max)
{
    unsigned count = 0;

    while (count < max && words_next(&s).len > 0)
        count++;
    return count;
}
