/* session - one connection: its engine, its socket, and what waits in either direction
 *
 * An idle session is this struct and its recording, no buffers: what is read goes
 * into the reactor's input memory, replies into its output memory. Only what must
 * wait (half a line, a reply the client does not take) gets memory of its own.
 * Belongs to its reactor's thread.
 */
#ifndef SERVER_SESSION_H
#define SERVER_SESSION_H

#include "base/id.h"
#include "net/loop.h"
#include "net/socket.h"
#include "server/reactor.h"

enum session_outcome {
    SESSION_OPEN,
    SESSION_QUIT,   /* the client said QUIT */
    SESSION_CLOSED, /* we closed after a fault */
    SESSION_LOST,   /* the client went away without QUIT */
    SESSION_TIMEOUT,
    SESSION_REFUSED,  /* no 220 */
    SESSION_SHUTDOWN, /* we go out of service */
    SESSION_OUTCOME_COUNT
};

struct session {
    struct net_watch watch; /* first: the loop hands it back */
    struct postern_server engine;
    struct reactor *reactor;
    const struct listener *listener;
    const struct postern_server_config *config;
    struct session *next, *previous; /* reactor.c */
    struct session *delayed_next;    /* reactor.c, while is_delayed */
    struct transaction *transaction; /* or NULL */
    struct recording *recording;     /* or NULL */
    char *held, *unsent;             /* input not taken yet, output not sent yet */
    uint32_t held_len, held_budget, unsent_len;
    uint32_t messages, faults;
    uint64_t started_at_us;                                 /* realtime */
    uint64_t opened_us, waiting_since_us, delayed_until_us; /* monotonic */
    struct id id;
    struct net_end peer;
    int fd;
    uint8_t outcome; /* enum session_outcome */
    uint8_t wanted;  /* what the watch waits for */
    bool is_counted; /* in the table of clients */
    bool is_delayed, is_reading_stopped;
    bool is_closing;  /* send what is there, then finish */
    bool is_finished; /* we sent our end; waiting for the client's */
    bool is_broken;   /* close without a word */
};

/* Begin a session on fd and greet. False: no memory; fd is still the caller's. */
MUST_USE bool session_open(struct reactor *reactor, size_t listener, int fd,
                           const struct net_end *peer, bool is_counted);

/* Go on after the committer has taken a chunk. */
void session_resume(struct session *session);

/* Go on: the transaction is done. */
void session_committed(struct session *session);

/* The delay is over. */
void session_delay_over(struct session *session);

/* A second has passed. */
void session_tick(struct session *session);

/* The reactor's state has changed: say goodbye unless a message is in hand. */
void session_follow_state(struct session *session);

/* ---- answers.c ---- */

/* Answer the question event asks, unless the answer must wait for the committer. */
void session_answer(struct session *session, const struct postern_event *event);

/* The transaction is done and its question open: answer it. */
void session_answer_commit(struct session *session);

/* Let go of the transaction, if there is one. */
void session_drop_transaction(struct session *session);

#endif
