/* follow - the parts of replay.c: what each reply does to the state of the session
 *
 * n and command are indexes of events; command is the one that reply n answers.
 */
#ifndef EXPLAIN_FOLLOW_H
#define EXPLAIN_FOLLOW_H

#include "explain/judge.h"

/* ---- state.c ---- */

/* A new session; what was accepted so far is still counted. */
void state_reset(struct state *s);

/* The transaction is over, or another one begins. */
void state_forget_transaction(struct state *s);

/* The beginning is cut off: what must have come before command? */
void state_assume(struct state *s, enum postern_command command);

/* The reply moves the session to phase. */
void state_enter(struct judgement *j, struct event *reply, enum postern_phase phase);

/* The phase between two transactions. */
enum postern_phase state_idle(const struct state *s);

/* The extensions of an EHLO reply. The first line is the server's name; a log may give
 * the list on one line. */
void state_read_extensions(struct state *s, const struct event *reply);

/* ---- greeting.c ---- */

/* A reply opens a session: 220 where none was asked for, or a refusal first of all. */
bool greeting_is(const struct judgement *j, const struct event *reply);

void follow_greeting(struct judgement *j, int32_t n);

/* ---- follow.c ---- */

void follow_reply(struct judgement *j, int32_t n, int32_t command);

/* Reply n answers a message: its id, and the transaction is over. */
void follow_message(struct judgement *j, int32_t n);

/* ---- unasked.c ---- */

/* A dialogue that shows replies only tells what was asked by what was answered. */
void follow_unasked(struct judgement *j, int32_t n);

#endif
