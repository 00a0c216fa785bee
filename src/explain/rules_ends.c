/* rules_ends.c - a session that was refused at its door, or was shown out */
#include "explain/rules.h"

/* The reply at the greeting, or behind a refused one. */
void
rule_connect(struct view *view)
{
    const struct state *s = view->s;
    bool is_vague = (view->wording == NULL || view->wording->is_generic) &&
                    (view->said == C(NONE) || view->said == C(POLICY_REFUSAL) ||
                     view->said == C(IP_BLOCKED));

    if (view->step == S(CONNECT) && view->code / 100 == 5 && is_vague)
        verdict_add(view->v, C(IP_BLOCKED), F(REFUSED), S(CONNECT),
                    view->said == C(NONE) ? 50 : 61);
    if (s->greeting >= 0 && view->code == 451 &&
        words_have(event_at(view->j, s->greeting)->text, SLICE("spamd")))
        verdict_add_usual(view->v, C(GREYLISTED), view->step, 88);
    if (s->phase == POSTERN_PHASE_REFUSED && view->step != S(CONNECT)) {
        view->v->is_echo = true;
        verdict_add(view->v, C(SESSION_REJECTED), F(REFUSED), S(CONNECT), 60);
    }
    if (view->command != NULL && view->command->is_premature && view->code / 100 == 5)
        verdict_add(view->v, C(EARLY_TALKER), F(EARLY), S(EHLO), 93);
    if (s->early >= 0 &&
        (view->code == 554 || view->code == 503 || view->code == 421 ||
         view->code == 550 || view->code == 521) &&
        (view->said == C(UNAUTHORIZED_PIPELINING) || view->said == C(EARLY_TALKER) ||
         view_says(view, "synchroni|pipelin|talk|too soon|early")))
        verdict_add(view->v,
                    s->greeting < 0 || view->step == S(CONNECT)
                        ? C(EARLY_TALKER)
                        : C(UNAUTHORIZED_PIPELINING),
                    F(EARLY), S(EHLO), 90);
}

/* 421 for too many errors, or a farewell: what came before is the matter. */
void
rule_farewell(struct view *view)
{
    if (view->said == C(TOO_MANY_ERRORS)) {
        for (unsigned i = 0; i + 1 < view->j->count; i++) {
            const struct verdict *old = &view->j->verdicts[i];
            if (!old->is_mild && !old->is_echo && old->count > 0)
                view->v->is_mild = true;
        }
    }
    /* a word that was typed wrong, in a session that goes on */
    if ((view->code == 500 || view->code == 502) && view->said != C(TOO_MANY_ERRORS) &&
        (view->command == NULL || view->step == S(COUNT)) && !view->reply->is_quoted &&
        view->s->message_reply < 0)
        view->v->is_mild = true;
    if (view->step == S(QUIT) || view->step == S(RSET))
        view->v->is_mild = true;
    if (view->reply->is_weak)
        view->v->is_mild = true;
}
