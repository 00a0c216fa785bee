/* service - what all reactors share: settings, limits, the committer, and whether we
 * are going out of service
 *
 * It knows no reactor and no session; server.h puts them together.
 */
#ifndef SERVER_SERVICE_H
#define SERVER_SERVICE_H

#include "server/committer.h"
#include "server/limits.h"
#include "settings/settings.h"

#include "postern/server.h"

enum service_state {
    SERVICE_RUNNING,
    SERVICE_DRAINING, /* no new connections; messages in progress may be finished */
    SERVICE_ENDING,   /* sessions are closed; only the committer is waited for */
};

struct service {
    /* set before the reactors start, then only read */
    const struct settings *settings;
    struct postern_server_config configs[LISTENERS_MAX]; /* by listener */
    struct slice hostname, durable;

    /* shared by all threads, each with its own rules */
    struct limits limits;
    struct committer committer;
    atomic_int state; /* enum service_state, only grows */
};

/* Prepare everything but the committer, which is the caller's to start. settings and
 * durable are borrowed. */
void service_init(struct service *service, const struct settings *settings,
                  struct slice durable);

/* Free what service_init made. */
void service_clear(struct service *service);

/* How far we are on the way out of service. Any thread. */
static inline enum service_state
service_state(const struct service *service)
{
    return (enum service_state)atomic_load(&service->state);
}

/* Go towards the end; a state that is behind us changes nothing. Reactors notice at
 * their next tick, at once when the caller wakes them. Any thread. */
void service_advance(struct service *service, enum service_state state);

/* A reply of the catalog as a line with its CRLF, for connections without a session.
 * Returns its length. */
enum { SERVICE_LINE_SIZE = 512 };
size_t service_format_reply(const struct service *service, enum postern_reply reply,
                            char out[SERVICE_LINE_SIZE]);

#endif
