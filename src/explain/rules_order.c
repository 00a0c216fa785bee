/* rules_order.c - a step is missing, repeated, or too early */
#include "explain/rules.h"

#include "catalog/reply.h"

/* The reply is about the order of commands, or may be. */
static bool
is_about_order(const struct view *view)
{
    if (view->code == 503)
        return true;
    if (view->stated != C(NONE))
        return slice_is_equal(postern_causes[view->stated].group, SLICE("order")) ||
               view->stated == C(EHLO_MISSING) ||
               view->stated == C(SESSION_OUT_OF_STEP);
    return view_says(view, "sequence|first|order|polite");
}

/* Ask the order table what is missing. */
void
rule_order(struct view *view)
{
    const struct state *s = view->s;
    enum postern_reply refusal;
    struct order_step step;

    if (view->command == NULL || view->command->note.kind != POSTERN_NOTE_COMMAND ||
        !is_about_order(view) || s->is_assumed)
        return;
    step = order_check(s->phase, view->command->note.command, s->facts);
    refusal = step.refusal;
    if (refusal == POSTERN_REPLY_NONE)
        return;
    enum postern_cause cause = catalog_reply(refusal)->cause;
    if (cause == C(NONE))
        return;
    bool is_vague = view->stated == C(SESSION_OUT_OF_STEP) || view->stated == C(NONE);
    int score = view->stated == cause              ? 95
                : view->code != 503                ? 66
                : is_vague && !view->s->is_assumed ? 91
                                                   : 82;
    if (cause == C(DATA_WITHOUT_VALID_RCPT) && s->rcpt_tried == 0)
        verdict_add(view->v, cause, F(MISSING), S(RCPT), score);
    else
        verdict_add_default(view->v, cause, view->step, score);
}

/* The last EHLO of the conversation came before its STARTTLS, whatever replies were
 * matched to them. */
static bool
is_starttls_latest(const struct view *view)
{
    for (int32_t i = view->v->event; i-- > 0;) {
        const struct event *e = event_at(view->j, i);
        enum postern_step step = event_step(e);
        if (e->note.kind != POSTERN_NOTE_COMMAND || e->has_gap ||
            (e->key != view->reply->key && e->key != 0))
            continue;
        if (step == S(EHLO) || step == S(STARTTLS))
            return step == S(STARTTLS);
    }
    return false;
}

void
rule_hello(struct view *view)
{
    const struct state *s = view->s;
    bool wants_hello = view->stated == C(EHLO_MISSING) ||
                       view_says(view, "send hello|helo first|ehlo first|hello first|"
                                       "helo/ehlo|ehlo/helo|introduce yourself");

    if (view->step == S(EHLO)) {
        bool was_ok = s->hello >= 0 && !s->needs_hello_again;
        if (was_ok && view->code == 503)
            verdict_add(view->v, C(EHLO_REPEATED_REFUSED), F(REPEATED), S(EHLO), 90);
        if ((view->code == 500 || view->code == 502 || view->code == 505) &&
            view_is_command(view, POSTERN_EHLO) &&
            view->stated != C(EHLO_ARGUMENT_INVALID))
            verdict_add(view->v, C(COMMAND_NOT_IMPLEMENTED), F(UNSUPPORTED), S(EHLO),
                        view->stated == C(STARTTLS_NOT_OFFERED) ? 86 : 70);
        struct slice argument = slice_of(NULL, 0);
        if (view->command != NULL && view->command->note.kind == POSTERN_NOTE_COMMAND)
            argument = view->command->note.argument;
        if (words_count(argument, 2) == 2 && view->code / 100 == 5) /* "EHLO my host" */
            verdict_add(view->v, C(EHLO_ARGUMENT_INVALID), F(MALFORMED), S(EHLO), 88);
        if (view->code == 501 || view->code == 504)
            verdict_add(view->v, C(EHLO_ARGUMENT_INVALID), F(MALFORMED), S(EHLO), 78);
        return;
    }
    if (s->needs_hello_again && (wants_hello || view->code == 503)) {
        verdict_add(view->v, C(EHLO_NOT_REPEATED_AFTER_STARTTLS), F(MISSING), S(EHLO),
                    wants_hello ? 97 : 90);
        return;
    }
    if (wants_hello && is_starttls_latest(view)) {
        verdict_add(view->v, C(EHLO_NOT_REPEATED_AFTER_STARTTLS), F(MISSING), S(EHLO),
                    92);
        return;
    }
    if (wants_hello && s->is_assumed && (s->rsets > 0 || s->messages > 0))
        verdict_add(view->v, C(SESSION_STATE_LOST), F(LOST), S(EHLO), 84);
    else if (wants_hello && s->hello >= 0 && !s->is_assumed)
        verdict_add(view->v, C(SESSION_STATE_LOST), F(LOST), S(EHLO), 90);
    else if (wants_hello && s->has_tls && s->hello < 0)
        verdict_add(view->v, C(EHLO_NOT_REPEATED_AFTER_STARTTLS), F(MISSING), S(EHLO),
                    88);
    else if (wants_hello && s->hello_refusal >= 0)
        view->v->is_echo = true; /* there was a hello, and it was refused */
}

/* After HELO there are no extensions: commands that need one fail. */
void
rule_helo(struct view *view)
{
    const struct state *s = view->s;
    bool is_helo = (s->facts & FACT_HELO) != 0 && s->hello >= 0;

    if (!is_helo || view->stated == C(EHLO_ARGUMENT_INVALID))
        return;
    if (view->step == S(AUTH) || view->step == S(STARTTLS) || view->step == S(BDAT)) {
        if (view->code == 503 || view->code == 502 || view->code == 500 ||
            view->code == 530 || view->stated == C(AUTH_NOT_ADVERTISED) ||
            view->stated == C(HELO_INSTEAD_OF_EHLO))
            verdict_add(view->v, C(HELO_INSTEAD_OF_EHLO), F(WRONG), S(EHLO), 91);
        return;
    }
    if (view->step == S(MAIL) && view->code == 503 && view->stated != C(NESTED_MAIL))
        verdict_add(view->v, C(HELO_INSTEAD_OF_EHLO), F(WRONG), S(EHLO), 86);
    if (view->step == S(MAIL) &&
        (view->code == 555 || view->code == 501 || view->code == 504) &&
        view->command != NULL &&
        memchr(view->command->text.ptr, '=', view->command->text.len) != NULL)
        verdict_add(view->v, C(HELO_INSTEAD_OF_EHLO), F(WRONG), S(EHLO), 78);
    if (view->stated == C(AUTH_MISSING))
        verdict_add(view->v, C(HELO_INSTEAD_OF_EHLO), F(WRONG), S(EHLO), 60);
}

void
rule_transaction(struct view *view)
{
    const struct state *s = view->s;
    bool is_data = view->step == S(DATA) || view->step == S(BDAT);
    bool is_late = view->step == S(RCPT) || is_data;

    if (view->command == NULL && s->last_command < 0 && !view->reply->is_quoted &&
        view->code == 503 && view->j->count > 1 &&
        event_or_null(view->j, s->last_reply) != NULL &&
        event_at(view->j, s->last_reply)->note.code >= 400) {
        view->v->is_echo = true; /* a list of replies: the first refusal counts */
        return;
    }
    if (view->code == 555 && memchr(view->text.ptr, '@', view->text.len) != NULL &&
        view_says(view, "option|parameter"))
        verdict_add(view->v, C(ADDRESS_SYNTAX), F(MALFORMED),
                    view->step == S(COUNT) ? S(MAIL) : view->step, 87);
    if (is_late && s->mail < 0 && s->mail_refusal >= 0 &&
        (view->code == 503 || view->stated == C(MAIL_MISSING) ||
         view->stated == C(DATA_WITHOUT_VALID_RCPT) || view->code == 554)) {
        view->v->is_echo = true;
        return;
    }
    if (is_data && s->rcpt_tried > 0 && s->rcpt_accepted == 0 &&
        (s->mail >= 0 || s->is_assumed)) {
        /* the refusal of the recipient carries the verdict; see judge_reply.c */
        view->v->is_echo = true;
        return;
    }
    if (is_data && s->rcpt_tried == 0 && s->mail >= 0 &&
        (view->code == 503 || view->code == 554))
        verdict_add(view->v, C(DATA_WITHOUT_VALID_RCPT), F(MISSING), S(RCPT), 92);
    if (view->step == S(MAIL) && s->mail >= 0 &&
        (view->code == 503 || view->stated == C(NESTED_MAIL))) {
        bool is_typo = view->command != NULL &&
                       words_have_any(view->command->text, SLICE("mail to"));
        verdict_add(view->v, C(NESTED_MAIL), is_typo ? F(WRONG) : F(REPEATED),
                    is_typo ? S(RCPT) : S(MAIL), 96);
    }
    if (view->step == S(MAIL) && view->command == NULL && view->code == 503 &&
        (view->stated == C(NONE) || view->stated == C(SESSION_OUT_OF_STEP))) {
        verdict_add(view->v, C(EHLO_MISSING), F(MISSING), S(EHLO), 42);
        verdict_add(view->v, C(NESTED_MAIL), F(REPEATED), S(MAIL), 41);
        verdict_add(view->v, C(AUTH_MISSING), F(MISSING), S(AUTH), 40);
    }
    if (view->step == S(RCPT) && s->mail < 0 && s->has_start && !s->is_assumed &&
        (view->code == 503 || view->stated == C(MAIL_MISSING)))
        verdict_add(view->v, C(MAIL_MISSING), F(MISSING), S(MAIL), 92);
}
