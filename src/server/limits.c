/* limits.c - see limits.h */
#include "server/limits.h"

#include <stdlib.h>
#include <sys/resource.h>

/* store, log, loops, listeners, control connections */
enum { OTHER_DESCRIPTORS = 200 };

struct limits_client {
    struct limits_client *next;
    struct net_end end;
    uint64_t sessions;
};

void
limits_init(struct limits *limits, uint64_t max_sessions,
            uint64_t max_sessions_per_client, size_t max_memory)
{
    memset(limits, 0, sizeof(*limits));
    limits->max_sessions = max_sessions;
    limits->max_sessions_per_client = max_sessions_per_client;
    limits->max_memory = max_memory;
    pthread_mutex_init(&limits->lock, NULL);
}

void
limits_clear(struct limits *limits)
{
    for (size_t i = 0; i < LIMITS_BUCKETS; i++) {
        while (limits->clients[i] != NULL) {
            struct limits_client *client = limits->clients[i];

            limits->clients[i] = client->next;
            free(client);
        }
    }
    pthread_mutex_destroy(&limits->lock);
}

/* The place in the table that holds client, or the end of its bucket. Addresses are
 * what net_end_is_same_client compares: four octets, or eight. */
static struct limits_client **
find_client(struct limits *limits, const struct net_end *end)
{
    size_t len = end->family == NET_IP4 ? 4 : end->family == NET_IP6 ? 8 : 0;
    struct limits_client **place;
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ end->octets[i]) * 16777619u;
    place = &limits->clients[hash % LIMITS_BUCKETS];
    while (*place != NULL && !net_end_is_same_client(&(*place)->end, end))
        place = &(*place)->next;
    return place;
}

static bool
client_enter(struct limits *limits, const struct net_end *end, uint64_t max)
{
    struct limits_client **place;
    bool is_in = false;

    pthread_mutex_lock(&limits->lock);
    place = find_client(limits, end);
    if (*place == NULL && (*place = calloc(1, sizeof(**place))) != NULL)
        (*place)->end = *end;
    if (*place != NULL && (*place)->sessions < max) {
        (*place)->sessions++;
        is_in = true;
    }
    pthread_mutex_unlock(&limits->lock);
    return is_in;
}

static void
client_leave(struct limits *limits, const struct net_end *end)
{
    struct limits_client **place, *client;

    pthread_mutex_lock(&limits->lock);
    place = find_client(limits, end);
    client = *place;
    if (client != NULL && --client->sessions == 0) {
        *place = client->next;
        free(client);
    }
    pthread_mutex_unlock(&limits->lock);
}

enum limits_result
limits_enter(struct limits *limits, const struct net_end *client, bool is_trusted,
             bool *is_counted_out)
{
    uint64_t max = limits->max_sessions_per_client;

    *is_counted_out = false;
    if (atomic_fetch_add(&limits->sessions, 1) >= limits->max_sessions) {
        atomic_fetch_sub(&limits->sessions, 1);
        return LIMITS_TOO_MANY;
    }
    if (max == 0 && is_trusted)
        return LIMITS_OK;
    if (client_enter(limits, client, max != 0 ? max : LIMITS_CLIENT_STANDARD)) {
        *is_counted_out = true;
        return LIMITS_OK;
    }
    atomic_fetch_sub(&limits->sessions, 1);
    return LIMITS_CLIENT_TOO_MANY;
}

void
limits_leave(struct limits *limits, const struct net_end *client, bool is_counted)
{
    if (is_counted)
        client_leave(limits, client);
    atomic_fetch_sub(&limits->sessions, 1);
}

bool
limits_reserve_memory(struct limits *limits, size_t octets)
{
    size_t before = atomic_fetch_add(&limits->memory, octets);

    if (before <= limits->max_memory && octets <= limits->max_memory - before)
        return true;
    atomic_fetch_sub(&limits->memory, octets);
    return false;
}

void
limits_release_memory(struct limits *limits, size_t octets)
{
    atomic_fetch_sub(&limits->memory, octets);
}

bool
limits_is_memory_short(const struct limits *limits)
{
    return atomic_load(&limits->memory) >= limits->max_memory / 2;
}

bool
limits_is_memory_out(const struct limits *limits)
{
    /* leave room for small messages, so that MAIL is refused and not DATA */
    return atomic_load(&limits->memory) >= limits->max_memory - limits->max_memory / 16;
}

uint64_t
limits_sessions_possible(uint64_t wanted)
{
    struct rlimit files;
    uint64_t possible;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return wanted;
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) < 0)
        getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur == RLIM_INFINITY)
        return wanted;
    possible = files.rlim_cur > 2 * OTHER_DESCRIPTORS
                   ? files.rlim_cur - OTHER_DESCRIPTORS
                   : files.rlim_cur / 2;
    return possible < wanted ? possible : wanted;
}
