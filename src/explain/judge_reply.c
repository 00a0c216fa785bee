/* judge_reply.c - why was this command refused?
 *
 * Four kinds of evidence, each a set of rules that name causes with scores:
 * 1. the conversation: what came before, what was offered, the order table;
 * 2. the wording: a known server's own text outweighs the bare number;
 * 3. the enhanced code;
 * 4. the basic code and the step it answered.
 * Walking back is part of 1: a refusal that only follows from an earlier one is an
 * echo, and the earlier one carries the verdict.
 */
#include "explain/judge.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "catalog/reply.h"
#include "catalog/wording.h"
#include "engine/path.h"
#include "explain/usual.h"
#include "explain/words.h"

#define C(name) POSTERN_CAUSE_##name
#define F(name) POSTERN_FAULT_##name
#define S(name) POSTERN_STEP_##name

/* All a rule may look at. */
struct view {
    struct judgement *j;
    const struct state *s;
    struct verdict *v;
    const struct event *reply, *command; /* command may be NULL */
    enum postern_step step;              /* what was answered; COUNT: unknown */
    unsigned code;
    struct slice text; /* flattened */
    const struct postern_wording *wording;
    enum postern_cause said; /* what the wording means; NONE */
};

static bool
says(const struct view *view, const char *list)
{
    return words_have_any(view->text, slice_from(list));
}

static bool
is_command(const struct view *view, enum postern_command command)
{
    return view->command != NULL && view->command->note.kind == POSTERN_NOTE_COMMAND &&
           view->command->note.command == command;
}

/* ---- 2 to 4: what the reply itself says -------------------------------------------
 */

/* Postern's own reply, in a recorded session: the entry of the catalog says why. */
static void
judge_own(struct view *view)
{
    enum postern_cause cause = catalog_reply(view->reply->note.reply)->cause;

    if (cause != C(NONE))
        verdict_add_usual(view->v, cause, view->step, 94);
}

static void
judge_wording(struct view *view)
{
    const struct postern_wording *w = view->wording;
    int score;

    if (w == NULL || w->cause == C(BENIGN_MESSAGE))
        return;
    score = w->is_generic    ? (view->code == 0 ? 50 : 60)
            : w->is_believed ? 68
            : w->weight < 16 ? 72
                             : 84;
    if (w->has_step && w->step != S(SESSION))
        verdict_add(view->v, w->cause, w->fault, w->step, score);
    else
        verdict_add_usual(view->v, w->cause, view->step, score);
}

/* Words that programs and services use whatever the code: "Error: open resolver". */
static void
judge_words(struct view *view)
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
        verdict_add_usual(view->v, m->cause, view->step, scores[m->certainty]);
    if (view->code / 100 == 4 &&
        says(view, "Recipient address rejected: Domain not found"))
        verdict_add_usual(view->v, C(DNS_PROBLEM), view->step, 86);
}

static void
judge_codes(struct view *view)
{
    enum postern_cause cause =
        usual_by_enhanced(view->reply->note.enhanced, view->code, view->step);

    if (cause != C(NONE))
        verdict_add_usual(view->v, cause, view->step,
                          cause == C(POLICY_REFUSAL) ? 46 : 61);
    if (cause != C(NONE) && view->code == 0)
        verdict_add_usual(view->v, cause, view->step, 58);
    cause = usual_by_code(view->code, view->step);
    if (cause != C(NONE) && view->code > 0)
        verdict_add_usual(view->v, cause, view->step, 34);
}

/* ---- 1: the order ------------------------------------------------------------------
 */

/* The reply is about order, or could be. */
static bool
is_about_order(const struct view *view)
{
    if (view->code == 503)
        return true;
    if (view->said != C(NONE))
        return slice_is_equal(postern_causes[view->said].group, SLICE("order")) ||
               view->said == C(EHLO_MISSING) || view->said == C(SESSION_OUT_OF_STEP);
    return says(view, "sequence|first|order|polite");
}

/* Ask the order table what is missing. */
static void
judge_order(struct view *view)
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
    bool is_vague = view->said == C(SESSION_OUT_OF_STEP) || view->said == C(NONE);
    int score = view->said == cause                ? 95
                : view->code != 503                ? 66
                : is_vague && !view->s->is_assumed ? 91
                                                   : 82;
    if (cause == C(DATA_WITHOUT_VALID_RCPT) && s->rcpt_tried == 0)
        verdict_add(view->v, cause, F(MISSING), S(RCPT), score);
    else
        verdict_add_usual(view->v, cause, view->step, score);
}

/* ---- 1: hello
 * ------------------------------------------------------------------------ */

/* The last hello of the conversation stands before its STARTTLS, however the replies
 * were matched. */
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

static void
judge_hello(struct view *view)
{
    const struct state *s = view->s;
    bool wants_hello = view->said == C(EHLO_MISSING) ||
                       says(view, "send hello|helo first|ehlo first|hello first|"
                                  "helo/ehlo|ehlo/helo|introduce yourself");

    if (view->step == S(EHLO)) {
        bool was_ok = s->hello >= 0 && !s->needs_hello_again;
        if (was_ok && view->code == 503)
            verdict_add(view->v, C(EHLO_REPEATED_REFUSED), F(REPEATED), S(EHLO), 90);
        if ((view->code == 500 || view->code == 502 || view->code == 505) &&
            is_command(view, POSTERN_EHLO) && view->said != C(EHLO_ARGUMENT_INVALID))
            verdict_add(view->v, C(COMMAND_NOT_IMPLEMENTED), F(UNSUPPORTED), S(EHLO),
                        70);
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
        view->v->is_echo = true; /* the hello came, and was refused */
}

/* HELO hides the extensions: what needs one fails, or the client leaves it out. */
static void
judge_helo(struct view *view)
{
    const struct state *s = view->s;
    bool is_helo = (s->facts & FACT_HELO) != 0 && s->hello >= 0;

    if (!is_helo || view->said == C(EHLO_ARGUMENT_INVALID))
        return;
    if (view->step == S(AUTH) || view->step == S(STARTTLS) || view->step == S(BDAT)) {
        if (view->code == 503 || view->code == 502 || view->code == 500 ||
            view->code == 530 || view->said == C(AUTH_NOT_ADVERTISED) ||
            view->said == C(HELO_INSTEAD_OF_EHLO))
            verdict_add(view->v, C(HELO_INSTEAD_OF_EHLO), F(WRONG), S(EHLO), 91);
        return;
    }
    if (view->step == S(MAIL) && view->code == 503 && view->said != C(NESTED_MAIL))
        verdict_add(view->v, C(HELO_INSTEAD_OF_EHLO), F(WRONG), S(EHLO), 86);
    if (view->step == S(MAIL) &&
        (view->code == 555 || view->code == 501 || view->code == 504) &&
        view->command != NULL &&
        memchr(view->command->text.ptr, '=', view->command->text.len) != NULL)
        verdict_add(view->v, C(HELO_INSTEAD_OF_EHLO), F(WRONG), S(EHLO), 78);
    if (view->said == C(AUTH_MISSING))
        verdict_add(view->v, C(HELO_INSTEAD_OF_EHLO), F(WRONG), S(EHLO), 60);
}

/* ---- 1: TLS
 * -------------------------------------------------------------------------- */

static void
judge_tls(struct view *view)
{
    const struct state *s = view->s;

    if (view->step == S(STARTTLS)) {
        if (s->has_tls || says(view, "already|when tls|tls active|active tls")) {
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
    if (!says(view, "starttls|tls|ssl|encrypt|secure"))
        return;
    if (view->said == C(AUTH_BEFORE_STARTTLS) ||
        (view->code == 530 && says(view, "starttls|tls first|tls required|encryption")))
        verdict_add(view->v, C(AUTH_BEFORE_STARTTLS), F(MISSING), S(STARTTLS),
                    s->has_tls ? 70 : 92);
}

/* ---- 1: AUTH
 * ------------------------------------------------------------------------- */

/* The mechanism an AUTH command names, and whether the server lists it. */
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
        view->code >= 500 && (view->code != 535 || says(view, "mechanism"));

    if (!s->has_list || !is_refusal || (s->facts & FACT_AUTH) != 0)
        return;
    if ((s->extensions & EXT_AUTH) == 0) {
        bool wants_tls = (s->extensions & EXT_STARTTLS) != 0 && !s->has_tls;
        verdict_add(view->v, C(AUTH_NOT_ADVERTISED), F(UNSUPPORTED), S(AUTH),
                    view->said == C(AUTH_BEFORE_STARTTLS) ? 60 : 91);
        if (wants_tls)
            verdict_add(view->v, C(AUTH_BEFORE_STARTTLS), F(MISSING), S(STARTTLS),
                        view->said == C(AUTH_NOT_ADVERTISED) ? 78 : 80);
        return;
    }
    if (!is_listed)
        verdict_add(view->v, C(AUTH_MECHANISM_UNSUPPORTED), F(UNSUPPORTED), S(AUTH),
                    93);
}

static void
judge_auth(struct view *view)
{
    const struct state *s = view->s;
    bool is_sasl =
        view->command != NULL && view->command->note.kind == POSTERN_NOTE_SASL;

    if (view->step != S(AUTH))
        return;
    if ((s->facts & FACT_AUTH) != 0 &&
        (view->code == 503 || says(view, "already|previously")))
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
    if (view->code == 503 && !s->has_tls && view->said == C(NONE))
        verdict_add(view->v, C(AUTH_NOT_ADVERTISED), F(UNSUPPORTED), S(AUTH), 56);
}

/* A login is wanted: was one tried, could one have been? */
static void
judge_login_wanted(struct view *view)
{
    const struct state *s = view->s;

    if (view->said == C(ADDRESS_SYNTAX) && view->code == 550 && view->step == S(MAIL) &&
        view->wording->is_generic)
        verdict_add(view->v, C(SENDER_NOT_PERMITTED), F(REFUSED), S(MAIL), 64);
    if (view->said != C(AUTH_MISSING) && view->code != 530)
        return;
    if (view->said == C(AUTH_BEFORE_STARTTLS) || view->said == C(AUTH_REPEATED) ||
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
                view->said == C(AUTH_MISSING) ? 92 : 76);
}

/* ---- 1: the envelope
 * -------------------------------------------------------------------- */

static void
judge_transaction(struct view *view)
{
    const struct state *s = view->s;
    bool is_data = view->step == S(DATA) || view->step == S(BDAT);
    bool is_late = view->step == S(RCPT) || is_data;

    if (view->command == NULL && s->last_command < 0 && !view->reply->is_quoted &&
        view->code == 503 && view->j->count > 1 &&
        event_or_null(view->j, s->last_reply) != NULL &&
        event_at(view->j, s->last_reply)->note.code >= 400) {
        view->v->is_echo =
            true; /* a list of replies: the first refusal is the matter */
        return;
    }
    if (view->code == 555 && memchr(view->text.ptr, '@', view->text.len) != NULL &&
        says(view, "option|parameter"))
        verdict_add(view->v, C(ADDRESS_SYNTAX), F(MALFORMED),
                    view->step == S(COUNT) ? S(MAIL) : view->step, 87);
    if (is_late && s->mail < 0 && s->mail_refusal >= 0 &&
        (view->code == 503 || view->said == C(MAIL_MISSING) ||
         view->said == C(DATA_WITHOUT_VALID_RCPT) || view->code == 554)) {
        view->v->is_echo = true;
        return;
    }
    if (is_data && s->rcpt_tried > 0 && s->rcpt_accepted == 0 &&
        (s->mail >= 0 || s->is_assumed)) {
        /* the refusal of the recipient carries the verdict; see verdicts_link */
        view->v->is_echo = true;
        return;
    }
    if (is_data && s->rcpt_tried == 0 && s->mail >= 0 &&
        (view->code == 503 || view->code == 554))
        verdict_add(view->v, C(DATA_WITHOUT_VALID_RCPT), F(MISSING), S(RCPT), 92);
    if (view->step == S(MAIL) && s->mail >= 0 &&
        (view->code == 503 || view->said == C(NESTED_MAIL))) {
        bool is_typo = view->command != NULL &&
                       words_have_any(view->command->text, SLICE("mail to"));
        verdict_add(view->v, C(NESTED_MAIL), is_typo ? F(WRONG) : F(REPEATED),
                    is_typo ? S(RCPT) : S(MAIL), 95);
    }
    if (view->step == S(RCPT) && s->mail < 0 && s->has_start && !s->is_assumed &&
        (view->code == 503 || view->said == C(MAIL_MISSING)))
        verdict_add(view->v, C(MAIL_MISSING), F(MISSING), S(MAIL), 92);
}

/* "<a@b>" of MAIL or RCPT, or empty if it has no such form. */
static bool
is_path_malformed(const struct event *command)
{
    struct slice argument = command->note.argument;
    const char *colon = memchr(argument.ptr, ':', argument.len);
    struct postern_address address;
    size_t used;

    if (colon == NULL)
        return true;
    argument = slice_skip(argument, (size_t)(colon - argument.ptr) + 1);
    enum path_result result = path_take(
        argument, PATH_MAY_BE_NULL | PATH_MAY_BE_POSTMASTER | PATH_MAY_LACK_DOMAIN,
        &used, &address);
    return result != PATH_OK;
}

static void
judge_address(struct view *view)
{
    const struct event *e = view->command;
    bool is_path = view->step == S(MAIL) || view->step == S(RCPT);
    bool is_syntax = view->code == 501 || view->code == 553 || view->code == 555 ||
                     view->code == 500 || view->code == 502 || view->code == 504 ||
                     view->said == C(ADDRESS_SYNTAX) ||
                     view->said == C(COMMAND_SYNTAX) ||
                     view->said == C(PARAMETER_NOT_SUPPORTED);

    if (!is_path || e == NULL || e->note.kind != POSTERN_NOTE_COMMAND)
        return;
    if (e->is_utf8 && !words_have(e->text, SLICE("SMTPUTF8")) && view->code >= 500) {
        verdict_add(view->v, C(SMTPUTF8_MISSING), F(MALFORMED), view->step, 90);
        return;
    }
    if (is_syntax && words_have(e->text, SLICE("SMTPUTF8")) &&
        (!view->s->has_list || (view->s->extensions & EXT_SMTPUTF8) == 0))
        verdict_add(view->v, C(SMTPUTF8_MISSING), F(UNSUPPORTED), view->step, 80);
    if (!is_syntax)
        return;
    bool has_parameters = memchr(e->text.ptr, '=', e->text.len) != NULL &&
                          words_have(e->text, SLICE("> "));
    if (is_path_malformed(e))
        verdict_add(view->v, C(ADDRESS_SYNTAX), F(MALFORMED), view->step, 89);
    else if (has_parameters)
        verdict_add(view->v, C(PARAMETER_NOT_SUPPORTED), F(UNSUPPORTED), view->step,
                    86);
}

static void
judge_size(struct view *view)
{
    const struct event *e = view->command;
    size_t at;

    if (view->step != S(MAIL) || e == NULL || view->s->size_limit == 0)
        return;
    at = words_find(e->text, SLICE("SIZE="));
    if (at == SIZE_MAX)
        return;
    struct slice rest = slice_skip(e->text, at + 5), word = words_next(&rest);
    uint64_t size = 0;
    if (slice_parse_number(word, &size) && size > view->s->size_limit)
        verdict_add(view->v, C(SIZE_LIMIT_EXCEEDED), F(REFUSED), S(MAIL), 93);
}

/* ---- 1: what is on the wire
 * ------------------------------------------------------------- */

static void
judge_wire(struct view *view)
{
    const struct transcript *t = view->j->transcript;
    const struct event *e = view->command;

    if (e != NULL && e->text.len > 510 && view->code / 100 == 5)
        verdict_add(view->v, C(LINE_TOO_LONG), F(MALFORMED), view->step, 93);
    if (view->step == S(EHLO) && view->s->is_masked && view->code / 100 == 5)
        verdict_add(view->v, C(MIDDLEBOX_ALTERED), F(ALTERED), S(EHLO), 92);
    if (e != NULL && e->has_nul)
        verdict_add(view->v, C(COMMAND_SYNTAX), F(MALFORMED), view->step, 88);
    if (t->oddities.http > 0 && (view->step == S(COUNT) || view->code / 100 == 5))
        verdict_add(view->v, C(WRONG_PROTOCOL), F(WRONG), S(CONNECT), 86);
    if (t->oddities.proxy > 0 && view->code / 100 == 5)
        verdict_add(view->v, C(PROXY_PROTOCOL_MISMATCH), F(WRONG), S(CONNECT), 91);
    if (t->oddities.tls_hello > 0 && view->code / 100 == 5)
        verdict_add(view->v, C(TLS_MODE_MISMATCH), F(WRONG), S(TLS), 91);
    if (t->oddities.lmtp > 0 && view->said == C(COMMAND_NOT_IMPLEMENTED) &&
        (view->step == S(EHLO) || view->step == S(COUNT) || view->reply->is_quoted))
        verdict_add(view->v, C(WRONG_PROTOCOL), F(WRONG), S(EHLO), 86);
    if (view->code == 500 && view->command == NULL && view->s->last_command < 0 &&
        view->s->greeting >= 0 && !view->reply->is_quoted)
        verdict_add(view->v, C(PROXY_PROTOCOL_MISMATCH), F(WRONG), S(CONNECT), 50);
    if (e != NULL && is_command(view, POSTERN_LHLO) && view->code / 100 == 5)
        verdict_add(view->v, C(WRONG_PROTOCOL), F(WRONG), S(EHLO), 88);
    if (view->step == S(EHLO) && view->s->greeting >= 0 && view->code / 100 == 5 &&
        words_have(event_at(view->j, view->s->greeting)->text, SLICE("LMTP")))
        verdict_add(view->v, C(WRONG_PROTOCOL), F(WRONG), S(EHLO), 93);
    if (says(view, "proxy timed|proxy protocol|proxy header|haproxy|no proxy"))
        verdict_add(view->v, C(PROXY_PROTOCOL_MISMATCH), F(MISSING), S(CONNECT), 92);
    if (says(view, "lmtp") && says(view, "lhlo|speak|expects|server") &&
        view->step == S(EHLO))
        verdict_add(view->v, C(WRONG_PROTOCOL), F(WRONG), S(EHLO), 88);
    if (says(view, "XXXX") && says(view, "recogni|unknown|command"))
        verdict_add(view->v, C(MIDDLEBOX_ALTERED), F(ALTERED), view->step, 88);
}

/* What goes wrong with the message itself. */
static void
judge_content(struct view *view)
{
    const struct state *s = view->s;
    const struct event *e = view->command;
    bool is_open = s->phase == POSTERN_PHASE_DATA;
    bool is_unasked = e == NULL || view->step == S(COUNT) || view->step == S(QUIT);

    if (view->step == S(EOD) && e != NULL && e->body.long_line > 0)
        verdict_add(view->v, C(LINE_TOO_LONG), F(MALFORMED), S(BODY),
                    says(view, "line") ? 90 : 62);
    if ((is_open || view->step == S(EOD)) && says(view, "time") &&
        (view->said == C(CONNECTION_IDLE_TIMEOUT) || says(view, "timeout|timed out")) &&
        (e == NULL || !e->body.has_ended))
        verdict_add(view->v, C(DATA_TIMEOUT),
                    view->j->transcript->oddities.cut_content ? F(LOST) : F(MISSING),
                    S(EOD), 90);
    bool is_aside = is_command(view, POSTERN_NOOP) || is_command(view, POSTERN_HELP) ||
                    is_command(view, POSTERN_VRFY) || is_command(view, POSTERN_EXPN) ||
                    view->step == S(RSET);
    bool is_bare = view->step == S(DATA) || view->step == S(RSET) ||
                   view->step == S(QUIT) || view->step == S(STARTTLS);
    if (view->code == 501 && is_bare)
        verdict_add(view->v, C(COMMAND_SYNTAX), F(MALFORMED), view->step, 66);
    if (is_aside && (view->code == 500 || view->code == 502))
        verdict_add(view->v, C(COMMAND_NOT_IMPLEMENTED), F(UNSUPPORTED), view->step,
                    82);
    if ((view->code == 500 || view->code == 502) && is_unasked && s->hasty >= 0)
        verdict_add(view->v, C(DATA_PHASE_MISHANDLED), F(BAD_REPLY), S(DATA), 90);
    if ((view->code == 500 || view->code == 502) && is_unasked && s->messages > 0 &&
        s->message_reply == s->last_reply && !view->reply->is_quoted) {
        verdict_add(view->v, C(DOT_STUFFING), F(MALFORMED), S(BODY), 86);
        verdict_add(view->v, C(DATA_PHASE_MISHANDLED), F(BAD_REPLY), S(BODY), 60);
    }
    if ((view->code == 500 || view->code == 502) && e != NULL &&
        view->step == S(COUNT) && s->messages == 0 && s->data >= 0 &&
        event_at(view->j, s->data)->reply >= 0 &&
        event_at(view->j, event_at(view->j, s->data)->reply)->note.code == 354)
        verdict_add(view->v, C(DATA_PHASE_MISHANDLED), F(BAD_REPLY), S(BODY), 70);
}

/* The reply at the greeting, or behind a refused one. */
static void
judge_connect(struct view *view)
{
    const struct state *s = view->s;

    bool is_vague = view->wording == NULL || view->wording->is_generic;
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
         says(view, "synchroni|pipelin|talk|too soon|early")))
        verdict_add(view->v,
                    s->greeting < 0 || view->step == S(CONNECT)
                        ? C(EARLY_TALKER)
                        : C(UNAUTHORIZED_PIPELINING),
                    F(EARLY), S(EHLO), 90);
}

/* 421 for too many errors, or a farewell: what came before is the matter. */
static void
judge_farewell(struct view *view)
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

/* ---- echoes
 * ---------------------------------------------------------------------------- */

/* DATA was refused because of this recipient: say so where the recipient was. */
static void
link_recipient(struct judgement *j, const struct event *reply)
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
    (void)reply;
}

/* What went wrong before and went well now was no lasting trouble. */
static void
note_recovery(struct judgement *j, enum postern_step step, unsigned code)
{
    (void)code;
    for (unsigned i = 0; i < j->count; i++) {
        struct verdict *v = &j->verdicts[i];
        if (event_step(event_or_null(j, v->command)) == step)
            v->is_recovered = true;
    }
}

/* Exceptions of .NET and others leave the basic code out; the enhanced one has a class
 * too. */
static char
class_of(struct slice text)
{
    return text.len > 1 && text.ptr[0] == '4' && text.ptr[1] == '.' ? '4' : '5';
}

/* "403 4.5.1 Error: nested MAIL command": a text that others say with 5yz. */
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

/* The step a wording mostly answers, if it is a single one. */
static enum postern_step
step_named(struct slice after)
{
    for (int i = 0; i < POSTERN_STEP_COUNT; i++) {
        if (slice_is_equal(after, slice_from(postern_step_name((enum postern_step)i))))
            return (enum postern_step)i;
    }
    return S(COUNT);
}

void
judge_reply(struct judgement *j, int32_t n, int32_t command)
{
    char text[POSTERN_REPLY_TEXT_MAX];
    const struct event *reply = event_at(j, n);
    struct view view = {.j = j, .s = &j->state, .reply = reply};

    view.v = verdict_new(j, n, command);
    if (view.v == NULL)
        return;
    (void)note_recovery;
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
        view.said = view.wording->cause;
    if (view.step == S(COUNT) && view.wording != NULL)
        view.step = step_named(view.wording->after);
    judge_own(&view);
    judge_wording(&view);
    judge_words(&view);
    judge_codes(&view);
    judge_connect(&view);
    judge_order(&view);
    judge_hello(&view);
    judge_helo(&view);
    judge_tls(&view);
    judge_auth(&view);
    judge_login_wanted(&view);
    judge_transaction(&view);
    judge_address(&view);
    judge_size(&view);
    judge_wire(&view);
    judge_content(&view);
    judge_farewell(&view);
    if (view.v->is_echo && (view.step == S(DATA) || view.step == S(BDAT)) &&
        j->state.rcpt_refusal >= 0)
        link_recipient(j, reply);
    verdict_sort(view.v);
}
