/* judge_session.c - what the conversation as a whole shows, and programs' own messages
 *
 * Most of these rules conclude from what is missing: a reply that never came, a list
 * without AUTH. So they apply only where no refusal explains the failure better.
 */
#include "explain/judge.h"

#include "base/attr.h"
#include "explain/words.h"

#define C(name) POSTERN_CAUSE_##name
#define F(name) POSTERN_FAULT_##name
#define S(name) POSTERN_STEP_##name

/* "improper command pipelining after CONNECT from x[192.0.2.1]: \\026\\003\\001": what
 * was sent too early shows which protocol the client expected. */
static void
judge_early_input(struct verdict *v, const struct event *e)
{
    static const struct {
        struct slice words;
        enum postern_cause cause;
        enum postern_step step;
    } known[] = {
        {SLICE_INIT("\\026\\003|\\x16\\x03"), C(TLS_MODE_MISMATCH), S(TLS)},
        {SLICE_INIT("PROXY TCP|PROXY UNK"), C(PROXY_PROTOCOL_MISMATCH), S(CONNECT)},
        {SLICE_INIT(": GET /|: POST /|HTTP/1."), C(WRONG_PROTOCOL), S(CONNECT)},
    };
    static const struct {
        struct slice word;
        enum postern_step step;
    } verbs[] = {
        {SLICE_INIT("AUTH "), S(AUTH)},   {SLICE_INIT("MAIL FROM"), S(MAIL)},
        {SLICE_INIT("RCPT TO"), S(RCPT)}, {SLICE_INIT("DATA"), S(DATA)},
        {SLICE_INIT("QUIT"), S(QUIT)},    {SLICE_INIT("EHLO"), S(EHLO)},
        {SLICE_INIT("HELO"), S(EHLO)},
    };
    size_t at = slice_find_fold(e->text, SLICE("]: "));
    struct slice input = at == SIZE_MAX ? e->text : slice_skip(e->text, at + 1);

    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (words_have_any(input, known[i].words)) {
            verdict_add(v, known[i].cause, F(WRONG), known[i].step, 94);
            return;
        }
    }
    enum postern_step step = S(BODY);
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (words_have(input, verbs[i].word)) {
            step = verbs[i].step;
            break;
        }
    }
    if (words_have(e->text, SLICE("after CONNECT")))
        verdict_add(v, C(EARLY_TALKER), F(EARLY), S(EHLO), 70);
    verdict_add(v, C(UNAUTHORIZED_PIPELINING), F(EARLY), step, 91);
}

void
judge_message(struct judgement *j, int32_t n)
{
    const struct event *e = event_at(j, n);
    const struct catalog_message *m = e->message;
    static const int scores[] = {
        [CATALOG_POSSIBLE] = 42, [CATALOG_LIKELY] = 70, [CATALOG_CERTAIN] = 91};
    struct verdict *last = j->count > 0 ? &j->verdicts[j->count - 1] : NULL;
    const struct event *refusal = last != NULL ? event_or_null(j, last->event) : NULL;

    if (m->certainty == CATALOG_CERTAIN && refusal != NULL &&
        refusal->note.code >= 400 && refusal->last_line + 1 == e->line) {
        verdict_add_default(last, m->cause, event_step(event_or_null(j, last->command)),
                            93);
        verdict_sort(last); /* the rest of a refusal, on the next line */
        return;
    }
    struct verdict *v = verdict_new(j, n, -1);

    if (v == NULL)
        return;
    if (slice_is_equal(m->name, SLICE("pipelining-after")))
        judge_early_input(v, e);
    else if (m->has_step)
        verdict_add(v, m->cause, m->fault, m->step, scores[m->certainty]);
    else
        verdict_add_default(v, m->cause, (enum postern_step)e->step,
                            scores[m->certainty]);
    v->is_mild = m->certainty == CATALOG_POSSIBLE;
    if (m->has_step && m->fault == F(LOST) && j->state.needs_hello_again) {
        /* after the 220 to STARTTLS comes the handshake */
        verdict_add(v, C(TLS_NEGOTIATION_FAILED), F(LOST), S(TLS), 60);
        v->is_mild = false;
    }
    verdict_sort(v);
}

/* One verdict for the whole session, about event n. A score above SCORE_SESSION
 * outweighs single refusals, but what is inferred from the whole is never certain. */
static void
session_verdict(struct judgement *j, int32_t n, enum postern_cause cause,
                enum postern_fault fault, enum postern_step step, int score)
{
    struct verdict *v = verdict_new(j, n, -1);

    if (v == NULL)
        return;
    v->boost = score > SCORE_SESSION ? score - SCORE_SESSION : 0;
    verdict_add(v, cause, fault, step, score - v->boost);
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
judge_other_protocols(struct judgement *j)
{
    const struct clues *o = &j->transcript->clues;

    if (o->proxy > 0 && !has_verdict(j, 90))
        session_verdict(j, -1, C(PROXY_PROTOCOL_MISMATCH), F(WRONG), S(CONNECT), 85);
    if (o->tls_hello > 0 && !has_verdict(j, 90))
        session_verdict(j, -1, C(TLS_MODE_MISMATCH), F(WRONG), S(TLS), 85);
    if (o->http > 0 && !has_verdict(j, 80))
        session_verdict(j, -1, C(WRONG_PROTOCOL), F(WRONG), S(CONNECT), 80);
    if ((o->pop > 0 || o->imap > 0 || o->ssh > 0) && !has_verdict(j, 80))
        session_verdict(j, -1, C(WRONG_PROTOCOL), F(WRONG), S(CONNECT), 118);
}

/* Replies of the wrong form, or that the client did not read to their end. */
static void
judge_reply_forms(struct judgement *j)
{
    const struct transcript *t = j->transcript;

    for (uint32_t i = 0; i < t->count; i++) {
        const struct event *e = &t->events[i];
        enum postern_step step = event_step(event_or_null(j, e->answers));
        if (e->note.kind != POSTERN_NOTE_REPLY ||
            (j->key != 0 && e->key != 0 && e->key != j->key))
            continue;
        if (step == S(COUNT))
            step = e->note.code == 220 ? S(GREETING) : S(EHLO);
        if (e->is_split) {
            session_verdict(j, (int32_t)i, C(REPLY_MISPARSED), F(MISREAD), step, 116);
            return;
        }
        if (e->has_line_without_code || e->is_mixed) {
            session_verdict(j, (int32_t)i, C(REPLY_MALFORMED), F(BAD_REPLY), step, 112);
            return;
        }
        if (!e->is_complete && !e->is_quoted && e->note.code < 300 &&
            i + 2 >= t->count && t->clues.timeout > 0) {
            session_verdict(j, (int32_t)i, C(REPLY_MALFORMED), F(BAD_REPLY), step, 104);
            return;
        }
        if ((e->note.code == 250 || e->note.code == 235) && !e->is_quoted &&
            e->text.len > 8 &&
            words_have_any(slice_of(e->text.ptr, e->text.len < 60 ? e->text.len : 60),
                           SLICE("250 error|no such|not found|denied|rejected|failed|"
                                 "failure"))) {
            session_verdict(j, (int32_t)i, C(REPLY_MALFORMED), F(BAD_REPLY), step, 70);
            return;
        }
    }
}

static void
judge_end(struct judgement *j)
{
    const struct state *s = &j->state;

    const struct event *desync = event_or_null(j, s->desync);

    for (unsigned i = 0; desync != NULL && i < j->count; i++) {
        if (j->verdicts[i].count > 0 &&
            j->verdicts[i].candidates[0].cause == C(POSITIVE_REPLY_TREATED_AS_ERROR))
            j->verdicts[i].is_echo = true;
    }
    if (desync != NULL && !has_verdict(j, 85))
        session_verdict(j, s->desync, C(REPLY_DESYNC), F(UNREAD),
                        event_step(event_or_null(j, desync->answers)), 72);
    if (s->contradiction >= 0)
        session_verdict(j, s->contradiction, C(DATA_PHASE_MISHANDLED), F(BAD_REPLY),
                        S(EOD), 125);
    if (s->late_greeting >= 0) {
        session_verdict(j, s->late_greeting, C(REPLY_DESYNC), F(UNREAD), S(GREETING),
                        140);
        verdict_add(&j->verdicts[j->count - 1], C(EARLY_TALKER), F(EARLY), S(EHLO), 80);
    }
    judge_reply_forms(j);
    if ((s->extensions & EXT_ALTERED) != 0 && !has_verdict(j, 85))
        session_verdict(j, s->last_reply, C(MIDDLEBOX_ALTERED), F(ALTERED), S(EHLO),
                        82);
    bool was_alone = s->vrfys == s->vrfy_refused && s->hello < 0 && s->vrfys > 0 &&
                     event_at(j, s->last_command)->mark == MARK_NONE; /* only a test */
    if (s->vrfys > 0 && !was_alone && s->mail < 0 && s->messages == 0 &&
        s->mail_refusal < 0) {
        bool is_typed = s->vrfy_refused == 0 && !s->is_assumed &&
                        event_at(j, s->last_command)->mark == MARK_NONE;
        session_verdict(j, s->vrfy, C(VRFY_SENT_INSTEAD_OF_MAIL), F(WRONG), S(MAIL),
                        is_typed ? 46 : 112);
        if (is_typed && j->count > 0)
            verdict_add(&j->verdicts[j->count - 1], C(BENIGN_MESSAGE), F(NONE), S(VRFY),
                        50);
        verdict_sort(&j->verdicts[j->count - 1]);
    }
    if (s->partial >= 0 ||
        (s->rcpt_accepted > 0 && s->rcpt_refusal >= 0 && s->data < 0)) {
        struct verdict *v = NULL;
        int32_t refusal = s->partial >= 0 ? s->partial : s->rcpt_refusal;
        for (unsigned i = 0; i < j->count; i++) {
            if (j->verdicts[i].event == refusal)
                v = &j->verdicts[i];
        }
        if (v != NULL) {
            verdict_add(v, C(PARTIAL_RECIPIENTS_REFUSED), F(REFUSED), S(RCPT), 90);
            verdict_sort(v);
        }
    }
}

/* The message was sent, or was being sent, and no reply to it came in time. */
static void
judge_unanswered(struct judgement *j)
{
    const struct state *s = &j->state;
    const struct clues *o = &j->transcript->clues;
    const struct event *waiting = NULL;

    for (unsigned i = 0; i < s->pending_count; i++) {
        if (event_at(j, s->pending[i])->note.kind == POSTERN_NOTE_CONTENT)
            waiting = event_at(j, s->pending[i]);
    }
    if (s->abandoned >= 0) {
        bool was_late = s->message_reply > s->abandoned;
        session_verdict(j, was_late ? s->message_reply : s->abandoned, C(REPLY_DESYNC),
                        F(UNREAD), S(EOD), was_late ? 78 : 50);
        struct verdict *v = &j->verdicts[j->count - 1];
        verdict_add(v, C(END_OF_DATA_TIMEOUT), F(LOST), S(EOD),
                    o->timeout > 0 || !was_late ? 84 : 70);
        verdict_sort(v);
        return;
    }
    bool is_late = o->timeout > 0 || has_verdict(j, 1);
    if (o->in_data > 0 && o->timeout == 0 && o->awaits > 0 && !j->was_accepted &&
        !j->has_dialogue)
        session_verdict(j, -1, C(END_OF_DATA_TIMEOUT), F(LOST), S(EOD), 66);
    if (o->in_data > 0 && o->timeout > 0 && !j->was_accepted) {
        if (o->writes > 0 && o->awaits == 0)
            session_verdict(j, -1, C(DATA_TIMEOUT), F(LOST), S(BODY), 110);
        else if (o->awaits > 0)
            session_verdict(j, -1, C(END_OF_DATA_TIMEOUT), F(LOST), S(EOD), 110);
    }
    if (waiting != NULL && waiting->body.has_ended && is_late)
        session_verdict(j, -1, C(END_OF_DATA_TIMEOUT), F(LOST), S(EOD), 112);
    else if (waiting != NULL && waiting->body.has_ended)
        session_verdict(j, -1, C(END_OF_DATA_TIMEOUT), F(LOST), S(EOD), 60);
    else if (waiting != NULL && o->timeout > 0)
        session_verdict(j, -1, C(DATA_TIMEOUT), F(LOST), S(BODY), 110);
    else if (s->phase == POSTERN_PHASE_DATA && o->timeout > 0)
        session_verdict(j, -1, C(END_OF_DATA_TIMEOUT), F(LOST), S(EOD), 75);
    else if (waiting != NULL && !has_verdict(j, 50))
        session_verdict(j, -1, C(END_OF_DATA_TIMEOUT), F(LOST), S(EOD), 50);
    else if (s->phase == POSTERN_PHASE_DATA && waiting == NULL && s->last_reply >= 0 &&
             j->transcript->clues.cut_content == 0 && has_verdict(j, 1))
        session_verdict(j, -1, C(DATA_TIMEOUT), F(LOST), S(BODY), 60);
}

/* The client gave up after EHLO: what did it miss among the extensions? */
static void
judge_given_up(struct judgement *j)
{
    const struct state *s = &j->state;
    const struct clues *o = &j->transcript->clues;
    bool has_auth = (s->extensions & EXT_AUTH) != 0;
    bool has_starttls = (s->extensions & EXT_STARTTLS) != 0;

    if (!s->has_list || s->mail >= 0 || s->messages > 0 || s->auth >= 0 ||
        s->starttls >= 0 || !s->has_quit || has_verdict(j, 40))
        return;
    if (!has_auth && o->auth > 0) {
        session_verdict(j, s->hello, C(AUTH_NOT_ADVERTISED), F(UNSUPPORTED), S(AUTH),
                        57);
        if (has_starttls && !s->has_tls)
            verdict_add(&j->verdicts[j->count - 1], C(AUTH_BEFORE_STARTTLS), F(MISSING),
                        S(STARTTLS), 62);
        verdict_sort(&j->verdicts[j->count - 1]);
    } else if (!has_starttls && o->explicit > 0) {
        session_verdict(j, s->hello, C(STARTTLS_NOT_OFFERED), F(UNSUPPORTED),
                        S(STARTTLS), 60);
    }
}

/* AUTH LOGIN came with the user name, and the server asks for it again. */
static void
judge_asked_again(struct judgement *j)
{
    const struct transcript *t = j->transcript;

    for (uint32_t i = 0; i < t->count; i++) {
        const struct event *e = &t->events[i], *command = event_or_null(j, e->answers);
        if (e->note.code != 334 || command == NULL ||
            command->note.command != POSTERN_AUTH || command->note.redacted == 0 ||
            !words_have(command->text, SLICE("LOGIN")) ||
            !words_have_any(e->text, SLICE("VXNlcm5hbWU|Username")))
            continue;
        session_verdict(j, (int32_t)i, C(AUTH_CONTINUATION_MISUSE), F(BAD_REPLY),
                        S(AUTH), 100);
        return;
    }
}

/* The settings shown with the error combine a port with the wrong kind of TLS. */
static void
judge_settings(struct judgement *j)
{
    const struct clues *o = &j->transcript->clues;
    bool is_mismatch = (o->port_587 > 0 && o->implicit > 0 && o->explicit == 0) ||
                       (o->port_587 > 0 && o->implicit > 0 && o->port_465 == 0) ||
                       (o->port_465 > 0 && o->explicit > 0 && o->implicit == 0);

    if (is_mismatch && !j->has_dialogue && !has_verdict(j, 85))
        session_verdict(j, -1, C(TLS_MODE_MISMATCH), F(WRONG), S(TLS), 86);
    if (o->port_465 > 0 && o->timeout > 0 && o->implicit == 0 && !j->has_dialogue &&
        !has_verdict(j, 56)) /* each waits for the other to begin */
        session_verdict(j, -1, C(TLS_MODE_MISMATCH), F(WRONG), S(TLS), 58);
    if (o->stars > 0 && !j->has_dialogue && !has_verdict(j, 60))
        session_verdict(j, -1, C(MIDDLEBOX_ALTERED), F(ALTERED), S(GREETING), 80);
}

static void
judge_outcome(struct judgement *j)
{
    const struct state *s = &j->state;
    const struct clues *o = &j->transcript->clues;
    bool was_message_accepted = j->was_accepted || o->delivered > 0;

    if (was_message_accepted && o->undelivered > 0 && o->undelivered >= o->delivered &&
        !j->has_dialogue)
        session_verdict(j, -1, C(ACCEPTED_NOT_DELIVERED), F(NONE), S(SESSION), 60);
    const struct event *last = event_or_null(j, s->last_command);
    bool has_left = last != NULL && last->note.command == POSTERN_QUIT;
    bool is_over =
        was_message_accepted || s->has_quit || has_left; /* nothing failed after that */
    if (has_verdict(j, is_over ? 43 : 30))
        return;
    if (was_message_accepted && j->transcript->complaint > 0)
        session_verdict(j, s->last_reply, C(ACCEPTED_NOT_DELIVERED), F(NONE),
                        S(SESSION), 70);
    else if (s->extra_replies > 0)
        session_verdict(j, s->last_reply, C(DATA_PHASE_MISHANDLED), F(BAD_REPLY),
                        S(EOD), 60);
    else if (s->last_reply >= 0 || s->last_command >= 0 || was_message_accepted ||
             o->undelivered > 0 || (o->mail_words > 0 && j->transcript->lines > 1)) {
        session_verdict(j, s->last_reply, C(BENIGN_MESSAGE), F(NONE), S(SESSION),
                        was_message_accepted ? 75 : 44);
        if (j->has_dialogue && !s->has_quit && s->last_command >= 0 && j->count > 0)
            verdict_add(&j->verdicts[j->count - 1], C(QUIT_MISSING_OR_LOST), F(MISSING),
                        S(QUIT), 40);
    }
}

void
judge_success(struct judgement *j, int32_t n)
{
    const struct event *e = event_at(j, n);
    struct verdict *v = verdict_new(j, n, -1);
    enum postern_step step = (enum postern_step)e->step;

    if (v == NULL)
        return;
    unsigned code = e->note.code;
    bool is_to_another =
        code == 220 || code == 221 || code == 235; /* answers one command only */
    if (e->expected > 0 &&
        (e->expected / 100 != code / 100 || (is_to_another && e->expected != code)))
        verdict_add(v, C(REPLY_DESYNC), F(UNREAD),
                    e->expected == 354           ? S(RCPT)
                    : step == POSTERN_STEP_COUNT ? S(EOD)
                                                 : step,
                    87);
    if (!e->note.is_last) /* one of several lines was taken for the whole reply */
        verdict_add(v, C(REPLY_MISPARSED), F(MISREAD),
                    e->note.code == 220 ? S(GREETING) : S(EHLO), 88);
    verdict_add(v, C(POSITIVE_REPLY_TREATED_AS_ERROR), F(MISREAD),
                step == POSTERN_STEP_COUNT ? S(EOD) : step, 84);
    verdict_sort(v);
}

/* A success reported as a failure does not matter where a refusal is reported as well.
 */
static void
judge_reported_success(struct judgement *j)
{
    bool has_refusal = false;

    for (unsigned i = 0; i < j->count; i++) {
        const struct event *e = event_or_null(j, j->verdicts[i].event);
        has_refusal = has_refusal || (e != NULL && e->note.code >= 400);
    }
    for (unsigned i = 0; has_refusal && i < j->count; i++) {
        struct verdict *v = &j->verdicts[i];
        if (v->count > 0 &&
            v->candidates[0].cause == C(POSITIVE_REPLY_TREATED_AS_ERROR))
            v->is_mild = true;
    }
}

void
judge_session(struct judgement *j)
{
    judge_reported_success(j);
    judge_other_protocols(j);
    judge_unanswered(j);
    judge_end(j);
    judge_asked_again(j);
    judge_given_up(j);
    judge_settings(j);
    judge_outcome(j);
}
