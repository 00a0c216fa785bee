/* order.c - THE table of order: which command may come when
 *
 * 1. A row for each command, a column for each phase, as RFC 5321 4.1.4 and the
 *    extensions have it. A second list of what may follow what is a defect.
 * 2. A cell gives the next phase, or names what is missing; the words for what is
 *    missing are in the catalog.
 * 3. A refused command leaves the phase unchanged (RFC 5321 4.1.4), except for
 *    refused BDAT chunks, whose transaction has failed (RFC 3030 2).
 * 4. Some causes depend on a fact that is not a phase: the refinements below.
 * 5. Which commands pass a gate is a trait of the command (command_table.h).
 */
#include "engine/order.h"

#include "base/attr.h"
#include "engine/commands.h"

#include <stddef.h>

/* BDAT with LAST has a row of its own, after those of the commands. */
enum { ROW_LAST = POSTERN_COMMAND_COUNT, ROW_COUNT };

/* clang-format off */
#define GO(phase)   {POSTERN_REPLY_NONE, POSTERN_PHASE_##phase}
#define STAY        {POSTERN_REPLY_NONE, ORDER_SAME}
#define IDLE        {POSTERN_REPLY_NONE, ORDER_IDLE}
#define NO(cause)   {POSTERN_REPLY_##cause, ORDER_SAME}
#define FAIL(cause) {POSTERN_REPLY_##cause, POSTERN_PHASE_BDAT_FAILED}
#define DROP(cause) {POSTERN_REPLY_##cause, ORDER_IDLE}
#define REF         NO(SESSION_REFUSED)

#define ROW(r, g, h, e, m, p, b, f)                                                    \
    {[POSTERN_PHASE_REFUSED] = r, [POSTERN_PHASE_GREETED] = g,                         \
     [POSTERN_PHASE_HELO] = h, [POSTERN_PHASE_EHLO] = e, [POSTERN_PHASE_MAIL] = m,     \
     [POSTERN_PHASE_RCPT] = p, [POSTERN_PHASE_BDAT] = b,                               \
     [POSTERN_PHASE_BDAT_FAILED] = f}
#define HELLO(phase) \
    ROW(REF, GO(phase), GO(phase), GO(phase), GO(phase), GO(phase), GO(phase), GO(phase))
#define ANYTIME \
    ROW(REF, STAY, STAY, STAY, STAY, STAY, STAY, STAY)

static const struct order_step order[ROW_COUNT][POSTERN_PHASE_COUNT] = {
    /* before a transaction: REFUSED, GREETED,    HELO,            EHLO
       in a transaction:     MAIL,                RCPT,            BDAT,           BDAT_FAILED */
    [POSTERN_HELO] = HELLO(HELO),
    [POSTERN_EHLO] = HELLO(EHLO),
    [POSTERN_LHLO] = HELLO(EHLO),
    [POSTERN_MAIL] = ROW(
        REF, NO(NO_HELLO), GO(MAIL), GO(MAIL),
        NO(REPEATED_MAIL), NO(REPEATED_MAIL), NO(ENVELOPE_CLOSED), NO(BDAT_FAILED_EARLIER)),
    [POSTERN_RCPT] = ROW(
        REF, NO(NO_HELLO), NO(NO_MAIL), NO(NO_MAIL),
        GO(RCPT), GO(RCPT), NO(ENVELOPE_CLOSED), NO(BDAT_FAILED_EARLIER)),
    [POSTERN_DATA] = ROW(
        REF, NO(NO_HELLO), NO(NO_MAIL), NO(NO_MAIL),
        NO(NO_RCPT), GO(DATA), NO(DATA_IN_BDAT), NO(BDAT_FAILED_EARLIER)),
    [POSTERN_BDAT] = ROW(
        REF, NO(NO_HELLO), NO(NEEDS_EHLO), NO(BDAT_WITHOUT_TRANSACTION),
        FAIL(NO_RCPT), GO(BDAT), GO(BDAT), NO(BDAT_FAILED_EARLIER)),
    [ROW_LAST] = ROW(
        REF, NO(NO_HELLO), NO(NEEDS_EHLO), NO(BDAT_WITHOUT_TRANSACTION),
        DROP(NO_RCPT), IDLE, IDLE, DROP(BDAT_FAILED_EARLIER)),
    [POSTERN_RSET] = ROW(
        REF, STAY, STAY, STAY,
        IDLE, IDLE, IDLE, IDLE),
    [POSTERN_NOOP] = ANYTIME,
    [POSTERN_VRFY] = ANYTIME,
    [POSTERN_EXPN] = ANYTIME,
    [POSTERN_HELP] = ANYTIME,
    [POSTERN_AUTH] = ROW(
        REF, NO(NO_HELLO), NO(NEEDS_EHLO), GO(AUTH),
        NO(AUTH_IN_TRANSACTION), NO(AUTH_IN_TRANSACTION),
        NO(AUTH_IN_TRANSACTION), NO(AUTH_IN_TRANSACTION)),
    [POSTERN_STARTTLS] = ROW(
        REF, NO(NO_HELLO), NO(NEEDS_EHLO), GO(TLS),
        NO(STARTTLS_IN_TRANSACTION), NO(STARTTLS_IN_TRANSACTION),
        NO(STARTTLS_IN_TRANSACTION), NO(STARTTLS_IN_TRANSACTION)),
    [POSTERN_QUIT] = ROW(
        GO(CLOSING), GO(CLOSING), GO(CLOSING), GO(CLOSING),
        GO(CLOSING), GO(CLOSING), GO(CLOSING), GO(CLOSING)),
    [POSTERN_XCLIENT] = ROW(
        REF, GO(GREETED), GO(GREETED), GO(GREETED),
        NO(XCLIENT_IN_TRANSACTION), NO(XCLIENT_IN_TRANSACTION),
        NO(XCLIENT_IN_TRANSACTION), NO(XCLIENT_IN_TRANSACTION)),
    [POSTERN_UNIMPLEMENTED] = ANYTIME,
    [POSTERN_UNKNOWN] = ANYTIME,
};

/* A cause that reads differently when a fact holds. */
static const struct {
    enum postern_reply cause;
    enum order_fact fact;
    enum postern_reply refined;
} refinements[] = {
    {POSTERN_REPLY_NO_MAIL, FACT_MAIL_REFUSED, POSTERN_REPLY_MAIL_WAS_REFUSED},
    {POSTERN_REPLY_NO_RCPT, FACT_RCPT_TRIED, POSTERN_REPLY_ALL_RCPTS_REFUSED},
    {POSTERN_REPLY_ALL_RCPTS_REFUSED, FACT_LMTP, POSTERN_REPLY_ALL_RCPTS_REFUSED_LMTP},
    {POSTERN_REPLY_SESSION_REFUSED, FACT_DUMMY, POSTERN_REPLY_SESSION_REFUSED_DUMMY},
};

/* A command in its place that is refused nevertheless when a fact holds. */
static const struct {
    enum postern_command command;
    enum order_fact fact;
    enum postern_reply cause;
} vetoes[] = {
    {POSTERN_AUTH, FACT_AUTH, POSTERN_REPLY_REPEATED_AUTH},
    {POSTERN_STARTTLS, FACT_TLS, POSTERN_REPLY_REPEATED_STARTTLS},
    {POSTERN_STARTTLS, FACT_AUTH, POSTERN_REPLY_STARTTLS_AFTER_AUTH},
    {POSTERN_DATA, FACT_BINARY, POSTERN_REPLY_BINARY_NEEDS_BDAT},
};
/* clang-format on */

static bool
has_commands(enum postern_phase phase)
{
    return phase <= POSTERN_PHASE_RCPT || phase == POSTERN_PHASE_BDAT ||
           phase == POSTERN_PHASE_BDAT_FAILED;
}

static struct order_step
refuse(enum postern_reply cause, uint8_t next, uint32_t facts)
{
    for (size_t i = 0; i < ARRAY_LEN(refinements); i++) {
        if (refinements[i].cause == cause && (refinements[i].fact & facts) != 0)
            cause = refinements[i].refined;
    }
    return (struct order_step){cause, next};
}

/* Checks 7 and 8 of protocol 2.3: the gates come before the place in the
 * transaction. */
static enum postern_reply
closed_gate(enum postern_command command, uint32_t facts)
{
    if ((facts & FACT_TLS_REQUIRED) != 0 && !command_has(command, TRAIT_PASSES_TLS))
        return POSTERN_REPLY_TLS_REQUIRED;
    if ((facts & FACT_AUTH_REQUIRED) != 0 && !command_has(command, TRAIT_PASSES_AUTH))
        return POSTERN_REPLY_AUTH_REQUIRED;
    return POSTERN_REPLY_NONE;
}

struct order_step
order_check(enum postern_phase phase, enum postern_command command, uint32_t facts)
{
    bool is_last = command == POSTERN_BDAT && (facts & FACT_LAST) != 0;
    struct order_step step;
    enum postern_reply gate;

    if (!has_commands(phase))
        return (struct order_step){POSTERN_REPLY_NONE, ORDER_SAME};
    step = order[is_last ? ROW_LAST : (int)command][phase];

    if (step.refusal == POSTERN_REPLY_SESSION_REFUSED ||
        step.refusal == POSTERN_REPLY_NO_HELLO ||
        step.refusal == POSTERN_REPLY_NEEDS_EHLO)
        return refuse(step.refusal, step.next, facts);
    if ((facts & FACT_HELO) != 0 && command_has(command, TRAIT_NEEDS_EHLO))
        return refuse(POSTERN_REPLY_NEEDS_EHLO, ORDER_SAME, facts);

    gate = phase == POSTERN_PHASE_REFUSED ? POSTERN_REPLY_NONE
                                          : closed_gate(command, facts);
    if (gate != POSTERN_REPLY_NONE)
        return (struct order_step){gate, ORDER_SAME};

    if (step.refusal != POSTERN_REPLY_NONE)
        return refuse(step.refusal, step.next, facts);
    for (size_t i = 0; i < ARRAY_LEN(vetoes); i++) {
        if (vetoes[i].command == command && (vetoes[i].fact & facts) != 0)
            return refuse(vetoes[i].cause, ORDER_SAME, facts);
    }
    return step;
}

enum postern_phase
order_next(struct order_step step, enum postern_phase phase, bool is_helo)
{
    if (step.next == ORDER_SAME)
        return phase;
    if (step.next == ORDER_IDLE)
        return is_helo ? POSTERN_PHASE_HELO : POSTERN_PHASE_EHLO;
    return (enum postern_phase)step.next;
}

struct order_step
order_end(enum postern_phase phase)
{
    if (phase == POSTERN_PHASE_DATA || phase == POSTERN_PHASE_AUTH)
        return (struct order_step)IDLE;
    if (phase == POSTERN_PHASE_TLS) /* RFC 3207 4.2: back to the beginning */
        return (struct order_step)GO(GREETED);
    return (struct order_step)STAY;
}
