/* rules_reply.c - what the reply itself says: the server's wording, and its codes */
#include "explain/rules.h"

#include "base/attr.h"
#include "catalog/reply.h"
#include "catalog/wording.h"
#include "explain/code_cause.h"

/* Postern's own reply, in a recorded session: the entry of the catalog says why. */
void
rule_own_reply(struct view *view)
{
    enum postern_cause cause = catalog_reply(view->reply->note.reply)->cause;

    if (cause != C(NONE))
        verdict_add_default(view->v, cause, view->step, 94);
}

/* Other servers send the same text for other reasons: these are possible as long as the
 * product is unknown. */
static void
rule_same_text(struct view *view, const struct postern_wording *w)
{
    size_t at = 0;
    const struct postern_wording *other;

    if (view->j->product.len > 0 || w->is_generic)
        return;
    while ((other = catalog_wording_same_text(w, &at)) != NULL)
        verdict_add_default(view->v, other->cause, view->step, 30);
}

/* "503 Bad sequence of commands. RCPT first": where many servers share the beginning of
 * a text, the rest of it says more. */
static void
rule_rest(struct view *view, const struct postern_wording *w, int score)
{
    if (w->is_generic || w->cause != C(SESSION_OUT_OF_STEP) || view->code == 0 ||
        slice_is_equal_fold(w->sample, view->text))
        return;
    const struct postern_wording *more = catalog_wording_in_general(view->text);
    if (more != NULL && more->cause != C(SESSION_OUT_OF_STEP) &&
        more->cause != C(POLICY_REFUSAL) && more->cause != C(COMMAND_SYNTAX))
        verdict_add_default(view->v, more->cause, view->step, score);
}

void
rule_wording(struct view *view)
{
    const struct postern_wording *w = view->wording;
    int score;

    if (w == NULL || w->cause == C(BENIGN_MESSAGE))
        return;
    bool is_vague =
        w->cause == C(POLICY_REFUSAL) || w->cause == C(SERVER_UNAVAILABLE) ||
        w->cause == C(SERVER_LOCAL_PROBLEM) || w->cause == C(COMMAND_SYNTAX);
    score = w->is_generic    ? (view->code == 0 ? 50
                                : is_vague      ? 59
                                                : 63)
            : w->is_believed ? 68
            : w->weight < 16 ? 72
                             : 84;
    if (w->has_step && w->step != S(SESSION))
        verdict_add(view->v, w->cause, w->fault, w->step, score);
    else
        verdict_add_default(view->v, w->cause, view->step, score);
    rule_same_text(view, w);
    rule_rest(view, w, score + 2);
}

/* Words that programs and services use with any code: "Error: open resolver". */
void
rule_message(struct view *view)
{
    static const int scores[] = {
        [CATALOG_POSSIBLE] = 28, [CATALOG_LIKELY] = 58, [CATALOG_CERTAIN] = 93};
    char folded[POSTERN_REPLY_TEXT_MAX];

    size_t len = catalog_message_fold(view->text, folded, sizeof(folded));
    const struct catalog_message *m = catalog_message_find(slice_of(folded, len));
    if (m == NULL)
        return;
    if (m->has_step && m->fault != F(REFUSED))
        verdict_add(view->v, m->cause, m->fault, m->step, scores[m->certainty]);
    else
        verdict_add_default(view->v, m->cause, view->step, scores[m->certainty]);
    if (view->code / 100 == 4 &&
        view_says(view, "Recipient address rejected: Domain not found"))
        verdict_add_default(view->v, C(DNS_PROBLEM), view->step, 86);
}

void
rule_codes(struct view *view)
{
    enum postern_cause cause =
        code_cause_enhanced(view->reply->note.enhanced, view->code, view->step);

    if (cause != C(NONE))
        verdict_add_default(view->v, cause, view->step,
                            cause == C(POLICY_REFUSAL)   ? 46
                            : cause == C(RATE_LIMITED)   ? 54
                            : cause == C(COMMAND_SYNTAX) ? 55
                                                         : 61);
    if (cause != C(NONE) && view->code == 0)
        verdict_add_default(view->v, cause, view->step, 58);
    unsigned code = view->code;
    if (code == 0 && view->reply->note.enhanced.len > 0) /* its class, in general */
        code = view->reply->note.enhanced.ptr[0] == '4' ? 499 : 599;
    cause = code_cause_basic(code, view->step);
    if (cause != C(NONE) && code > 0)
        verdict_add_default(view->v, cause, view->step, view->code > 0 ? 34 : 24);
}
