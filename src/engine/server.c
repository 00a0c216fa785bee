/* server.c - one session: its life, its input, and what happens outside of it
 *
 * 1. server_enter is the only writer of the phase.
 * 2. feed takes one line or one run of content, and nothing while something of it
 *    still waits to be pulled or decided: there is no queue to overflow.
 * 3. What is not a complete line stays with the caller; only over-long lines are
 *    thrown away here, with a count in place of a buffer.
 */
#include "engine/server_internal.h"

#include "engine/line.h"

#include <assert.h>

/* ---- lifecycle ---- */

void
postern_server_init(struct postern_server *server,
                    const struct postern_server_config *config,
                    struct postern_memory memory)
{
    struct server *s = server_of(server);

    memset(server, 0, sizeof(*server));
    s->config = config;
    s->phase = s->phase_before = POSTERN_PHASE_GREETED;
    postern_server_lend(server, memory);
}

void
postern_server_lend(struct postern_server *server, struct postern_memory memory)
{
    struct server *s = server_of(server);

    assert(s->output.len == 0);
    assert(memory.output_size >= POSTERN_OUTPUT_MIN &&
           memory.output_size <= UINT32_MAX);
    s->output =
        (struct output){.ptr = memory.output, .size = (uint32_t)memory.output_size};
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
    if (peer->spoke_first && s->config->sync == POSTERN_SYNC_LOG)
        server_note_event(s, POSTERN_SESSION_EVENT_SPOKE_FIRST);

    if (refusal == POSTERN_REPLY_NONE) {
        server_reply(
            s, server_is_lmtp(s) ? POSTERN_REPLY_GREETING_LMTP : POSTERN_REPLY_GREETING,
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

/* ---- input ---- */

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
    return !s->has_tls && input.len >= 2 && input.ptr[0] == 0x16 &&
           input.ptr[1] == 0x03;
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

    assert(server_is_sane(s));
    if (s->pending != 0 || s->question != 0 || input.len == 0)
        return 0;
    if (s->phase == POSTERN_PHASE_CLOSING)
        return input.len; /* nothing after a closing reply is looked at */
    if (!server_has_room(s) || s->phase == POSTERN_PHASE_TLS)
        return 0;
    s->errors_before = s->errors;
    if (s->phase == POSTERN_PHASE_DATA)
        return server_take_data(s, input);
    if (s->chunk_action != CHUNK_NONE)
        return server_take_chunk(s, input);
    return feed_line(s, input);
}

/* ---- what happens outside ---- */

/* What was being done when the outside came in between is the phase now. */
static void
interrupt(struct server *s)
{
    s->phase_before = s->phase;
    s->command = POSTERN_UNKNOWN;
    s->chunk_action = CHUNK_NONE;
    s->errors_before = 0; /* what is said now answers nobody, and is not slowed down */
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
        server_note_event(s, POSTERN_SESSION_EVENT_NO_TLS);
        return;
    }
    s->has_tls = true;
    s->hello = HELLO_NONE; /* RFC 3207 4.2: all that was said in the clear is void */
    s->is_mail_refused = false;
    server_enter(s, POSTERN_PHASE_GREETED);
    server_note_event(s, POSTERN_SESSION_EVENT_TLS);
}

void
postern_server_eof(struct postern_server *server)
{
    struct server *s = server_of(server);

    if (s->phase == POSTERN_PHASE_CLOSING)
        return;
    interrupt(s);
    server_close(s, POSTERN_REPLY_NONE, NULL);
    server_note_event(s, POSTERN_SESSION_EVENT_CLOSED);
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
        s->closing_reply =
            POSTERN_REPLY_TIMEOUT; /* at the next command (protocol 2.10) */
        return;
    }
    interrupt(s);
    if (timer == POSTERN_TIMER_TLS || timer == POSTERN_TIMER_REFUSED) {
        server_close(s, POSTERN_REPLY_NONE, NULL);
        server_note_event(s, POSTERN_SESSION_EVENT_TIMEOUT);
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
    return s->chunk_action != CHUNK_NONE ? POSTERN_TIMER_CONTENT
                                         : POSTERN_TIMER_COMMAND;
}

bool
postern_server_allows(const struct postern_server *server, enum postern_command command)
{
    const struct server *s = server_of_const(server);

    if (s->phase == POSTERN_PHASE_DATA || s->phase == POSTERN_PHASE_AUTH ||
        s->phase == POSTERN_PHASE_TLS || s->phase == POSTERN_PHASE_CLOSING)
        return false;
    return server_allows(s, command);
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
