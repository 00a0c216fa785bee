/* websocket - Mailpit's /api/events (RFC 6455): text frames from us to the client */
#ifndef LIVE_WEBSOCKET_H
#define LIVE_WEBSOCKET_H

#include "base/error.h"
#include "http/http.h"
#include "http/web.h"

/* Start the thread that serves them. NULL with error set. */
struct websockets *websockets_start(struct web *web, struct error *error);

/* Close them all and end the thread; later upgrades are refused. When requests are no
 * longer answered, free the memory. */
void websockets_stop(struct websockets *websockets);
void websockets_free(struct websockets *websockets);

/* The upgrade request. */
http_handler websocket_open;

#endif
