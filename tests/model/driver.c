/* driver.c - the caller of server.h, with a notebook */
#include "driver.h"

#include "base/ascii.h"
#include "base/escape.h"
#include "catalog/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void fault(struct driver *driver, const char *format, ...) PRINTF_LIKE(2, 3);

/* The first fault wins; the rest are its echoes. */
static void
fault(struct driver *driver, const char *format, ...)
{
    va_list values;

    if (driver->fault[0] != '\0')
        return;
    va_start(values, format);
    vsnprintf(driver->fault, sizeof driver->fault, format, values);
    va_end(values);
}

static void
put(struct driver *driver, struct buf *buf, struct slice octets)
{
    if (!buf_append(buf, octets))
        fault(driver, "the test's own record is full");
}

void
driver_init(struct driver *driver)
{
    memset(driver, 0, sizeof *driver);
    struct buf *bufs[] = {&driver->pending, &driver->wire,       &driver->notes,
                          &driver->from,    &driver->recipients, &driver->content};
    for (size_t i = 0; i < ARRAY_LEN(bufs); i++)
        buf_init(bufs[i], DRIVER_MAX);
    for (size_t i = 0; i < DRIVER_MESSAGES; i++) {
        buf_init(&driver->messages[i].from, DRIVER_MAX);
        buf_init(&driver->messages[i].recipients, DRIVER_MAX);
        buf_init(&driver->messages[i].content, DRIVER_MAX);
    }
}

void
driver_clear(struct driver *driver)
{
    buf_clear(&driver->pending);
    buf_clear(&driver->wire);
    buf_clear(&driver->notes);
    buf_clear(&driver->from);
    buf_clear(&driver->recipients);
    buf_clear(&driver->content);
    for (size_t i = 0; i < DRIVER_MESSAGES; i++) {
        buf_clear(&driver->messages[i].from);
        buf_clear(&driver->messages[i].recipients);
        buf_clear(&driver->messages[i].content);
    }
}

/* ---- notes --------------------------------------------------------------- */

static void write_line(struct driver *driver, const char *format, ...)
    PRINTF_LIKE(2, 3);

static void
write_line(struct driver *driver, const char *format, ...)
{
    char text[400];
    va_list values;

    va_start(values, format);
    int len = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (len >= (int)sizeof text)
        len = (int)sizeof text - 1;
    put(driver, &driver->notes, slice_of(text, (size_t)len));
}

/* Octets are length-prefixed, so that two notes never read alike. */
static void
write_octets(struct driver *driver, struct slice octets)
{
    write_line(driver, " %zu:", octets.len);
    put(driver, &driver->notes, octets);
}

static void
check_reply_note(struct driver *driver, const struct postern_note *note)
{
    const struct catalog_reply *entry = catalog_reply(note->reply);

    if (driver->noted_count == DRIVER_REPLIES) {
        fault(driver, "more than %d reply lines", DRIVER_REPLIES);
        return;
    }
    driver->replies[driver->noted_count].reply = note->reply;
    driver->replies[driver->noted_count].after = note->after;
    driver->replies[driver->noted_count].is_last = note->is_last;
    driver->noted_count++;
    if (note->octets.len < 3 || note->code < 200 || note->code > 559)
        fault(driver, "a reply note without a proper code: %u", note->code);
    else if (note->reply == POSTERN_REPLY_NONE)
        fault(driver, "a reply note without a catalog entry: %.*s",
              (int)note->octets.len, note->octets.ptr);
    else if (note->is_last && entry->code != note->code &&
             note->reply != POSTERN_REPLY_BDAT_FAILED_EARLIER)
        fault(driver, "the note says %u, the catalog says %u", note->code, entry->code);
}

/* One reply for each command, each line of an exchange, and each DATA content. */
static void
count_replies(struct driver *driver, const struct postern_note *note)
{
    bool is_received =
        note->kind == POSTERN_NOTE_COMMAND || note->kind == POSTERN_NOTE_SASL;

    if (driver->fixture->config.profile == POSTERN_PROFILE_LMTP)
        return;
    if (is_received && driver->owed != 0)
        fault(driver, "%d replies owed when a command was taken", driver->owed);
    driver->owed += is_received;
    if (note->kind == POSTERN_NOTE_REPLY && note->is_last && --driver->owed < 0)
        fault(driver, "a reply nobody waits for: %.*s", (int)note->octets.len,
              note->octets.ptr);
    if (note->code == 354)
        driver->owed++; /* the content will have one too */
}

static void
record_note(struct driver *driver, const struct postern_note *note)
{
    write_line(
        driver,
        "note kind=%d redacted=%u count=%llu command=%d code=%u before=%c after=%c "
        "reply=%d last=%d pipelined=%d unsynced=%d",
        (int)note->kind, (unsigned)note->redacted, (unsigned long long)note->count,
        (int)note->command, note->code, postern_phase_letter(note->before),
        postern_phase_letter(note->after), (int)note->reply, note->is_last,
        note->is_pipelined, note->is_out_of_sync);
    write_octets(driver, note->octets);
    write_octets(driver, note->argument);
    write_octets(driver, note->enhanced);
    write_line(driver, "\n");

    count_replies(driver, note);
    if (note->is_out_of_sync)
        driver->out_of_sync++;
    if (note->kind == POSTERN_NOTE_EVENT)
        driver->silent_notes++;
    if (note->kind == POSTERN_NOTE_REPLY)
        check_reply_note(driver, note);
    else if (note->kind != POSTERN_NOTE_EVENT && note->before != note->after)
        fault(driver, "a received line changed the phase by itself: %c to %c",
              postern_phase_letter(note->before), postern_phase_letter(note->after));
}

/* ---- replies ------------------------------------------------------------- */

static bool
is_digit_in(char c, char low, char high)
{
    return c >= low && c <= high;
}

/* "d.d.d" in front of the text, or empty. */
static struct slice
enhanced_of(struct slice text)
{
    size_t i = 0;
    int dots = 0;

    while (i < text.len && (ascii_is_digit(text.ptr[i]) || text.ptr[i] == '.'))
        dots += text.ptr[i++] == '.';
    if (dots != 2 || i < 5 || i == text.len || text.ptr[i] != ' ')
        return SLICE("");
    return slice_of(text.ptr, i);
}

static void
check_reply_line(struct driver *driver, struct slice line)
{
    if (line.len + 2 > POSTERN_REPLY_LINE_MAX)
        fault(driver, "a reply line of %zu octets", line.len + 2);
    if (line.len < 4 || !is_digit_in(line.ptr[0], '2', '5') ||
        !is_digit_in(line.ptr[1], '0', '5') || !ascii_is_digit(line.ptr[2]) ||
        (line.ptr[3] != ' ' && line.ptr[3] != '-')) {
        fault(driver, "not a reply line: %.*s", (int)line.len, line.ptr);
        return;
    }
    for (size_t i = 0; i < line.len; i++)
        if (!ascii_is_printable(line.ptr[i]))
            fault(driver, "octet %02x in a reply", (unsigned char)line.ptr[i]);

    struct slice enhanced = enhanced_of(slice_skip(line, 4));
    if (enhanced.len > 0 && enhanced.ptr[0] != line.ptr[0])
        fault(driver, "enhanced code of another class: %.*s", (int)line.len, line.ptr);
    if (driver->reply_count == 0)
        return;
    const struct driver_reply *previous = &driver->replies[driver->reply_count - 1];
    struct slice before = slice_of(driver->wire.ptr + previous->at, previous->len);
    if (before.len < 4 || before.ptr[3] != '-')
        return;
    if (memcmp(before.ptr, line.ptr, 3) != 0)
        fault(driver, "two codes in one reply: %.3s and %.3s", before.ptr, line.ptr);
    if (!slice_is_equal(enhanced_of(slice_skip(before, 4)), enhanced))
        fault(driver, "two enhanced codes in one reply: %.*s", (int)line.len, line.ptr);
}

/* Cut what was sent into lines. Replies are written whole, so the output ends
 * with a line end. */
static void
record_output(struct driver *driver, struct slice output)
{
    size_t start = driver->wire.len;

    put(driver, &driver->wire, output);
    if (driver->fault[0] != '\0')
        return;
    while (start < driver->wire.len) {
        struct slice rest = slice_skip(buf_slice(&driver->wire), start);
        const char *end = memchr(rest.ptr, '\n', rest.len);

        if (end == NULL || end == rest.ptr || end[-1] != '\r') {
            fault(driver, "output that does not end with CRLF");
            return;
        }
        struct slice line = slice_of(rest.ptr, (size_t)(end - rest.ptr) - 1);
        if (driver->reply_count == DRIVER_REPLIES) {
            fault(driver, "more than %d reply lines", DRIVER_REPLIES);
            return;
        }
        check_reply_line(driver, line);
        driver->replies[driver->reply_count].at = start;
        driver->replies[driver->reply_count].len = line.len;
        driver->reply_count++;
        start += line.len + 2;
    }
}

struct slice
driver_reply_text(const struct driver *driver, size_t i)
{
    return slice_of(driver->wire.ptr + driver->replies[i].at, driver->replies[i].len);
}

/* ---- transactions -------------------------------------------------------- */

static void
forget_content(struct driver *driver)
{
    driver->content.len = 0;
    driver->end = (struct postern_end){.octets = 0};
    driver->has_content = false;
}

static void
copy(struct driver *driver, struct buf *to, const struct buf *from)
{
    to->len = 0;
    put(driver, to, buf_slice(from));
}

static void
store_message(struct driver *driver, const struct postern_event *event,
              struct slice address)
{
    if (driver->message_count == DRIVER_MESSAGES) {
        fault(driver, "more than %d messages", DRIVER_MESSAGES);
        return;
    }
    struct driver_message *message = &driver->messages[driver->message_count++];

    copy(driver, &message->from, &driver->from);
    copy(driver, &message->content, &driver->content);
    message->end = driver->end;
    if (driver->fixture->config.profile == POSTERN_PROFILE_LMTP) {
        message->recipients.len = 0;
        put(driver, &message->recipients, address);
        put(driver, &message->recipients, SLICE(" "));
    } else {
        copy(driver, &message->recipients, &driver->recipients);
    }
    if (event->commit.octets != driver->content.len)
        fault(driver, "commit of %llu octets, content of %zu",
              (unsigned long long)event->commit.octets, driver->content.len);
}

static void
follow_question(struct driver *driver, const struct postern_event *event,
                const struct postern_decision *decision)
{
    bool is_accepted = decision->reply == POSTERN_REPLY_NONE;

    if (event->type == POSTERN_EVENT_ASK_MAIL && is_accepted) {
        driver->from.len = driver->recipients.len = 0;
        forget_content(driver);
        put(driver, &driver->from, event->mail.from.mailbox);
    } else if (event->type == POSTERN_EVENT_ASK_RCPT && is_accepted) {
        put(driver, &driver->recipients, event->rcpt.to.mailbox);
        put(driver, &driver->recipients, SLICE(" "));
    } else if (event->type == POSTERN_EVENT_ASK_DATA && is_accepted) {
        driver->has_content = true; /* empty since ASK_MAIL */
    } else if (event->type == POSTERN_EVENT_ASK_COMMIT && is_accepted &&
               event->commit.refusal == POSTERN_REPLY_NONE) {
        store_message(driver, event, decision->address);
    }
}

static void
answer(struct driver *driver, const struct postern_event *event)
{
    struct postern_decision decision = responder_answer(&driver->responder, event);

    write_line(driver, "ask %d answer %d\n", (int)event->type, (int)decision.reply);
    if (!postern_server_is_asking(&driver->server))
        fault(driver, "question %d is not open", (int)event->type);
    follow_question(driver, event, &decision);
    postern_server_decide(&driver->server, &decision);
}

/* ---- the pump ------------------------------------------------------------ */

static void
handle(struct driver *driver, const struct postern_event *event)
{
    if (driver->is_closed)
        fault(driver, "event %d after CLOSE", (int)event->type);
    if (event_is_question(event->type)) {
        answer(driver, event);
        return;
    }
    switch (event->type) {
    case POSTERN_EVENT_NOTE:
        record_note(driver, &event->note);
        break;
    case POSTERN_EVENT_CONTENT:
        if (!driver->has_content)
            fault(driver, "content outside of a message");
        put(driver, &driver->content, event->content);
        break;
    case POSTERN_EVENT_CONTENT_END:
        driver->end = event->end;
        if (event->end.octets != driver->content.len)
            fault(driver, "end of %llu octets, content of %zu",
                  (unsigned long long)event->end.octets, driver->content.len);
        break;
    case POSTERN_EVENT_CONTENT_ABORT:
        forget_content(driver);
        write_line(driver, "abort\n");
        break;
    case POSTERN_EVENT_DELAY:
        driver->delays++;
        write_line(driver, "delay %u\n", (unsigned)event->delay_ms);
        break;
    case POSTERN_EVENT_START_TLS:
        driver->wants_tls = true;
        write_line(driver, "start tls\n");
        break;
    case POSTERN_EVENT_CLOSE:
        driver->is_closed = true;
        write_line(driver, "close\n");
        break;
    case POSTERN_EVENT_ASK_HELLO:
    case POSTERN_EVENT_ASK_AUTH:
    case POSTERN_EVENT_ASK_MAIL:
    case POSTERN_EVENT_ASK_RCPT:
    case POSTERN_EVENT_ASK_DATA:
    case POSTERN_EVENT_ASK_COMMIT:
    case POSTERN_EVENT_ASK_XCLIENT:
        break;
    }
}

/* Pull events and send output. Returns whether there was anything. */
static bool
drain(struct driver *driver)
{
    struct postern_event event;
    bool has_happened = false;

    while (postern_server_next(&driver->server, &event)) {
        has_happened = true;
        handle(driver, &event);
    }
    struct slice output = postern_server_output(&driver->server);
    if (output.len > 0) {
        has_happened = true;
        record_output(driver, output);
        postern_server_sent(&driver->server, output.len);
    }
    return has_happened;
}

static void
pump(struct driver *driver)
{
    for (;;) {
        struct slice rest = slice_skip(buf_slice(&driver->pending), driver->taken);
        size_t used = 0;

        if (rest.len > 0 && !driver->wants_tls) {
            used = postern_server_feed(&driver->server, rest);
            if (used > rest.len) {
                fault(driver, "took %zu of %zu octets", used, rest.len);
                return;
            }
            driver->taken += used;
        }
        bool has_happened = drain(driver);
        if (driver->fault[0] != '\0' || driver->is_closed)
            break;
        if (used > 0 || has_happened)
            continue;
        if (rest.len >= POSTERN_INPUT_MAX && !driver->wants_tls)
            fault(driver, "no progress with %zu octets waiting", rest.len);
        break;
    }
    buf_consume(&driver->pending, driver->taken);
    driver->taken = 0;

    if (driver->fault[0] == '\0' && driver->noted_count != driver->reply_count)
        fault(driver, "%zu reply lines sent, %zu noted", driver->reply_count,
              driver->noted_count);
}

void
driver_open(struct driver *driver, const struct fixture *fixture)
{
    struct buf *bufs[] = {&driver->pending, &driver->wire,       &driver->notes,
                          &driver->from,    &driver->recipients, &driver->content};

    for (size_t i = 0; i < ARRAY_LEN(bufs); i++)
        bufs[i]->len = 0;
    driver->fixture = fixture;
    driver->taken = 0;
    driver->owed = 1; /* the greeting */
    driver->reply_count = driver->noted_count = driver->message_count = 0;
    driver->delays = driver->out_of_sync = driver->silent_notes = 0;
    driver->is_closed = driver->wants_tls = false;
    driver->fault[0] = '\0';
    forget_content(driver);

    responder_init(&driver->responder, fixture);
    postern_server_init(&driver->server, &fixture->config,
                        (struct postern_memory){driver->output, sizeof driver->output});
    postern_server_open(&driver->server, &fixture->peer);
    pump(driver);
}

void
driver_feed(struct driver *driver, struct slice octets)
{
    put(driver, &driver->pending, octets);
    pump(driver);
}

void
driver_tls(struct driver *driver, bool is_ok)
{
    if (!driver->wants_tls) {
        fault(driver, "a handshake nobody asked for");
        return;
    }
    driver->wants_tls = false;
    postern_server_tls_done(&driver->server, is_ok);
    pump(driver);
}

void
driver_eof(struct driver *driver)
{
    postern_server_eof(&driver->server);
    pump(driver);
}

void
driver_timer(struct driver *driver, enum postern_timer timer)
{
    driver->owed++; /* 421 may come unasked (RFC 5321 3.8) */
    postern_server_timer(&driver->server, timer);
    pump(driver);
}

void
driver_shutdown(struct driver *driver)
{
    driver->owed++; /* 421 may come unasked (RFC 5321 3.8) */
    postern_server_shutdown(&driver->server);
    pump(driver);
}
