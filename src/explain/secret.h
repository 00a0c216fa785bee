/* secret - passwords in a paste: decoded for the user name, never shown (S-44) */
#ifndef EXPLAIN_SECRET_H
#define EXPLAIN_SECRET_H

#include "base/slice.h"

/* s is what a paste has in place of a login: base64, stars, "[credentials hidden]". */
bool secret_is_answer(struct slice s);

/* word looks like base64, not like a word that a person typed. */
bool secret_is_word(struct slice word);

/* Decode base64 as far as it goes into out; returns the octets written. */
size_t secret_decode(struct slice s, char *out, size_t size);

/* The user name in a response of AUTH PLAIN or LOGIN, decoded into out; empty: it
 * cannot be read. */
struct slice secret_user(struct slice answer, bool is_plain, char *out, size_t size);

/* text up to a login in it, "AUTH PLAIN AHVz…"; all of text if there is none. */
struct slice secret_cut(struct slice text);

#endif
