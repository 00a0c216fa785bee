/* supervisor - the process of postern serve: opens the sockets, keeps the mail role
 * alive */
#ifndef SERVER_SUPERVISOR_H
#define SERVER_SUPERVISOR_H

#include "server/settings.h"

/* Serve until told to end by SIGTERM or SIGINT (twice: at once). settings hold what
 * was given and get completed. Returns the exit status. */
int supervisor_run(struct settings *settings);

/* Everything that can be opened before the role starts: sockets handed over by the
 * system's manager, or made here, one for each reactor. False: error says why. */
MUST_USE bool sockets_open(struct settings *settings, struct error *error);

/* Close them, and remove the files of unix sockets we made. */
void sockets_close(struct settings *settings);

/* Print the addresses and one command to try. */
void announce(const struct settings *settings, const char *durability);

#endif
