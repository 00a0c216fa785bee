/* reactor - a thread that serves many sessions, and everything only it touches
 *
 * A reactor never blocks except in its loop. Its buffers are lent to the session that
 * has an event; an idle session owns none. What the committer has finished comes back
 * through the completion queue. All members belong to the reactor's thread, except
 * the completion queue (its own lock), stats (readable by any thread) and wake.
 *
 * What a reactor serves it knows as members with calls; that they are sessions is
 * decided in server.c. So sessions use the reactor, and it does not depend on them.
 */
#ifndef SERVER_REACTOR_H
#define SERVER_REACTOR_H

#include "journal/feed.h"
#include "net/loop.h"
#include "server/accept.h"
#include "server/service.h"
#include "server/stats.h"

enum {
    REACTOR_INPUT_SIZE = 256 * 1024,
    REACTOR_OUTPUT_SIZE = 64 * 1024, /* S-50: the most replies that may wait */
};

struct reactor;

/* One of the sessions of a reactor; embedded in it. */
struct reactor_member {
    struct reactor_member *next, *previous;
    struct reactor_member *delayed_next; /* while is_delayed */
    uint64_t delayed_until_us;           /* monotonic, while is_delayed */
    bool is_delayed;                     /* in the list of delayed members */
};

/* What a reactor asks of those above it. All in the reactor's thread; a member may
 * leave in any of the calls about it. */
struct reactor_calls {
    /* A connection was accepted on the listener of that index: make it a member.
     * False: no memory; fd is still the caller's. is_counted: for limits_leave. */
    bool (*open)(struct reactor *reactor, size_t listener, int fd,
                 const struct net_end *peer, bool is_counted);

    void (*tick)(struct reactor_member *member);         /* a second has passed */
    void (*delay_over)(struct reactor_member *member);   /* it is no longer delayed */
    void (*follow_state)(struct reactor_member *member); /* reactor->state changed */

    /* The thread's last call, with context. */
    void (*ended)(void *context);
    void *context;
};

struct reactor {
    struct service *service;
    struct reactor_calls calls;
    unsigned number;
    pthread_t thread;
    struct net_loop *loop;
    struct net_wake wake;
    struct net_timer tick;       /* each second: time-outs */
    struct net_timer delay;      /* runs while members are delayed */
    struct net_timer feed_timer; /* runs while the feed has something to send */
    struct accept accept;

    char *input, *output;
    uint64_t now_us; /* monotonic, of the event being handled */

    struct reactor_member *members; /* all of them */
    size_t member_count;
    struct reactor_member *delayed; /* by delayed_next */
    size_t work_in_flight;          /* submitted, not yet back */
    size_t journal_in_flight;       /* octets of notes among it */

    enum service_state state; /* how far this reactor has followed service->state */
    uint64_t drain_until_us;
    bool is_ended; /* handles are closed, the loop is ending; under completions.lock */

    struct feed_writer feed;
    bool is_feed_planned; /* feed_timer runs */
    struct completion_queue completions;
    struct stats stats;
};

/* Start the thread with the sockets of its number. calls is copied. False: error says
 * why. */
MUST_USE bool reactor_start(struct reactor *reactor, struct service *service,
                            unsigned number, const struct reactor_calls *calls,
                            struct error *error);

/* Any thread: look at service->state and at the completion queue. */
void reactor_wake(struct reactor *reactor);

/* Wait for the thread and free what it had. Not from the thread itself. The completion
 * queue stays until the committer has ended. */
void reactor_join(struct reactor *reactor);

/* ---- for the members, in the reactor's thread ---- */

/* Submit work to the committer; it comes back through work.finish in this thread. */
void reactor_submit(struct reactor *reactor, struct work *first, struct work *last);

/* Something was written to reactor->feed: send it a moment later. */
void reactor_plan_feed(struct reactor *reactor);

/* A member joins, or leaves (its delay too). */
void reactor_add(struct reactor *reactor, struct reactor_member *member);
void reactor_remove(struct reactor *reactor, struct reactor_member *member);

/* Call delay_over after ms. A member that is delayed already is delayed until then. */
void reactor_delay(struct reactor *reactor, struct reactor_member *member, uint32_t ms);

#endif
