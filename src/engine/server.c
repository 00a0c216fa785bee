/* server.c - one session: lifecycle, the funnels, and what comes out
 *
 * 1. server_enter is the only writer of the phase.
 * 2. server_reply is the only writer of output and of the error counters
 *    (protocol 2.9); the event that reaches a limit still gets its own reply, the
 *    421 answers the next command.
 * 3. Events come out in one fixed order, that of enum pending: content, the line
 *    that came, questions, then the reply to it, then what must happen to the
 *    connection.
 */
#include "engine/server.h"

#include "catalog/reply.h"
#include "engine/line.h"

#include <assert.h>

/* ---- lifecycle ---- */

void
postern_server_init(struct postern_server *server, const struct postern_server_config *config,
                    struct postern_memory memory)
{
    struct server *s = server_of(server);

    memset(server, 0, sizeof(*server));
    s->config = config;
    s->phase = POSTERN_PHASE_GREETED;
    postern_server_lend(server, memory);
}

void
postern_server_lend(struct postern_server *server, struct postern_memory memory)
{
    struct server *s = server_of(server);

    assert(s->output.len == 0);
    assert(memory.output_size >= POSTERN_OUTPUT_MIN && memory.output_size <= UINT32_MAX);
    s->output = (struct output){.ptr = memory.output, .size = (uint32_t)memory.output_size};
}

void
postern_server_open(struct postern_server *server, const struct postern_peer *peer)
{
    struct server *s = server_of(server);
    enum postern_reply refusal = peer->refusal;

    s->has_tls = peer->has_tls;
    s->is_xclient_trusted = peer->is_xclient_trusted;
    s->command = POSTERN_UNKNOWN;
    if (refusal == POSTERN_REPLY_NONE && peer->spoke_first &&
        s->config->sync == POSTERN_SYNC_STRICT)
        refusal = POSTERN_REPLY_GREETING_EARLY_TALKER;

    if (refusal == POSTERN_REPLY_NONE) {
        server_reply(s,
                     server_is_lmtp(s) ? POSTERN_REPLY_GREETING_LMTP : POSTERN_REPLY_GREETING,
                     NULL);
    } else if (refusal == POSTERN_REPLY_GREETING_REFUSED ||
               refusal == POSTERN_REPLY_GREETING_DUMMY) {
        s->is_dummy = refusal == POSTERN_REPLY_GREETING_DUMMY;
        server_enter(s, POSTERN_PHASE_REFUSED);
        server_reply(s, refusal, NULL);
    } else {
        server_close(s, refusal, NULL);
    }
}

/* ---- funnels ---- */

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
server_drop_transaction(struct server *s)
{
    if (s->has_content)
        s->pending |= PENDING_ABORT;
    s->has_content = false;
    s->is_content_dropped = false;
    s->rcpts = s->rcpts_tried = 0;
    s->is_mail_refused = s->is_smtputf8 = s->is_binary = false;
    s->bdat_failure = POSTERN_REPLY_NONE;
}

struct slice
server_verb(const struct server *s)
{
    return slice_from(postern_command_name((enum postern_command)s->command));
}

static void
write_reply(struct server *s, const struct reply *reply)
{
    static const struct reply_values no_values;
    struct reply with_defaults = *reply;

    with_defaults.host = s->config->hostname;
    if (with_defaults.values == NULL)
        with_defaults.values = &no_values;
    if ((s->pending & PENDING_REPLY_NOTE) == 0)
        s->noted = s->output.len;
    reply_write(&s->output, &with_defaults);
    s->reply = (uint16_t)reply->text;
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
    if (config->max_errors_soft > 0 && s->errors > config->max_errors_soft)
        s->pending |= PENDING_DELAY;
}

void
server_count_junk(struct server *s)
{
    if (s->junk < UINT16_MAX)
        s->junk++;
    if (s->config->max_junk > 0 && s->junk > s->config->max_junk)
        count_error(s);
}

/* RFC 2920 3.2 (2): only replies to these may be held back. */
static bool
may_be_held(enum postern_command command)
{
    return command == POSTERN_RSET || command == POSTERN_MAIL || command == POSTERN_RCPT;
}

void
server_reply_as(struct server *s, enum postern_reply reply, enum postern_reply codes,
                struct slice own_text, const struct reply_values *values)
{
    const struct catalog_reply *entry = catalog_reply(reply);

    write_reply(s, &(struct reply){.text = reply,
                                   .codes = codes,
                                   .own_text = own_text,
                                   .values = values,
                                   .is_last = true});
    if (!may_be_held((enum postern_command)s->command))
        s->must_flush = true;
    if (entry->rule.len > 0) {
        s->last_refusal = (uint16_t)reply;
        s->last_refused = s->command;
    }
    if (catalog_reply(codes)->code >= 500 && !entry->is_exempt)
        count_error(s);
}

void
server_reply(struct server *s, enum postern_reply reply, const struct reply_values *values)
{
    server_reply_as(s, reply, reply, slice_of(NULL, 0), values);
}

void
server_reply_line(struct server *s, enum postern_reply reply, struct slice own_text,
                  const struct reply_values *values)
{
    write_reply(s, &(struct reply){
                       .text = reply, .codes = reply, .own_text = own_text, .values = values});
}

void
server_reply_challenge(struct server *s, struct slice challenge)
{
    if ((s->pending & PENDING_REPLY_NOTE) == 0)
        s->noted = s->output.len;
    reply_write_challenge(&s->output, challenge);
    s->reply = POSTERN_REPLY_AUTH_CONTINUE;
    s->pending |= PENDING_REPLY_NOTE;
    s->must_flush = true;
}

void
server_close(struct server *s, enum postern_reply reply, const struct reply_values *values)
{
    server_drop_transaction(s);
    s->question = 0;
    s->pending &= (uint16_t) ~(PENDING_QUESTION | PENDING_CONTENT_END | PENDING_TLS);
    server_enter(s, POSTERN_PHASE_CLOSING);
    if (reply != POSTERN_REPLY_NONE)
        server_reply(s, reply, values);
    s->must_flush = true;
    s->pending |= PENDING_CLOSE;
    s->pending &= (uint16_t)~PENDING_DELAY;
}

void
server_ask(struct server *s, enum postern_event_type question)
{
    s->question = (uint8_t)question;
    s->pending |= PENDING_QUESTION;
}

void
server_happen(struct server *s, struct slice text)
{
    s->happening = text;
    s->pending |= PENDING_EVENT_NOTE;
}

/* ---- input ---- */

static bool
has_room(const struct server *s)
{
    return s->output.size - s->output.len >= POSTERN_REPLY_MAX;
}

/* Throw away an over-long line up to its end. */
static size_t
feed_overlong(struct server *s, struct slice input, bool is_sasl)
{
    enum { MAX_OVERLONG = 64 * 1024 };
    size_t reach = MAX_OVERLONG - s->overlong;
    const char *lf;
    uint64_t wire_len;
    bool has_cr;

    if (reach > input.len)
        reach = input.len;
    lf = memchr(input.ptr, '\n', reach);
    if (lf == NULL) {
        s->overlong += (uint32_t)reach;
        s->is_overlong_cr = input.ptr[reach - 1] == '\r';
        if (s->overlong < MAX_OVERLONG)
            return reach;
    } else {
        reach = (size_t)(lf - input.ptr) + 1;
        has_cr = reach > 1 ? lf[-1] == '\r' : s->is_overlong_cr;
    }
    wire_len = s->overlong + (lf != NULL ? reach : 0);
    s->overlong = 0;
    s->input = (struct input_note){
        .kind = is_sasl ? POSTERN_NOTE_SASL : POSTERN_NOTE_COMMAND,
        .command = POSTERN_UNKNOWN,
        .count = wire_len,
    };
    s->command = POSTERN_UNKNOWN;
    s->phase_before = s->phase;
    s->pending |= PENDING_INPUT_NOTE;
    if (s->closing_reply != POSTERN_REPLY_NONE) {
        server_close(s, (enum postern_reply)s->closing_reply, NULL);
    } else if (lf == NULL) {
        server_close(s, POSTERN_REPLY_LINE_NEVER_ENDS, NULL);
    } else if (!has_cr && !s->config->is_bare_lf_accepted) {
        server_close(s, POSTERN_REPLY_BARE_LF, NULL);
    } else if (is_sasl) {
        server_enter(s, server_idle_phase(s));
        server_reply(s, POSTERN_REPLY_AUTH_LINE_TOO_LONG, NULL);
    } else {
        server_reply(s, POSTERN_REPLY_LINE_TOO_LONG, NULL);
    }
    return reach;
}

/* A TLS record where a command belongs: it has no line end to wait for. */
static bool
is_tls_record(const struct server *s, struct slice input)
{
    return !s->has_tls && input.len >= 2 && input.ptr[0] == 0x16 && input.ptr[1] == 0x03;
}

static void
note_line(struct server *s, struct slice line, uint64_t wire_len)
{
    s->input = (struct input_note){
        .kind = POSTERN_NOTE_COMMAND,
        .command = POSTERN_UNKNOWN,
        .octets = line,
        .count = wire_len,
    };
    s->command = POSTERN_UNKNOWN;
    s->phase_before = s->phase;
    s->pending |= PENDING_INPUT_NOTE;
}

static size_t
feed_line(struct server *s, struct slice input)
{
    bool is_sasl = s->phase == POSTERN_PHASE_AUTH;
    size_t max = is_sasl ? POSTERN_SASL_LINE_MAX : POSTERN_COMMAND_LINE_MAX;
    struct slice line;
    size_t used;

    if (s->overlong > 0)
        return feed_overlong(s, input, is_sasl);
    if (!is_sasl && is_tls_record(s, input)) {
        note_line(s, slice_of(input.ptr, 2), 2);
        server_close(s, POSTERN_REPLY_TLS_IN_THE_CLEAR, NULL);
        return 2;
    }
    switch (line_take(input, max, s->config->is_bare_lf_accepted, &used, &line)) {
    case LINE_PARTIAL:
        return 0;
    case LINE_TOO_LONG:
        s->overlong = (uint32_t)used;
        s->is_overlong_cr = input.ptr[used - 1] == '\r';
        return used;
    case LINE_BARE_LF:
        note_line(s, is_sasl ? slice_of("", 0) : line, used);
        if (is_sasl)
            s->input.redacted = (uint32_t)line.len;
        server_close(s, POSTERN_REPLY_BARE_LF, NULL);
        return used;
    case LINE_OK:
        break;
    }
    s->is_waiting = input.len > used;
    s->phase_before = s->phase;
    if (is_sasl)
        server_take_sasl_line(s, line, used);
    else
        server_take_line(s, line, used);
    return used;
}

size_t
postern_server_feed(struct postern_server *server, struct slice input)
{
    struct server *s = server_of(server);

    if (s->pending != 0 || s->question != 0 || input.len == 0)
        return 0;
    if (s->phase == POSTERN_PHASE_CLOSING)
        return input.len; /* nothing behind a closing reply is looked at */
    if (!has_room(s) || s->phase == POSTERN_PHASE_TLS)
        return 0;
    if (s->phase == POSTERN_PHASE_DATA)
        return server_take_data(s, input);
    if (s->chunk_action != CHUNK_NONE)
        return server_take_chunk(s, input);
    return feed_line(s, input);
}

/* ---- events ---- */

static void
emit_input_note(struct server *s, struct postern_event *event)
{
    const struct input_note *input = &s->input;

    event->type = POSTERN_EVENT_NOTE;
    event->note = (struct postern_note){
        .kind = (enum postern_note_kind)input->kind,
        .octets = input->octets,
        .redacted = input->redacted,
        .count = input->count,
        .command = (enum postern_command)input->command,
        .argument = input->argument,
        .before = (enum postern_phase)s->phase_before,
        .after = (enum postern_phase)s->phase_before,
        .is_pipelined = input->is_pipelined,
        .is_out_of_sync = input->is_out_of_sync,
    };
}

static void
emit_event_note(struct server *s, struct postern_event *event)
{
    event->type = POSTERN_EVENT_NOTE;
    event->note = (struct postern_note){
        .kind = POSTERN_NOTE_EVENT,
        .octets = s->happening,
        .command = (enum postern_command)s->command,
        .before = (enum postern_phase)s->phase_before,
        .after = (enum postern_phase)s->phase,
    };
}

/* "503 5.5.1 …": the code is what was sent, the catalog says whether the next word
 * is an enhanced code. */
static struct slice
enhanced_of(struct slice line)
{
    struct slice word, rest;

    if (line.len < 9 || line.ptr[4] != line.ptr[0] || line.ptr[5] != '.')
        return slice_of("", 0);
    slice_cut(slice_skip(line, 4), ' ', &word, &rest);
    return word;
}

/* The note of the next line of output that has none; clears the bit at the last. */
static void
emit_reply_note(struct server *s, struct postern_event *event)
{
    const char *start = s->output.ptr + s->noted;
    const char *end = memchr(start, '\r', s->output.len - s->noted);
    struct slice line = slice_of(start, (size_t)(end - start));

    s->noted += (uint32_t)line.len + 2;
    if (s->noted == s->output.len)
        s->pending &= (uint16_t)~PENDING_REPLY_NOTE;
    event->type = POSTERN_EVENT_NOTE;
    event->note = (struct postern_note){
        .kind = POSTERN_NOTE_REPLY,
        .octets = line,
        .count = line.len + 2,
        .command = (enum postern_command)s->command,
        .code = (uint16_t)((line.ptr[0] - '0') * 100 + (line.ptr[1] - '0') * 10 + line.ptr[2] -
                           '0'),
        .before = (enum postern_phase)s->phase_before,
        .after = (enum postern_phase)s->phase,
        .reply = (enum postern_reply)s->reply,
        .is_last = line.ptr[3] != '-',
    };
    if (catalog_reply(event->note.reply)->enhanced.len > 0)
        event->note.enhanced = enhanced_of(line);
}

static void
emit_content_end(struct server *s, struct postern_event *event)
{
    event->type = POSTERN_EVENT_CONTENT_END;
    event->end = (struct postern_end){
        .octets = s->body.octets,
        .wire_octets = s->command == POSTERN_BDAT ? s->body.octets - s->tail.len : s->chunk_size,
        .lacks_final_newline = s->tail.len > 0,
        .hops = s->body.hops,
        .has_8bit = s->body.has_8bit,
        .has_nul = s->body.has_nul,
        .was_normalized = s->body.has_bare_cr || s->body.has_bare_lf,
    };
}

static void
emit_question(struct server *s, struct postern_event *event)
{
    event->type = (enum postern_event_type)s->question;
    switch (s->question) {
    case POSTERN_EVENT_ASK_HELLO:
        event->hello = s->ask.hello;
        break;
    case POSTERN_EVENT_ASK_AUTH:
        event->auth = s->ask.auth;
        break;
    case POSTERN_EVENT_ASK_MAIL:
        event->mail = s->ask.mail;
        break;
    case POSTERN_EVENT_ASK_RCPT:
        event->rcpt = s->ask.rcpt;
        break;
    case POSTERN_EVENT_ASK_XCLIENT:
        event->xclient = s->ask.xclient;
        break;
    case POSTERN_EVENT_ASK_COMMIT:
        event->commit = (struct postern_commit){
            .recipient = s->commit_index,
            .refusal = (enum postern_reply)s->refusal,
            .octets = s->body.octets,
        };
        break;
    default: /* ASK_DATA says all there is to say */
        break;
    }
}

static void
emit_content(struct slice run, struct postern_event *event)
{
    event->type = POSTERN_EVENT_CONTENT;
    event->content = run;
}

bool
postern_server_next(struct postern_server *server, struct postern_event *event)
{
    struct server *s = server_of(server);
    unsigned first = s->pending & -(unsigned)s->pending;

    if (first == 0)
        return false;
    if (first == PENDING_QUESTION && !has_room(s))
        return false; /* the answer could not be written; send first */
    if (first != PENDING_REPLY_NOTE)
        s->pending &= (uint16_t)~first;

    switch ((enum pending)first) {
    case PENDING_CONTENT:
        emit_content(s->run, event);
        break;
    case PENDING_TAIL:
        emit_content(s->tail, event);
        break;
    case PENDING_INPUT_NOTE:
        emit_input_note(s, event);
        break;
    case PENDING_ABORT:
        event->type = POSTERN_EVENT_CONTENT_ABORT;
        break;
    case PENDING_CONTENT_END:
        emit_content_end(s, event);
        break;
    case PENDING_EVENT_NOTE:
        emit_event_note(s, event);
        break;
    case PENDING_QUESTION:
        emit_question(s, event);
        break;
    case PENDING_REPLY_NOTE:
        emit_reply_note(s, event);
        break;
    case PENDING_DELAY:
        event->type = POSTERN_EVENT_DELAY;
        event->delay_ms = s->config->delay_ms;
        break;
    case PENDING_TLS:
        event->type = POSTERN_EVENT_START_TLS;
        break;
    case PENDING_CLOSE:
        event->type = POSTERN_EVENT_CLOSE;
        break;
    }
    return true;
}

void
postern_server_decide(struct postern_server *server, const struct postern_decision *decision)
{
    struct server *s = server_of(server);
    uint8_t question = s->question;

    if (question == 0 || (s->pending & PENDING_QUESTION) != 0)
        return; /* nothing has been asked */
    s->question = 0;
    switch (question) {
    case POSTERN_EVENT_ASK_HELLO:
        server_decided_hello(s, decision);
        break;
    case POSTERN_EVENT_ASK_AUTH:
        server_decided_auth(s, decision);
        break;
    case POSTERN_EVENT_ASK_MAIL:
        server_decided_mail(s, decision);
        break;
    case POSTERN_EVENT_ASK_RCPT:
        server_decided_rcpt(s, decision);
        break;
    case POSTERN_EVENT_ASK_DATA:
        if (s->command == POSTERN_BDAT)
            server_decided_chunk(s, decision);
        else
            server_decided_data(s, decision);
        break;
    case POSTERN_EVENT_ASK_COMMIT:
        server_decided_commit(s, decision);
        break;
    default:
        server_decided_xclient(s, decision);
        break;
    }
}

/* ---- output ---- */

struct slice
postern_server_output(const struct postern_server *server)
{
    const struct server *s = server_of_const(server);

    return slice_of(s->output.ptr + s->output.sent, s->output.len - s->output.sent);
}

bool
postern_server_must_flush(const struct postern_server *server)
{
    return server_of_const(server)->must_flush;
}

void
postern_server_sent(struct postern_server *server, size_t n)
{
    struct server *s = server_of(server);

    s->output.sent += (uint32_t)n;
    assert(s->output.sent <= s->output.len);
    if (s->output.sent == s->output.len && (s->pending & PENDING_REPLY_NOTE) == 0) {
        s->output.sent = s->output.len = 0;
        s->must_flush = false;
    }
}

/* ---- what happens outside ---- */

/* What was being done when the outside came in between is the phase now. */
static void
interrupt(struct server *s)
{
    s->phase_before = s->phase;
    s->command = POSTERN_UNKNOWN;
    s->chunk_action = CHUNK_NONE;
}

void
postern_server_tls_done(struct postern_server *server, bool is_ok)
{
    struct server *s = server_of(server);

    if (s->phase != POSTERN_PHASE_TLS)
        return;
    interrupt(s);
    if (!is_ok) {
        server_close(s, POSTERN_REPLY_NONE, NULL);
        server_happen(s, SLICE("TLS handshake failed"));
        return;
    }
    s->has_tls = true;
    s->hello = HELLO_NONE; /* RFC 3207 4.2: all that was said in the clear is void */
    s->is_mail_refused = false;
    server_enter(s, POSTERN_PHASE_GREETED);
    server_happen(s, SLICE("TLS started"));
}

void
postern_server_eof(struct postern_server *server)
{
    struct server *s = server_of(server);

    if (s->phase == POSTERN_PHASE_CLOSING)
        return;
    interrupt(s);
    server_close(s, POSTERN_REPLY_NONE, NULL);
    server_happen(s, SLICE("connection closed by the client"));
}

void
postern_server_timer(struct postern_server *server, enum postern_timer timer)
{
    struct server *s = server_of(server);
    bool is_busy = s->phase == POSTERN_PHASE_DATA || s->chunk_action != CHUNK_NONE ||
                   s->question != 0 || s->pending != 0;

    if (s->phase == POSTERN_PHASE_CLOSING || timer == POSTERN_TIMER_NONE)
        return;
    if (timer == POSTERN_TIMER_SESSION && is_busy) {
        s->closing_reply = POSTERN_REPLY_TIMEOUT; /* at the next command (protocol 2.10) */
        return;
    }
    interrupt(s);
    if (timer == POSTERN_TIMER_TLS || timer == POSTERN_TIMER_REFUSED) {
        server_close(s, POSTERN_REPLY_NONE, NULL);
        server_happen(s, SLICE("timeout"));
        return;
    }
    server_close(s, POSTERN_REPLY_TIMEOUT, NULL);
}

void
postern_server_shutdown(struct postern_server *server)
{
    struct server *s = server_of(server);

    if (s->phase == POSTERN_PHASE_CLOSING)
        return;
    interrupt(s);
    server_close(s, POSTERN_REPLY_SHUTDOWN, NULL);
}

/* ---- questions about a session ---- */

enum postern_phase
postern_server_phase(const struct postern_server *server)
{
    return (enum postern_phase)server_of_const(server)->phase;
}

enum postern_timer
postern_server_timer_wanted(const struct postern_server *server)
{
    const struct server *s = server_of_const(server);

    switch ((enum postern_phase)s->phase) {
    case POSTERN_PHASE_DATA:
        return POSTERN_TIMER_CONTENT;
    case POSTERN_PHASE_TLS:
        return POSTERN_TIMER_TLS;
    case POSTERN_PHASE_REFUSED:
        return POSTERN_TIMER_REFUSED;
    case POSTERN_PHASE_CLOSING:
        return POSTERN_TIMER_NONE;
    case POSTERN_PHASE_GREETED:
    case POSTERN_PHASE_HELO:
    case POSTERN_PHASE_EHLO:
    case POSTERN_PHASE_MAIL:
    case POSTERN_PHASE_RCPT:
    case POSTERN_PHASE_BDAT:
    case POSTERN_PHASE_BDAT_FAILED:
    case POSTERN_PHASE_AUTH:
    case POSTERN_PHASE_COUNT:
        break;
    }
    return s->chunk_action != CHUNK_NONE ? POSTERN_TIMER_CONTENT : POSTERN_TIMER_COMMAND;
}

bool
postern_server_allows(const struct postern_server *server, enum postern_command command)
{
    const struct server *s = server_of_const(server);

    if (s->phase == POSTERN_PHASE_DATA || s->phase == POSTERN_PHASE_AUTH ||
        s->phase == POSTERN_PHASE_TLS || s->phase == POSTERN_PHASE_CLOSING)
        return false;
    return server_check_offer(s, command) == POSTERN_REPLY_NONE &&
           server_check_order(s, command, false).refusal == POSTERN_REPLY_NONE;
}

bool
postern_server_is_asking(const struct postern_server *server)
{
    return server_of_const(server)->question != 0;
}

uint32_t
postern_server_recipients(const struct postern_server *server)
{
    return server_of_const(server)->rcpts;
}

bool
postern_server_is_extended(const struct postern_server *server)
{
    return server_of_const(server)->hello == HELLO_EHLO;
}

bool
postern_server_has_tls(const struct postern_server *server)
{
    return server_of_const(server)->has_tls;
}

bool
postern_server_has_auth(const struct postern_server *server)
{
    return server_of_const(server)->has_auth;
}
