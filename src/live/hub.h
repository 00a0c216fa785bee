/* hub - what happens, kept for a moment, for everyone who listens
 *
 * One ring of events for all listeners; each has a place in it. A listener that is slow
 * falls out of the ring and is told so; it costs no memory and delays nobody.
 */
#ifndef LIVE_HUB_H
#define LIVE_HUB_H

#include "base/id.h"
#include "base/slice.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum hub_topic {
    HUB_INBOX = 1 << 0,   /* something about the messages has changed: look again */
    HUB_SESSION = 1 << 1, /* a session stands otherwise */
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
    uint64_t place;      /* number of the next event it wants */
    uint64_t wake_at_us; /* monotonic: it is woken then at the latest; 0: never */
    void (*wake)(struct hub_listener *listener); /* there may be something; lock held */
};

struct hub {
    pthread_mutex_t lock;
    struct hub_event ring[HUB_EVENTS_MAX];
    uint64_t first, next; /* numbers of the oldest event and of the next one */
    size_t octets;
    struct hub_listener *listeners;
    atomic_size_t listener_count;
    unsigned wanted; /* topics anybody listens to */
    bool must_wake;
};

void hub_init(struct hub *hub);
void hub_clear(struct hub *hub);

/* Somebody listens to one of topics. Any thread. */
bool hub_is_wanted(struct hub *hub, unsigned topics);

/* Add an event; text is taken over (malloc). session may be NULL. */
void hub_put(struct hub *hub, unsigned topic, const struct id *session, char *text);

/* Wake those who listen, if there was anything since the last time; is_all: whether or
 * not. */
void hub_wake(struct hub *hub, bool is_all);

void hub_join(struct hub *hub, struct hub_listener *listener);
void hub_leave(struct hub *hub, struct hub_listener *listener);

enum hub_result { HUB_OK = 0, HUB_NOTHING, HUB_MISSED };

/* With the lock held: the next event for listener, which moves behind it. The event is
 * the hub's. HUB_MISSED: it was too slow; it goes on with what there is. */
enum hub_result hub_next(struct hub *hub, struct hub_listener *listener,
                         const struct hub_event **event_out);

#endif
