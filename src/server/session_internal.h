/* session_internal - the struct and what the session_*.c files and answers.c share
 *
 * An idle session is this struct and its recording, no buffers: input is read into the
 * reactor's input memory, replies are made in its output memory. Only what must wait
 * (half a line, a reply the client does not accept) gets memory of its own.
 * Belongs to its reactor's thread.
 */
#ifndef SERVER_SESSION_INTERNAL_H
#define SERVER_SESSION_INTERNAL_H

#include "server/reactor.h"
#include "server/recording.h"
#include "server/session_facts.h"
#include "server/transaction.h"

/* How far a session has come. It goes downwards only, and each arrow is one function
 * of session_step.c:
 *
 *             session_open
 *                  │
 *                  ▼
 *     ┌─────── TALKING      fed and answered, perhaps waiting for the committer
 *     │            │
 *     │            │ session_start_closing: the engine closes (221, 421, 554),
 *     │            ▼                        or the client's input has ended
 *     ├─────── CLOSING      nothing is fed; replies are still sent
 *     │            │
 *     │            │ session_start_lingering: all replies are sent
 *     │            ▼
 *     ├─────── LINGERING    our end is sent; the client's input is dropped until its
 * end │            │ │            │ the client's end, at once after QUIT, or 2 seconds
 *     │            ▼
 *     │         closed and freed, by close_session in session.c
 *     │            ▲
 *     ▼            │ at the end of the same event
 *   BROKEN ────────┘
 *
 *   session_break_off, from any step: the connection is lost, memory is out, the client
 *   does not read, or the server ends. Nothing more is sent.
 *
 * Whether its replies are delayed (member.is_delayed) is no step: TALKING and CLOSING
 * sessions can be delayed, as a 421 after too many errors is. Whether the engine may be
 * fed also depends on the engine, the transaction and the client; session.c asks them.
 */
enum session_step {
    SESSION_TALKING,
    SESSION_CLOSING,
    SESSION_LINGERING,
    SESSION_BROKEN,
};

struct session {
    struct net_watch watch; /* first: the loop hands it back */
    struct postern_server engine;
    struct reactor *reactor;
    struct reactor_member member;
    const struct postern_server_config *config;
    struct session_facts facts;
    struct transaction *transaction; /* or NULL */
    struct transaction_waiter waiter;
    struct recording *recording; /* or NULL */
    char *held, *unsent;         /* input not fed yet, output not sent yet */
    uint32_t held_len, held_budget, unsent_len;
    uint64_t waiting_since_us; /* monotonic */
    int fd;
    uint8_t step;    /* enum session_step */
    uint8_t outcome; /* enum session_outcome */
    uint8_t wanted;  /* what the watch waits for */
    bool is_counted; /* in the table of clients */
};

/* ---- session_step.c ---- */

/* TALKING -> CLOSING; later steps stay. */
void session_start_closing(struct session *session);

/* CLOSING -> LINGERING: send our end. All replies are sent. */
void session_start_lingering(struct session *session);

/* Any step -> BROKEN. */
void session_break_off(struct session *session, enum session_outcome outcome);

/* The first outcome is kept: what ended the session, not what followed. */
void session_set_outcome(struct session *session, enum session_outcome outcome);

/* What is true of every session between two events of the loop. */
bool session_is_sane(const struct session *session);

/* ---- session_output.c ---- */

/* Empty the engine's output: to the socket, or to the end of what waits already. */
void session_flush(struct session *session);

/* Send as much of what waits as the client accepts now. */
void session_send_unsent(struct session *session);

/* Keep input that was not fed until there is more, or until it may be fed. It may be
 * held already. */
void session_hold(struct session *session, struct slice input);

/* ---- session_events.c ---- */

/* Deal with all events that wait. Returns whether there was any. */
bool session_pull_events(struct session *session);

/* ---- answers.c ---- */

/* Answer the question of event, unless the answer must wait for the committer. */
void session_answer(struct session *session, const struct postern_event *event);

/* The transaction is done and its question open: answer it. */
void session_answer_commit(struct session *session);

/* Leave the transaction, if there is one. */
void session_drop_transaction(struct session *session);

#endif
