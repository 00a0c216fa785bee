/* lint_security.c - passwords and TLS */
#include "explain/lint.h"

/* On the same machine there is no network to listen on. */
static bool
is_exposed(const struct lint *l)
{
    return !l->has_tls && !l->facts.is_loopback;
}

static bool
shows_secret(const struct lint *l, const struct postern_note *note)
{
    bool is_plain = l->is_secret_plain;

    if (note->kind == POSTERN_NOTE_COMMAND) { /* the AUTH itself with a response */
        if (note->command != POSTERN_AUTH)
            return false;
        is_plain = lint_mechanism_is_plain(note);
    }
    return is_plain && note->redacted > 0 && is_exposed(l);
}

static bool
logs_in_before_tls(const struct lint *l, const struct postern_note *note)
{
    return note->command == POSTERN_AUTH && !l->has_tls && l->has_hello &&
           lint_offers(l, "STARTTLS");
}

static bool
leaves_tls_unused(const struct lint *l, const struct postern_note *note)
{
    bool is_offered =
        l->facts.offers_tls || (l->has_hello && lint_offers(l, "STARTTLS"));

    return note->command == POSTERN_MAIL && l->is_line_open && note->code < 300 &&
           is_offered && is_exposed(l);
}

const struct lint_rule lint_rules_security[] = {
    {POSTERN_LINT_CREDENTIALS_IN_CLEAR, POSTERN_NOTE_COMMAND, shows_secret},
    {POSTERN_LINT_CREDENTIALS_IN_CLEAR, POSTERN_NOTE_SASL, shows_secret},
    {POSTERN_LINT_AUTH_BEFORE_STARTTLS, POSTERN_NOTE_COMMAND, logs_in_before_tls},
    {POSTERN_LINT_STARTTLS_UNUSED, POSTERN_NOTE_REPLY, leaves_tls_unused},
    {0},
};
