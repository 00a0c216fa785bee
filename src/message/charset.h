/* charset - text in the charsets of mail, converted to UTF-8
 *
 * UTF-8, US-ASCII, ISO-8859-1 and windows-1252 are converted here, the others that
 * charset.c names by the C library, if it has iconv (charset_iconv.c, or its twin
 * charset_absent.c). Only names in that list are passed to iconv: a name in a message
 * cannot make it load anything else.
 */
#ifndef MESSAGE_CHARSET_H
#define MESSAGE_CHARSET_H

#include "base/slice.h"

enum { CHARSET_GROWTH = 3 }; /* an octet becomes at most 3 octets of UTF-8 */

/* The name, in any case, is in the list. */
bool charset_is_known(struct slice name);

/* Convert octets to UTF-8. Ill-formed input gives U+FFFD and the rest is converted;
 * octets in an unknown charset are copied as if they were UTF-8, so the result may be
 * ill-formed.
 * out gets at most out_size octets; CHARSET_GROWTH * octets.len always suffices.
 * Returns the length. No NUL is written. */
size_t charset_convert(struct slice name, struct slice octets, char *out,
                       size_t out_size);

/* Used by charset.c only: convert with iconv. system_name comes from its list.
 * False: the system has no such charset, nothing is written. */
bool charset_by_system(const char *system_name, struct slice octets, char *out,
                       size_t out_size, size_t *len_out);

#endif
