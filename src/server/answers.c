/* answers.c - the server's answers to the engine's questions
 *
 * Refusals are entries of the catalog; no code and no text is written here.
 */
#include "server/session_internal.h"

#include "base/log.h"
#include "net/socket.h"
#include "server/recipients.h"

#include <stdio.h>

static void
decide(struct session *session, enum postern_reply reply)
{
    postern_server_decide(&session->engine, &(struct postern_decision){.reply = reply});
}

void
session_drop_transaction(struct session *session)
{
    if (session->transaction != NULL)
        transaction_leave(session->transaction);
    session->transaction = NULL;
}

/* ---- MAIL and RCPT ---- */

static enum postern_reply
begin_mail(struct session *session, const struct postern_mail *mail)
{
    struct service *service = session->reactor->service;

    session_drop_transaction(session);
    if (committer_is_broken(&service->committer))
        return POSTERN_REPLY_LOCAL_ERROR;
    if (limits_is_memory_out(&service->limits))
        return POSTERN_REPLY_NO_ROOM;
    session->transaction =
        transaction_new(session->reactor, &session->waiter, &session->facts.id, mail);
    return session->transaction != NULL ? POSTERN_REPLY_NONE : POSTERN_REPLY_NO_ROOM;
}

/* "[192.0.2.1]": the address the client connected to, as an address literal. */
static struct slice
own_literal(const struct session *session, char out[NET_TEXT_SIZE])
{
    struct net_end own;
    char text[NET_TEXT_SIZE];
    int len = 0;

    if (!net_local_end(session->fd, &own))
        return (struct slice){0};
    own.port = 0; /* makes the text "a.b.c.d:0" or "[…]:0" */
    own.scope = 0;
    net_end_format(&own, text);
    if (own.family == NET_IP4)
        len = snprintf(out, NET_TEXT_SIZE, "[%.*s]", (int)strlen(text) - 2, text);
    else if (own.family == NET_IP6)
        len =
            snprintf(out, NET_TEXT_SIZE, "[IPv6:%.*s", (int)strlen(text) - 3, text + 1);
    return slice_of(out, (size_t)len);
}

static enum postern_reply
check_recipient(const struct session *session, const struct postern_address *to)
{
    const struct settings *settings = session->reactor->service->settings;
    char literal[NET_TEXT_SIZE];
    struct recipient_rules rules = {
        .domains = settings->domains.items,
        .domain_count = settings->domains.count,
        .accepts_all = settings->domains.count == 0 &&
                       session->facts.listener->profile == POSTERN_PROFILE_TEST,
        .hostname = session->reactor->service->hostname,
    };

    if (to->is_postmaster && to->domain.len > 0 && to->domain.ptr[0] == '[')
        rules.own_literal = own_literal(session, literal);
    return recipient_check(&rules, to);
}

static enum postern_reply
add_recipient(struct session *session, const struct postern_rcpt *rcpt)
{
    enum postern_reply refusal = check_recipient(session, &rcpt->to);
    struct slice domain = {0};

    if (refusal != POSTERN_REPLY_NONE)
        return refusal;
    if (session->transaction == NULL)
        return POSTERN_REPLY_LOCAL_ERROR;
    if (rcpt->to.domain.len == 0)
        domain = session->reactor->service->hostname;
    return transaction_add(session->transaction, rcpt, domain) ? POSTERN_REPLY_NONE
                                                               : POSTERN_REPLY_NO_ROOM;
}

/* ---- the message ---- */

static void
log_message(const struct session *session, enum postern_reply refusal)
{
    const struct transaction *transaction = session->transaction;
    char id[ID_TEXT_LEN + 1], tag[ID_TEXT_LEN + 1];

    id_format(&transaction->envelope.id, id);
    id_format(&session->facts.id, tag);
    if (refusal == POSTERN_REPLY_NONE)
        log_event(LOG_LEVEL_INFO, tag, "message.queued",
                  " id=%s from=%s rcpts=%u octets=%llu", id,
                  LOG_QUOTED(transaction->envelope.mail_from),
                  transaction->recipient_count,
                  (unsigned long long)transaction->content);
    else
        log_event(LOG_LEVEL_WARNING, tag, "message.deferred",
                  " id=%s from=%s octets=%llu", id,
                  LOG_QUOTED(transaction->envelope.mail_from),
                  (unsigned long long)transaction->content);
}

/* Once for each message: counters and a log line. */
static void
count_message(struct session *session)
{
    struct transaction *transaction = session->transaction;
    struct stats *stats = &session->reactor->stats;

    log_message(session, transaction->refusal);
    if (transaction->refusal != POSTERN_REPLY_NONE) {
        stats_add(stats, STAT_MESSAGES_DEFERRED, 1);
        return;
    }
    session->facts.messages++;
    stats_add(stats, STAT_MESSAGES, 1);
    stats_add(stats, STAT_OCTETS, transaction->content);
    feed_message(&session->reactor->feed, FEED_ACCEPTED, &transaction->envelope.id);
    reactor_plan_feed(session->reactor);
}

/* index: of the recipient the reply is about (lmtp asks for each). */
static void
decide_commit(struct session *session, uint32_t index)
{
    struct transaction *transaction = session->transaction;
    struct postern_decision decision = {.reply = transaction->refusal};
    char id[ID_TEXT_LEN + 1];

    id_format(&transaction->envelope.id, id);
    decision.id = slice_of(id, ID_TEXT_LEN);
    decision.durable = session->reactor->service->durable;
    if (index < transaction->recipient_count)
        decision.address = transaction->recipients[index].address;
    postern_server_decide(&session->engine, &decision);
}

static void
commit(struct session *session, const struct postern_commit *question)
{
    struct transaction *transaction = session->transaction;

    if (transaction == NULL) {
        decide(session, POSTERN_REPLY_LOCAL_ERROR);
        return;
    }
    /* lmtp: the content was refused, with one reply for each recipient */
    if (question->refusal != POSTERN_REPLY_NONE) {
        decide_commit(session, question->recipient);
        return;
    }
    if (transaction->step == TRANSACTION_OPEN) {
        transaction_submit(transaction,
                           recording_cut(session->recording, OUTCOME_OPEN));
        if (transaction->step == TRANSACTION_SUBMITTED)
            return; /* waiter.done follows */
        count_message(session);
    }
    decide_commit(session, question->recipient);
}

void
session_answer_commit(struct session *session)
{
    count_message(session);
    decide_commit(session, 0);
}

/* ---- all questions ---- */

void
session_answer(struct session *session, const struct postern_event *event)
{
    switch (event->type) {
    case POSTERN_EVENT_ASK_HELLO:
        recording_hello(session->recording, event->hello.name);
        decide(session, POSTERN_REPLY_NONE);
        break;
    case POSTERN_EVENT_ASK_MAIL:
        decide(session, begin_mail(session, &event->mail));
        break;
    case POSTERN_EVENT_ASK_RCPT:
        decide(session, add_recipient(session, &event->rcpt));
        break;
    case POSTERN_EVENT_ASK_DATA:
        decide(session, session->transaction != NULL ? POSTERN_REPLY_NONE
                                                     : POSTERN_REPLY_LOCAL_ERROR);
        break;
    case POSTERN_EVENT_ASK_COMMIT:
        commit(session, &event->commit);
        break;
    case POSTERN_EVENT_ASK_AUTH:
        decide(session, POSTERN_REPLY_AUTH_UNAVAILABLE);
        break;
    case POSTERN_EVENT_ASK_XCLIENT:
        decide(session, POSTERN_REPLY_XCLIENT_NOT_PERMITTED);
        break;
    case POSTERN_EVENT_NOTE:
    case POSTERN_EVENT_CONTENT:
    case POSTERN_EVENT_CONTENT_END:
    case POSTERN_EVENT_CONTENT_ABORT:
    case POSTERN_EVENT_DELAY:
    case POSTERN_EVENT_START_TLS:
    case POSTERN_EVENT_CLOSE:
        break; /* no questions */
    }
}
