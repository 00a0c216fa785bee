/* literal - domains and address literals (RFC 5321 4.1.2, 4.1.3) */
#ifndef ENGINE_LITERAL_H
#define ENGINE_LITERAL_H

#include "base/slice.h"

/* s is a Domain: labels of letters, digits and inner hyphens, each 1 to 63 octets,
 * 255 in all, no dot at the end. extra: further octets allowed in a label ("_"), or
 * empty. is_utf8: octets above 7F may stand in labels (U-labels, RFC 6531 3.3); the
 * caller has checked that they are well-formed. */
bool domain_is_valid(struct slice s, struct slice extra, bool is_utf8);

/* All labels of s are digits: an IP address without brackets. */
bool domain_is_dotted_number(struct slice s);

/* s is "[…]" with an IPv4 address or "IPv6:" and an IPv6 address in it. Other tags
 * are refused: none is registered. */
bool literal_is_valid(struct slice s);

/* A dotted IPv4 address: four numbers 0 to 255 of one to three digits. */
bool ipv4_is_valid(struct slice s);

/* An IPv6 address in the grammar of RFC 5321 4.1.3: "::" replaces at least two
 * groups; no zone id. */
bool ipv6_is_valid(struct slice s);

#endif
