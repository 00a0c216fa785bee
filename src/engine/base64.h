/* base64 - strict base64 of AUTH lines (RFC 4954 4, RFC 4648 4) */
#ifndef ENGINE_BASE64_H
#define ENGINE_BASE64_H

#include "base/slice.h"

/* s is base64 by the letter: alphabet, length a multiple of 4, "=" at the end only,
 * no bits set after the last octet. The empty slice is. */
bool base64_is_valid(struct slice s);

/* Every octet of s is of the alphabet or "=": s may be a secret in base64. */
bool base64_is_alphabet(struct slice s);

#endif
