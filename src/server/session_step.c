/* session_step.c - the steps of a session, one function for each arrow of the diagram
 * in session_internal.h
 */
#include "server/session_internal.h"

#include "net/socket.h"

#include <assert.h>

void
session_start_closing(struct session *session)
{
    if (session->step == SESSION_TALKING)
        session->step = SESSION_CLOSING;
}

void
session_start_lingering(struct session *session)
{
    assert(session->step == SESSION_CLOSING);
    assert(session->unsent_len == 0 && !session->member.is_delayed);
    session->step = SESSION_LINGERING;
    session->waiting_since_us = session->reactor->now_us;
    net_finish(session->fd);
}

void
session_break_off(struct session *session, enum session_outcome outcome)
{
    session->step = SESSION_BROKEN;
    session_set_outcome(session, outcome);
}

void
session_set_outcome(struct session *session, enum session_outcome outcome)
{
    if (session->outcome == OUTCOME_OPEN)
        session->outcome = (uint8_t)outcome;
}

bool
session_is_sane(const struct session *session)
{
    bool is_waiting = session->unsent_len > 0 || session->member.is_delayed;

    return session->step < SESSION_BROKEN && session->outcome < OUTCOME_COUNT &&
           (session->step != SESSION_LINGERING || !is_waiting) &&
           (session->held_len > 0) == (session->held != NULL) &&
           (session->unsent_len > 0) == (session->unsent != NULL) &&
           postern_server_output(&session->engine).len == 0 &&
           (session->transaction == NULL ||
            session->transaction->waiter == &session->waiter);
}
