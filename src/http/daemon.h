/* daemon - answers HTTP requests on a socket */
#ifndef HTTP_DAEMON_H
#define HTTP_DAEMON_H

#include "base/error.h"
#include "http/router.h"
#include "http/web.h"

struct daemon;

/* Answer on the socket of the settings with the handlers in router, which get web. NULL
 * with error set. */
struct daemon *daemon_start(struct web *web, const struct router *router,
                            struct error *error);

/* Stop; returns when all handlers have returned. NULL is accepted. */
void daemon_stop(struct daemon *daemon);

#endif
