/* server - the mail server: the service, its reactors and its committer, started and
 * ended together */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "server/service.h"
#include "server/stats.h"

struct server {
    struct service service;
    struct reactor *reactors;
    unsigned reactor_count;
    uint64_t started_us;                  /* realtime */
    void (*ended)(struct server *server); /* called last in a reactor's thread */
};

/* Take over settings (borrowed, its listeners open) and store, and start the
 * committer and the reactors. ended is called when a reactor thread is done. False:
 * nothing runs, the store is the caller's. */
MUST_USE bool server_start(struct server *server, const struct settings *settings,
                           struct store *store, void (*ended)(struct server *server),
                           struct error *error);

/* Go towards the end: SERVICE_DRAINING or SERVICE_ENDING. Any thread; repeating is
 * harmless. */
void server_advance(struct server *server, enum service_state state);

/* Wait for the reactors, then end the committer. The store is the caller's again. */
void server_join(struct server *server);

/* The sum of a counter over all reactors. Any thread. */
uint64_t server_stat(const struct server *server, enum stats_counter counter);

#endif
