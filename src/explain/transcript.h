/* transcript - a pasted text as the events of a conversation
 *
 * Each event holds a note, the same record the server makes of a line it received or
 * sent, and its place in the paste. The phases of a note are filled in by replay.c.
 */
#ifndef EXPLAIN_TRANSCRIPT_H
#define EXPLAIN_TRANSCRIPT_H

#include "catalog/message.h"
#include "explain/arena.h"
#include "explain/element.h"
#include "explain/topics.h"
#include "postern/server.h"

enum {
    TRANSCRIPT_EVENTS = 1024,      /* kept; of a longer paste the middle is dropped */
    TRANSCRIPT_ARENA = 256 * 1024, /* octets of cleaned and joined text */
    TRANSCRIPT_PENDING = 64,
    TRANSCRIPT_TYPED = 1024,
};

/* What was seen of a message that followed DATA. */
struct body_facts {
    uint32_t lines;
    uint32_t first_line, last_line; /* in the paste */
    uint32_t long_line;             /* longer than RFC 5322 2.1.1 allows; 0: none */
    uint32_t dot_line;              /* begins with a lone dot and goes on; 0: none */
    bool has_ended;                 /* the final dot was seen */
};

struct event {
    struct postern_note note; /* of a reply: its first line */
    struct slice text;        /* reply: all lines, LF between, codes off the later ones;
                                 command: the line */
    uint32_t line, last_line; /* in the paste, from 1 */
    uint32_t key;             /* which conversation: a hash of its id; 0: unknown */
    enum mark mark;
    bool is_quoted;       /* reported by a program, not part of a live dialogue */
    bool is_weak;         /* a bare number, without its text */
    uint16_t expected;    /* quoted reply: the code the program wanted; 0: not said */
    bool reports_failure; /* quoted reply: the words around it report a failure */
    bool is_complete;     /* reply: its last line was seen, "250 " */
    bool is_mixed;        /* reply: its lines had different codes */
    bool is_split;        /* reply: the client sent a command before its last line */
    bool is_premature;    /* command: came before the last line of the greeting */
    bool has_line_without_code; /* reply: it goes on with a line that has no code */
    bool is_unseen; /* command: not in the paste, inferred from a reply's label */
    bool has_gap;   /* events were dropped before this one */
    bool is_eod;    /* NOTE_CONTENT: the message and its final dot */
    bool has_nul;   /* command: there were NULs between its letters */
    bool is_utf8;   /* command: has octets above 7F */
    uint8_t step;   /* reply: enum postern_step it answered, or STEP_COUNT */
    uint8_t sasl;   /* NOTE_SASL: number of the response, from 1 */
    struct body_facts body;
    const struct catalog_message *message; /* NOTE_EVENT: the message found in it */
    int32_t answers;                       /* reply: index of its command, or -1 */
    int32_t reply;                         /* command: index of its reply, or -1 */
};

/* What a paste shows besides SMTP: the first line of each, 0: not seen. */
struct clues {
    uint32_t http, pop, imap, proxy, tls_hello;
    uint32_t nul; /* a NUL in a line */
    uint32_t ssh, lmtp, port_587, port_465, implicit, explicit, auth, connected, stars;
    uint32_t cut_content; /* the message was still being sent when the paste ended */
    uint32_t reports;     /* a count: refusals without a code that were looked up */
    uint32_t in_data;     /* a stack trace from the message phase */
    uint32_t awaits;      /* … waiting for a reply */
    uint32_t writes;      /* … still writing */
    uint32_t timeout;     /* a wait ended without a reply */
    uint32_t undelivered; /* a log says that a message was deferred or bounced */
    uint32_t delivered;   /* … that one was sent */
    uint32_t mail_words;  /* any word of mail at all */
    uint32_t s_client;    /* the handshake as openssl s_client shows it */
};

struct transcript {
    struct event events[TRANSCRIPT_EVENTS];
    uint32_t count;
    uint32_t lines;   /* of the paste */
    uint32_t dropped; /* events */
    uint32_t skipped; /* lines in the middle of a long paste */
    bool has_skipped; /* … since the last event */
    struct clues clues;
    bool was_utf16;
    uint32_t complaint; /* line that says mail did not arrive; 0: none */

    /* while reading */
    uint32_t topics;    /* of the current piece */
    int32_t cut;        /* the multi-line reply a command interrupted, or -1 */
    int32_t open;       /* multi-line reply still open, or -1 */
    bool is_in_content; /* after 354 */
    int32_t content;    /* the event that collects it, or -1 */
    uint8_t sasl;       /* responses so far in this AUTH exchange; 0: none */
    bool is_sasl_due;   /* the last reply was 334 */
    struct slice
        typed; /* the last unmarked line that was not SMTP, in typed_octets … */
    uint32_t typed_line;  /* … and its line */
    uint32_t dot_line;    /* of the final dot of this message, if known in advance */
    bool has_server_mark; /* some reply was marked as the server's */
    uint32_t kept;      /* events at the beginning that are never dropped; 0: all fit */
    bool is_indented;   /* the current line begins with white space */
    bool is_borrowed;   /* an event borrows what the current line has in the arena */
    struct slice token; /* one-token-per-line pastes: the line being put together */
    uint32_t token_line; /* the line of its first word */

    struct topic_index index;
    struct arena arena; /* over octets, or what a UTF-16 paste has left of them */
    char typed_octets[TRANSCRIPT_TYPED];
    char octets[TRANSCRIPT_ARENA];
};

/* Read a whole paste, which is borrowed. */
void transcript_read(struct transcript *transcript, struct slice paste);

/* Add the note of a recorded session, which is borrowed; n: its number, from 1.
 * Call transcript_start first and transcript_finish after the last one. */
void transcript_start(struct transcript *transcript);
void transcript_note(struct transcript *transcript, const struct postern_note *note,
                     uint32_t n);
void transcript_finish(struct transcript *transcript);

#endif
