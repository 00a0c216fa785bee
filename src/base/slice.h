/* slice - operations on borrowed bytes
 *
 * All comparisons "ignoring case" fold ASCII letters only, as SMTP does
 * (RFC 5321 2.4): they do not depend on a locale.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include "postern/slice.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A string literal as a slice, usable in static initialisers. */
#define SLICE_INIT(literal)                                                            \
    {                                                                                  \
        (literal), sizeof(literal) - 1                                                 \
    }
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

static inline struct slice
slice_of(const char *ptr, size_t len)
{
    return (struct slice){ptr, len};
}

/* A NUL-terminated string as a slice; NULL gives the empty slice. */
static inline struct slice
slice_from(const char *string)
{
    return (struct slice){string, string ? strlen(string) : 0};
}

static inline bool
slice_is_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* The slice without its first n octets; n is at most s.len. */
static inline struct slice
slice_skip(struct slice s, size_t n)
{
    if (n == 0)
        return s; /* NULL + 0 is undefined */
    return (struct slice){s.ptr + n, s.len - n};
}

/* The first max octets of s, or all of s if it is shorter. */
static inline struct slice
slice_clip(struct slice s, size_t max)
{
    return (struct slice){s.ptr, s.len < max ? s.len : max};
}

/* Equal, ignoring the case of ASCII letters. */
bool slice_is_equal_fold(struct slice a, struct slice b);

/* s starts with prefix, ignoring the case of ASCII letters. */
bool slice_has_prefix_fold(struct slice s, struct slice prefix);

/* Where needle first occurs in s, ignoring the case of ASCII letters; SIZE_MAX if it
 * does not, or is empty. */
size_t slice_find_fold(struct slice s, struct slice needle);

/* s without leading (slice_trim only) and trailing octets that are in set. */
struct slice slice_trim_end(struct slice s, struct slice set);
struct slice slice_trim(struct slice s, struct slice set);

/* Decimal digits only, no sign, no space. A value that does not fit 64 bits
 * saturates at UINT64_MAX (S-54: never wraps).
 * Returns false for an empty slice or any other octet; *value_out is then
 * unchanged. */
bool slice_parse_number(struct slice s, uint64_t *value_out);

/* Every octet is SP to "~". The empty slice is printable. */
bool slice_is_printable(struct slice s);

/* Some octet is above 7F. */
bool slice_has_high(struct slice s);

enum { SLICE_NUMBER_MAX = 20 }; /* digits of UINT64_MAX */

/* number in decimal digits; the result borrows from out. */
struct slice slice_format_number(uint64_t number, char out[SLICE_NUMBER_MAX]);

/* Cut s at the first separator: *head_out is what comes before it, *tail_out what comes
 * after. Without a separator head is all of s, tail is empty, and the result is false.
 */
bool slice_cut(struct slice s, char separator, struct slice *head_out,
               struct slice *tail_out);

#endif
