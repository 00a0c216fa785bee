/* session - one connection: its engine, its socket, and what waits in either direction
 *
 * What a reactor calls (struct reactor_calls); everything else about a session is
 * known to the session_*.c files and answers.c only (session_internal.h).
 */
#ifndef SERVER_SESSION_H
#define SERVER_SESSION_H

#include "server/reactor.h"

/* Begin a session on fd and greet. False: no memory; fd is still the caller's. */
MUST_USE bool session_open(struct reactor *reactor, size_t listener, int fd,
                           const struct net_end *peer, bool is_counted);

/* A second has passed: look for time-outs. */
void session_tick(struct reactor_member *member);

/* Its replies need no longer be delayed: go on. */
void session_delay_over(struct reactor_member *member);

/* The reactor's state changed: send 421 unless a message is in progress. */
void session_follow_state(struct reactor_member *member);

#endif
