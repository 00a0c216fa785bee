/* sockets - the sockets of postern serve, opened before a role starts */
#ifndef SERVER_SOCKETS_H
#define SERVER_SOCKETS_H

#include "settings/settings.h"

/* Open the listening sockets: those handed over by the service manager, or our own,
 * one for each reactor; and what the mail and web roles share. Completes settings.
 * False: error says why. */
MUST_USE bool sockets_open(struct settings *settings, struct error *error);

/* Close them, and remove the files of unix sockets we made. */
void sockets_close(struct settings *settings);

#endif
