/* reactor - a thread that serves many sessions, and everything only it touches
 *
 * A reactor never blocks: it waits in its loop only. Its buffers are lent to the
 * session at hand; an idle session owns none. What the committer has finished comes
 * back over the desk. All members belong to the reactor's thread, except the desk
 * (its own lock), stats (readable by all) and wake.
 */
#ifndef SERVER_REACTOR_H
#define SERVER_REACTOR_H

#include "journal/feed.h"
#include "net/loop.h"
#include "server/server.h"

enum {
    REACTOR_INPUT_SIZE = 256 * 1024,
    REACTOR_OUTPUT_SIZE = 64 * 1024, /* S-50: no more replies wait than this */
};

/* One listening socket of this reactor. */
struct acceptor {
    struct net_watch watch; /* first: the loop hands it back */
    struct reactor *reactor;
    size_t listener; /* index in settings and server->configs */
    bool is_open;
};

struct reactor {
    struct server *server;
    unsigned number;
    pthread_t thread;
    struct net_loop *loop;
    struct net_wake wake;
    struct net_timer tick;    /* each second: time-outs */
    struct net_timer delay;   /* runs while sessions are delayed */
    struct net_timer resume;  /* accepting again after a pause */
    struct net_timer telling; /* runs while feed has something to send */
    struct acceptor acceptors[LISTENERS_MAX];
    int spare_fd; /* given up to answer when descriptors run out; -1: used */
    bool is_telling_planned;
    bool is_pausing;        /* acceptors wait for resume */
    uint64_t pause_told_us; /* when the log said so last */

    char *input, *output;
    uint64_t now_us; /* monotonic, of the event at hand */

    struct session *sessions; /* all of them */
    size_t session_count;
    struct session *delayed;  /* those whose output is held, by delayed_next */
    size_t work_in_flight;    /* submitted, not yet back */
    size_t journal_in_flight; /* octets of notes among it */

    enum server_state state; /* how far this reactor has followed server->state */
    uint64_t drain_until_us;
    bool is_ended; /* handles are closed, the loop is running out; under desk.lock */

    struct feed_writer feed;
    struct work_desk desk;
    struct stats stats;
};

/* Start the thread with the sockets of its number. False: error says why. */
MUST_USE bool reactor_start(struct reactor *reactor, struct server *server,
                            unsigned number, struct error *error);

/* Any thread: look at server->state and at the desk. */
void reactor_wake(struct reactor *reactor);

/* Wait for the thread and free what it had. Not from the thread itself. */
void reactor_join(struct reactor *reactor);

/* ---- for the sessions, in the reactor's thread ---- */

/* Hand work to the committer; it comes back through work.finish in this thread. */
void reactor_submit(struct reactor *reactor, struct work *first, struct work *last);

/* Call session_delay_over when the session's time has come. */
void reactor_delay(struct reactor *reactor, struct session *session);

/* Something was written to reactor->feed: it goes out a moment later. */
void reactor_tell(struct reactor *reactor);

/* A session joins the list, or leaves it (and the delayed ones). */
void reactor_add(struct reactor *reactor, struct session *session);
void reactor_remove(struct reactor *reactor, struct session *session);

/* ---- accept.c ---- */

/* Watch the sockets of this reactor. False: the system would not. */
MUST_USE bool accept_start(struct reactor *reactor);

/* Take no more connections. */
void accept_stop(struct reactor *reactor);

#endif
