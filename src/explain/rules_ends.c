/* rules_ends.c - a session that was refused at the greeting, or closed by the server */
#include "explain/rules.h"

/* A refusal in place of the greeting, or after such a refusal. */
void
rule_connect(struct view *view)
{
    const struct state *s = view->s;
    bool is_vague = (view->wording == NULL || view->wording->is_generic) &&
                    (view->stated == C(NONE) || view->stated == C(POLICY_REFUSAL) ||
                     view->stated == C(IP_BLOCKED));

    if (view->step == S(CONNECT) && view->code / 100 == 5 && is_vague)
        verdict_add(view->v, C(IP_BLOCKED), F(REFUSED), S(CONNECT),
                    view->stated == C(NONE) ? 50 : 61);
    if (s->greeting >= 0 && view->code == 451 &&
        words_have(event_at(view->j, s->greeting)->text, SLICE("spamd")))
        verdict_add_default(view->v, C(GREYLISTED), view->step, 88);
    if (s->phase == POSTERN_PHASE_REFUSED && view->step != S(CONNECT)) {
        view->v->is_echo = true;
        verdict_add(view->v, C(SESSION_REJECTED), F(REFUSED), S(CONNECT), 60);
    }
    if (view->command != NULL && view->command->is_premature && view->code / 100 == 5)
        verdict_add(view->v, C(EARLY_TALKER), F(EARLY), S(EHLO), 93);
    if (s->early >= 0 &&
        (view->code == 554 || view->code == 503 || view->code == 421 ||
         view->code == 550 || view->code == 521) &&
        (view->stated == C(UNAUTHORIZED_PIPELINING) ||
         view->stated == C(EARLY_TALKER) ||
         view_says(view, "synchroni|pipelin|talk|too soon|early")))
        verdict_add(view->v,
                    s->greeting < 0 || view->step == S(CONNECT)
                        ? C(EARLY_TALKER)
                        : C(UNAUTHORIZED_PIPELINING),
                    F(EARLY), S(EHLO), 90);
}

/* 421 for too many errors, or a reply to QUIT: the problem is what came before. */
void
rule_closing(struct view *view)
{
    if (view->stated == C(TOO_MANY_ERRORS)) {
        for (unsigned i = 0; i + 1 < view->j->count; i++) {
            const struct verdict *old = &view->j->verdicts[i];
            if (!old->is_mild && !old->is_echo && old->count > 0)
                view->v->is_mild = true;
        }
    }
    /* a mistyped command, in a session that goes on */
    if ((view->code == 500 || view->code == 502) &&
        view->stated != C(TOO_MANY_ERRORS) &&
        (view->command == NULL || view->step == S(COUNT)) && !view->reply->is_quoted &&
        view->s->message_reply < 0)
        view->v->is_mild = true;
    if (view->step == S(QUIT) || view->step == S(RSET))
        view->v->is_mild = true;
    if (view->reply->is_weak)
        view->v->is_mild = true;
}
