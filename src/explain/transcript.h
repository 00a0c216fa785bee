/* transcript - a pasted text as the events of a conversation
 *
 * Each event holds a note, the same record the server makes of a line it received or
 * sent, and where it stood in the paste. Phases are filled in by replay.h.
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
    uint32_t key;             /* of the conversation */
    enum mark mark;
    bool is_quoted;    /* told about, not spoken */
    bool is_weak;      /* a bare number */
    uint16_t expected; /* a quoted reply: the code its teller wanted; 0: not told */
    bool is_trouble;   /* a quoted reply: told with words of trouble around it */
    bool is_complete;  /* reply: its last line was seen */
    bool is_mixed;     /* reply: its lines had different codes */
    bool is_split;     /* reply: the client went on before its last line */
    bool is_premature; /* command: came into a greeting that had more lines */
    bool is_ragged;    /* reply: a line without its code stood below it */
    bool is_unseen;    /* command: not in the paste, known by the reply's label */
    bool has_gap;      /* events were dropped before this one */
    bool is_eod;       /* NOTE_CONTENT: the message and its final dot */
    bool has_nul;      /* command: NULs stood between its letters */
    bool is_utf8;      /* command: has octets above 7F */
    uint8_t step;      /* enum postern_step a quoted reply answered, or STEP_COUNT */
    uint8_t sasl;      /* NOTE_SASL: which answer, from 1 */
    struct body_facts body;
    const struct catalog_message *message; /* NOTE_EVENT: what a program said */
    int32_t answers;                       /* reply: index of its command, or -1 */
    int32_t reply;                         /* command: index of its reply, or -1 */
};

/* Things in a paste that are no SMTP, by the line they stand in; 0: not there. */
struct oddities {
    uint32_t http, pop, imap, proxy, tls_hello;
    uint32_t nul; /* a NUL in a line */
    uint32_t ssh, lmtp, port_587, port_465, implicit, explicit, auth, connected, stars;
    uint32_t cut_content; /* the message was still being sent when the paste ended */
    uint32_t told;        /* refusals told without a code, so far */
    uint32_t in_data;     /* a stack trace is in the message phase */
    uint32_t awaits;      /* … waiting for a reply */
    uint32_t writes;      /* … still writing */
    uint32_t timeout;     /* somebody waited in vain */
    uint32_t undelivered; /* a log says that a message was deferred or bounced */
    uint32_t delivered;   /* … that one was sent */
    uint32_t mail_words;  /* words of mail at all */
    uint32_t s_client;    /* the handshake as openssl s_client shows it */
};

struct transcript {
    struct event events[TRANSCRIPT_EVENTS];
    uint32_t count;
    uint32_t lines;   /* of the paste */
    uint32_t dropped; /* events */
    uint32_t skipped; /* lines in the middle of a long paste */
    bool has_skipped; /* … since the last event */
    struct oddities oddities;
    bool was_utf16;
    uint32_t complaint; /* line that says mail did not arrive; 0: none */

    /* while reading */
    uint32_t topics;    /* of the piece at hand */
    int32_t cut;        /* the multi-line reply a command came into, or -1 */
    int32_t open;       /* multi-line reply still open, or -1 */
    bool is_in_content; /* behind 354 */
    int32_t content;    /* the event that gathers it, or -1 */
    uint8_t sasl;       /* answers so far in an AUTH exchange; 0: none is running */
    bool is_sasl_due;   /* the last reply was 334 */
    struct slice typed; /* the last unmarked line that was nothing, in typed_octets … */
    uint32_t typed_line;  /* … and where it stood */
    uint32_t dot_line;    /* the final dot of the message at hand, if it stands alone */
    bool has_server_mark; /* replies are marked as such */
    uint32_t kept;        /* events at the beginning that never go; 0: all do fit */
    bool is_indented;     /* the line at hand begins with white space */
    bool is_kept;         /* an event borrows what the line at hand has in the arena */
    struct slice token;   /* one-token-per-line pastes: the line being put together */
    uint32_t token_line;  /* where its first word stands */

    struct topic_index index;
    struct arena arena; /* over octets, or what a UTF-16 paste has left of them */
    char typed_octets[TRANSCRIPT_TYPED];
    char octets[TRANSCRIPT_ARENA];
};

/* Read a whole paste, which is borrowed. */
void transcript_read(struct transcript *transcript, struct slice paste);

/* Add the note of a recorded session, which is borrowed; n: its number, from 1.
 * transcript_start first, transcript_finish behind the last one. */
void transcript_start(struct transcript *transcript);
void transcript_note(struct transcript *transcript, const struct postern_note *note,
                     uint32_t n);
void transcript_finish(struct transcript *transcript);

#endif
