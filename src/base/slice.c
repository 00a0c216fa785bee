/* slice.c - comparisons and cuts on borrowed bytes; pure */
#include "base/slice.h"

#include "base/ascii.h"

bool
slice_is_equal_fold(struct slice a, struct slice b)
{
    return a.len == b.len && slice_has_prefix_fold(a, b);
}

bool
slice_has_prefix_fold(struct slice s, struct slice prefix)
{
    if (s.len < prefix.len)
        return false;
    for (size_t i = 0; i < prefix.len; i++) {
        if (ascii_lower(s.ptr[i]) != ascii_lower(prefix.ptr[i]))
            return false;
    }
    return true;
}

size_t
slice_find_fold(struct slice s, struct slice needle)
{
    size_t i = 0, places;
    char lower, upper;

    if (needle.len == 0 || s.len < needle.len)
        return SIZE_MAX;
    places = s.len - needle.len + 1; /* where it can begin */
    lower = ascii_lower(needle.ptr[0]);
    upper = ascii_upper(needle.ptr[0]);
    /* memchr finds the first octet of needle in each case; try the nearer one first */
    const char *small = memchr(s.ptr, lower, places);
    const char *large = lower == upper ? NULL : memchr(s.ptr, upper, places);
    while (small != NULL || large != NULL) {
        bool is_small = large == NULL || (small != NULL && small < large);
        const char **at = is_small ? &small : &large;

        i = (size_t)(*at - s.ptr);
        if (slice_is_equal_fold(slice_of(*at, needle.len), needle))
            return i;
        *at = i + 1 < places ? memchr(*at + 1, is_small ? lower : upper, places - i - 1)
                             : NULL;
    }
    return SIZE_MAX;
}

/* A set is a few octets: a loop is quicker than a call of memchr. */
static bool
is_in(struct slice set, char c)
{
    for (size_t i = 0; i < set.len; i++) {
        if (set.ptr[i] == c)
            return true;
    }
    return false;
}

struct slice
slice_trim_end(struct slice s, struct slice set)
{
    while (s.len > 0 && is_in(set, s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct slice
slice_trim(struct slice s, struct slice set)
{
    while (s.len > 0 && is_in(set, s.ptr[0]))
        s = slice_skip(s, 1);
    return slice_trim_end(s, set);
}

bool
slice_parse_number(struct slice s, uint64_t *value_out)
{
    uint64_t value = 0;

    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!ascii_is_digit(s.ptr[i]))
            return false;
        uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (value > UINT64_MAX / 10 || value * 10 > UINT64_MAX - digit)
            value = UINT64_MAX;
        else
            value = value * 10 + digit;
    }
    *value_out = value;
    return true;
}

/* Eight octets at a time: adding a constant to an octet, or subtracting it, changes its
 * high bit exactly if the octet is out of range. A word is only tested for any such
 * octet, so a carry into its neighbour does no harm. */
#define REPEAT(octet) (~(uint64_t)0 / 255 * (octet))

static uint64_t
load_word(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

bool
slice_is_printable(struct slice s)
{
    size_t i = 0;

    for (; i + 8 <= s.len; i += 8) {
        uint64_t word = load_word(s.ptr + i);
        uint64_t below_space = (word - REPEAT(0x20)) & ~word;
        uint64_t above_tilde = (word + REPEAT(1)) | word;
        if (((below_space | above_tilde) & REPEAT(0x80)) != 0)
            return false;
    }
    for (; i < s.len; i++) {
        if (!ascii_is_printable(s.ptr[i]))
            return false;
    }
    return true;
}

bool
slice_has_high(struct slice s)
{
    uint64_t all = 0;
    size_t i = 0;

    for (; i + 8 <= s.len; i += 8)
        all |= load_word(s.ptr + i);
    for (; i < s.len; i++)
        all |= (unsigned char)s.ptr[i];
    return (all & REPEAT(0x80)) != 0;
}

struct slice
slice_format_number(uint64_t number, char out[SLICE_NUMBER_MAX])
{
    size_t at = SLICE_NUMBER_MAX;

    do {
        out[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return slice_of(out + at, SLICE_NUMBER_MAX - at);
}

bool
slice_cut(struct slice s, char separator, struct slice *head_out,
          struct slice *tail_out)
{
    const char *at = s.len > 0 ? memchr(s.ptr, separator, s.len) : NULL;

    if (at == NULL) {
        *head_out = s;
        *tail_out = slice_of(NULL, 0);
        return false;
    }
    *head_out = slice_of(s.ptr, (size_t)(at - s.ptr));
    *tail_out = slice_of(at + 1, s.len - head_out->len - 1);
    return true;
}
