/* order.c - THE table
 *
 * 1. Rows are phases, columns commands, as RFC 5321 4.1.4 and the extensions
 *    have it. Whoever finds a second list of what may follow what has found a
 *    defect.
 * 2. A cell either leads on, or names what is missing; the words of what is
 *    missing are the catalog's.
 * 3. A refused command leaves the phase as it is (RFC 5321 4.1.4), but for
 *    refused BDAT chunks, whose transaction has failed (RFC 3030 2).
 * 4. Some causes depend on a fact that is not a phase: the refinements below.
 */
#include "engine/order.h"

#include "base/attr.h"

#include <stddef.h>

enum column {
    COL_HELO,
    COL_EHLO,
    COL_MAIL,
    COL_RCPT,
    COL_DATA,
    COL_BDAT,
    COL_LAST,
    COL_RSET,
    COL_NOOP,
    COL_VRFY,
    COL_EXPN,
    COL_HELP,
    COL_AUTH,
    COL_STARTTLS,
    COL_QUIT,
    COL_XCLIENT,
    COL_OTHER,
    COL_COUNT
};

/* clang-format off */
#define GO(phase)        {POSTERN_REPLY_NONE, POSTERN_PHASE_##phase}
#define STAY             {POSTERN_REPLY_NONE, ORDER_SAME}
#define IDLE             {POSTERN_REPLY_NONE, ORDER_IDLE}
#define NO(cause)        {POSTERN_REPLY_##cause, ORDER_SAME}
#define FAIL(cause)      {POSTERN_REPLY_##cause, POSTERN_PHASE_BDAT_FAILED}
#define DROP(cause)      {POSTERN_REPLY_##cause, ORDER_IDLE}

#define HELLOS           [COL_HELO] = GO(HELO), [COL_EHLO] = GO(EHLO)
#define ALWAYS           [COL_NOOP] = STAY, [COL_VRFY] = STAY, [COL_EXPN] = STAY, \
                         [COL_HELP] = STAY, [COL_QUIT] = GO(CLOSING), [COL_OTHER] = STAY
#define NOT_IN_MAIL      [COL_AUTH] = NO(AUTH_IN_TRANSACTION), \
                         [COL_STARTTLS] = NO(STARTTLS_IN_TRANSACTION), \
                         [COL_XCLIENT] = NO(XCLIENT_IN_TRANSACTION)
#define REF              NO(SESSION_REFUSED)

static const struct order_step order[POSTERN_PHASE_COUNT][COL_COUNT] = {
    [POSTERN_PHASE_REFUSED] = {
        [COL_HELO] = REF, [COL_EHLO] = REF, [COL_MAIL] = REF, [COL_RCPT] = REF,
        [COL_DATA] = REF, [COL_BDAT] = REF, [COL_LAST] = REF, [COL_RSET] = REF,
        [COL_NOOP] = REF, [COL_VRFY] = REF, [COL_EXPN] = REF, [COL_HELP] = REF,
        [COL_AUTH] = REF, [COL_STARTTLS] = REF, [COL_QUIT] = GO(CLOSING),
        [COL_XCLIENT] = REF, [COL_OTHER] = REF,
    },
    [POSTERN_PHASE_GREETED] = {
        HELLOS, ALWAYS,
        [COL_MAIL] = NO(NO_HELLO), [COL_RCPT] = NO(NO_HELLO), [COL_DATA] = NO(NO_HELLO),
        [COL_BDAT] = NO(NO_HELLO), [COL_LAST] = NO(NO_HELLO),
        [COL_AUTH] = NO(NO_HELLO), [COL_STARTTLS] = NO(NO_HELLO),
        [COL_RSET] = STAY, [COL_XCLIENT] = GO(GREETED),
    },
    [POSTERN_PHASE_HELO] = {
        HELLOS, ALWAYS,
        [COL_MAIL] = GO(MAIL), [COL_RCPT] = NO(NO_MAIL), [COL_DATA] = NO(NO_MAIL),
        [COL_BDAT] = NO(NEEDS_EHLO), [COL_LAST] = NO(NEEDS_EHLO),
        [COL_AUTH] = NO(NEEDS_EHLO), [COL_STARTTLS] = NO(NEEDS_EHLO),
        [COL_RSET] = STAY, [COL_XCLIENT] = GO(GREETED),
    },
    [POSTERN_PHASE_EHLO] = {
        HELLOS, ALWAYS,
        [COL_MAIL] = GO(MAIL), [COL_RCPT] = NO(NO_MAIL), [COL_DATA] = NO(NO_MAIL),
        [COL_BDAT] = NO(BDAT_WITHOUT_TRANSACTION), [COL_LAST] = NO(BDAT_WITHOUT_TRANSACTION),
        [COL_AUTH] = GO(AUTH), [COL_STARTTLS] = GO(TLS),
        [COL_RSET] = STAY, [COL_XCLIENT] = GO(GREETED),
    },
    [POSTERN_PHASE_MAIL] = {
        HELLOS, ALWAYS, NOT_IN_MAIL,
        [COL_MAIL] = NO(REPEATED_MAIL), [COL_RCPT] = GO(RCPT), [COL_DATA] = NO(NO_RCPT),
        [COL_BDAT] = FAIL(NO_RCPT), [COL_LAST] = DROP(NO_RCPT), [COL_RSET] = IDLE,
    },
    [POSTERN_PHASE_RCPT] = {
        HELLOS, ALWAYS, NOT_IN_MAIL,
        [COL_MAIL] = NO(REPEATED_MAIL), [COL_RCPT] = GO(RCPT), [COL_DATA] = GO(DATA),
        [COL_BDAT] = GO(BDAT), [COL_LAST] = IDLE, [COL_RSET] = IDLE,
    },
    [POSTERN_PHASE_BDAT] = {
        HELLOS, ALWAYS, NOT_IN_MAIL,
        [COL_MAIL] = NO(ENVELOPE_CLOSED), [COL_RCPT] = NO(ENVELOPE_CLOSED),
        [COL_DATA] = NO(DATA_IN_BDAT),
        [COL_BDAT] = GO(BDAT), [COL_LAST] = IDLE, [COL_RSET] = IDLE,
    },
    [POSTERN_PHASE_BDAT_FAILED] = {
        HELLOS, ALWAYS, NOT_IN_MAIL,
        [COL_MAIL] = NO(BDAT_FAILED_EARLIER), [COL_RCPT] = NO(BDAT_FAILED_EARLIER),
        [COL_DATA] = NO(BDAT_FAILED_EARLIER),
        [COL_BDAT] = NO(BDAT_FAILED_EARLIER), [COL_LAST] = DROP(BDAT_FAILED_EARLIER),
        [COL_RSET] = IDLE,
    },
};

/* Per command: its column, and what lets it pass. */
#define EXTENSION  1 /* needs EHLO: refused in any phase of a HELO session */
#define PASSES_TLS 2 /* not held up by the TLS gate (RFC 3207 4, and what moves no data) */
#define PASSES_AUTH 4 /* not held up by the AUTH gate (RFC 4954 6) */
#define FREE (PASSES_TLS | PASSES_AUTH)

static const struct {
    uint8_t column, traits;
} commands[POSTERN_COMMAND_COUNT] = {
    [POSTERN_HELO]     = {COL_HELO, FREE},
    [POSTERN_EHLO]     = {COL_EHLO, FREE},
    [POSTERN_LHLO]     = {COL_EHLO, FREE},
    [POSTERN_MAIL]     = {COL_MAIL, 0},
    [POSTERN_RCPT]     = {COL_RCPT, 0},
    [POSTERN_DATA]     = {COL_DATA, 0},
    [POSTERN_BDAT]     = {COL_BDAT, EXTENSION},
    [POSTERN_RSET]     = {COL_RSET, FREE},
    [POSTERN_NOOP]     = {COL_NOOP, FREE},
    [POSTERN_VRFY]     = {COL_VRFY, 0},
    [POSTERN_EXPN]     = {COL_EXPN, 0},
    [POSTERN_HELP]     = {COL_HELP, FREE},
    [POSTERN_AUTH]     = {COL_AUTH, EXTENSION | PASSES_AUTH},
    [POSTERN_STARTTLS] = {COL_STARTTLS, EXTENSION | FREE},
    [POSTERN_QUIT]     = {COL_QUIT, FREE},
    [POSTERN_XCLIENT]  = {COL_XCLIENT, PASSES_AUTH},
    [POSTERN_UNIMPLEMENTED] = {COL_OTHER, FREE},
    [POSTERN_UNKNOWN]  = {COL_OTHER, FREE},
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

/* A command that is in its place and is refused all the same when a fact holds. */
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
closed_gate(uint8_t traits, uint32_t facts)
{
    if ((facts & FACT_TLS_REQUIRED) != 0 && (traits & PASSES_TLS) == 0)
        return POSTERN_REPLY_TLS_REQUIRED;
    if ((facts & FACT_AUTH_REQUIRED) != 0 && (traits & PASSES_AUTH) == 0)
        return POSTERN_REPLY_AUTH_REQUIRED;
    return POSTERN_REPLY_NONE;
}

struct order_step
order_check(enum postern_phase phase, enum postern_command command, uint32_t facts)
{
    uint8_t traits = commands[command].traits;
    int column = commands[command].column;
    struct order_step step;
    enum postern_reply gate;

    if (!has_commands(phase))
        return (struct order_step){POSTERN_REPLY_NONE, ORDER_SAME};
    if (column == COL_BDAT && (facts & FACT_LAST) != 0)
        column = COL_LAST;
    step = order[phase][column];

    if (step.refusal == POSTERN_REPLY_SESSION_REFUSED ||
        step.refusal == POSTERN_REPLY_NO_HELLO ||
        step.refusal == POSTERN_REPLY_NEEDS_EHLO)
        return refuse(step.refusal, step.next, facts);
    if ((traits & EXTENSION) != 0 && (facts & FACT_HELO) != 0)
        return refuse(POSTERN_REPLY_NEEDS_EHLO, ORDER_SAME, facts);

    gate = phase == POSTERN_PHASE_REFUSED ? POSTERN_REPLY_NONE
                                          : closed_gate(traits, facts);
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
