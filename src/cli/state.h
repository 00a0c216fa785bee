/* state - where the data of this user or service is stored */
#ifndef CLI_STATE_H
#define CLI_STATE_H

#include "base/error.h"

/* The store to use, as a URL: option (may be NULL) if given, else the environment's
 * POSTERN_STORE, else postern.db in the state folder: STATE_DIRECTORY (systemd; its
 * first entry), else XDG_STATE_HOME/postern, else HOME/.local/state/postern.
 * An empty variable counts as not set. A path without scheme means sqlite:path.
 * The caller frees the result. NULL with ERROR_USAGE if option is empty or no folder
 * is known, ERROR_SYSTEM if there is no memory. */
char *state_store_url(const char *option, struct error *error);

#endif
