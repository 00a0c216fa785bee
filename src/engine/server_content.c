/* server_content.c - DATA, and the end of every message (RFC 5321 4.1.1.4,
 * protocol 3.13)
 *
 * The 250 after the content is written in server_decided_commit and nowhere else:
 * only after the caller said that the message is durable (RFC 5321 4.2.5, 6.1).
 */
#include "engine/server_internal.h"

#include "engine/commands.h"

/* ---- DATA ---- */

void
server_data(struct server *s, const struct command *command)
{
    struct reply_values values = {.syntax = command_facts[POSTERN_DATA].syntax};

    if (!server_is_in_sync(s))
        return;
    if (command->argument.len > 0) {
        server_reply(s, POSTERN_REPLY_SYNTAX, &values);
        return;
    }
    server_ask(s, POSTERN_EVENT_ASK_DATA);
}

void
server_decided_data(struct server *s, const struct postern_decision *decision)
{
    struct reply_values values = {.verb = server_verb(s)};

    if (decision->reply != POSTERN_REPLY_NONE) {
        server_reply_as(s, decision->reply, decision->reply, decision->text, &values);
        return;
    }
    body_init(&s->body, BODY_DOTTED, s->config->max_text_line,
              s->config->newline == POSTERN_NEWLINE_NORMALIZE);
    s->has_content = true;
    s->chunk_size = 0;
    s->tail = slice_of(NULL, 0);
    server_follow(s);
    server_reply(s, POSTERN_REPLY_SEND_CONTENT, NULL);
}

/* The content is over the limit: the caller throws away what it has, and gets no
 * more. False: it is far over, and not waited out any longer (protocol 3.13.3). */
static bool
drop_run(struct server *s)
{
    enum { FAR = 10 }; /* times the limit */
    uint64_t max = s->config->max_message;
    struct reply_values values = {.number = max};

    server_drop_content(s);
    if (s->body.octets / FAR <= max)
        return true;
    s->phase_before = s->phase;
    server_close(s, POSTERN_REPLY_CONTENT_FAR_TOO_BIG, &values);
    return false;
}

static void
note_content(struct server *s, uint64_t wire_octets)
{
    s->input = (struct input_note){
        .kind = POSTERN_NOTE_CONTENT,
        .command = s->command,
        .count = wire_octets,
    };
    s->pending |= PENDING_INPUT_NOTE;
}

/* Hand out a run of content unless it is over the limit. False: far over it, the
 * session is closing. */
static bool
keep_run(struct server *s, struct slice run)
{
    uint64_t max = s->config->max_message;

    if (max > 0 && s->body.octets > max)
        return drop_run(s);
    if (run.len > 0) {
        s->run = run;
        s->pending |= PENDING_CONTENT;
    }
    return true;
}

size_t
server_take_content(struct server *s, struct slice input, bool *is_end_out)
{
    struct slice run;
    size_t used;

    /* A run that was held back over a cut comes without using input. If it is handed
     * out, input can wait; if it is dropped, nothing would ever happen: go on then. */
    do {
        *is_end_out = body_take(&s->body, input, &used, &run) == BODY_END;
    } while (keep_run(s, run) && used == 0 && s->pending == 0);
    return used;
}

size_t
server_take_data(struct server *s, struct slice input)
{
    bool is_end;
    size_t used = server_take_content(s, input, &is_end);

    s->chunk_size += used;
    if (is_end && s->phase == POSTERN_PHASE_DATA) {
        s->phase_before = s->phase;
        s->command = POSTERN_DATA;
        note_content(s, s->chunk_size);
        server_end_content(s);
    }
    return used;
}

/* ---- the end ---- */

/* What is wrong with the content, most basic first. */
static enum postern_reply
check_content(const struct server *s)
{
    const struct postern_server_config *config = s->config;
    const struct body *body = &s->body;

    if (body->framing != BODY_BINARY) {
        if ((body->has_bare_lf || body->has_bare_cr) && !body->is_normalizing)
            return POSTERN_REPLY_CONTENT_BARE_NEWLINE;
        if (body->has_nul && !config->is_nul_accepted)
            return POSTERN_REPLY_CONTENT_NUL;
    }
    if (config->max_message > 0 && body->octets > config->max_message)
        return POSTERN_REPLY_TOO_BIG;
    if (body->hops > config->max_hops)
        return POSTERN_REPLY_TOO_MANY_HOPS;
    if (body->has_long_line && body->framing != BODY_BINARY)
        return POSTERN_REPLY_CONTENT_LINE_TOO_LONG;
    return POSTERN_REPLY_NONE;
}

/* The message is over, whatever became of it. */
static void
end_transaction(struct server *s)
{
    s->has_content = false;
    server_drop_transaction(s);
    server_enter(s, server_idle_phase(s));
}

void
server_refuse_each(struct server *s, enum postern_reply refusal)
{
    s->refusal = (uint16_t)refusal;
    s->commit_index = 0;
    server_ask(s, POSTERN_EVENT_ASK_COMMIT);
}

void
server_end_content(struct server *s)
{
    struct reply_values values = {.verb = server_verb(s),
                                  .number = s->config->max_message};
    enum postern_reply refusal = check_content(s);

    s->refusal = (uint16_t)refusal;
    s->commit_index = 0;
    if (refusal == POSTERN_REPLY_NONE) {
        s->pending |= PENDING_CONTENT_END;
        server_ask(s, POSTERN_EVENT_ASK_COMMIT);
        return;
    }
    server_drop_content(s);
    if (server_is_lmtp(s)) {
        server_refuse_each(s, refusal);
        return;
    }
    end_transaction(s);
    server_reply(s, refusal, &values);
}

void
server_decided_commit(struct server *s, const struct postern_decision *decision)
{
    bool is_lmtp = server_is_lmtp(s);
    bool is_last = !is_lmtp || s->commit_index + 1 >= s->rcpts;
    enum postern_reply accepted = s->command == POSTERN_BDAT && !is_lmtp
                                      ? POSTERN_REPLY_QUEUED_OCTETS
                                      : POSTERN_REPLY_QUEUED;
    enum postern_reply refusal = s->refusal != POSTERN_REPLY_NONE
                                     ? (enum postern_reply)s->refusal
                                     : decision->reply;
    struct reply_values values = {
        .verb = server_verb(s),
        .id = decision->id,
        .durable = decision->durable,
        .address = decision->address,
        .recipient = is_lmtp ? decision->address : slice_of(NULL, 0),
        .number =
            refusal == POSTERN_REPLY_NONE ? s->body.octets : s->config->max_message,
    };

    s->commit_index++;
    if (is_last)
        end_transaction(s);
    else
        server_ask(s, POSTERN_EVENT_ASK_COMMIT);
    if (refusal != POSTERN_REPLY_NONE) {
        server_reply_as(s, refusal, refusal, decision->text, &values);
        return;
    }
    s->errors = s->junk = 0;
    server_reply(s, accepted, &values);
}
