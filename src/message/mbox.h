/* mbox - mailbox files, format mboxrd: messages in one file, told apart by "From "
 * lines
 *
 *     From sender@example.org Fri Jan  2 03:04:05 2026
 *     Subject: the message, each line that begins with ">"s and "From " behind
 *
 *     >From a line of the message that began with "From "
 *
 * What this room writes it reads back octet for octet:
 * 1. The line end of the "From " line tells those of the message: LF for a message
 * whose lines all end in CRLF (they are written with LF, as other programs expect),
 * CRLF for any other, one without a line end at its end too (written as it is).
 * 2. Behind each message stands one line end more, which belongs to none. Where a
 * program left it out, a message with LF keeps the line end it has.
 */
#ifndef MESSAGE_MBOX_H
#define MESSAGE_MBOX_H

#include "base/attr.h"
#include "base/slice.h"

/* ---- writing ------------------------------------------------------------- */

/* Takes what is to be written; false: stop, it failed. */
typedef bool mbox_write(void *context, struct slice octets);

/* Looks at a message before it is written: start zeroed, then all its octets in pieces.
 */
struct mbox_scan {
    bool has_cr;       /* the last octet was CR */
    bool is_in_line;   /* the last octet did not end a line */
    bool is_irregular; /* CR and LF did not come as a pair */
};

void mbox_scan_feed(struct mbox_scan *scan, struct slice octets);

/* The message is lines that all end in CRLF, and nothing else; or it is empty. */
bool mbox_scan_is_regular(const struct mbox_scan *scan);

struct mbox_writer {
    mbox_write *write;
    void *context;
    bool is_regular;    /* of the message at hand */
    bool is_line_start; /* of a line, only ">" may have come yet */
    size_t matched;     /* octets of "From " met there and held back */
};

void mbox_writer_init(struct mbox_writer *writer, mbox_write *write, void *context);

/* Begin a message: its "From " line. sender: empty for the null path; received_at_s:
 * seconds since 1970. All three return false when write did. */
MUST_USE bool mbox_begin(struct mbox_writer *writer, struct slice sender,
                         int64_t received_at_s, bool is_regular);

/* The next octets of the message, cut anywhere. */
MUST_USE bool mbox_put(struct mbox_writer *writer, struct slice octets);

/* The message is complete. */
MUST_USE bool mbox_end(struct mbox_writer *writer);

/* ---- reading ------------------------------------------------------------- */

/* One message of a mailbox file, borrowed from it, still quoted. */
struct mbox_message {
    struct slice sender;   /* empty for MAILER-DAEMON, our null path */
    int64_t received_at_s; /* -1: the "From " line tells no time we can read */
    struct slice quoted;
    bool has_crlf; /* the "From " line ends in CRLF */
};

/* The first line of file is a "From " line: it is a mailbox, not a single message. */
bool mbox_is_mbox(struct slice file);

/* Take the next message from *file and move *file behind it. False: none is left.
 * Octets before the first "From " line are passed over. */
bool mbox_take(struct slice *file, struct mbox_message *message_out);

/* Write the octets of message as they were before quoting; LF alone becomes CRLF
 * unless has_crlf. False when write did. */
MUST_USE bool mbox_unquote(const struct mbox_message *message, mbox_write *write,
                           void *context);

#endif
