/* judge_reply.c - collect what is known about one refusal and pass it to the rules */
#include "explain/rules.h"

#include "base/attr.h"
#include "catalog/wording.h"
#include "explain/context.h"

/* DATA was refused because no recipient was accepted: the verdict belongs to the
 * refusal of the recipient. */
static void
link_recipient(struct judgement *j)
{
    for (unsigned i = 0; i < j->count; i++) {
        struct verdict *v = &j->verdicts[i];
        if (v->event != j->state.rcpt_refusal)
            continue;
        verdict_sort(v);
        int best = v->count > 0 ? v->candidates[0].score : 0;
        bool is_clear =
            v->count > 0 && (v->candidates[0].cause == C(EHLO_ARGUMENT_INVALID) ||
                             v->candidates[0].cause == C(AUTH_MISSING) ||
                             v->candidates[0].cause == C(AUTH_BEFORE_STARTTLS) ||
                             v->candidates[0].cause == C(ADDRESS_SYNTAX));
        verdict_add(v, C(DATA_WITHOUT_VALID_RCPT), F(REFUSED), S(RCPT),
                    is_clear         ? best - 4
                    : best + 2 > 100 ? 100
                                     : best + 2);
        verdict_sort(v);
        v->is_recovered = false;
    }
}

/* Exceptions of .NET and others leave the basic code out; the enhanced one has a class
 * too. */
static char
class_of(struct slice text)
{
    return text.len > 1 && text.ptr[0] == '4' && text.ptr[1] == '.' ? '4' : '5';
}

/* "403 4.5.1 Error: nested MAIL command": a text that is usually sent with 5yz. */
static const struct postern_wording *
match_as_permanent(struct slice text)
{
    char changed[POSTERN_REPLY_TEXT_MAX];
    struct slice rest = text.len > 4 ? slice_skip(text, 4) : text;

    if (rest.len == 0)
        return NULL;
    memcpy(changed, rest.ptr, rest.len);
    if (rest.len > 1 && changed[0] == '4' && changed[1] == '.')
        changed[0] = '5';
    return catalog_wording_by_text(slice_of(changed, rest.len), '5');
}

/* Their order matters little, since each only adds candidates; but rule_closing looks
 * at what the others found. */
static void (*const rules[])(struct view *) = {
    rule_own_reply,     rule_wording,     rule_message, rule_codes, rule_connect,
    rule_order,         rule_hello,       rule_helo,    rule_tls,   rule_auth,
    rule_auth_required, rule_transaction, rule_address, rule_size,  rule_wire,
    rule_content,       rule_closing,
};

void
judge_reply(struct judgement *j, int32_t n, int32_t command)
{
    char text[POSTERN_REPLY_TEXT_MAX];
    const struct event *reply = event_at(j, n);
    struct view view = {.j = j, .s = &j->state, .reply = reply};

    view.v = verdict_new(j, n, command);
    if (view.v == NULL)
        return;
    view.command = event_or_null(j, command);
    view.step = event_step(view.command);
    if (view.step == S(COUNT) && reply->step != S(COUNT))
        view.step = (enum postern_step)reply->step;
    if (command < 0 && j->state.greeting == n)
        view.step = S(CONNECT);
    view.code = reply->note.code;
    view.text = judge_flatten(reply, text);
    view.wording = view.code > 0
                       ? postern_wording_match(view.text, j->product, NULL)
                       : catalog_wording_by_text(view.text, class_of(view.text));
    if (view.wording == NULL && view.code / 100 == 4)
        view.wording = match_as_permanent(view.text);
    if (view.wording != NULL)
        view.stated = view.wording->cause;
    if (view.step == S(COUNT) && view.wording != NULL)
        view.step = step_named(view.wording->after);
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        rules[i](&view);
    if (view.v->is_echo && (view.step == S(DATA) || view.step == S(BDAT)) &&
        j->state.rcpt_refusal >= 0)
        link_recipient(j);
    /* a single reply in common words: another server may mean something else by it */
    bool is_alone = view.command == NULL && reply->note.reply == POSTERN_REPLY_NONE &&
                    (view.wording == NULL || view.wording->is_generic);
    for (unsigned i = 0; is_alone && i < view.v->count; i++) {
        struct candidate *c = &view.v->candidates[i];
        c->score = c->score < SCORE_SESSION ? c->score : SCORE_SESSION;
    }
    verdict_sort(view.v);
}
