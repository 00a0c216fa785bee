/* reply.c - formatting; nothing is ever decided by looking at the result */
#include "engine/reply.h"

#include "base/ascii.h"
#include "catalog/reply.h"
#include "postern/server.h"

#include <assert.h>

enum { MAX_FOREIGN = 64 }; /* octets of a peer's word shown in a reply (protocol 4.6) */

/* The line being written: [at, end) is free. */
struct pen {
    char *at, *end;
};

static void
put(struct pen *pen, struct slice s)
{
    size_t room = (size_t)(pen->end - pen->at);

    if (s.len > room)
        s.len = room;
    if (s.len > 0)
        memcpy(pen->at, s.ptr, s.len);
    pen->at += s.len;
}

static void
put_foreign(struct pen *pen, struct slice s, size_t max)
{
    size_t room = (size_t)(pen->end - pen->at);
    size_t len = s.len < max ? s.len : max;

    if (len > room)
        len = room;
    s.len = len;
    if (slice_is_printable(s)) {
        put(pen, s);
        return;
    }
    for (size_t i = 0; i < len; i++)
        *pen->at++ = ascii_is_printable(s.ptr[i]) ? s.ptr[i] : '?';
}

static void
put_number(struct pen *pen, uint64_t number)
{
    char digits[SLICE_NUMBER_MAX];

    put(pen, slice_format_number(number, digits));
}

/* "<ann@example.net> ": whom a final reply of LMTP is about (protocol A.2). */
static void
put_recipient(struct pen *pen, struct slice recipient)
{
    if (recipient.len == 0)
        return;
    put(pen, SLICE("<"));
    put_foreign(pen, recipient, MAX_FOREIGN);
    put(pen, SLICE("> "));
}

static void
put_value(struct pen *pen, char letter, const struct reply *reply)
{
    const struct reply_values *values = reply->values;

    switch (letter) {
    case 'V':
        put_foreign(pen, values->verb, MAX_FOREIGN);
        break;
    case 'A':
        put_foreign(pen, values->address, MAX_FOREIGN);
        break;
    case 'P':
        put_foreign(pen, values->word, POSTERN_REPLY_LINE_MAX);
        break;
    case 'H':
        put(pen, reply->host);
        break;
    case 'S':
        put(pen, values->syntax);
        break;
    case 'I':
        put_foreign(pen, values->id, MAX_FOREIGN);
        break;
    case 'D':
        put_foreign(pen, values->durable, MAX_FOREIGN);
        break;
    case 'N':
        put_number(pen, values->number);
        break;
    case 'C':
        put_number(pen, values->code);
        break;
    default:
        put(pen, slice_of(&letter, 1));
        break;
    }
}

/* The part of a text that begins at its first "%". */
static void
put_rest(struct pen *pen, const struct reply *reply, struct slice rest)
{
    const char *at = rest.ptr, *end = rest.ptr + rest.len;

    while (at + 1 < end) { /* at a "%" */
        const char *plain = at + 2;
        put_value(pen, at[1], reply);
        for (at = plain; at < end && *at != '%'; at++)
            ;
        put(pen, slice_of(plain, (size_t)(at - plain)));
    }
}

static void
finish_line(struct output *output, struct pen *pen)
{
    memcpy(pen->at, "\r\n", 2);
    output->len = (uint32_t)(pen->at + 2 - output->ptr);
}

void
reply_write(struct output *output, const struct reply *reply)
{
    const struct catalog_reply *entry = catalog_reply(reply->text);
    char *start = output->ptr + output->len;
    struct pen pen = {start, start + POSTERN_REPLY_LINE_MAX - 2};
    bool is_plain = reply->codes == reply->text && reply->own_text.len == 0 &&
                    reply->values->recipient.len == 0;

    assert(output->size - output->len >= POSTERN_REPLY_LINE_MAX);
    if (is_plain) { /* nearly always: codes and words in one piece */
        put(&pen, entry->lead);
    } else {
        put(&pen, catalog_reply(reply->codes)->prefix);
        put_recipient(&pen, reply->values->recipient);
        if (reply->own_text.len > 0)
            put_foreign(&pen, reply->own_text, POSTERN_REPLY_LINE_MAX);
        else
            put(&pen, slice_skip(entry->lead, entry->prefix.len));
    }
    if (reply->own_text.len == 0)
        put_rest(&pen, reply, entry->rest);
    if (!reply->is_last)
        start[3] = '-';
    finish_line(output, &pen);
}

void
reply_write_challenge(struct output *output, struct slice challenge)
{
    char *start = output->ptr + output->len;
    struct pen pen = {start, start + POSTERN_REPLY_MAX - 2};

    assert(output->size - output->len >= POSTERN_REPLY_MAX);
    put(&pen, catalog_reply(POSTERN_REPLY_AUTH_CONTINUE)->prefix);
    put(&pen, challenge);
    finish_line(output, &pen);
}
