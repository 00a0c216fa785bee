/* driver - one session of the engine with its double, and a record of all of it
 *
 * The driver is the caller server.h describes: it keeps what the engine did not
 * take, pulls events, lets the responder answer, and collects replies, notes
 * and messages. While it does, it checks what must hold in every session:
 *
 * 1. Replies are lines of at most 512 octets with CRLF, printable, with a code
 *    that 5321 4.2 allows, the same on every line of one reply, and the same
 *    enhanced code on every line (RFC 2034 4).
 * 2. The notes of kind REPLY are exactly the lines sent, in order.
 * 3. POSTERN_INPUT_MAX waiting octets always give progress.
 * 4. Behind CLOSE there is no event and no output; input may be taken, unread.
 * 5. No question is asked while another is open; content comes only between the
 *    accepted ASK_DATA and its end.
 * 6. Every command and every content has exactly one reply, and no reply comes
 *    without one (RFC 5321 4.2). LMTP differs by design and is left out.
 */
#ifndef TESTS_DRIVER_H
#define TESTS_DRIVER_H

#include "fixture.h"

#include "base/buf.h"

enum {
    DRIVER_MESSAGES = 1024, /* more than a stream of the fuzzers can hold */
    DRIVER_REPLIES = 4096,
    DRIVER_MAX = 1 << 24, /* ceiling of each record */
};

struct driver_reply {
    size_t at, len; /* in wire, without CRLF */
    enum postern_reply reply;
    enum postern_phase after;
    bool is_last;
};

struct driver_message {
    struct buf from, recipients, content; /* recipients: each with a space after */
    struct postern_end end;
};

struct driver {
    const struct fixture *fixture;
    struct responder responder;
    struct postern_server server;
    char output[POSTERN_OUTPUT_MIN];

    struct buf pending; /* input not taken yet */
    size_t taken;       /* of pending */

    struct buf wire;  /* all octets sent */
    struct buf notes; /* a text line for each note and each other event */
    struct driver_reply replies[DRIVER_REPLIES];
    size_t reply_count, noted_count;
    struct driver_message messages[DRIVER_MESSAGES];
    size_t message_count;

    struct buf from, recipients, content; /* the open transaction */
    struct postern_end end;
    int owed; /* replies the client waits for */
    unsigned delays, out_of_sync, silent_notes;
    bool is_closed, wants_tls, has_content;
    char fault[300]; /* the first broken invariant; empty: none */
};

/* driver is the caller's and large; static or heap memory, please. */
void driver_init(struct driver *driver);
void driver_clear(struct driver *driver);

/* Begin a new session: everything recorded is forgotten, the greeting is pulled. */
void driver_open(struct driver *driver, const struct fixture *fixture);

/* Deliver octets, as one read, and let everything happen that can. */
void driver_feed(struct driver *driver, struct slice octets);

/* The other inputs of the engine. */
void driver_tls(struct driver *driver, bool is_ok);
void driver_eof(struct driver *driver);
void driver_timer(struct driver *driver, enum postern_timer timer);
void driver_shutdown(struct driver *driver);

/* The text of reply line i, without CRLF. */
struct slice driver_reply_text(const struct driver *driver, size_t i);

#endif
