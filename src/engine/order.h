/* order - which command may come when, and what is missing when it may not
 *
 * These functions read one table, the only place that knows the order of SMTP commands.
 * It does not know which end asks: server, client, checker and explainer share it.
 */
#ifndef ENGINE_ORDER_H
#define ENGINE_ORDER_H

#include "postern/replies.h"
#include "postern/smtp.h"

#include <stdbool.h>
#include <stdint.h>

/* What order depends on besides the phase. A set of bits. */
enum order_fact {
    FACT_HELO = 1 << 0,         /* the hello in force is HELO */
    FACT_MAIL_REFUSED = 1 << 1, /* the last MAIL was refused */
    FACT_RCPT_TRIED = 1 << 2,   /* RCPT was tried in this transaction */
    FACT_BINARY = 1 << 3,       /* BODY=BINARYMIME is in force */
    FACT_TLS = 1 << 4,
    FACT_AUTH = 1 << 5,
    FACT_LMTP = 1 << 6,
    FACT_DUMMY = 1 << 7,         /* greeted with 521 */
    FACT_TLS_REQUIRED = 1 << 8,  /* … and TLS is off */
    FACT_AUTH_REQUIRED = 1 << 9, /* … and nobody logged in */
    FACT_LAST = 1 << 10,         /* the BDAT is BDAT LAST */
};

/* Where a transition leads besides a phase of enum postern_phase. */
enum { ORDER_SAME = POSTERN_PHASE_COUNT, ORDER_IDLE };

struct order_step {
    enum postern_reply refusal; /* NONE: the command is in order */
    uint8_t next; /* phase after success, or after the refusal; ORDER_SAME, ORDER_IDLE
                     (H or E) */
};

/* May command come in phase, facts given? Checks 4 and 6 to 9 of
 * protocol 2.3: refused session, hello, TLS gate, AUTH gate, place in the transaction.
 * Phases without commands (DATA, AUTH, TLS, CLOSING) answer NONE, ORDER_SAME. */
struct order_step order_check(enum postern_phase phase, enum postern_command command,
                              uint32_t facts);

/* The phase a step leads to, from phase, with the hello in force. */
enum postern_phase order_next(struct order_step step, enum postern_phase phase,
                              bool is_helo);

/* The step by which a phase without commands ends well, without a command: the content
 * is complete, the login over, TLS on. ORDER_SAME for every other phase. */
struct order_step order_end(enum postern_phase phase);

#endif
