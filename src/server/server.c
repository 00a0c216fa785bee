/* server.c - see server.h
 *
 * The end is the start backwards: reactors, committer, then what both used.
 */
#include "server/server.h"

#include "base/clock.h"
#include "server/reactor.h"
#include "server/session.h"

#include <stdlib.h>

/* A reactor's thread is about to end. */
static void
reactor_ended(void *context)
{
    struct server *server = context;

    server->ended(server);
}

static void
join_reactors(struct server *server)
{
    for (unsigned i = 0; i < server->reactor_count; i++)
        reactor_join(&server->reactors[i]);
}

/* Start all of them. False: reactor_count says how many run. */
static bool
start_reactors(struct server *server, unsigned count, struct error *error)
{
    const struct reactor_calls calls = {
        .open = session_open,
        .tick = session_tick,
        .delay_over = session_delay_over,
        .follow_state = session_follow_state,
        .ended = reactor_ended,
        .context = server,
    };

    while (server->reactor_count < count) {
        unsigned number = server->reactor_count;

        if (!reactor_start(&server->reactors[number], &server->service, number, &calls,
                           error))
            return false;
        server->reactor_count++;
    }
    return true;
}

static void
clear(struct server *server)
{
    service_clear(&server->service);
    free(server->reactors);
    server->reactors = NULL;
}

bool
server_start(struct server *server, const struct settings *settings,
             struct store *store, void (*ended)(struct server *server),
             struct error *error)
{
    unsigned count = (unsigned)settings->reactors;

    memset(server, 0, sizeof(*server));
    service_init(&server->service, settings, slice_from(store_durability(store)));
    server->started_us = clock_realtime_us();
    server->ended = ended;
    server->reactors = calloc(count, sizeof(*server->reactors));
    if (server->reactors == NULL ||
        !committer_start(&server->service.committer, store, &committer_store_real)) {
        error_set(error, ERROR_SYSTEM, "server: no memory or threads left: free some");
        clear(server);
        return false;
    }
    if (start_reactors(server, count, error))
        return true;
    server_advance(server, SERVICE_ENDING);
    join_reactors(server);
    committer_stop(&server->service.committer);
    clear(server);
    return false;
}

void
server_advance(struct server *server, enum service_state state)
{
    service_advance(&server->service, state);
    for (unsigned i = 0; i < server->reactor_count; i++)
        reactor_wake(&server->reactors[i]);
}

void
server_join(struct server *server)
{
    join_reactors(server);
    committer_stop(&server->service.committer);
    /* until here the committer may have called their queues */
    for (unsigned i = 0; i < server->reactor_count; i++)
        completion_queue_clear(&server->reactors[i].completions);
    clear(server);
}

uint64_t
server_stat(const struct server *server, enum stats_counter counter)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < server->reactor_count; i++)
        sum += stats_read(&server->reactors[i].stats, counter);
    return sum;
}
