/* follow - the parts of replay.c: how each reply changes the state of the session
 *
 * n and command are indexes of events; command is the one that reply n answers.
 */
#ifndef EXPLAIN_FOLLOW_H
#define EXPLAIN_FOLLOW_H

#include "explain/judge.h"

/* ---- state.c ---- */

/* Begin a new session. The number of accepted messages is kept. */
void state_reset(struct state *s);

/* The transaction is over, or another one begins. */
void state_forget_transaction(struct state *s);

/* Where the beginning of the session is cut off: assume the phase in which command is
 * allowed. Otherwise do nothing. */
void state_assume(struct state *s, enum postern_command command);

/* The reply moves the session to phase; its note gets the phase before and after. The
 * only writer of the phase besides state_assume. */
void state_enter(struct judgement *j, struct event *reply, enum postern_phase phase);

/* The phase between two transactions. */
enum postern_phase state_idle(const struct state *s);

/* Take the extensions from an EHLO reply. Its first line is the server's name; a log
 * may give the whole list on one line. */
void state_read_extensions(struct state *s, const struct event *reply);

/* ---- greeting.c ---- */

/* The reply opens a session: a 220 that answers no command, or a refusal before
 * anything else. */
bool greeting_is(const struct judgement *j, const struct event *reply);

/* Reply n is the greeting: begin the session and learn the server's product. */
void follow_greeting(struct judgement *j, int32_t n);

/* ---- follow.c ---- */

/* Reply n answers command. */
void follow_reply(struct judgement *j, int32_t n, int32_t command);

/* Reply n answers a message: note its queue id and end the transaction. */
void follow_message(struct judgement *j, int32_t n);

/* ---- unmatched.c ---- */

/* Reply n has no command: infer from its words which step it answered. */
void follow_unmatched(struct judgement *j, int32_t n);

#endif
