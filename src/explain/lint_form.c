/* lint_form.c - how lines are written: ends, octets, lengths, arguments */
#include "explain/lint.h"

#include "engine/commands.h"
#include "engine/line.h"
#include "explain/words.h"

#define COMMAND POSTERN_NOTE_COMMAND

static bool
is_known(const struct postern_note *note)
{
    return command_is_verb(note->command);
}

/* One octet after the line: a lone LF. */
static bool
ends_in_lf(const struct lint *l, const struct postern_note *note)
{
    (void)l;
    return note->octets.len + note->redacted + 1 == note->count;
}

static bool
has_control(const struct lint *l, const struct postern_note *note)
{
    unsigned found = line_inspect(note->octets);

    (void)l;
    return is_known(note) && (found & LINE_HAS_CONTROL) != 0 &&
           (found & LINE_HAS_CR) == 0;
}

/* The extensions are known after a hello in the notes, or before any hello. */
static bool
is_long(const struct lint *l, const struct postern_note *note)
{
    bool is_offer_known = l->has_hello || note->before == POSTERN_PHASE_GREETED;

    return is_known(note) && is_offer_known &&
           note->count > lint_line_max(l, note->command);
}

/* The end of an AUTH line is not shown. */
static bool
ends_in_space(const struct lint *l, const struct postern_note *note)
{
    struct slice s = note->octets;

    (void)l;
    return is_known(note) && note->command != POSTERN_AUTH && note->redacted == 0 &&
           s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t');
}

/* ---- addresses ---- */

static bool
has_space_after_colon(const struct lint *l, const struct postern_note *note)
{
    struct slice s = l->line.target;

    (void)note;
    return s.len > 1 && (s.ptr[0] == ' ' || s.ptr[0] == '\t');
}

static bool
lacks_brackets(const struct lint *l, const struct postern_note *note)
{
    struct slice s = words_trim(l->line.target);

    (void)note;
    return s.len > 0 && s.ptr[0] != '<';
}

static bool
has_route(const struct lint *l, const struct postern_note *note)
{
    (void)note;
    return l->line.has_path && l->line.path.len > 1 && l->line.path.ptr[1] == '@';
}

static bool
sends_utf8_sender(const struct lint *l, const struct postern_note *note)
{
    struct slice rest = l->line.parameters, name, value;

    if (note->command != POSTERN_MAIL || !l->line.has_path ||
        !slice_has_high(l->line.path))
        return false;
    while (lint_take_parameter(&rest, &name, &value)) {
        if (slice_is_equal_fold(name, SLICE("SMTPUTF8")))
            return false;
    }
    return true;
}

static bool
sends_utf8_recipient(const struct lint *l, const struct postern_note *note)
{
    bool is_in_transaction =
        note->before == POSTERN_PHASE_MAIL || note->before == POSTERN_PHASE_RCPT;

    return note->command == POSTERN_RCPT && is_in_transaction && l->line.has_path &&
           slice_has_high(l->line.path) && l->mails > 0 && !l->mail.is_utf8;
}

static bool
was_taken_already(const struct lint *l, uint64_t recipient)
{
    uint32_t count = l->recipients_taken < LINT_RECIPIENTS_MAX ? l->recipients_taken
                                                               : LINT_RECIPIENTS_MAX;

    for (uint32_t i = 0; i < count; i++) {
        if (l->recipients[i] == recipient)
            return true;
    }
    return false;
}

static bool
repeats_recipient(const struct lint *l, const struct postern_note *note)
{
    return note->command == POSTERN_RCPT && note->before == POSTERN_PHASE_RCPT &&
           l->line.has_path && was_taken_already(l, lint_recipient(l));
}

/* ---- extensions ---- */

static bool
uses_foreign_parameter(const struct lint *l, const struct postern_note *note)
{
    struct slice rest = l->line.parameters, name, value;

    if (!l->has_hello || !l->line.has_path)
        return false;
    while (lint_take_parameter(&rest, &name, &value)) {
        if (l->has_auth && slice_is_equal_fold(name, SLICE("AUTH")))
            continue; /* offered before the login, and not again after it */
        if (lint_parameter_is_foreign(l, postern_command_name(note->command), name,
                                      value))
            return true;
    }
    return false;
}

static bool
uses_foreign_command(const struct lint *l, const struct postern_note *note)
{
    if (!l->has_hello)
        return false;
    if (note->command == POSTERN_STARTTLS)
        return !l->has_tls && !lint_offers(l, "STARTTLS");
    if (note->command == POSTERN_AUTH)
        return !l->has_auth && !lint_offers(l, "AUTH");
    return note->command == POSTERN_BDAT && !lint_offers(l, "CHUNKING");
}

const struct lint_rule lint_rules_form[] = {
    {POSTERN_LINT_COMMAND_BARE_NEWLINE, COMMAND, ends_in_lf},
    {POSTERN_LINT_COMMAND_BARE_NEWLINE, POSTERN_NOTE_SASL, ends_in_lf},
    {POSTERN_LINT_BAD_OCTETS, COMMAND, has_control},
    {POSTERN_LINT_COMMAND_LINE_LONG, COMMAND, is_long},
    {POSTERN_LINT_TRAILING_SPACE, COMMAND, ends_in_space},
    {POSTERN_LINT_SPACE_BEHIND_COLON, COMMAND, has_space_after_colon},
    {POSTERN_LINT_PATH_WITHOUT_BRACKETS, COMMAND, lacks_brackets},
    {POSTERN_LINT_SOURCE_ROUTE, COMMAND, has_route},
    {POSTERN_LINT_UTF8_UNDECLARED, COMMAND, sends_utf8_sender},
    {POSTERN_LINT_UTF8_UNDECLARED, COMMAND, sends_utf8_recipient},
    {POSTERN_LINT_RECIPIENT_TWICE, COMMAND, repeats_recipient},
    {POSTERN_LINT_EXTENSION_NOT_OFFERED, COMMAND, uses_foreign_parameter},
    {POSTERN_LINT_EXTENSION_NOT_OFFERED, COMMAND, uses_foreign_command},
    {0},
};
