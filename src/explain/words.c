/* words.c */
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
    while (s.len > 0 && is_space(s.ptr[0]))
        s = slice_skip(s, 1);
    while (s.len > 0 && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

size_t
words_find(struct slice s, struct slice needle)
{
    char lower, upper;

    if (needle.len == 0 || s.len < needle.len)
        return SIZE_MAX;
    lower = ascii_lower(needle.ptr[0]);
    upper = ascii_upper(needle.ptr[0]);
    for (size_t i = 0; i + needle.len <= s.len; i++) {
        if ((s.ptr[i] == lower || s.ptr[i] == upper) &&
            slice_is_equal_fold(slice_of(s.ptr + i, needle.len), needle))
            return i;
    }
    return SIZE_MAX;
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
    struct slice word;

    while (list.len > 0) {
        slice_cut(list, '|', &word, &list);
        if (slice_is_equal_fold(s, word))
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
