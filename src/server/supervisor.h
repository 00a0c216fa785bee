/* supervisor - the process of postern serve: opens the sockets, keeps the roles
 * running */
#ifndef SERVER_SUPERVISOR_H
#define SERVER_SUPERVISOR_H

#include "settings/settings.h"

/* Serve until asked to end by SIGTERM or SIGINT (a second one: at once). settings hold
 * what was given and are completed. Returns the exit status. */
int supervisor_run(struct settings *settings);

#endif
