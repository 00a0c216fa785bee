/* limits - how much of the machine all sessions together may use
 *
 * Shared by all reactors: counts are atomic, the table of clients has a lock.
 */
#ifndef SERVER_LIMITS_H
#define SERVER_LIMITS_H

#include "net/address.h"

#include <pthread.h>
#include <stdatomic.h>

enum { LIMITS_BUCKETS = 4096 };

struct limits {
    uint64_t max_sessions, max_sessions_per_client; /* per client 0: see limits_enter */
    size_t max_memory;
    atomic_ullong sessions;
    atomic_size_t memory;

    pthread_mutex_t lock;
    struct limits_client *clients[LIMITS_BUCKETS]; /* under lock */
};

enum limits_result { LIMITS_OK = 0, LIMITS_TOO_MANY, LIMITS_CLIENT_TOO_MANY };

void limits_init(struct limits *limits, uint64_t max_sessions,
                 uint64_t max_sessions_per_client, size_t max_memory);
void limits_clear(struct limits *limits);

/* A client connects. is_counted_out: whether it is counted in the limit by client;
 * give it to limits_leave. With max_sessions_per_client 0 a client has
 * LIMITS_CLIENT_STANDARD, and no limit where is_trusted (loopback, profile test). */
enum { LIMITS_CLIENT_STANDARD = 100 };
enum limits_result limits_enter(struct limits *limits, const struct net_end *client,
                                bool is_trusted, bool *is_counted_out);
void limits_leave(struct limits *limits, const struct net_end *client, bool is_counted);

/* Reserve octets of the memory budget. False: not so much is left, nothing is
 * reserved. */
MUST_USE bool limits_reserve_memory(struct limits *limits, size_t octets);
void limits_release_memory(struct limits *limits, size_t octets);

/* Half of the budget is used: what can go to the store early should. */
bool limits_is_memory_short(const struct limits *limits);

/* Almost all of it is used: accept no new message. */
bool limits_is_memory_out(const struct limits *limits);

/* Raise the limit of descriptors as far as the system allows, and return how many
 * sessions it leaves room for, at most wanted. */
uint64_t limits_sessions_possible(uint64_t wanted);

#endif
