/* server_reply.c - the funnels: phase, transaction, replies, counters
 *
 * server_reply is the only writer of output and of the error counters (protocol
 * 2.9). The event that reaches a limit still gets its own reply; the 421 answers the
 * next command, so every command has one reply and no client finds a stray 421.
 */
#include "engine/server_internal.h"

#include "catalog/reply.h"
#include "engine/commands.h"

void
server_enter(struct server *s, enum postern_phase phase)
{
    s->phase = (uint8_t)phase;
}

enum postern_phase
server_idle_phase(const struct server *s)
{
    return order_next((struct order_step){POSTERN_REPLY_NONE, ORDER_IDLE},
                      (enum postern_phase)s->phase, s->hello == HELLO_HELO);
}

void
server_follow(struct server *s)
{
    server_enter(s, order_next((struct order_step){POSTERN_REPLY_NONE, s->next},
                               (enum postern_phase)s->phase, s->hello == HELLO_HELO));
}

void
server_drop_content(struct server *s)
{
    if (s->has_content)
        s->pending |= PENDING_ABORT;
    s->has_content = false;
}

void
server_drop_transaction(struct server *s)
{
    server_drop_content(s);
    s->rcpts = s->rcpts_tried = 0;
    s->is_mail_refused = s->is_smtputf8 = s->is_binary = false;
    s->bdat_failure = POSTERN_REPLY_NONE;
}

struct slice
server_verb(const struct server *s)
{
    return command_facts[s->command].name;
}

static void
begin_reply_line(struct server *s)
{
    s->is_multi_line = (s->pending & PENDING_REPLY_NOTE) != 0;
    if (!s->is_multi_line)
        s->noted = s->output.len;
}

static void
write_reply(struct server *s, enum postern_reply reply, enum postern_reply codes,
            struct slice own_text, const struct reply_values *values, bool is_last)
{
    static const struct reply_values no_values;

    begin_reply_line(s);
    reply_write(&s->output, &(struct reply){
                                .text = reply,
                                .codes = codes,
                                .own_text = own_text,
                                .values = values != NULL ? values : &no_values,
                                .host = s->config->hostname,
                                .is_last = is_last,
                            });
    s->reply = (uint16_t)reply;
    s->pending |= PENDING_REPLY_NOTE;
}

static void
count_error(struct server *s)
{
    const struct postern_server_config *config = s->config;

    if (s->errors < UINT16_MAX)
        s->errors++;
    if (config->max_errors_hard > 0 && s->errors >= config->max_errors_hard)
        s->closing_reply = POSTERN_REPLY_TOO_MANY_ERRORS;
}

/* Behind the soft limits every reply is made slow (protocol 2.9). */
static bool
must_delay(const struct server *s)
{
    const struct postern_server_config *config = s->config;

    if (config->max_errors_soft > 0 && s->errors_before >= config->max_errors_soft)
        return true;
    return s->command == POSTERN_RCPT && config->max_unknown_rcpt_soft > 0 &&
           s->unknown_rcpts >= config->max_unknown_rcpt_soft;
}

void
server_count_junk(struct server *s)
{
    if (s->junk < UINT16_MAX)
        s->junk++;
    if (s->config->max_junk > 0 && s->junk > s->config->max_junk)
        count_error(s);
}

void
server_reply_as(struct server *s, enum postern_reply reply, enum postern_reply codes,
                struct slice own_text, const struct reply_values *values)
{
    const struct catalog_reply *entry = catalog_reply(reply);

    write_reply(s, reply, codes, own_text, values, true);
    if (!command_has((enum postern_command)s->command, TRAIT_HELD))
        s->must_flush = true;
    if (must_delay(s))
        s->pending |= PENDING_DELAY;
    if (entry->code >= 400) {
        s->last_refusal = (uint16_t)reply;
        s->last_refused = s->command;
    }
    if (catalog_reply(codes)->code >= 500 && !entry->is_exempt)
        count_error(s);
}

void
server_reply(struct server *s, enum postern_reply reply,
             const struct reply_values *values)
{
    server_reply_as(s, reply, reply, slice_of(NULL, 0), values);
}

void
server_reply_line(struct server *s, enum postern_reply reply, struct slice own_text,
                  const struct reply_values *values)
{
    write_reply(s, reply, reply, own_text, values, false);
}

void
server_reply_challenge(struct server *s, struct slice challenge)
{
    begin_reply_line(s);
    reply_write_challenge(&s->output, challenge);
    s->reply = POSTERN_REPLY_AUTH_CONTINUE;
    s->pending |= PENDING_REPLY_NOTE;
    s->must_flush = true;
}

void
server_close(struct server *s, enum postern_reply reply,
             const struct reply_values *values)
{
    server_drop_transaction(s);
    s->question = 0;
    s->pending &= (uint16_t) ~(PENDING_QUESTION | PENDING_CONTENT_END | PENDING_TLS);
    server_enter(s, POSTERN_PHASE_CLOSING);
    if (reply != POSTERN_REPLY_NONE)
        server_reply(s, reply, values);
    s->must_flush = true;
    s->pending |= PENDING_CLOSE;
}

void
server_ask(struct server *s, enum postern_event_type question)
{
    s->question = (uint8_t)question;
    s->pending |= PENDING_QUESTION;
}

void
server_note_event(struct server *s, enum postern_session_event event)
{
    s->session_event = (uint8_t)event;
    s->pending |= PENDING_EVENT_NOTE;
}
