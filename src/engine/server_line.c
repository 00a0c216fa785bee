/* server_line.c - one command line: the checks in their order, then its handler
 *
 * The order of checks (protocol 2.3) names the earliest step that is missing, since
 * that is the one the client has to repair: framing, octets, refused session, verb,
 * hello, gates, place in the transaction; the handler goes on with syntax,
 * parameters, limits and policy.
 */
#include "engine/server_internal.h"

#include "catalog/reply.h"
#include "engine/base64.h"
#include "engine/commands.h"
#include "engine/line.h"

typedef void handler_function(struct server *s, const struct command *command);

static handler_function *const handlers[POSTERN_COMMAND_COUNT] = {
#define COMMAND(command, key, handler, ...) [POSTERN_##command] = handler,
#include "engine/command_table.h"
#undef COMMAND
};

/* ---- input that is no SMTP ---- */

static void
refuse_content_line(struct server *s)
{
    enum { MAX_CONTENT_LINES = 3 };

    if (++s->content_lines < MAX_CONTENT_LINES)
        server_reply(s, POSTERN_REPLY_LOOKS_LIKE_CONTENT, NULL);
    else
        server_close(s, POSTERN_REPLY_CONTENT_IN_COMMAND_STATE, NULL);
}

/* After a refused AUTH a password may follow in base64, where a command belongs: it
 * is neither shown nor echoed (S-44). */
static void
refuse_unknown(struct server *s, const struct command *command)
{
    struct reply_values values = {.verb = command->verb};

    if (s->was_auth_refused && base64_is_alphabet(command->verb)) {
        s->input.redacted = (uint32_t)s->input.octets.len;
        s->input.octets = s->input.argument = slice_of("", 0);
        server_reply(s, POSTERN_REPLY_UNKNOWN_COMMAND_HIDDEN, NULL);
        return;
    }
    if (command->verb.len == 0 && command->argument.len == 0)
        server_reply(s, POSTERN_REPLY_EMPTY_LINE, NULL);
    else
        server_reply(s, POSTERN_REPLY_UNKNOWN_COMMAND, &values);
}

static void
refuse_foreign(struct server *s, const struct command *command)
{
    switch (command->foreign) {
    case FOREIGN_CONTENT:
        refuse_content_line(s);
        return;
    case FOREIGN_HTTP:
        server_close(s, POSTERN_REPLY_HTTP, NULL);
        return;
    case FOREIGN_PROXY:
        server_close(s, POSTERN_REPLY_PROXY_HEADER, NULL);
        return;
    case FOREIGN_NOTHING:
        refuse_unknown(s, command);
        return;
    }
}

/* ---- the checks ---- */

/* VRFY SP String SP SMTPUTF8 (RFC 6531 3.7.4.2). */
static bool
ends_in_smtputf8(struct slice line)
{
    static const struct slice word = SLICE_INIT(" SMTPUTF8");

    return line.len > word.len &&
           slice_is_equal_fold(slice_skip(line, line.len - word.len), word);
}

static bool
may_be_utf8(const struct server *s, struct slice line, enum postern_command command)
{
    return s->config->has_smtputf8 &&
           (command_has(command, TRAIT_UTF8) ||
            (command_has(command, TRAIT_UTF8_ASKED) && ends_in_smtputf8(line)));
}

/* Check 3: octets that must not be in a command (protocol 3.12). */
static enum postern_reply
check_octets(const struct server *s, struct slice line, enum postern_command command)
{
    unsigned found = line_inspect(line);
    uint16_t own = command_facts[command].bad_octets;

    if (found == 0)
        return POSTERN_REPLY_NONE;
    if ((found & LINE_HAS_CR) != 0)
        return POSTERN_REPLY_BARE_CR;
    if ((found & LINE_HAS_CONTROL) != 0)
        return own != POSTERN_REPLY_NONE ? (enum postern_reply)own
                                         : POSTERN_REPLY_BAD_OCTETS;
    return may_be_utf8(s, line, command) ? POSTERN_REPLY_NONE
                                         : POSTERN_REPLY_BAD_OCTETS;
}

static bool
is_idle(const struct server *s)
{
    return s->phase == POSTERN_PHASE_HELO || s->phase == POSTERN_PHASE_EHLO;
}

/* A refused command. The phase stays, but MAIL leaves a trace that RCPT explains. */
static void
refuse(struct server *s, const struct command *command, enum postern_reply refusal)
{
    struct reply_values values = {.verb = command->verb, .number = s->rcpts_tried};

    if (command_is_verb(command->name))
        values.verb = server_verb(s);
    if (command->name == POSTERN_MAIL && is_idle(s))
        s->is_mail_refused = true;
    if (command->name == POSTERN_AUTH)
        s->was_auth_refused = true;
    if (s->bdat_failure != POSTERN_REPLY_NONE)
        values.code = catalog_reply((enum postern_reply)s->bdat_failure)->code;
    server_reply(s, refusal, &values);
}

/* The last command of a group (RFC 2920 3.1): nothing is lost when the client does not
 * wait, so it is only noted (protocol 2.8). What follows QUIT is never read. */
static bool
should_wait(enum postern_command command)
{
    return command_has(command, TRAIT_ENDS_GROUP) && command != POSTERN_QUIT;
}

static void
run_command(struct server *s, const struct command *command)
{
    struct order_step step = server_check_order(s, command->name, false);
    enum postern_reply refusal = POSTERN_REPLY_NONE;

    if (s->phase != POSTERN_PHASE_REFUSED) {
        if (command->foreign != FOREIGN_NOTHING || command->name == POSTERN_UNKNOWN) {
            refuse_foreign(s, command);
            return;
        }
        refusal = server_check_offer(s, command->name);
    }
    if (refusal == POSTERN_REPLY_NONE)
        refusal = step.refusal;
    if (refusal != POSTERN_REPLY_NONE) {
        refuse(s, command, refusal);
        return;
    }
    s->next = step.next;
    handlers[command->name](s, command);
}

/* What a note may show of an AUTH line: verb and mechanism, not the response. */
static void
hide_response(struct server *s, const struct command *command)
{
    struct slice mechanism, response;

    if (!slice_cut(command->argument, ' ', &mechanism, &response))
        return;
    s->input.argument = mechanism;
    s->input.octets.len =
        (size_t)(mechanism.ptr + mechanism.len + 1 - s->input.octets.ptr);
    s->input.redacted = (uint32_t)response.len;
}

static void
note_command(struct server *s, struct slice line, uint64_t wire_len,
             const struct command *command)
{
    bool is_pipelined = s->is_waiting && s->config->sync != POSTERN_SYNC_OFF;

    s->command = (uint8_t)command->name;
    s->input = (struct input_note){
        .octets = line,
        .argument = command->argument,
        .count = wire_len,
        .kind = POSTERN_NOTE_COMMAND,
        .command = (uint8_t)command->name,
        .is_pipelined = is_pipelined,
        .is_out_of_sync = is_pipelined && should_wait(command->name),
    };
    s->pending |= PENDING_INPUT_NOTE;
    if (command->name == POSTERN_AUTH)
        hide_response(s, command);
}

void
server_take_line(struct server *s, struct slice line, uint64_t wire_len)
{
    struct command command;
    enum postern_reply bad;

    command_parse(line, &command);
    note_command(s, line, wire_len, &command);
    if (s->closing_reply != POSTERN_REPLY_NONE) {
        server_close(s, (enum postern_reply)s->closing_reply, NULL);
        return;
    }
    bad = command.foreign == FOREIGN_PROXY ? POSTERN_REPLY_NONE
                                           : check_octets(s, line, command.name);
    if (bad == POSTERN_REPLY_BARE_CR) {
        server_close(s, bad, NULL);
        return;
    }
    if (bad != POSTERN_REPLY_NONE) {
        refuse(s, &command, bad);
        return;
    }
    if (command_has(command.name, TRAIT_JUNK))
        server_count_junk(s);
    if (command_has(command.name, TRAIT_OCTETS))
        handlers[command.name](s, &command);
    else
        run_command(s, &command);
}
