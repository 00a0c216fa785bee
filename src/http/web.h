/* web - the parts of the web role that a handler can use
 *
 * They are only declared here: a handler includes the headers of the parts it uses and
 * depends on no others. web/web.c creates and owns them all.
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
    atomic_ullong body_octets;     /* of all request bodies in memory now */
    atomic_bool is_stopping;       /* makes streams and waits end */
};

#endif
