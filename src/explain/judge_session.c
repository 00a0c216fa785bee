/* judge_session.c - what the conversation as a whole shows, and what programs said */
#include "explain/judge.h"

#include "base/attr.h"
#include "explain/words.h"

#define C(name) POSTERN_CAUSE_##name
#define F(name) POSTERN_FAULT_##name
#define S(name) POSTERN_STEP_##name

void
judge_message(struct judgement *j, int32_t n)
{
    const struct event *e = event_at(j, n);
    const struct catalog_message *m = e->message;
    static const int scores[] = {
        [CATALOG_POSSIBLE] = 42, [CATALOG_LIKELY] = 70, [CATALOG_CERTAIN] = 91};
    struct verdict *v = verdict_new(j, n, -1);

    if (v == NULL)
        return;
    if (m->has_step)
        verdict_add(v, m->cause, m->fault, m->step, scores[m->certainty]);
    else
        verdict_add_usual(v, m->cause, (enum postern_step)e->step, scores[m->certainty]);
    v->is_mild = m->certainty == CATALOG_POSSIBLE;
}

/* One verdict for the whole session, about event n. */
static void
whole(struct judgement *j, int32_t n, enum postern_cause cause, enum postern_fault fault,
      enum postern_step step, int score)
{
    struct verdict *v = verdict_new(j, n, -1);

    if (v == NULL)
        return;
    v->is_session = true;
    verdict_add(v, cause, fault, step, score);
}

static bool
has_verdict(const struct judgement *j, int least)
{
    for (unsigned i = 0; i < j->count; i++) {
        const struct verdict *v = &j->verdicts[i];
        if (!v->is_echo && v->count > 0 && v->candidates[0].score >= least)
            return true;
    }
    return false;
}

static void
judge_oddities(struct judgement *j)
{
    const struct oddities *o = &j->transcript->oddities;

    if (o->proxy > 0 && !has_verdict(j, 90))
        whole(j, -1, C(PROXY_PROTOCOL_MISMATCH), F(WRONG), S(CONNECT), 85);
    if (o->tls_hello > 0 && !has_verdict(j, 90))
        whole(j, -1, C(TLS_MODE_MISMATCH), F(WRONG), S(TLS), 85);
    if (o->http > 0 && !has_verdict(j, 80))
        whole(j, -1, C(WRONG_PROTOCOL), F(WRONG), S(CONNECT), 80);
    if ((o->pop > 0 || o->imap > 0 || o->ssh > 0) && !has_verdict(j, 80))
        whole(j, -1, C(WRONG_PROTOCOL), F(WRONG), S(CONNECT), 85);
}

static void
judge_end(struct judgement *j)
{
    const struct state *s = &j->state;

    if (s->desyncs > 0 && !has_verdict(j, 85))
        whole(j, s->desync, C(REPLY_DESYNC), F(UNREAD),
              event_step(event_at(j, event_at(j, s->desync)->answers)), 72);
    if ((s->extensions & EXT_ALTERED) != 0 && !has_verdict(j, 85))
        whole(j, s->last_reply, C(MIDDLEBOX_ALTERED), F(ALTERED), S(EHLO), 82);
    if (s->vrfys > 0 && s->mail < 0 && s->messages == 0 && s->mail_refusal < 0 &&
        !has_verdict(j, 60))
        whole(j, s->last_reply, C(VRFY_SENT_INSTEAD_OF_MAIL), F(WRONG), S(VRFY), 70);
    if (s->rcpt_accepted > 0 && s->rcpt_refusal >= 0 && s->data < 0) {
        struct verdict *v = NULL;
        for (unsigned i = 0; i < j->count; i++) {
            if (j->verdicts[i].event == s->rcpt_refusal)
                v = &j->verdicts[i];
        }
        if (v != NULL) {
            verdict_add(v, C(PARTIAL_RECIPIENTS_REFUSED), F(REFUSED), S(RCPT), 90);
            verdict_sort(v);
        }
    }
}

static void
judge_outcome(struct judgement *j)
{
    const struct state *s = &j->state;

    if (has_verdict(j, 1))
        return;
    if (j->was_accepted && j->transcript->complaint > 0)
        whole(j, s->last_reply, C(ACCEPTED_NOT_DELIVERED), F(NONE), S(SESSION), 70);
    else if (s->last_reply >= 0)
        whole(j, s->last_reply, C(BENIGN_MESSAGE), F(NONE), S(SESSION),
              j->was_accepted ? 75 : 45);
}

void
judge_session(struct judgement *j)
{
    judge_oddities(j);
    judge_end(j);
    judge_outcome(j);
}
