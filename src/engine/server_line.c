/* server_line.c - one command line: the checks in their order, then its handler
 *
 * The order of checks (protocol 2.3) names the earliest step that is missing, since
 * that is the one the client has to repair: framing, octets, refused session, verb,
 * hello, gates, place in the transaction; the handler goes on with syntax,
 * parameters, limits and policy.
 */
#include "engine/server.h"

#include "catalog/reply.h"
#include "engine/base64.h"
#include "engine/line.h"

typedef void handler_function(struct server *s, const struct command *command);

static handler_function *const handlers[POSTERN_COMMAND_COUNT] = {
    [POSTERN_HELO] = server_hello, [POSTERN_EHLO] = server_hello,
    [POSTERN_LHLO] = server_hello, [POSTERN_MAIL] = server_mail,
    [POSTERN_RCPT] = server_rcpt,  [POSTERN_DATA] = server_data,
    [POSTERN_RSET] = server_rset,  [POSTERN_NOOP] = server_noop,
    [POSTERN_VRFY] = server_vrfy,  [POSTERN_HELP] = server_help,
    [POSTERN_AUTH] = server_auth,  [POSTERN_STARTTLS] = server_starttls,
    [POSTERN_QUIT] = server_quit,  [POSTERN_XCLIENT] = server_xclient,
};

/* ---- what order and offer say ---- */

static uint32_t
gather_facts(const struct server *s)
{
    const struct postern_server_config *config = s->config;
    uint32_t facts = 0;

    facts |= s->hello == HELLO_HELO ? FACT_HELO : 0;
    facts |= s->is_mail_refused ? FACT_MAIL_REFUSED : 0;
    facts |= s->rcpts_tried > 0 ? FACT_RCPT_TRIED : 0;
    facts |= s->is_binary ? FACT_BINARY : 0;
    facts |= s->has_tls ? FACT_TLS : 0;
    facts |= s->has_auth ? FACT_AUTH : 0;
    facts |= server_is_lmtp(s) ? FACT_LMTP : 0;
    facts |= s->is_dummy ? FACT_DUMMY : 0;
    facts |= config->tls_required && !s->has_tls ? FACT_TLS_REQUIRED : 0;
    facts |= config->auth_required && !s->has_auth ? FACT_AUTH_REQUIRED : 0;
    return facts;
}

struct order_step
server_check_order(const struct server *s, enum postern_command command, bool is_last)
{
    uint32_t facts = gather_facts(s) | (is_last ? FACT_LAST : 0);

    return order_check((enum postern_phase)s->phase, command, facts);
}

enum postern_reply
server_check_offer(const struct server *s, enum postern_command command)
{
    const struct postern_server_config *config = s->config;
    bool is_lmtp = server_is_lmtp(s);

    switch (command) {
    case POSTERN_HELO:
    case POSTERN_EHLO:
        return is_lmtp ? POSTERN_REPLY_USE_LHLO : POSTERN_REPLY_NONE;
    case POSTERN_LHLO:
        return is_lmtp ? POSTERN_REPLY_NONE : POSTERN_REPLY_USE_EHLO;
    case POSTERN_BDAT:
        return config->has_chunking ? POSTERN_REPLY_NONE
                                    : POSTERN_REPLY_BDAT_NOT_OFFERED;
    case POSTERN_AUTH:
        return config->auth_mechanisms.len > 0 ? POSTERN_REPLY_NONE
                                               : POSTERN_REPLY_NOT_IMPLEMENTED;
    case POSTERN_STARTTLS:
        return config->has_starttls || s->has_tls ? POSTERN_REPLY_NONE
                                                  : POSTERN_REPLY_NOT_IMPLEMENTED;
    case POSTERN_EXPN:
    case POSTERN_UNIMPLEMENTED:
        return POSTERN_REPLY_NOT_IMPLEMENTED;
    case POSTERN_UNKNOWN:
        return POSTERN_REPLY_UNKNOWN_COMMAND;
    case POSTERN_MAIL:
    case POSTERN_RCPT:
    case POSTERN_DATA:
    case POSTERN_RSET:
    case POSTERN_NOOP:
    case POSTERN_VRFY:
    case POSTERN_HELP:
    case POSTERN_QUIT:
    case POSTERN_XCLIENT:
    case POSTERN_COMMAND_COUNT:
        break;
    }
    return POSTERN_REPLY_NONE;
}

bool
server_allows(const struct server *s, enum postern_command command)
{
    if (command == POSTERN_XCLIENT && !s->is_xclient_trusted)
        return false;
    return server_check_offer(s, command) == POSTERN_REPLY_NONE &&
           server_check_order(s, command, false).refusal == POSTERN_REPLY_NONE;
}

/* ---- synchronisation (RFC 2920 3.1, protocol 2.8) ---- */

bool
server_is_in_sync(struct server *s)
{
    struct reply_values values = {.verb = server_verb(s)};

    if (!s->is_waiting)
        return true;
    if (s->command == POSTERN_STARTTLS) {
        server_close(s, POSTERN_REPLY_STARTTLS_INJECTION, &values);
        return false;
    }
    if (s->config->sync == POSTERN_SYNC_OFF)
        return true;
    s->input.is_out_of_sync = true;
    if (s->config->sync == POSTERN_SYNC_LOG)
        return true;
    server_close(s, POSTERN_REPLY_OUT_OF_SYNC, &values);
    return false;
}

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

/* Check 3: octets that must not be in a command (protocol 3.12). */
static enum postern_reply
check_octets(const struct server *s, struct slice line, enum postern_command command)
{
    unsigned found = line_inspect(line);
    bool may_be_utf8 = s->config->has_smtputf8 &&
                       (command == POSTERN_MAIL || command == POSTERN_RCPT ||
                        (command == POSTERN_VRFY && ends_in_smtputf8(line)));

    if ((found & LINE_HAS_CR) != 0)
        return POSTERN_REPLY_BARE_CR;
    if ((found & LINE_HAS_CONTROL) != 0 && command == POSTERN_MAIL)
        return POSTERN_REPLY_SENDER_SYNTAX;
    if ((found & LINE_HAS_CONTROL) != 0 && command == POSTERN_RCPT)
        return POSTERN_REPLY_RECIPIENT_SYNTAX;
    if ((found & LINE_HAS_CONTROL) != 0 ||
        ((found & LINE_HAS_HIGH) != 0 && !may_be_utf8))
        return POSTERN_REPLY_BAD_OCTETS;
    return POSTERN_REPLY_NONE;
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

    if (command->name != POSTERN_UNKNOWN && command->name != POSTERN_UNIMPLEMENTED)
        values.verb = server_verb(s);
    if (command->name == POSTERN_MAIL && is_idle(s))
        s->is_mail_refused = true;
    if (command->name == POSTERN_AUTH)
        s->was_auth_refused = true;
    if (s->bdat_failure != POSTERN_REPLY_NONE)
        values.code = catalog_reply((enum postern_reply)s->bdat_failure)->code;
    server_reply(s, refusal, &values);
}

/* The last command of a group, by RFC 2920 3.1, which nothing is lost behind if the
 * client does not wait: noted only (protocol 2.8). */
static bool
should_wait(enum postern_command command)
{
    return command == POSTERN_NOOP || command == POSTERN_VRFY ||
           command == POSTERN_EXPN || command == POSTERN_HELP;
}

/* Commands that move no mail: more than max_junk of them count as errors. */
static void
count_junk(struct server *s, enum postern_command command)
{
    bool is_junk = command == POSTERN_NOOP || command == POSTERN_RSET ||
                   command == POSTERN_VRFY || command == POSTERN_EXPN ||
                   command == POSTERN_HELP || command == POSTERN_HELO ||
                   command == POSTERN_EHLO || command == POSTERN_LHLO;

    if (is_junk)
        server_count_junk(s);
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
    count_junk(s, command.name);
    if (command.name == POSTERN_BDAT)
        server_bdat(s, &command);
    else
        run_command(s, &command);
}
