/* varint - numbers in as few octets as they need: base 128, little-endian
 *
 * Seven bits an octet, low ones first; the top bit means that more follow.
 */
#ifndef BASE_VARINT_H
#define BASE_VARINT_H

#include "base/attr.h"
#include "base/slice.h"

enum { VARINT_MAX = 10 }; /* octets of a 64-bit number */

/* Write value at to, which has room for VARINT_MAX octets. Returns the end. */
static inline char *
varint_put(char *to, uint64_t value)
{
    while (value >= 0x80) {
        *to++ = (char)(value | 0x80);
        value >>= 7;
    }
    *to++ = (char)value;
    return to;
}

/* Read a number from the front of *from and remove it. False: *from ends within it, or
 * it is longer than VARINT_MAX octets; *value_out is untouched. */
MUST_USE static inline bool
varint_take(struct slice *from, uint64_t *value_out)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < VARINT_MAX && i < from->len; i++) {
        unsigned char octet = (unsigned char)from->ptr[i];

        value |= (uint64_t)(octet & 0x7f) << (7 * i);
        if (octet < 0x80) {
            *from = slice_skip(*from, i + 1);
            *value_out = value;
            return true;
        }
    }
    return false;
}

#endif
