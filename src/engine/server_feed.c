/* server_feed.c - input: a line, or a run of content, passed to its handler
 *
 * 1. feed takes one line or one run of content, and nothing while something of it
 *    still waits to be pulled or decided: there is no queue to overflow.
 * 2. What is not a complete line stays with the caller; only over-long lines are
 *    discarded here, counted instead of buffered.
 */
#include "engine/line.h"
#include "engine/server_internal.h"

#include <assert.h>

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
        return input.len; /* input after a closing reply is ignored */
    if (!server_has_room(s) || s->phase == POSTERN_PHASE_TLS)
        return 0;
    s->errors_before = s->errors;
    if (s->phase == POSTERN_PHASE_DATA)
        return server_take_data(s, input);
    if (s->chunk_action != CHUNK_NONE)
        return server_take_chunk(s, input);
    return feed_line(s, input);
}
