/* topics - what a line is about: many words are searched in one walk over it; pure */
#ifndef EXPLAIN_TOPICS_H
#define EXPLAIN_TOPICS_H

#include "base/slice.h"

/* A set of bits. */
enum topic {
    TOPIC_HTTP = 1 << 0,           /* a request or a reply of HTTP */
    TOPIC_POP = 1 << 1,            /* a line of POP3 */
    TOPIC_IMAP = 1 << 2,           /* a line of IMAP */
    TOPIC_SSH = 1 << 3,            /* a line of SSH */
    TOPIC_PROXY = 1 << 4,          /* a header of the PROXY protocol */
    TOPIC_TLS_HELLO = 1 << 5,      /* a ClientHello where text belongs */
    TOPIC_S_CLIENT = 1 << 6,       /* the handshake as openssl s_client shows it */
    TOPIC_TIMEOUT = 1 << 7,        /* a wait ended without a reply */
    TOPIC_IN_DATA = 1 << 8,        /* a stack trace in the message phase */
    TOPIC_AWAITS = 1 << 9,         /* … waiting for a reply */
    TOPIC_WRITES = 1 << 10,        /* … still writing */
    TOPIC_UNDELIVERED = 1 << 11,   /* a log: deferred or bounced */
    TOPIC_DELIVERED = 1 << 12,     /* a log: sent */
    TOPIC_MAIL = 1 << 13,          /* any word of mail at all */
    TOPIC_COMPLAINT = 1 << 14,     /* mail did not arrive */
    TOPIC_FAILURE = 1 << 15,       /* something failed */
    TOPIC_TRACE = 1 << 16,         /* a line of a stack trace */
    TOPIC_TEMPORARY = 1 << 17,     /* … for now */
    TOPIC_WHOLE_MESSAGE = 1 << 18, /* replaces a message and its final dot */
    TOPIC_DIALOGUE = 1 << 19,      /* see topics_find */
    TOPIC_BREAK = 1 << 20,         /* "<br": markup that was escaped twice */
    TOPIC_LMTP = 1 << 22,
    TOPIC_PORT_587 = 1 << 23,
    TOPIC_PORT_465 = 1 << 24,
    TOPIC_IMPLICIT = 1 << 25,  /* settings: TLS from the first octet */
    TOPIC_EXPLICIT = 1 << 26,  /* settings: STARTTLS */
    TOPIC_AUTH = 1 << 27,      /* the program wants to log in */
    TOPIC_CONNECTED = 1 << 28, /* a tool says that it is connected */
    TOPIC_STARS = 1 << 29,     /* text was overwritten with stars */
    TOPIC_ORDER = 1 << 21,     /* the order of commands: "first", "must …" */
};

enum { TOPIC_WORDS_MAX = 200 };

/* The words by their first two octets; the caller's memory. */
struct topic_index {
    uint8_t head[256];
    uint8_t next[TOPIC_WORDS_MAX];
};

void topics_start(struct topic_index *index);

/* The topics of s, ignoring the case of ASCII letters. TOPIC_DIALOGUE: s has four or
 * more verbs and codes of a conversation. */
uint32_t topics_find(const struct topic_index *index, struct slice s);

#endif
