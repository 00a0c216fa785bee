/* feed - live events, from the mail role to the web role
 *
 * Each thread of the mail role collects frames in a packet of its own and sends it a
 * moment later. A packet has a maximum size: what does not fit is dropped and counted,
 * and the next packet reports the count. So the feed costs a bounded share of the time
 * under any load, and never waits. What must last is in the store, not here.
 *
 * Frames: a part of a session (who it is, its state, and the notes since the last
 * frame), a message that was accepted, a message that was changed or deleted.
 */
#ifndef JOURNAL_FEED_H
#define JOURNAL_FEED_H

#include "base/buf.h"
#include "base/id.h"
#include "postern/server.h"

enum {
    FEED_PACKET_MAX = 20 * 1024, /* octets of a packet */
    FEED_PAUSE_MS = 50,          /* between packets of one thread */
    FEED_ROOM = 4 << 20,         /* octets that may wait for the reader */
};

enum feed_kind {
    FEED_DROPPED = 1, /* .count notes or states of sessions were dropped, and .messages
                         frames of messages */
    FEED_SESSION,     /* .session */
    FEED_ACCEPTED,    /* .id: a message is in the store */
    FEED_CHANGED,     /* .id: its read mark or its tags changed */
    FEED_DELETED,     /* .id: it is gone */
};

/* The state of a session. Slices of a frame that was read borrow from the packet. */
struct feed_session {
    struct id id;
    uint64_t started_at_us; /* realtime */
    struct slice client, listener, profile, hello;
    struct slice outcome; /* "open" while it goes on */
    uint32_t messages, faults;
    uint32_t first_line; /* sequence number (from 0) of the first note in notes */
    struct slice notes;  /* records, as journal/record.h reads them */
};

struct feed_frame {
    enum feed_kind kind;
    uint64_t count, messages;
    struct id id;
    struct feed_session session;
};

/* ---- writing: one thread ---- */

struct feed_writer {
    int fd; /* -1: there is no reader */
    struct buf packet;
    size_t open_at; /* where the frame of the last session begins; SIZE_MAX: none */
    struct id open; /* that session */
    uint64_t dropped, dropped_messages; /* not yet reported */
    bool is_full; /* no more notes fit: callers need not prepare any */
};

/* fd is borrowed; -1: every call does nothing. */
void feed_init(struct feed_writer *writer, int fd);
void feed_clear(struct feed_writer *writer);

/* Add a note of a session (session->notes is ignored; first_line is the number of this
 * note). */
void feed_note(struct feed_writer *writer, const struct feed_session *session,
               uint64_t offset_us, const struct postern_note *note);

/* The last frame is of that session: a note of it needs no texts of the session. */
static inline bool
feed_is_going_on(const struct feed_writer *writer, const struct id *id)
{
    return writer->open_at != SIZE_MAX && id_is_equal(&writer->open, id);
}

/* True: a note would not fit, and was counted as dropped. */
static inline bool
feed_is_full(struct feed_writer *writer)
{
    writer->dropped += writer->is_full;
    return writer->is_full;
}

/* Add the state of a session without a note: it ended. */
void feed_state(struct feed_writer *writer, const struct feed_session *session);

/* Add FEED_ACCEPTED, FEED_CHANGED or FEED_DELETED. */
void feed_message(struct feed_writer *writer, enum feed_kind kind, const struct id *id);

/* Something waits to be sent. */
static inline bool
feed_is_waiting(const struct feed_writer *writer)
{
    return writer->packet.len > 0;
}

/* Send what waits, or drop it when the reader is too slow. */
void feed_flush(struct feed_writer *writer);

/* ---- reading ---- */

/* Read the first frame of *packet and remove it. False: *packet is empty, or damaged
 * (and empty now). */
bool feed_take(struct slice *packet, struct feed_frame *frame_out);

#endif
