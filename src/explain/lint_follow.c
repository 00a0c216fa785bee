/* lint_follow.c - the state of the session, and its only writer */
#include "explain/lint.h"

#include "engine/commands.h"

static bool
is_idle(enum postern_phase phase)
{
    return phase == POSTERN_PHASE_HELO || phase == POSTERN_PHASE_EHLO;
}

/* ---- what the client sends ---- */

static void
read_mail(struct lint *l)
{
    struct slice rest = l->line.parameters, name, value;

    l->asked = (struct lint_mail){.is_utf8 = false};
    while (lint_take_parameter(&rest, &name, &value)) {
        if (slice_is_equal_fold(name, SLICE("SMTPUTF8")))
            l->asked.is_utf8 = true;
        if (slice_is_equal_fold(name, SLICE("SIZE")))
            l->asked.has_size = slice_parse_number(value, &l->asked.size);
    }
}

static void
follow_command(struct lint *l, const struct postern_note *note)
{
    bool is_after_failure = l->last.code >= 400;

    l->is_after_refused_data =
        l->last.command == POSTERN_DATA && is_after_failure && !l->last.is_unread;
    l->commands++;
    l->noops = note->command == POSTERN_NOOP ? l->noops + 1 : 0;
    l->is_rset_needless =
        note->command == POSTERN_RSET && is_idle(note->before) && !is_after_failure;
    if (command_has(note->command, TRAIT_HELLO))
        l->hello_lines = 0;
    if (note->command == POSTERN_MAIL) {
        l->mails++;
        read_mail(l);
    }
    if (note->command == POSTERN_RCPT)
        l->recipient = lint_recipient(l);
    if (note->command == POSTERN_AUTH)
        l->is_secret_plain = lint_mechanism_is_plain(note);
    if (note->command == POSTERN_QUIT)
        l->has_quit = true;
    l->last = (struct lint_last){
        .command = note->command,
        .hash = lint_hash(note->octets),
        /* the chunk follows BDAT without waiting; whether more did is not known */
        .is_unread = note->is_pipelined || note->command == POSTERN_BDAT,
    };
}

/* ---- what the server replies ---- */

static void
follow_hello(struct lint *l, const struct postern_note *note)
{
    if (note->code >= 400) {
        l->was_hello_refused = true;
        l->was_ehlo_refused |= note->command != POSTERN_HELO && note->code >= 500;
        return;
    }
    if (l->hello_lines++ == 0)
        memset(l->offered, 0, sizeof(l->offered));
    else
        lint_offer_add(l, note->octets);
    if (!note->is_last)
        return;
    l->has_hello = true;
    l->is_hello_void = l->was_hello_refused = false;
}

static void
follow_recipient(struct lint *l, const struct postern_note *note)
{
    l->recipients_tried++;
    if (note->code >= 300)
        return;
    if (l->recipients_taken < LINT_RECIPIENTS_MAX)
        l->recipients[l->recipients_taken] = l->recipient;
    l->recipients_taken++;
}

static void
follow_reply(struct lint *l, const struct postern_note *note)
{
    if (command_has(note->command, TRAIT_HELLO) && l->is_line_open)
        follow_hello(l, note);
    if (!note->is_last || !l->is_line_open)
        return;
    if (note->command == POSTERN_MAIL && note->code < 300) {
        l->mail = l->asked;
        l->recipients_tried = l->recipients_taken = 0;
        l->content = 0;
    }
    if (note->command == POSTERN_RCPT)
        follow_recipient(l, note);
    if (note->command == POSTERN_AUTH && note->code == 235)
        l->has_auth = true;
    if (note->command == POSTERN_XCLIENT && note->code == 220)
        l->has_hello = false;
    if (note->reply == POSTERN_REPLY_QUEUED ||
        note->reply == POSTERN_REPLY_QUEUED_OCTETS)
        l->messages++;
    l->is_content_complete = false;
    l->last.code = note->code;
    l->last.reply = note->reply;
}

/* ---- content and events ---- */

static void
follow_content(struct lint *l, const struct postern_note *note)
{
    l->content = note->command == POSTERN_DATA ? note->count : l->content + note->count;
    l->is_content_complete = true;
}

static void
follow_event(struct lint *l, const struct postern_note *note)
{
    if (note->session_event != POSTERN_SESSION_EVENT_TLS)
        return;
    l->has_tls = l->is_hello_void = true;
    l->has_hello = l->was_hello_refused = false;
    memset(l->offered, 0, sizeof(l->offered));
}

void
lint_follow(struct lint *l, const struct postern_note *note)
{
    switch (note->kind) {
    case POSTERN_NOTE_COMMAND:
        follow_command(l, note);
        break;
    case POSTERN_NOTE_CONTENT:
        follow_content(l, note);
        break;
    case POSTERN_NOTE_REPLY:
        follow_reply(l, note);
        l->is_line_open = l->is_line_open && !note->is_last;
        return;
    case POSTERN_NOTE_EVENT:
        follow_event(l, note);
        return;
    case POSTERN_NOTE_SASL:
        break;
    }
    l->line_n = l->n;
    l->is_line_open = true;
}
