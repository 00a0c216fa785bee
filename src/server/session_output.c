/* session_output.c - what waits in a session: replies not sent, input not fed
 *
 * Both are empty in an idle session. Input that waits is bounded by the size of one
 * read, replies by the engine, which is not fed while some wait.
 */
#include "server/session_internal.h"

#include "net/socket.h"

#include <stdlib.h>

enum { FREE_HELD = 4096 }; /* held input this short is not charged to the budget */

static void
add_unsent(struct session *session, struct slice octets)
{
    char *unsent = realloc(session->unsent, session->unsent_len + octets.len);

    if (unsent == NULL) {
        session_break_off(session, OUTCOME_CLOSED);
        return;
    }
    memcpy(unsent + session->unsent_len, octets.ptr, octets.len);
    session->unsent = unsent;
    session->unsent_len += (uint32_t)octets.len;
}

void
session_flush(struct session *session)
{
    struct slice output = postern_server_output(&session->engine);
    size_t sent = 0;

    if (output.len == 0)
        return;
    if (session->unsent_len == 0 && !session->member.is_delayed &&
        net_send(session->fd, output, &sent) == NET_LOST)
        session_break_off(session, OUTCOME_LOST);
    if (sent < output.len && session->step != SESSION_BROKEN)
        add_unsent(session, slice_skip(output, sent));
    postern_server_sent(&session->engine, output.len);
}

void
session_send_unsent(struct session *session)
{
    struct slice unsent = slice_of(session->unsent, session->unsent_len);
    size_t sent;

    if (unsent.len == 0 || session->member.is_delayed)
        return;
    if (net_send(session->fd, unsent, &sent) == NET_LOST)
        session_break_off(session, OUTCOME_LOST);
    if (sent > 0)
        session->waiting_since_us = session->reactor->now_us;
    if (sent < unsent.len) {
        memmove(session->unsent, session->unsent + sent, unsent.len - sent);
        session->unsent_len -= (uint32_t)sent;
        return;
    }
    free(session->unsent);
    session->unsent = NULL;
    session->unsent_len = 0;
}

void
session_hold(struct session *session, struct slice input)
{
    struct limits *limits = &session->reactor->service->limits;
    uint32_t budget = input.len > FREE_HELD ? (uint32_t)input.len : 0;
    char *held = NULL;

    if (session->held != NULL && input.ptr == session->held)
        return;
    if (input.len > 0) {
        held = malloc(input.len);
        if (held == NULL || (budget > 0 && !limits_reserve_memory(limits, budget))) {
            free(held);
            held = NULL;
            input.len = budget = 0;
            session_break_off(session, OUTCOME_CLOSED);
        } else {
            memcpy(held, input.ptr, input.len);
        }
    }
    limits_release_memory(limits, session->held_budget);
    free(session->held);
    session->held = held;
    session->held_len = (uint32_t)input.len;
    session->held_budget = budget;
}
