/* password - lines NAME:HASH, and whether a password is that of a name (libxcrypt)
 *
 * A hash is what crypt(5) makes ($y$ yescrypt, $6$, $2b$ …), or htpasswd -B ($2y$).
 * Checking takes milliseconds on purpose: not for a thread that serves others.
 */
#ifndef AUTH_PASSWORD_H
#define AUTH_PASSWORD_H

#include "base/slice.h"

/* users: the text of a file of logins; lines that begin with # are passed over. */
bool password_is_right(struct slice users, struct slice name, struct slice password);

/* Every line is a login as above, no name twice, at least one. False: *line_out (from
 * 1) and *why_out tell what is wrong; why is static. */
bool password_users_are_good(struct slice users, unsigned *line_out,
                             const char **why_out);

/* a and b are equal; takes as long whatever they hold. */
bool password_is_same(struct slice a, struct slice b);

#endif
