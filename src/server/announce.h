/* announce - what the operator reads when the server is ready */
#ifndef SERVER_ANNOUNCE_H
#define SERVER_ANNOUNCE_H

#include "settings/settings.h"

/* Print the addresses, the store with its durability, and one command to try. */
void announce(const struct settings *settings, const char *durability);

#endif
