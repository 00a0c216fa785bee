/* session_events.c - events of the engine: counted, recorded, passed on, answered */
#include "server/session_internal.h"

static void
count_reply(struct session *session, const struct postern_note *note)
{
    struct stats *stats = &session->reactor->stats;

    if (!note->is_last)
        return;
    if (note->code >= 400) {
        session->facts.faults++;
        stats_add(stats, note->code >= 500 ? STAT_REPLIES_5YZ : STAT_REPLIES_4YZ, 1);
    }
    if (note->reply == POSTERN_REPLY_BYE)
        session_set_outcome(session, OUTCOME_QUIT);
    else if (note->reply == POSTERN_REPLY_TIMEOUT)
        session_set_outcome(session, OUTCOME_TIMEOUT);
    else if (note->reply == POSTERN_REPLY_SHUTDOWN)
        session_set_outcome(session, OUTCOME_SHUTDOWN);
}

static void
count_note(struct session *session, const struct postern_note *note)
{
    if (note->kind == POSTERN_NOTE_COMMAND)
        stats_add(&session->reactor->stats, STAT_COMMANDS, 1);
    if (note->kind == POSTERN_NOTE_REPLY)
        count_reply(session, note);
    recording_note(session->recording, note);
}

bool
session_pull_events(struct session *session)
{
    struct postern_event event;
    bool had_any = false;

    while (postern_server_next(&session->engine, &event)) {
        had_any = true;
        switch (event.type) {
        case POSTERN_EVENT_NOTE:
            count_note(session, &event.note);
            break;
        case POSTERN_EVENT_CONTENT:
            if (session->transaction != NULL)
                transaction_append(session->transaction, event.content);
            break;
        case POSTERN_EVENT_CONTENT_END:
            break; /* ASK_COMMIT follows */
        case POSTERN_EVENT_CONTENT_ABORT:
            /* lmtp still asks for each recipient; settle() drops the transaction */
            if (session->transaction != NULL)
                transaction_refuse(session->transaction, POSTERN_REPLY_LOCAL_ERROR);
            break;
        case POSTERN_EVENT_DELAY:
            reactor_delay(session->reactor, &session->member, event.delay_ms);
            break;
        case POSTERN_EVENT_CLOSE:
            session_start_closing(session);
            break;
        case POSTERN_EVENT_START_TLS:
            postern_server_tls_done(&session->engine, false); /* not offered */
            break;
        case POSTERN_EVENT_ASK_HELLO:
        case POSTERN_EVENT_ASK_AUTH:
        case POSTERN_EVENT_ASK_MAIL:
        case POSTERN_EVENT_ASK_RCPT:
        case POSTERN_EVENT_ASK_DATA:
        case POSTERN_EVENT_ASK_COMMIT:
        case POSTERN_EVENT_ASK_XCLIENT:
            session_answer(session, &event);
            break;
        }
    }
    return had_any;
}
