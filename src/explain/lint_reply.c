/* lint_reply.c - what our own replies show about the line before them
 *
 * The engine has seen octets that are in no note, above all the content. Where its
 * reply already judged them, the lint follows that reply.
 */
#include "explain/lint.h"

#include "base/attr.h"

#define REPLY(name) POSTERN_REPLY_##name
#define LINT(name)  POSTERN_LINT_##name

static const struct {
    enum postern_reply reply;
    enum postern_lint lint;
} shown[] = {
    {REPLY(GREETING_EARLY_TALKER), LINT(TALKED_BEFORE_GREETING)},
    {REPLY(REPEATED_MAIL), LINT(WRONG_ORDER)},
    {REPLY(NO_MAIL), LINT(WRONG_ORDER)},
    {REPLY(NO_RCPT), LINT(WRONG_ORDER)},
    {REPLY(DATA_IN_BDAT), LINT(WRONG_ORDER)},
    {REPLY(ENVELOPE_CLOSED), LINT(WRONG_ORDER)},
    {REPLY(BINARY_NEEDS_BDAT), LINT(WRONG_ORDER)},
    {REPLY(AUTH_IN_TRANSACTION), LINT(WRONG_ORDER)},
    {REPLY(REPEATED_AUTH), LINT(WRONG_ORDER)},
    {REPLY(STARTTLS_IN_TRANSACTION), LINT(WRONG_ORDER)},
    {REPLY(REPEATED_STARTTLS), LINT(WRONG_ORDER)},
    {REPLY(STARTTLS_AFTER_AUTH), LINT(WRONG_ORDER)},
    {REPLY(UNKNOWN_COMMAND_HIDDEN), LINT(REFUSAL_IGNORED)},
    {REPLY(BARE_LF), LINT(COMMAND_BARE_NEWLINE)},
    {REPLY(BARE_CR), LINT(COMMAND_BARE_NEWLINE)},
    {REPLY(CONTENT_BARE_NEWLINE), LINT(CONTENT_BARE_NEWLINE)},
    {REPLY(BAD_OCTETS), LINT(BAD_OCTETS)},
    {REPLY(LINE_TOO_LONG), LINT(COMMAND_LINE_LONG)},
    {REPLY(LINE_NEVER_ENDS), LINT(COMMAND_LINE_LONG)},
    {REPLY(CONTENT_LINE_TOO_LONG), LINT(TEXT_LINE_LONG)},
    {REPLY(CONTENT_NUL), LINT(NUL_IN_CONTENT)},
    {REPLY(LOOKS_LIKE_CONTENT), LINT(CONTENT_AS_COMMANDS)},
    {REPLY(CONTENT_IN_COMMAND_STATE), LINT(CONTENT_AS_COMMANDS)},
    {REPLY(HTTP), LINT(WRONG_PROTOCOL)},
    {REPLY(PROXY_HEADER), LINT(WRONG_PROTOCOL)},
    {REPLY(TLS_IN_THE_CLEAR), LINT(TLS_ON_PLAIN_PORT)},
    {REPLY(UNKNOWN_COMMAND), LINT(UNKNOWN_COMMANDS)},
    {REPLY(EMPTY_LINE), LINT(UNKNOWN_COMMANDS)},
    {REPLY(MECHANISM_UNKNOWN), LINT(MECHANISM_NOT_OFFERED)},
};

enum postern_lint
lint_shown_by(enum postern_reply reply)
{
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        if (shown[i].reply == reply)
            return shown[i].lint;
    }
    return POSTERN_LINT_NONE;
}

/* When the time limit of the whole session is reached, the next command gets the same
 * reply: then the client was not silent. */
static bool
is_silent(const struct lint *l, const struct postern_note *note)
{
    return note->reply == POSTERN_REPLY_TIMEOUT && !l->is_line_open;
}

/* The first line of a message after a DATA whose refusal the client had read. */
static bool
sends_refused_content(const struct lint *l, const struct postern_note *note)
{
    return note->reply == POSTERN_REPLY_LOOKS_LIKE_CONTENT && l->is_after_refused_data;
}

static bool
spoke_first(const struct lint *l, const struct postern_note *note)
{
    (void)l;
    return note->session_event == POSTERN_SESSION_EVENT_SPOKE_FIRST;
}

/* ---- the client closes ---- */

static bool
closes(const struct lint *l, const struct postern_note *note)
{
    return l->facts.is_closed && note->session_event == POSTERN_SESSION_EVENT_CLOSED;
}

static bool
closes_in_content(const struct lint *l, const struct postern_note *note)
{
    return closes(l, note) &&
           (note->before == POSTERN_PHASE_DATA || note->before == POSTERN_PHASE_BDAT);
}

/* A probe that sends no command at all is not a sending program. */
static bool
closes_without_quit(const struct lint *l, const struct postern_note *note)
{
    return closes(l, note) && !closes_in_content(l, note) && !l->has_quit &&
           l->commands > 0 && note->before != POSTERN_PHASE_TLS;
}

const struct lint_rule lint_rules_reply[] = {
    {POSTERN_LINT_TALKED_BEFORE_GREETING, POSTERN_NOTE_EVENT, spoke_first},
    {POSTERN_LINT_SILENT_UNTIL_TIMEOUT, POSTERN_NOTE_REPLY, is_silent},
    {POSTERN_LINT_REFUSAL_IGNORED, POSTERN_NOTE_REPLY, sends_refused_content},
    {POSTERN_LINT_CLOSED_IN_CONTENT, POSTERN_NOTE_EVENT, closes_in_content},
    {POSTERN_LINT_NO_QUIT, POSTERN_NOTE_EVENT, closes_without_quit},
    {0},
};
