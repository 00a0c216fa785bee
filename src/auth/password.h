/* password - lines NAME:HASH, and whether a password is that of a name (libxcrypt)
 *
 * A hash is what crypt(5) makes ($y$ yescrypt, $6$, $2b$ …), or htpasswd -B ($2y$).
 * Checking takes milliseconds on purpose: never do it in a thread that serves others.
 */
#ifndef AUTH_PASSWORD_H
#define AUTH_PASSWORD_H

#include "base/slice.h"

/* True when password is that of name. users: the contents of a password file; lines
 * that begin with # are ignored. */
bool password_is_right(struct slice users, struct slice name, struct slice password);

/* Every line is a login as above, no name twice, at least one. False: *line_out (from
 * 1) and *why_out say what is wrong; why is static. */
bool password_users_are_good(struct slice users, unsigned *line_out,
                             const char **why_out);

/* a and b are equal. The time it takes depends on their lengths only, so it gives
 * nothing away about what they hold. */
bool password_is_same(struct slice a, struct slice b);

#endif
