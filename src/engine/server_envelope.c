/* server_envelope.c - MAIL and RCPT (RFC 5321 3.3, 4.1.1.2, 4.1.1.3) */
#include "engine/server_internal.h"

#include "engine/commands.h"
#include "engine/params.h"
#include "engine/path.h"

static struct params_scope
scope_of(const struct server *s)
{
    return (struct params_scope){
        .config = s->config,
        .is_extended = s->hello == HELLO_EHLO,
        .has_tls = s->has_tls,
        .is_smtputf8 = s->is_smtputf8,
    };
}

/* "FROM:" or "TO:" at the front of *argument, and the space that is tolerated after it.
 * Returns NONE with *argument moved past it. */
static enum postern_reply
take_label(const struct server *s, struct slice label, struct slice *argument)
{
    if (!slice_has_prefix_fold(*argument, label))
        return POSTERN_REPLY_SYNTAX;
    *argument = slice_skip(*argument, label.len);
    if (argument->len > 0 && argument->ptr[0] == ' ') {
        if (!s->config->is_syntax_lenient)
            return POSTERN_REPLY_SPACE_BEHIND_COLON;
        while (argument->len > 0 && argument->ptr[0] == ' ')
            *argument = slice_skip(*argument, 1);
    }
    return POSTERN_REPLY_NONE;
}

/* Refusals of a path, one column for MAIL and one for RCPT. */
static enum postern_reply
path_refusal(enum path_result result, bool is_mail)
{
    switch (result) {
    case PATH_OK:
        return POSTERN_REPLY_NONE;
    case PATH_NONE:
        return POSTERN_REPLY_SYNTAX;
    case PATH_MALFORMED:
        return is_mail ? POSTERN_REPLY_SENDER_SYNTAX : POSTERN_REPLY_RECIPIENT_SYNTAX;
    case PATH_TOO_LONG:
        return is_mail ? POSTERN_REPLY_SENDER_PATH_TOO_LONG
                       : POSTERN_REPLY_RECIPIENT_PATH_TOO_LONG;
    case PATH_DOTTED_NUMBER:
        return is_mail ? POSTERN_REPLY_SENDER_SYNTAX
                       : POSTERN_REPLY_RECIPIENT_NEEDS_BRACKETS;
    }
    return POSTERN_REPLY_SYNTAX;
}

/* Take the label and the path; *rest_out is what follows. */
static enum postern_reply
take_path(const struct server *s, const struct command *command, struct slice label,
          unsigned allowed, struct postern_address *address_out, struct slice *rest_out)
{
    struct slice argument = command->argument;
    enum postern_reply refusal = take_label(s, label, &argument);
    size_t used;

    if (refusal == POSTERN_REPLY_NONE)
        refusal = path_refusal(path_take(argument, allowed, &used, address_out),
                               command->name == POSTERN_MAIL);
    if (refusal != POSTERN_REPLY_NONE)
        return refusal;
    *rest_out = slice_skip(argument, used);
    if (rest_out->len > 0 && rest_out->ptr[0] != ' ')
        return POSTERN_REPLY_SYNTAX;
    return POSTERN_REPLY_NONE;
}

/* ---- MAIL ---- */

static enum postern_reply
read_mail(struct server *s, const struct command *command, struct reply_values *values)
{
    struct params_scope scope = scope_of(s);
    struct postern_mail *mail = &s->ask.mail;
    struct slice rest;
    enum postern_reply refusal;

    *mail = (struct postern_mail){.has_size = false};
    refusal =
        take_path(s, command, SLICE("FROM:"), PATH_MAY_BE_NULL, &mail->from, &rest);
    if (refusal != POSTERN_REPLY_NONE)
        return refusal;
    values->address = mail->from.mailbox;
    refusal = params_read_mail(rest, &scope, mail, &values->word);
    if (refusal != POSTERN_REPLY_NONE)
        return refusal;
    if (mail->from.is_utf8 && !mail->is_smtputf8)
        return POSTERN_REPLY_SENDER_NOT_ASCII;
    if (s->config->max_message > 0 && mail->size > s->config->max_message)
        return POSTERN_REPLY_TOO_BIG;
    return POSTERN_REPLY_NONE;
}

void
server_mail(struct server *s, const struct command *command)
{
    struct reply_values values = {
        .verb = server_verb(s),
        .syntax = command_facts[POSTERN_MAIL].syntax,
        .number = s->config->max_message,
    };
    enum postern_reply refusal;

    s->mails++;
    if (s->config->max_mails > 0 && s->mails > s->config->max_mails) {
        server_close(s, POSTERN_REPLY_TOO_MANY_MAILS, NULL);
        return;
    }
    refusal = read_mail(s, command, &values);
    if (refusal != POSTERN_REPLY_NONE) {
        s->is_mail_refused = true;
        server_reply(s, refusal, &values);
        return;
    }
    server_ask(s, POSTERN_EVENT_ASK_MAIL);
}

void
server_decided_mail(struct server *s, const struct postern_decision *decision)
{
    const struct postern_mail *mail = &s->ask.mail;
    struct reply_values values = {
        .verb = server_verb(s),
        .address = mail->from.mailbox,
        .number = s->config->max_message,
    };
    bool is_lowered = mail->mt_priority.len > 0 && mail->mt_priority.ptr[0] != '-' &&
                      mail->mt_priority.ptr[0] != '0' && !s->has_auth;

    if (decision->reply != POSTERN_REPLY_NONE) {
        s->is_mail_refused = true;
        server_reply_as(s, decision->reply, decision->reply, decision->text, &values);
        return;
    }
    server_drop_transaction(s);
    s->is_smtputf8 = mail->is_smtputf8;
    s->is_binary = mail->body == POSTERN_BODY_BINARYMIME;
    server_follow(s);
    server_reply(
        s, is_lowered ? POSTERN_REPLY_SENDER_OK_PRIORITY : POSTERN_REPLY_SENDER_OK,
        &values);
}

/* ---- RCPT ---- */

static enum postern_reply
read_rcpt(struct server *s, const struct command *command, struct reply_values *values)
{
    struct params_scope scope = scope_of(s);
    struct postern_rcpt *rcpt = &s->ask.rcpt;
    unsigned allowed = PATH_MAY_BE_POSTMASTER |
                       (s->config->is_domain_optional ? PATH_MAY_LACK_DOMAIN : 0u);
    struct slice rest;
    enum postern_reply refusal;

    *rcpt = (struct postern_rcpt){.to = {.is_utf8 = false}};
    refusal = take_path(s, command, SLICE("TO:"), allowed, &rcpt->to, &rest);
    if (refusal != POSTERN_REPLY_NONE)
        return refusal;
    values->address = rcpt->to.mailbox;
    refusal = params_read_rcpt(rest, &scope, rcpt, &values->word);
    if (refusal != POSTERN_REPLY_NONE)
        return refusal;
    if (rcpt->to.is_utf8 && !s->is_smtputf8)
        return POSTERN_REPLY_RECIPIENT_NOT_ASCII;
    if (s->rcpts >= s->config->max_recipients)
        return POSTERN_REPLY_TOO_MANY_RECIPIENTS;
    return POSTERN_REPLY_NONE;
}

void
server_rcpt(struct server *s, const struct command *command)
{
    struct reply_values values = {
        .verb = server_verb(s),
        .syntax = command_facts[POSTERN_RCPT].syntax,
    };
    enum postern_reply refusal = read_rcpt(s, command, &values);

    if (s->rcpts_tried < UINT32_MAX)
        s->rcpts_tried++;
    if (refusal != POSTERN_REPLY_NONE) {
        server_reply(s, refusal, &values);
        return;
    }
    server_ask(s, POSTERN_EVENT_ASK_RCPT);
}

/* Guessing mailboxes is made slow, then stopped (RFC 5321 7.8). */
static void
count_unknown(struct server *s)
{
    const struct postern_server_config *config = s->config;

    if (s->unknown_rcpts < UINT16_MAX)
        s->unknown_rcpts++;
    if (config->max_unknown_rcpt_hard > 0 &&
        s->unknown_rcpts >= config->max_unknown_rcpt_hard)
        s->closing_reply = POSTERN_REPLY_TOO_MANY_UNKNOWN_RCPTS;
}

void
server_decided_rcpt(struct server *s, const struct postern_decision *decision)
{
    struct reply_values values = {
        .verb = server_verb(s),
        .address = s->ask.rcpt.to.mailbox,
    };

    if (decision->reply != POSTERN_REPLY_NONE) {
        server_reply_as(s, decision->reply, decision->reply, decision->text, &values);
        if (decision->reply == POSTERN_REPLY_RECIPIENT_UNKNOWN)
            count_unknown(s);
        return;
    }
    s->rcpts++;
    server_follow(s);
    server_reply(s, POSTERN_REPLY_RECIPIENT_OK, &values);
}
