/* xtext - the encoding of parameter values (RFC 3461 4) */
#ifndef ENGINE_XTEXT_H
#define ENGINE_XTEXT_H

#include "base/slice.h"

/* What decoded octets may be. */
enum xtext_octets {
    XTEXT_ANY,
    XTEXT_PRINTABLE, /* 32 to 126 (ENVID, ORCPT: RFC 3461 4.2, 4.4) */
};

/* s is xtext: octets 33 to 126 but "+" and "=", and "+" with two hex digits (lower
 * case is read too). The empty slice is. */
bool xtext_is_valid(struct slice s, enum xtext_octets octets);

/* Decode valid xtext into out, which has room for s.len octets. Returns the length,
 * 0 also for what is not xtext. */
size_t xtext_decode(struct slice s, char *out);

#endif
