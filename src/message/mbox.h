/* mbox - mailbox files, format mboxrd: messages in one file, separated by "From " lines
 *
 *     From sender@example.org Fri Jan  2 03:04:05 2026
 *     Subject: the message; a line of ">"s and "From " gets one ">" more
 *
 *     >From a line of the message that starts with "From "
 *
 * A message that is written here is read back octet for octet:
 * 1. The line end of the "From " line says how the message was written. LF: all its
 *    lines end in CRLF; they are written with LF, as other programs expect. CRLF: any
 *    other message, also one whose last line has no end; it is written unchanged.
 * 2. Each message is followed by one more line end, which is not part of it. If another
 *    program left that out, a message with LF keeps the line end it has.
 */
#ifndef MESSAGE_MBOX_H
#define MESSAGE_MBOX_H

#include "base/attr.h"
#include "base/slice.h"

/* ---- writing ------------------------------------------------------------- */

/* Receives what is to be written. False: writing failed, stop. */
typedef bool mbox_write(void *context, struct slice octets);

/* Finds out about a message before it is written: starts zeroed, is fed all its octets
 * in pieces. */
struct mbox_scan {
    bool has_cr;       /* the last octet was CR */
    bool is_in_line;   /* the last octet did not end a line */
    bool is_irregular; /* CR and LF did not come as a pair */
};

void mbox_scan_feed(struct mbox_scan *scan, struct slice octets);

/* The message consists of lines that all end in CRLF, or is empty. */
bool mbox_scan_is_regular(const struct mbox_scan *scan);

struct mbox_writer {
    mbox_write *write;
    void *context;
    bool is_regular;    /* the current message is */
    bool is_line_start; /* the current line has nothing but ">" so far */
    size_t matched;     /* octets of "From " read after that and held back */
};

void mbox_writer_init(struct mbox_writer *writer, mbox_write *write, void *context);

/* Begin a message: its "From " line. sender: empty for the null path; received_at_s:
 * seconds since 1970. All three functions return false if write did. */
MUST_USE bool mbox_begin(struct mbox_writer *writer, struct slice sender,
                         int64_t received_at_s, bool is_regular);

/* The next octets of the message, cut anywhere. */
MUST_USE bool mbox_put(struct mbox_writer *writer, struct slice octets);

/* The message is complete. */
MUST_USE bool mbox_end(struct mbox_writer *writer);

/* ---- reading ------------------------------------------------------------- */

/* One message of a mailbox file, borrowed from it, still quoted. */
struct mbox_message {
    struct slice sender;   /* empty for MAILER-DAEMON, which stands for the null path */
    int64_t received_at_s; /* of the "From " line */
    struct slice quoted;
    bool has_crlf; /* the "From " line ends in CRLF */
};

/* The first line of file is a "From " line: a mailbox, not a single message. */
bool mbox_is_mbox(struct slice file);

/* Take the next message from *file and move *file after it. False: there are no more.
 * Octets before the first "From " line are skipped. */
bool mbox_take(struct slice *file, struct mbox_message *message_out);

/* Write the octets of message as they were before quoting; LF alone becomes CRLF unless
 * has_crlf. False if write did. */
MUST_USE bool mbox_unquote(const struct mbox_message *message, mbox_write *write,
                           void *context);

#endif
