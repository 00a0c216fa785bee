/* code_cause.c - two tables; the first row that fits wins
 *
 * This is the weakest evidence there is: servers use the same code for many reasons. So
 * every rule that knows more outweighs what these tables say.
 */
#include "explain/code_cause.h"

#include "base/attr.h"

#define ANY POSTERN_STEP_COUNT
#define ROW(code, step, cause)                                                         \
    {                                                                                  \
        code, POSTERN_STEP_##step, POSTERN_CAUSE_##cause                               \
    }
#define ALL(code, cause)                                                               \
    {                                                                                  \
        code, ANY, POSTERN_CAUSE_##cause                                               \
    }

/* clang-format off */
static const struct {
    uint16_t code;
    uint8_t step; /* ANY: every step */
    uint8_t cause;
} by_code[] = {
    ROW(421, CONNECT, SERVER_UNAVAILABLE), ALL(421, SERVER_UNAVAILABLE),
    ROW(450, RCPT, GREYLISTED), ROW(450, CONNECT, IP_BLOCKED),
    ROW(450, MAIL, SENDER_DOMAIN_INVALID), ALL(450, RECIPIENT_TEMPORARILY_UNAVAILABLE),
    ROW(451, RCPT, GREYLISTED), ALL(451, SERVER_LOCAL_PROBLEM),
    ROW(452, RCPT, TOO_MANY_RECIPIENTS), ALL(452, SERVER_DISK_FULL),
    ROW(454, AUTH, AUTH_BACKEND_UNAVAILABLE), ROW(454, RCPT, RELAY_DENIED),
    ALL(454, TLS_UNAVAILABLE_ON_SERVER),
    ALL(458, QUEUE_RUN), ALL(459, QUEUE_RUN), ALL(432, AUTH_DISABLED_BY_POLICY),
    ROW(500, BODY, LINE_TOO_LONG), ALL(500, COMMAND_NOT_IMPLEMENTED),
    ROW(501, EHLO, EHLO_ARGUMENT_INVALID), ROW(501, MAIL, ADDRESS_SYNTAX),
    ROW(501, RCPT, ADDRESS_SYNTAX), ROW(501, AUTH, AUTH_CONTINUATION_MISUSE),
    ALL(501, COMMAND_SYNTAX),
    ALL(502, COMMAND_NOT_IMPLEMENTED),
    ROW(503, DATA, DATA_WITHOUT_VALID_RCPT), ROW(503, AUTH, AUTH_NOT_ADVERTISED),
    ALL(503, SESSION_OUT_OF_STEP),
    ROW(504, AUTH, AUTH_MECHANISM_UNSUPPORTED), ROW(504, EHLO, EHLO_ARGUMENT_INVALID),
    ROW(504, RCPT, EHLO_ARGUMENT_INVALID), ALL(504, PARAMETER_NOT_SUPPORTED),
    ALL(521, IP_BLOCKED), ALL(523, AUTH_BEFORE_STARTTLS),
    ALL(525, AUTH_DISABLED_BY_POLICY), ALL(530, AUTH_MISSING),
    ALL(534, AUTH_DISABLED_BY_POLICY), ALL(535, AUTH_CREDENTIALS_REJECTED),
    ALL(538, AUTH_BEFORE_STARTTLS),
    ROW(550, CONNECT, IP_BLOCKED), ROW(550, EHLO, EHLO_ARGUMENT_INVALID),
    ROW(550, MAIL, SENDER_NOT_PERMITTED), ROW(550, EOD, CONTENT_REJECTED),
    ROW(550, DATA, DATA_WITHOUT_VALID_RCPT), ROW(550, AUTH, AUTH_NOT_ADVERTISED),
    ALL(550, RECIPIENT_UNKNOWN),
    ALL(551, RELAY_DENIED),
    ROW(552, RCPT, MAILBOX_FULL), ALL(552, SIZE_LIMIT_EXCEEDED),
    ROW(553, MAIL, SENDER_NOT_PERMITTED), ROW(553, RCPT, RELAY_DENIED),
    ALL(553, SENDER_NOT_PERMITTED),
    ROW(554, CONNECT, IP_BLOCKED), ROW(554, DATA, DATA_WITHOUT_VALID_RCPT),
    ROW(554, EOD, CONTENT_REJECTED), ROW(554, STARTTLS, STARTTLS_REPEATED),
    ROW(554, RCPT, RELAY_DENIED), ROW(554, AUTH, AUTH_NOT_ADVERTISED),
    ALL(554, POLICY_REFUSAL),
    ALL(555, PARAMETER_NOT_SUPPORTED), ALL(556, RECIPIENT_UNKNOWN),
    ALL(571, POLICY_REFUSAL),
};

static const struct {
    struct slice detail; /* "7.1" */
    char class;          /* '4', '5', or 'X' */
    uint8_t cause;
} by_enhanced[] = {
#define ENH(detail, class, cause) {SLICE_INIT(detail), class, POSTERN_CAUSE_##cause}
    ENH("1.0", 'X', RECIPIENT_UNKNOWN), ENH("1.1", '5', RECIPIENT_UNKNOWN),
    ENH("1.2", '5', RECIPIENT_UNKNOWN), ENH("1.2", '4', DNS_PROBLEM),
    ENH("1.3", 'X', ADDRESS_SYNTAX), ENH("1.6", 'X', RECIPIENT_UNKNOWN),
    ENH("1.7", 'X', ADDRESS_SYNTAX), ENH("1.8", 'X', SENDER_DOMAIN_INVALID),
    ENH("1.10", 'X', RECIPIENT_UNKNOWN), ENH("1.90", 'X', SENDING_LIMIT_REACHED),
    ENH("2.1", '4', RECIPIENT_TEMPORARILY_UNAVAILABLE),
    ENH("2.1", '5', RECIPIENT_UNKNOWN), ENH("2.2", 'X', MAILBOX_FULL),
    ENH("2.3", 'X', SIZE_LIMIT_EXCEEDED), ENH("3.1", 'X', SERVER_DISK_FULL),
    ENH("3.2", 'X', SERVER_UNAVAILABLE), ENH("3.4", 'X', SIZE_LIMIT_EXCEEDED),
    ENH("3.0", '4', SERVER_LOCAL_PROBLEM), ENH("3.5", 'X', SERVER_LOCAL_PROBLEM),
    ENH("4.1", '5', RECIPIENT_UNKNOWN), ENH("4.1", '4', SERVER_UNAVAILABLE),
    ENH("4.2", 'X', CONNECTION_IDLE_TIMEOUT), ENH("4.3", 'X', DNS_PROBLEM),
    ENH("4.4", 'X', DNS_PROBLEM), ENH("4.5", '4', SERVER_UNAVAILABLE),
    ENH("4.5", '5', SENDING_LIMIT_REACHED), ENH("4.6", 'X', MAIL_LOOP),
    ENH("4.14", 'X', MAIL_LOOP), ENH("4.7", 'X', SERVER_UNAVAILABLE),
    ENH("4.310", 'X', DNS_PROBLEM), ENH("4.312", 'X', DNS_PROBLEM),
    ENH("4.316", 'X', SERVER_UNAVAILABLE),
    ENH("5.2", 'X', COMMAND_SYNTAX), ENH("5.3", 'X', TOO_MANY_RECIPIENTS),
    ENH("5.6", 'X', AUTH_CONTINUATION_MISUSE),
    ENH("6.0", 'X', CONTENT_REJECTED), ENH("6.7", 'X', SMTPUTF8_MISSING),
    ENH("6.8", 'X', SMTPUTF8_MISSING), ENH("6.9", 'X', SMTPUTF8_MISSING),
    ENH("6.11", 'X', BARE_NEWLINE),
    ENH("7.4", 'X', AUTH_MECHANISM_UNSUPPORTED),
    ENH("7.8", 'X', AUTH_CREDENTIALS_REJECTED), ENH("7.3", '5', AUTH_CREDENTIALS_REJECTED),
    ENH("7.9", 'X', AUTH_DISABLED_BY_POLICY), ENH("7.10", 'X', AUTH_BEFORE_STARTTLS),
    ENH("7.11", 'X', AUTH_BEFORE_STARTTLS), ENH("7.13", 'X', AUTH_DISABLED_BY_POLICY),
    ENH("7.14", 'X', AUTH_DISABLED_BY_POLICY),
    ENH("7.20", 'X', SENDER_AUTHENTICATION_FAILED),
    ENH("7.21", 'X', SENDER_AUTHENTICATION_FAILED),
    ENH("7.22", 'X', SENDER_AUTHENTICATION_FAILED),
    ENH("7.23", 'X', SENDER_AUTHENTICATION_FAILED),
    ENH("7.24", 'X', SENDER_AUTHENTICATION_FAILED), ENH("7.25", 'X', IP_BLOCKED),
    ENH("7.26", 'X', SENDER_AUTHENTICATION_FAILED),
    ENH("7.27", 'X', SENDER_AUTHENTICATION_FAILED), ENH("7.28", 'X', RATE_LIMITED),
    ENH("7.30", 'X', SENDER_AUTHENTICATION_FAILED),
    ENH("7.32", 'X', SENDER_AUTHENTICATION_FAILED),
    ENH("7.40", 'X', SENDER_AUTHENTICATION_FAILED),
    ENH("7.54", 'X', RELAY_DENIED), ENH("7.57", 'X', AUTH_MISSING),
    ENH("7.60", 'X', SENDER_NOT_PERMITTED), ENH("7.64", 'X', RELAY_DENIED),
    ENH("7.66", 'X', TLS_NEGOTIATION_FAILED),
    ENH("7.124", 'X', RECIPIENT_POLICY), ENH("7.133", 'X', RECIPIENT_POLICY),
    ENH("7.134", 'X', RECIPIENT_POLICY), ENH("7.193", 'X', RECIPIENT_POLICY),
    ENH("7.139", 'X', AUTH_DISABLED_BY_POLICY), ENH("7.500", 'X', RATE_LIMITED),
    ENH("7.501", 'X', SENDING_LIMIT_REACHED), ENH("7.509", 'X', SENDER_AUTHENTICATION_FAILED),
    ENH("7.511", 'X', IP_BLOCKED), ENH("7.515", 'X', SENDER_AUTHENTICATION_FAILED),
    ENH("7.606", 'X', IP_BLOCKED), ENH("7.708", 'X', SENDING_LIMIT_REACHED),
    ENH("7.1", '5', POLICY_REFUSAL), ENH("7.0", '4', RATE_LIMITED),
};
/* clang-format on */

enum postern_cause
code_cause_basic(unsigned code, enum postern_step step)
{
    for (size_t i = 0; i < ARRAY_LEN(by_code); i++) {
        if (by_code[i].code == code &&
            (by_code[i].step == ANY || by_code[i].step == step))
            return (enum postern_cause)by_code[i].cause;
    }
    return code / 100 == 4   ? POSTERN_CAUSE_SERVER_LOCAL_PROBLEM
           : code / 100 == 5 ? POSTERN_CAUSE_POLICY_REFUSAL
                             : POSTERN_CAUSE_NONE;
}

enum postern_cause
code_cause_enhanced(struct slice enhanced, unsigned code, enum postern_step step)
{
    struct slice detail = enhanced.len > 2 ? slice_skip(enhanced, 2) : enhanced;

    if (enhanced.len < 5)
        return POSTERN_CAUSE_NONE;
    if (slice_is_equal(detail, SLICE("7.0")) && code == 530)
        return POSTERN_CAUSE_AUTH_MISSING;
    if (slice_is_equal(detail, SLICE("5.4")))
        return code_cause_basic(501, step);
    for (size_t i = 0; i < ARRAY_LEN(by_enhanced); i++) {
        if (slice_is_equal(by_enhanced[i].detail, detail) &&
            (by_enhanced[i].class == 'X' || by_enhanced[i].class == enhanced.ptr[0]))
            return (enum postern_cause)by_enhanced[i].cause;
    }
    return POSTERN_CAUSE_NONE;
}
