/* oracle - what an SMTP server must answer, by the RFCs and protocol G.2
 *
 * Written as plain prose in C: one function for each command, no table, nothing
 * taken from the engine. It knows a small alphabet of commands, each with the
 * octets the walkers send (protocol G.2), and the settings the walkers use.
 */
#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

enum oracle_command {
    ORACLE_HELO,
    ORACLE_EHLO, /* LHLO on lmtp */
    ORACLE_MAIL,
    ORACLE_MAIL_BAD,    /* bad syntax */
    ORACLE_RCPT,        /* ann */
    ORACLE_RCPT_NOBODY, /* unknown */
    ORACLE_DATA,        /* and, after 354, the empty message at once */
    ORACLE_BDAT,        /* two octets */
    ORACLE_BDAT_LAST,   /* two octets */
    ORACLE_BDAT_BIG,    /* more than the size limit */
    ORACLE_RSET,
    ORACLE_NOOP,
    ORACLE_VRFY,
    ORACLE_AUTH,
    ORACLE_STARTTLS, /* and, after 220, a handshake that succeeds */
    ORACLE_XCLIENT,
    ORACLE_UNKNOWN,
    ORACLE_QUIT, /* the last one of the exhaustive walks */
    /* only in the random walks */
    ORACLE_AUTH_WRONG,
    ORACLE_EXPN,
    ORACLE_HELP,
    ORACLE_BDAT_ZERO, /* "BDAT 0" */
    ORACLE_COMMAND_COUNT
};

/* The settings; all else is as protocol G.1. */
struct oracle_law {
    bool is_lmtp, is_refused, is_dummy;
    bool tls_required, auth_required;
    unsigned max_message, max_recipients;
    unsigned max_errors, soft_errors, max_junk, max_auth_failures, soft_unknown,
        max_unknown; /* 0: none */
};

struct oracle {
    const struct oracle_law *law;
    enum { HELLO_NONE, HELLO_HELO, HELLO_EHLO } hello;
    enum { STAGE_IDLE, STAGE_SENDER, STAGE_CHUNKS, STAGE_FAILED } stage;
    bool has_tls, has_auth, is_closed, mail_refused;
    unsigned rcpts, tried; /* of the open transaction */
    unsigned octets;       /* of its chunks */
    unsigned failure_code; /* in STAGE_FAILED */
    char failure_enhanced[6];
    unsigned errors, junk, auth_failures, unknown_rcpts;
};

/* What must be seen after one command. */
struct oracle_answer {
    unsigned count;   /* of replies, 354 not counted */
    unsigned code;    /* of each of them */
    char enhanced[6]; /* empty: none */
    bool has_354;     /* in front of them */
    bool is_delayed;
    char phase; /* letter of protocol 2.2 after them */
};

void oracle_init(struct oracle *oracle, const struct oracle_law *law);

/* The answer to command, and the state after it. */
struct oracle_answer oracle_take(struct oracle *oracle, enum oracle_command command);

#endif
