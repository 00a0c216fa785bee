/* charset - text in the charsets mail is written in, as UTF-8
 *
 * UTF-8, US-ASCII, ISO-8859-1 and windows-1252 are converted here; the others
 * named in charset.c by the C library, if it can (charset_iconv.c, or its twin
 * charset_absent.c). Names not in that list are never handed on: a name in a
 * message cannot make us load anything.
 */
#ifndef MESSAGE_CHARSET_H
#define MESSAGE_CHARSET_H

#include "base/slice.h"

enum { CHARSET_GROWTH = 3 }; /* no octet becomes more octets of UTF-8 than that */

/* The charset is one of ours, by any of its names, case ignored. */
bool charset_is_known(struct slice name);

/* Convert octets to UTF-8. Ill-formed input gives U+FFFD and the rest is converted;
 * octets of a charset nobody knows are taken for UTF-8 as they are, and may be
 * ill-formed in the result.
 * out gets at most out_size octets; CHARSET_GROWTH * octets.len always suffices.
 * Returns the length. No NUL is written. */
size_t charset_convert(struct slice name, struct slice octets, char *out,
                       size_t out_size);

/* The twin: convert by the system. system_name comes from our list.
 * False: the system has no such charset, nothing is written. */
bool charset_by_system(const char *system_name, struct slice octets, char *out,
                       size_t out_size, size_t *len_out);

#endif
