/* secret - logins in a paste: looked into, never shown */
#ifndef EXPLAIN_SECRET_H
#define EXPLAIN_SECRET_H

#include "base/slice.h"

/* s is what may stand for a login in a paste: base64, stars, "[credentials hidden]". */
bool secret_is_answer(struct slice s);

/* word looks like a secret in base64, not like a word somebody typed. */
bool secret_is_word(struct slice word);

/* Decode base64 as far as it goes into out; returns the octets written. */
size_t secret_decode(struct slice s, char *out, size_t size);

/* The user name an answer of AUTH PLAIN or LOGIN holds, decoded into out; empty: it
 * cannot be read. */
struct slice secret_user(struct slice answer, bool is_plain, char *out, size_t size);

/* text up to the login that somebody told of in it: "AUTH PLAIN AHVz…"; all of it if
 * there is none. */
struct slice secret_cut(struct slice text);

#endif
