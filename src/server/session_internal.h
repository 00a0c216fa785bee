/* session_internal - what the session_*.c files share */
#ifndef SERVER_SESSION_INTERNAL_H
#define SERVER_SESSION_INTERNAL_H

#include "server/session.h"

/* ---- session_output.c ---- */

/* The first outcome stands: what ended the session, not what followed. */
void session_set_outcome(struct session *session, enum session_outcome outcome);

/* Close without a word, as soon as the event at hand is done. */
void session_break_off(struct session *session, enum session_outcome outcome);

/* Empty the engine's output: to the socket, or behind what waits already. */
void session_flush(struct session *session);

/* Send of what waits as much as goes now. */
void session_send_unsent(struct session *session);

/* Keep input that was not taken until there is more, or until it may be fed. It may
 * lie in held already. */
void session_hold(struct session *session, struct slice input);

/* ---- session_events.c ---- */

/* Deal with all events that wait. Returns whether there was any. */
bool session_pull_events(struct session *session);

#endif
