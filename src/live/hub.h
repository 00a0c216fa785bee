/* hub - recent events, for everyone who listens
 *
 * One ring of events for all listeners; each has its place in it. A listener that is
 * too slow loses events and is notified of that; it costs no memory and delays nobody.
 */
#ifndef LIVE_HUB_H
#define LIVE_HUB_H

#include "base/id.h"
#include "base/slice.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum hub_topic {
    HUB_INBOX = 1 << 0,   /* the messages have changed: reload them */
    HUB_SESSION = 1 << 1, /* a session's state changed */
    HUB_LINES = 1 << 2,   /* lines of a session */
    HUB_MAILPIT = 1 << 3, /* an event as Mailpit's clients know it */
};

enum { HUB_EVENTS_MAX = 4096, HUB_OCTETS_MAX = 4 << 20 };

struct hub_event {
    unsigned topic;
    struct id session; /* SESSION, LINES */
    char *text;        /* one line of JSON; owned */
    size_t len;
};

struct hub_listener {
    struct hub_listener *next;
    unsigned topics;
    bool has_session; /* only events of that session */
    struct id session;
    uint64_t place;      /* number of the next event to deliver */
    uint64_t wake_at_us; /* monotonic: woken then at the latest; 0: no limit */
    void (*wake)(struct hub_listener *listener); /* there may be an event; lock held */
};

struct hub {
    pthread_mutex_t lock;
    struct hub_event ring[HUB_EVENTS_MAX];
    uint64_t first, next; /* numbers of the oldest event and of the next one */
    size_t octets;
    struct hub_listener *listeners;
    atomic_size_t listener_count;
    unsigned wanted; /* topics that have a listener */
    bool must_wake;
};

void hub_init(struct hub *hub);
void hub_clear(struct hub *hub);

/* One of topics has a listener. Any thread. */
bool hub_is_wanted(struct hub *hub, unsigned topics);

/* Add an event; text (from malloc) is taken over. session may be NULL. */
void hub_put(struct hub *hub, unsigned topic, const struct id *session, char *text);

/* Wake the listeners that have new events; is_all: all of them. */
void hub_wake(struct hub *hub, bool is_all);

void hub_join(struct hub *hub, struct hub_listener *listener);
void hub_leave(struct hub *hub, struct hub_listener *listener);

enum hub_result { HUB_OK = 0, HUB_NOTHING, HUB_MISSED };

/* With the lock held: the next event for listener, which then moves past it. The event
 * belongs to the hub. HUB_MISSED: it was too slow and lost events; the next call
 * returns the oldest one left. HUB_NOTHING: no event for it. */
enum hub_result hub_next(struct hub *hub, struct hub_listener *listener,
                         const struct hub_event **event_out);

#endif
