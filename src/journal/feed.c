/* feed.c - frames and packets
 *
 * A frame is kind (1 octet), length of the rest (4, low ones first), the rest.
 * Of a session: id, started_at (8), messages, faults, first_line (4 each), then client,
 * listener, profile, hello, outcome, each after a length octet, then records. Of a
 * message: its id. DROPPED: two numbers of 8 octets. Both ends are of one build, so the
 * format needs no version; still, a damaged packet ends where it is damaged.
 */
#include "journal/feed.h"

#include "journal/record.h"
#include "net/packet.h"

/* The part of a packet that notes leave free for frames of messages, which are short.
 */
enum { FOR_MESSAGES = 8 * 1024 };

enum {
    HEAD = 5,
    SESSION_FIXED = ID_SIZE + 8 + 3 * 4,
    TEXT_MAX = 255,
    TEXTS = 5,
    DROPPED_SIZE = 16
};

void
feed_init(struct feed_writer *writer, int fd)
{
    *writer = (struct feed_writer){.fd = fd, .open_at = SIZE_MAX};
    buf_init(&writer->packet, FEED_PACKET_MAX);
}

void
feed_clear(struct feed_writer *writer)
{
    buf_clear(&writer->packet);
}

/* ---- writing ---- */

static void
put_number(char *to, uint64_t number, unsigned octets)
{
    for (unsigned i = 0; i < octets; i++)
        to[i] = (char)(number >> (8 * i));
}

/* Write the head of a frame of that length and reserve room for all of it. False: it
 * does not fit. */
static bool
begin_frame(struct feed_writer *writer, enum feed_kind kind, size_t len)
{
    char head[HEAD] = {(char)kind};

    writer->open_at = SIZE_MAX;
    if (!buf_reserve(&writer->packet, HEAD + len))
        return false;
    put_number(head + 1, len, 4);
    return buf_append(&writer->packet, slice_of(head, HEAD));
}

static void
put_counts(char *to, const struct feed_session *session)
{
    put_number(to, session->messages, 4);
    put_number(to + 4, session->faults, 4);
}

static bool
begin_session(struct feed_writer *writer, const struct feed_session *session)
{
    struct slice texts[TEXTS] = {session->client, session->listener, session->profile,
                                 session->hello, session->outcome};
    char fixed[SESSION_FIXED];
    size_t len = SESSION_FIXED, at = writer->packet.len;
    bool is_put = true;

    for (size_t i = 0; i < TEXTS; i++) {
        texts[i] = slice_clip(texts[i], TEXT_MAX);
        len += 1 + texts[i].len;
    }
    if (!begin_frame(writer, FEED_SESSION, len))
        return false;
    memcpy(fixed, session->id.octets, ID_SIZE);
    put_number(fixed + ID_SIZE, session->started_at_us, 8);
    put_counts(fixed + ID_SIZE + 8, session);
    put_number(fixed + ID_SIZE + 16, session->first_line, 4);
    is_put = buf_append(&writer->packet, slice_of(fixed, sizeof(fixed)));
    for (size_t i = 0; i < TEXTS; i++) {
        char text_len = (char)(unsigned char)texts[i].len;

        is_put = is_put && buf_append(&writer->packet, slice_of(&text_len, 1)) &&
                 buf_append(&writer->packet, texts[i]);
    }
    writer->open_at = at;
    writer->open = session->id;
    return is_put; /* always true: the room was reserved */
}

void
feed_note(struct feed_writer *writer, const struct feed_session *session,
          uint64_t offset_us, const struct postern_note *note)
{
    struct buf *packet = &writer->packet;
    bool is_going_on = feed_is_going_on(writer, &session->id);
    size_t before = packet->len;

    if (writer->fd < 0)
        return;
    packet->max = FEED_PACKET_MAX - FOR_MESSAGES;
    if ((!is_going_on && !begin_session(writer, session)) ||
        !record_append(packet, offset_us, note)) {
        packet->len = before;
        packet->max = FEED_PACKET_MAX;
        writer->dropped++;
        writer->is_full = true;
        writer->open_at = SIZE_MAX;
        return;
    }
    packet->max = FEED_PACKET_MAX;
    put_number(packet->ptr + writer->open_at + 1, packet->len - writer->open_at - HEAD,
               4);
    put_counts(packet->ptr + writer->open_at + HEAD + ID_SIZE + 8, session);
}

void
feed_state(struct feed_writer *writer, const struct feed_session *session)
{
    if (writer->fd >= 0 && !begin_session(writer, session))
        writer->dropped++;
    writer->open_at = SIZE_MAX;
}

void
feed_message(struct feed_writer *writer, enum feed_kind kind, const struct id *id)
{
    if (writer->fd < 0)
        return;
    if (!begin_frame(writer, kind, ID_SIZE) ||
        !buf_append(&writer->packet, slice_of((const char *)id->octets, ID_SIZE)))
        writer->dropped_messages++;
}

void
feed_flush(struct feed_writer *writer)
{
    char counts[DROPPED_SIZE];
    uint64_t dropped = writer->dropped, messages = writer->dropped_messages;

    if (writer->packet.len == 0)
        return;
    if (!net_packet_send(writer->fd, buf_slice(&writer->packet))) {
        dropped++; /* it may have held either */
        messages++;
    }
    writer->packet.len = 0;
    writer->open_at = SIZE_MAX;
    writer->is_full = false;
    writer->dropped = writer->dropped_messages = 0;
    if (dropped == 0 && messages == 0)
        return;
    put_number(counts, dropped, 8);
    put_number(counts + 8, messages, 8);
    if (!begin_frame(writer, FEED_DROPPED, sizeof(counts)) ||
        !buf_append(&writer->packet, slice_of(counts, sizeof(counts)))) {
        writer->dropped = dropped; /* no memory: report next time */
        writer->dropped_messages = messages;
    }
}

/* ---- reading ---- */

static uint64_t
take_number(struct slice *from, unsigned octets)
{
    uint64_t number = 0;

    if (from->len < octets) {
        *from = (struct slice){0};
        return 0;
    }
    for (unsigned i = 0; i < octets; i++)
        number |= (uint64_t)(unsigned char)from->ptr[i] << (8 * i);
    *from = slice_skip(*from, octets);
    return number;
}

static struct slice
take_octets(struct slice *from, size_t len)
{
    struct slice octets = {from->ptr, len};

    if (from->len < len) {
        *from = (struct slice){0};
        return (struct slice){0};
    }
    *from = slice_skip(*from, len);
    return octets;
}

static bool
take_id(struct slice *from, struct id *id_out)
{
    struct slice octets = take_octets(from, ID_SIZE);

    if (octets.len != ID_SIZE)
        return false;
    memcpy(id_out->octets, octets.ptr, ID_SIZE);
    return true;
}

static bool
take_session(struct slice rest, struct feed_session *session)
{
    struct slice *const texts[TEXTS] = {&session->client, &session->listener,
                                        &session->profile, &session->hello,
                                        &session->outcome};

    if (rest.len < SESSION_FIXED || !take_id(&rest, &session->id))
        return false;
    session->started_at_us = take_number(&rest, 8);
    session->messages = (uint32_t)take_number(&rest, 4);
    session->faults = (uint32_t)take_number(&rest, 4);
    session->first_line = (uint32_t)take_number(&rest, 4);
    for (size_t i = 0; i < TEXTS; i++) {
        if (rest.len == 0)
            return false;
        *texts[i] = take_octets(&rest, (size_t)take_number(&rest, 1));
    }
    session->notes = rest;
    return true;
}

static bool
take_rest(struct feed_frame *frame, struct slice rest)
{
    switch (frame->kind) {
    case FEED_DROPPED:
        frame->count = take_number(&rest, 8);
        frame->messages = take_number(&rest, 8);
        return true;
    case FEED_SESSION:
        return take_session(rest, &frame->session);
    case FEED_ACCEPTED:
    case FEED_CHANGED:
    case FEED_DELETED:
        return take_id(&rest, &frame->id);
    }
    return false;
}

bool
feed_take(struct slice *packet, struct feed_frame *frame_out)
{
    struct slice rest;

    memset(frame_out, 0, sizeof(*frame_out));
    if (packet->len < HEAD) {
        *packet = (struct slice){0};
        return false;
    }
    frame_out->kind = (enum feed_kind)take_number(packet, 1);
    rest = take_octets(packet, (size_t)take_number(packet, 4));
    if (take_rest(frame_out, rest))
        return true;
    *packet = (struct slice){0};
    return false;
}
