/* web - what a handler can reach, each thing by a pointer
 *
 * This header knows none of them: a handler includes the headers of what it uses, and
 * so depends on no more than that. web/web.c makes them all and owns them.
 */
#ifndef HTTP_WEB_H
#define HTTP_WEB_H

#include "http/settings.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct change;
struct guard;
struct hub;
struct inbox;
struct live;
struct websockets;

struct web {
    const struct web_settings *settings;
    struct guard *guard;           /* http/guard.h */
    struct inbox *inbox;           /* inbox/inbox.h */
    struct hub *hub;               /* live/hub.h */
    struct live *live;             /* live/live.h */
    struct change *change;         /* live/change.h */
    struct websockets *websockets; /* live/websocket.h */
    uint64_t started_us;           /* realtime */
    atomic_ullong requests;        /* answered since then */
    atomic_ullong body_octets;     /* held at the moment, of all request bodies */
    atomic_bool is_stopping;       /* streams and waits end when they see it */
};

#endif
