/* lint_order.c - hello, waiting for replies, and heeding them
 *
 * A command that did not wait for the reply before it cannot have ignored that reply,
 * so all rules about refusals check is_unread first.
 */
#include "explain/lint.h"

#include "base/ascii.h"
#include "engine/commands.h"
#include "engine/literal.h"
#include "engine/order.h"

#define COMMAND POSTERN_NOTE_COMMAND

static bool
is_hello(enum postern_command command)
{
    return command_has(command, TRAIT_HELLO);
}

/* The command needs a hello, and none was accepted yet. */
static bool
needs_hello(const struct postern_note *note)
{
    return note->before == POSTERN_PHASE_GREETED &&
           order_check(note->before, note->command, 0).refusal ==
               POSTERN_REPLY_NO_HELLO;
}

/* The command before was refused, and the client has read the refusal. */
static bool
knows_refusal(const struct lint *l, unsigned class)
{
    return !l->last.is_unread && l->last.code / 100 == class;
}

static bool
was_just_refused(const struct lint *l)
{
    return knows_refusal(l, 4) || knows_refusal(l, 5);
}

/* ---- hello ---- */

static bool
lacks_hello(const struct lint *l, const struct postern_note *note)
{
    return needs_hello(note) && !l->is_hello_void && !l->was_hello_refused &&
           !(is_hello(l->last.command) && l->last.is_unread);
}

static bool
lacks_second_hello(const struct lint *l, const struct postern_note *note)
{
    return needs_hello(note) && l->is_hello_void && !l->was_hello_refused;
}

static bool
uses_helo(const struct lint *l, const struct postern_note *note)
{
    return note->command == POSTERN_HELO && l->is_line_open && note->code == 250 &&
           !l->was_ehlo_refused;
}

static bool
repeats_hello(const struct lint *l, const struct postern_note *note)
{
    return is_hello(note->command) && l->has_hello && !l->has_auth &&
           l->last.code < 400;
}

/* RFC 5321 4.1.1.1: text may follow an address literal. */
static struct slice
hello_name(const struct postern_note *note)
{
    struct slice name = note->argument, literal, text;

    if (name.len > 0 && name.ptr[0] == '[' && slice_cut(name, ' ', &literal, &text))
        return literal;
    return name;
}

static bool
is_domain(struct slice name)
{
    return domain_is_valid(name, SLICE(""), false) && !domain_is_dotted_number(name);
}

static bool
says_bad_name(const struct lint *l, const struct postern_note *note)
{
    struct slice name = hello_name(note);

    (void)l;
    return is_hello(note->command) && !literal_is_valid(name) && !is_domain(name);
}

static bool
says_short_name(const struct lint *l, const struct postern_note *note)
{
    struct slice name = hello_name(note), head, tail;

    if (!is_hello(note->command))
        return false;
    if (slice_has_prefix_fold(name, SLICE("[127.")) ||
        slice_is_equal_fold(name, SLICE("[IPv6:::1]")))
        return !l->facts.is_loopback && literal_is_valid(name);
    return is_domain(name) &&
           (!slice_cut(name, '.', &head, &tail) ||
            slice_is_equal_fold(name, SLICE("localhost.localdomain")));
}

/* ---- waiting ---- */

static bool
has_pipelining(const struct lint *l)
{
    return l->has_hello && lint_offers(l, "PIPELINING");
}

static bool
does_not_wait(const struct lint *l, const struct postern_note *note)
{
    (void)l;
    return (note->is_pipelined && command_has(note->command, TRAIT_AWAITED)) ||
           (note->is_out_of_sync && !command_has(note->command, TRAIT_ENDS_GROUP));
}

static bool
pipelines_after_last(const struct lint *l, const struct postern_note *note)
{
    return note->is_pipelined && command_has(note->command, TRAIT_ENDS_GROUP) &&
           has_pipelining(l);
}

/* The chunk of BDAT is sent with it; a line that is not a command is for another rule;
 * and the extensions are known after a hello in the notes, or before any hello. */
static bool
pipelines_unoffered(const struct lint *l, const struct postern_note *note)
{
    bool is_known = l->has_hello || note->before == POSTERN_PHASE_GREETED;

    return note->is_pipelined && !note->is_out_of_sync && is_known &&
           !has_pipelining(l) && !command_has(note->command, TRAIT_AWAITED) &&
           note->command != POSTERN_BDAT && note->command != POSTERN_AUTH &&
           note->command != POSTERN_UNKNOWN;
}

/* ---- reading replies ---- */

static bool
ignores_mail(const struct lint *l, const struct postern_note *note)
{
    return l->last.command == POSTERN_MAIL && was_just_refused(l) &&
           (note->before == POSTERN_PHASE_EHLO || note->before == POSTERN_PHASE_HELO) &&
           (note->command == POSTERN_RCPT || note->command == POSTERN_DATA ||
            note->command == POSTERN_BDAT);
}

static bool
ignores_recipients(const struct lint *l, const struct postern_note *note)
{
    return note->before == POSTERN_PHASE_MAIL && l->last.command == POSTERN_RCPT &&
           was_just_refused(l) && l->recipients_taken == 0 &&
           (note->command == POSTERN_DATA || note->command == POSTERN_BDAT);
}

static bool
ignores_hello(const struct lint *l, const struct postern_note *note)
{
    return needs_hello(note) && is_hello(l->last.command) && was_just_refused(l);
}

static bool
ignores_greeting(const struct lint *l, const struct postern_note *note)
{
    return note->before == POSTERN_PHASE_REFUSED && note->command != POSTERN_QUIT &&
           l->commands == 0;
}

/* Not counted: lines that may mean something else the second time, or whose text is
 * hidden. */
static bool
repeats(const struct lint *l, const struct postern_note *note)
{
    return l->last.command == note->command && note->command != POSTERN_UNKNOWN &&
           note->command != POSTERN_AUTH && note->command != POSTERN_BDAT &&
           note->octets.len > 0 && l->last.hash == lint_hash(note->octets);
}

static bool
repeats_refused(const struct lint *l, const struct postern_note *note)
{
    return knows_refusal(l, 5) && repeats(l, note);
}

static bool
repeats_at_once(const struct lint *l, const struct postern_note *note)
{
    return knows_refusal(l, 4) && repeats(l, note);
}

static bool
ignores_limit(const struct lint *l, const struct postern_note *note)
{
    return note->command == POSTERN_RCPT && l->last.command == POSTERN_RCPT &&
           knows_refusal(l, 4) && l->last.reply == POSTERN_REPLY_TOO_MANY_RECIPIENTS &&
           !repeats(l, note);
}

const struct lint_rule lint_rules_order[] = {
    {POSTERN_LINT_NO_HELLO, COMMAND, lacks_hello},
    {POSTERN_LINT_NO_EHLO_AFTER_STARTTLS, COMMAND, lacks_second_hello},
    {POSTERN_LINT_HELO_USED, POSTERN_NOTE_REPLY, uses_helo},
    {POSTERN_LINT_HELLO_REPEATED, COMMAND, repeats_hello},
    {POSTERN_LINT_HELLO_BAD_NAME, COMMAND, says_bad_name},
    {POSTERN_LINT_HELLO_NOT_QUALIFIED, COMMAND, says_short_name},
    {POSTERN_LINT_NOT_AWAITED, COMMAND, does_not_wait},
    {POSTERN_LINT_PIPELINED_BEHIND_LAST, COMMAND, pipelines_after_last},
    {POSTERN_LINT_PIPELINED_NOT_OFFERED, COMMAND, pipelines_unoffered},
    {POSTERN_LINT_REFUSAL_IGNORED, COMMAND, ignores_mail},
    {POSTERN_LINT_REFUSAL_IGNORED, COMMAND, ignores_recipients},
    {POSTERN_LINT_REFUSAL_IGNORED, COMMAND, ignores_hello},
    {POSTERN_LINT_REFUSAL_IGNORED, COMMAND, ignores_greeting},
    {POSTERN_LINT_PERMANENT_REPEATED, COMMAND, repeats_refused},
    {POSTERN_LINT_TEMPORARY_REPEATED, COMMAND, repeats_at_once},
    {POSTERN_LINT_RECIPIENT_LIMIT_IGNORED, COMMAND, ignores_limit},
    {0},
};
