/* server - what all reactors share, and starting and ending them together */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "server/committer.h"
#include "server/limits.h"
#include "server/settings.h"
#include "server/stats.h"

#include "postern/server.h"

enum server_state {
    SERVER_RUNNING,
    SERVER_DRAINING, /* no new connections; messages in hand may be finished */
    SERVER_ENDING,   /* sessions are closed, only the committer's answers are awaited */
};

struct server {
    /* set before the reactors start, then only read */
    const struct settings *settings;
    struct postern_server_config configs[LISTENERS_MAX]; /* by listener */
    struct slice hostname, durable;
    struct reactor *reactors;
    unsigned reactor_count;
    uint64_t started_us;                  /* realtime */
    void (*ended)(struct server *server); /* a reactor's last word, in its thread */

    /* shared by all threads, each with its own rules */
    struct limits limits;
    struct committer committer;
    atomic_int state; /* enum server_state, only grows */
};

/* Take over settings (borrowed, its listeners open) and store, and start the
 * committer and the reactors. ended is called when a reactor thread is done. False:
 * nothing runs, the store is the caller's. */
MUST_USE bool server_start(struct server *server, const struct settings *settings,
                           struct store *store, void (*ended)(struct server *server),
                           struct error *error);

/* Go towards the end: SERVER_DRAINING or SERVER_ENDING. Any thread; repeating is
 * harmless. */
void server_advance(struct server *server, enum server_state state);

/* Wait for the reactors, then end the committer. The store is the caller's again. */
void server_join(struct server *server);

/* The sum of a counter over all reactors. Any thread. */
uint64_t server_stat(const struct server *server, enum stats_counter counter);

/* A reply of the catalog as a line with its CRLF, for connections that have no session.
 * Returns its length. */
enum { SERVER_LINE_SIZE = 512 };
size_t server_format_reply(const struct server *server, enum postern_reply reply,
                           char out[SERVER_LINE_SIZE]);

#endif
