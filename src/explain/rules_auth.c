/* rules_auth.c - what was offered of TLS and AUTH, and what was tried */
#include "explain/rules.h"

void
rule_tls(struct view *view)
{
    const struct state *s = view->s;

    if (view->step == S(STARTTLS)) {
        if (s->has_tls ||
            view_says(view, "already in tls|already use|already act|already "
                            "tls|already start|already run|already enc|"
                            "tls already|ssl already|encryption already|when tls|tls "
                            "active|active tls")) {
            verdict_add(view->v, C(STARTTLS_REPEATED), F(REPEATED), S(STARTTLS), 93);
            return;
        }
        if (s->extensions & EXT_ALTERED)
            verdict_add(view->v, C(MIDDLEBOX_ALTERED), F(ALTERED), S(STARTTLS), 93);
        else if (s->has_list && (s->extensions & EXT_STARTTLS) == 0 &&
                 view->code >= 500 && !s->has_tls)
            verdict_add(view->v, C(STARTTLS_NOT_OFFERED), F(UNSUPPORTED), S(STARTTLS),
                        92);
        else if (view->code == 500 || view->code == 502)
            verdict_add(view->v, C(STARTTLS_NOT_OFFERED), F(UNSUPPORTED), S(STARTTLS),
                        70);
        if (s->mail >= 0 && view->code == 503)
            verdict_add(view->v, C(COMMAND_MID_TRANSACTION), F(EARLY), S(STARTTLS), 80);
        if ((s->facts & FACT_AUTH) != 0 && view->code == 503 && !s->has_tls)
            verdict_add(view->v, C(SESSION_OUT_OF_STEP), F(WRONG), S(STARTTLS), 78);
        if (view->code / 100 == 4 && s->has_list)
            verdict_add(view->v, C(TLS_UNAVAILABLE_ON_SERVER), F(REFUSED), S(STARTTLS),
                        88);
        return;
    }
    if (!view_says(view, "starttls|tls|ssl|encrypt|secure"))
        return;
    if (view->stated == C(AUTH_BEFORE_STARTTLS) ||
        (view->code == 530 &&
         view_says(view, "starttls|tls first|tls required|encryption")))
        verdict_add(view->v, C(AUTH_BEFORE_STARTTLS), F(MISSING), S(STARTTLS),
                    s->has_tls ? 70 : 92);
}

/* The mechanism of an AUTH command, and whether the server lists it. */
static bool
is_mechanism_listed(const struct view *view, struct slice *mechanism_out)
{
    struct slice rest, word;
    const struct event *e = view->command;

    *mechanism_out = slice_of(NULL, 0);
    if (e != NULL && e->note.kind == POSTERN_NOTE_SASL && view->s->auth >= 0)
        e = event_at(view->j, view->s->auth);
    if (e == NULL || e->note.command != POSTERN_AUTH)
        return true;
    rest = e->note.argument;
    *mechanism_out = words_next(&rest);
    if (mechanism_out->len == 0 || view->s->mechanisms.len == 0)
        return true;
    rest = view->s->mechanisms;
    while ((word = words_next(&rest)).len > 0) {
        if (slice_is_equal_fold(word, *mechanism_out))
            return true;
    }
    return false;
}

static void
judge_auth_offer(struct view *view)
{
    const struct state *s = view->s;
    struct slice mechanism;
    bool is_listed = is_mechanism_listed(view, &mechanism);
    bool is_refusal =
        view->code >= 500 && (view->code != 535 || view_says(view, "mechanism"));

    if (!s->has_list || !is_refusal || (s->facts & FACT_AUTH) != 0)
        return;
    if ((s->extensions & EXT_AUTH) == 0) {
        bool wants_tls = (s->extensions & EXT_STARTTLS) != 0 && !s->has_tls;
        verdict_add(view->v, C(AUTH_NOT_ADVERTISED), F(UNSUPPORTED), S(AUTH),
                    view->stated == C(AUTH_BEFORE_STARTTLS) ? 60
                    : wants_tls                             ? 84
                                                            : 91);
        if (wants_tls)
            verdict_add(view->v, C(AUTH_BEFORE_STARTTLS), F(MISSING), S(STARTTLS), 86);
        return;
    }
    if (!is_listed)
        verdict_add(view->v, C(AUTH_MECHANISM_UNSUPPORTED), F(UNSUPPORTED), S(AUTH),
                    93);
}

void
rule_auth(struct view *view)
{
    const struct state *s = view->s;
    bool is_sasl =
        view->command != NULL && view->command->note.kind == POSTERN_NOTE_SASL;

    if (view->step != S(AUTH))
        return;
    if ((s->facts & FACT_AUTH) != 0 &&
        (view->code == 503 || view_says(view, "already|previously")))
        verdict_add(view->v, C(AUTH_REPEATED), F(REPEATED), S(AUTH), 94);
    if (s->mail >= 0 && view->code == 503)
        verdict_add(view->v, C(COMMAND_MID_TRANSACTION), F(EARLY), S(AUTH), 82);
    if (!is_sasl)
        judge_auth_offer(view);
    bool has_initial =
        view->command != NULL && view->command->note.redacted > 0 && !is_sasl;
    if (has_initial && (view->code == 501 || view->code == 502 || view->code == 500) &&
        words_have(view->command->text, SLICE("LOGIN")))
        verdict_add(view->v, C(AUTH_CONTINUATION_MISUSE),
                    view->code == 502 ? F(BAD_REPLY) : F(MALFORMED), S(AUTH), 86);
    if (is_sasl && (view->code == 501 || view->code == 500 || view->code == 502 ||
                    view->code == 503))
        verdict_add(view->v, C(AUTH_CONTINUATION_MISUSE), F(MALFORMED), S(AUTH), 82);
    if (view->code == 535 && is_sasl)
        verdict_add(view->v, C(AUTH_CREDENTIALS_REJECTED), F(REFUSED), S(AUTH), 74);
    if (view->code == 503 && !s->has_tls && view->stated == C(NONE))
        verdict_add(view->v, C(AUTH_NOT_ADVERTISED), F(UNSUPPORTED), S(AUTH), 56);
}

/* The server demands a login: was one tried, could one have been? */
void
rule_auth_required(struct view *view)
{
    const struct state *s = view->s;

    if (view->stated == C(ADDRESS_SYNTAX) && view->code == 550 &&
        view->step == S(MAIL) && view->wording->is_generic)
        verdict_add(view->v, C(SENDER_NOT_PERMITTED), F(REFUSED), S(MAIL), 64);
    if (view->stated != C(AUTH_MISSING) && view->code != 530)
        return;
    if (view->stated == C(AUTH_BEFORE_STARTTLS) || view->stated == C(AUTH_REPEATED) ||
        view->step == S(AUTH))
        return;
    if (s->auth_refusal >= 0) { /* the login failed before: that is the root */
        view->v->is_echo = true;
        return;
    }
    if ((s->facts & FACT_AUTH) != 0) {
        verdict_add(view->v, C(SESSION_STATE_LOST), F(LOST), S(AUTH), 88);
        return;
    }
    verdict_add(view->v, C(AUTH_MISSING), F(MISSING), S(AUTH),
                view->stated == C(AUTH_MISSING) ? 92 : 76);
}
