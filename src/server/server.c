/* server.c - see server.h */
#include "server/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "catalog/reply.h"
#include "server/reactor.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the engine's settings ---- */

static void
configure(struct server *server, size_t i)
{
    const struct settings *settings = server->settings;
    struct postern_server_config *config = &server->configs[i];

    postern_server_config_init(config, settings->listeners[i].profile,
                               server->hostname);
    config->has_starttls = false; /* no certificate can be configured yet */
    config->auth_mechanisms = (struct slice){0};
    config->tls_required = config->auth_required = false;
    config->max_message = settings->max_message;
    config->max_recipients = (uint32_t)settings->max_recipients;
    config->timeout_s[POSTERN_TIMER_COMMAND] = (uint32_t)settings->timeout_s;
    config->timeout_s[POSTERN_TIMER_CONTENT] = (uint32_t)settings->timeout_s;
}

/* ---- start and end ---- */

static void
stop_reactors(struct server *server, unsigned count)
{
    server_advance(server, SERVER_ENDING);
    for (unsigned i = 0; i < count; i++)
        reactor_join(&server->reactors[i]);
}

static void
clear(struct server *server)
{
    limits_clear(&server->limits);
    free(server->reactors);
    server->reactors = NULL;
}

bool
server_start(struct server *server, const struct settings *settings,
             struct store *store, void (*ended)(struct server *server),
             struct error *error)
{
    uint64_t sessions = limits_sessions_possible(settings->max_sessions);
    unsigned started = 0;

    memset(server, 0, sizeof(*server));
    server->settings = settings;
    server->hostname = slice_from(settings->hostname);
    server->durable = slice_from(store_durability(store));
    server->started_us = clock_realtime_us();
    server->ended = ended;
    server->reactor_count = (unsigned)settings->reactors;
    if (sessions < settings->max_sessions)
        log_event(LOG_LEVEL_INFO, NULL, "server.limit",
                  " max_sessions=%llu why=\"descriptors: raise ulimit -n for more\"",
                  (unsigned long long)sessions);
    limits_init(&server->limits, sessions, settings->max_sessions_per_client,
                (size_t)settings->memory);
    for (size_t i = 0; i < settings->listener_count; i++)
        configure(server, i);

    server->reactors = calloc(server->reactor_count, sizeof(*server->reactors));
    if (server->reactors == NULL ||
        !committer_start(&server->committer, store, &committer_store_real)) {
        error_set(error, ERROR_SYSTEM, "server: no memory or threads left: free some");
        clear(server);
        return false;
    }
    while (started < server->reactor_count) {
        if (!reactor_start(&server->reactors[started], server, started, error)) {
            server->reactor_count = started;
            stop_reactors(server, started);
            committer_stop(&server->committer);
            clear(server);
            return false;
        }
        started++;
    }
    return true;
}

void
server_advance(struct server *server, enum server_state state)
{
    int before = atomic_load(&server->state);

    while (before < (int)state &&
           !atomic_compare_exchange_weak(&server->state, &before, (int)state))
        ;
    for (unsigned i = 0; i < server->reactor_count; i++)
        reactor_wake(&server->reactors[i]);
}

void
server_join(struct server *server)
{
    for (unsigned i = 0; i < server->reactor_count; i++)
        reactor_join(&server->reactors[i]);
    committer_stop(&server->committer);
    for (unsigned i = 0; i < server->reactor_count; i++)
        work_desk_clear(
            &server->reactors[i].desk); /* the committer knew them till now */
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

/* ---- replies without a session ---- */

size_t
server_format_reply(const struct server *server, enum postern_reply reply,
                    char out[SERVER_LINE_SIZE])
{
    const struct catalog_reply *entry = catalog_reply(reply);
    struct slice text = entry->text, before = text, behind = {0};
    int len;

    /* texts that stand alone have %H at most: "421 4.3.2 %H Too many connections" */
    if (slice_cut(text, '%', &before, &behind))
        behind = slice_skip(behind, 1);
    len = snprintf(out, SERVER_LINE_SIZE, "%.*s%.*s%.*s%.*s\r\n",
                   (int)entry->prefix.len, entry->prefix.ptr, (int)before.len,
                   before.ptr, behind.len > 0 ? (int)server->hostname.len : 0,
                   server->hostname.ptr, (int)behind.len, behind.ptr);
    return len < SERVER_LINE_SIZE ? (size_t)len : SERVER_LINE_SIZE - 1;
}
