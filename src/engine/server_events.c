/* server_events.c - what comes out: events, questions, octets to send
 *
 * Events come out in one fixed order, that of enum pending: content, the line that
 * came, the reply to it, the question it raises, then what must happen to the
 * connection. A bit set in s->pending is an event that waits.
 */
#include "engine/server_internal.h"

#include "catalog/reply.h"

#include <assert.h>

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
        .session_event = (enum postern_session_event)s->session_event,
        .octets =
            postern_session_event_text((enum postern_session_event)s->session_event),
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

/* The first line of output that had no note yet, without its end. Nearly always it is
 * the only one. */
static struct slice
next_line(const struct server *s)
{
    const char *start = s->output.ptr + s->noted;
    size_t rest = s->output.len - s->noted;
    const char *end = s->is_multi_line ? memchr(start, '\r', rest) : start + rest - 2;

    return slice_of(start, (size_t)(end - start));
}

/* The note of the next line of output that has none; clears the bit at the last. */
static void
emit_reply_note(struct server *s, struct postern_event *event)
{
    struct slice line = next_line(s);

    s->noted += (uint32_t)line.len + 2;
    if (s->noted == s->output.len)
        s->pending &= (uint16_t)~PENDING_REPLY_NOTE;
    event->type = POSTERN_EVENT_NOTE;
    event->note = (struct postern_note){
        .kind = POSTERN_NOTE_REPLY,
        .octets = line,
        .count = line.len + 2,
        .command = (enum postern_command)s->command,
        .code = (uint16_t)((line.ptr[0] - '0') * 100 + (line.ptr[1] - '0') * 10 +
                           line.ptr[2] - '0'),
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
        .wire_octets =
            s->command == POSTERN_BDAT ? s->body.octets - s->tail.len : s->chunk_size,
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
    default: /* ASK_DATA carries nothing */
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
    if (first == PENDING_QUESTION && !server_has_room(s))
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
postern_server_decide(struct postern_server *server,
                      const struct postern_decision *decision)
{
    struct server *s = server_of(server);
    uint8_t question = s->question;

    assert(server_is_sane(s));
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
