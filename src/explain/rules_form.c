/* rules_form.c - what was sent is malformed: addresses, sizes, lines, content */
#include "explain/rules.h"

#include "engine/commands.h"
#include "engine/path.h"

/* The argument of MAIL or RCPT has no valid path, "<a@b>". */
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

void
rule_address(struct view *view)
{
    const struct event *e = view->command;
    bool is_path = view->step == S(MAIL) || view->step == S(RCPT);
    bool is_syntax = view->code == 501 || view->code == 553 || view->code == 555 ||
                     view->code == 500 || view->code == 502 || view->code == 504 ||
                     view->stated == C(ADDRESS_SYNTAX) ||
                     view->stated == C(COMMAND_SYNTAX) ||
                     view->stated == C(PARAMETER_NOT_SUPPORTED);

    if (!is_path || e == NULL || e->note.kind != POSTERN_NOTE_COMMAND || e->is_unseen)
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

void
rule_size(struct view *view)
{
    const struct event *e = view->command;
    size_t at;

    if (view->step != S(MAIL) || e == NULL || view->s->size_limit == 0)
        return;
    at = slice_find_fold(e->text, SLICE("SIZE="));
    if (at == SIZE_MAX)
        return;
    struct slice rest = slice_skip(e->text, at + 5), word = words_next(&rest);
    uint64_t size = 0;
    if (slice_parse_number(word, &size) && size > view->s->size_limit)
        verdict_add(view->v, C(SIZE_LIMIT_EXCEEDED), F(REFUSED), S(MAIL), 93);
}

void
rule_wire(struct view *view)
{
    const struct transcript *t = view->j->transcript;
    const struct event *e = view->command;

    if (e != NULL && e->text.len > 510 && view->code / 100 == 5)
        verdict_add(view->v, C(LINE_TOO_LONG), F(MALFORMED), view->step, 93);
    if (view->step == S(EHLO) && view->s->is_masked && view->code / 100 == 5)
        verdict_add(view->v, C(MIDDLEBOX_ALTERED), F(ALTERED), S(EHLO), 92);
    if (e != NULL && e->has_nul)
        verdict_add(view->v, C(COMMAND_SYNTAX), F(MALFORMED), view->step, 88);
    if (t->clues.http > 0 && (view->step == S(COUNT) || view->code / 100 == 5))
        verdict_add(view->v, C(WRONG_PROTOCOL), F(WRONG), S(CONNECT), 86);
    if (t->clues.proxy > 0 && view->code / 100 == 5)
        verdict_add(view->v, C(PROXY_PROTOCOL_MISMATCH), F(WRONG), S(CONNECT), 91);
    if (t->clues.tls_hello > 0 && view->code / 100 == 5)
        verdict_add(view->v, C(TLS_MODE_MISMATCH), F(WRONG), S(TLS), 91);
    if (t->clues.lmtp > 0 && view->stated == C(COMMAND_NOT_IMPLEMENTED) &&
        (view->step == S(EHLO) || view->step == S(COUNT) || view->reply->is_quoted))
        verdict_add(view->v, C(WRONG_PROTOCOL), F(WRONG), S(EHLO), 86);
    if (view->code == 500 && view->command == NULL && view->s->last_command < 0 &&
        view->s->greeting >= 0 && !view->reply->is_quoted)
        verdict_add(view->v, C(PROXY_PROTOCOL_MISMATCH), F(WRONG), S(CONNECT), 50);
    if (e != NULL && view_is_command(view, POSTERN_LHLO) && view->code / 100 == 5)
        verdict_add(view->v, C(WRONG_PROTOCOL), F(WRONG), S(EHLO), 88);
    if (view->step == S(EHLO) && view->s->greeting >= 0 && view->code / 100 == 5 &&
        words_have(event_at(view->j, view->s->greeting)->text, SLICE("LMTP")))
        verdict_add(view->v, C(WRONG_PROTOCOL), F(WRONG), S(EHLO), 93);
    if (view_says(view, "proxy timed|proxy protocol|proxy header|haproxy|no proxy"))
        verdict_add(view->v, C(PROXY_PROTOCOL_MISMATCH), F(MISSING), S(CONNECT), 92);
    if (view_says(view, "lmtp") && view_says(view, "lhlo|speak|expects|server") &&
        view->step == S(EHLO))
        verdict_add(view->v, C(WRONG_PROTOCOL), F(WRONG), S(EHLO), 88);
    if (view->code >= 500 && view->code <= 503 && view_says(view, "XXXX") &&
        view_says(view, "recogni|unknown|command"))
        verdict_add(view->v, C(MIDDLEBOX_ALTERED), F(ALTERED), view->step, 88);
}

/* The command does not carry mail: NOOP, HELP, VRFY, EXPN, RSET. */
static bool
is_aside(const struct view *view)
{
    if (view->step == S(RSET))
        return true;
    return view->command != NULL && view->command->note.kind == POSTERN_NOTE_COMMAND &&
           command_has(view->command->note.command, TRAIT_JUNK) &&
           !command_has(view->command->note.command, TRAIT_HELLO);
}

/* What can be wrong with the message itself. */
void
rule_content(struct view *view)
{
    const struct state *s = view->s;
    const struct event *e = view->command;
    bool is_open = s->phase == POSTERN_PHASE_DATA;
    bool is_unmatched = e == NULL || view->step == S(COUNT) || view->step == S(QUIT);

    bool is_about_who =
        view_says(view, "user|recipient|mailbox|address|account|unknown");
    bool is_eod = e != NULL || view->reply->step == S(EOD);
    if (view->step == S(EOD) && is_eod && view->code / 100 == 5 && view->code != 503 &&
        !is_about_who &&
        (view->stated == C(NONE) || view->stated == C(RECIPIENT_UNKNOWN)))
        verdict_add(view->v, C(CONTENT_REJECTED), F(REFUSED), S(EOD), 62);
    if (view->step == S(EOD) && e != NULL && e->body.long_line > 0)
        verdict_add(view->v, C(LINE_TOO_LONG), F(MALFORMED), S(BODY),
                    view_says(view, "line") ? 90 : 62);
    if ((is_open || view->step == S(EOD)) && view_says(view, "time") &&
        (view->stated == C(CONNECTION_IDLE_TIMEOUT) ||
         view_says(view, "timeout|timed out")) &&
        (e == NULL || !e->body.has_ended))
        verdict_add(view->v, C(DATA_TIMEOUT),
                    view->j->transcript->clues.cut_content ? F(LOST) : F(MISSING),
                    S(EOD), 90);
    bool is_bare = view->step == S(DATA) || view->step == S(RSET) ||
                   view->step == S(QUIT) || view->step == S(STARTTLS);
    if (view->code == 501 && is_bare)
        verdict_add(view->v, C(COMMAND_SYNTAX), F(MALFORMED), view->step, 66);
    if (is_aside(view) && (view->code == 500 || view->code == 502))
        verdict_add(view->v, C(COMMAND_NOT_IMPLEMENTED), F(UNSUPPORTED), view->step,
                    82);
    if ((view->code == 500 || view->code == 502) && s->early_success >= 0 &&
        (is_unmatched || view->step == S(EOD)))
        verdict_add(view->v, C(DATA_PHASE_MISHANDLED), F(BAD_REPLY), S(DATA), 90);
    if ((view->code == 500 || view->code == 502) && is_unmatched && s->messages > 0 &&
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
