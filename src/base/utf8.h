/* utf8 - well-formed UTF-8 (RFC 3629); pure */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/slice.h"

/* Decode the first character of s.
 * Returns its length in octets (1 to 4), with the code point, or 0 for an empty slice
 * and for ill-formed octets: overlong, a surrogate, above U+10FFFF, cut off. */
size_t utf8_decode(struct slice s, uint32_t *point_out);

/* All of s is well-formed. The empty slice is. */
bool utf8_is_valid(struct slice s);

#endif
