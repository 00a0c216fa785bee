/* oracle.c - see oracle.h; sections of the RFCs stand at the rules */
#include "oracle.h"

#include <stdio.h>
#include <string.h>

void
oracle_init(struct oracle *oracle, const struct oracle_law *law)
{
    *oracle = (struct oracle){.law = law};
}

static struct oracle_answer
say(unsigned code, const char *enhanced)
{
    struct oracle_answer answer = {.count = 1, .code = code};

    memcpy(answer.enhanced, enhanced, strlen(enhanced) + 1);
    return answer;
}

/* Every 5yz counts as an error of the client (protocol 2.9). */
static struct oracle_answer
blame(struct oracle *oracle, unsigned code, const char *enhanced)
{
    oracle->errors++;
    return say(code, enhanced);
}

static struct oracle_answer
missing(struct oracle *oracle)
{
    return blame(oracle, 503, "5.5.1");
}

/* RFC 5321 4.1.1.5: the buffers are cleared, the hello stays. */
static void
clear(struct oracle *oracle)
{
    oracle->stage = STAGE_IDLE;
    oracle->rcpts = oracle->tried = oracle->octets = 0;
}

/* The first failed chunk decides the transaction (RFC 3030 2, SEQ-11). */
static void
fail_chunks(struct oracle *oracle, const struct oracle_answer *answer)
{
    oracle->stage = STAGE_FAILED;
    oracle->failure_code = answer->code;
    memcpy(oracle->failure_enhanced, answer->enhanced, sizeof answer->enhanced);
}

/* A message taken sets the counters back (protocol 2.9). */
static struct oracle_answer
take_message(struct oracle *oracle)
{
    struct oracle_answer answer = say(250, "2.0.0");

    /* RFC 2033 4.2: one reply for each accepted recipient. */
    if (oracle->law->is_lmtp)
        answer.count = oracle->rcpts;
    oracle->errors = oracle->junk = 0;
    clear(oracle);
    return answer;
}

/* ---- commands ------------------------------------------------------------ */

/* Commands that do nothing useful are free up to a number (protocol 2.9). */
static void
count_junk(struct oracle *oracle)
{
    oracle->junk++;
    if (oracle->law->max_junk > 0 && oracle->junk > oracle->law->max_junk)
        oracle->errors++;
}

/* RFC 5321 4.1.4: a hello at any time, and it resets. */
static struct oracle_answer
take_hello(struct oracle *oracle, bool is_extended)
{
    count_junk(oracle);
    clear(oracle);
    oracle->mail_refused = false;
    oracle->hello = is_extended ? HELLO_EHLO : HELLO_HELO;
    return say(250, "");
}

/* RFC 5321 3.3, 4.1.1.2. */
static struct oracle_answer
take_mail(struct oracle *oracle, bool is_good)
{
    if (oracle->stage != STAGE_IDLE)
        return oracle->stage == STAGE_FAILED ? say(503, "5.5.1") : missing(oracle);
    oracle->mail_refused = !is_good;
    if (!is_good)
        return blame(oracle, 501, "5.1.7");
    oracle->stage = STAGE_SENDER;
    return say(250, "2.1.0");
}

/* SEQ-04, SEQ-05: the latter follows from a refusal and is not counted. */
static struct oracle_answer
lack_mail(struct oracle *oracle)
{
    return oracle->mail_refused ? say(503, "5.5.1") : missing(oracle);
}

static struct oracle_answer
take_rcpt(struct oracle *oracle, bool is_known)
{
    if (oracle->stage == STAGE_IDLE)
        return lack_mail(oracle);
    if (oracle->stage == STAGE_CHUNKS)
        return missing(oracle);
    if (oracle->stage == STAGE_FAILED)
        return say(503, "5.5.1");
    oracle->tried++;
    if (oracle->rcpts == oracle->law->max_recipients)
        return say(452, "4.5.3"); /* RFC 5321 4.5.3.1.10 */
    if (!is_known) {
        oracle->unknown_rcpts++;
        return blame(oracle, 550, "5.1.1");
    }
    oracle->rcpts++;
    return say(250, "2.1.5");
}

/* SEQ-06, SEQ-07: skipped, or tried in vain (RFC 5321 3.3, RFC 2033 4.2). */
static struct oracle_answer
lack_rcpt(struct oracle *oracle)
{
    if (oracle->tried == 0)
        return missing(oracle);
    return say(oracle->law->is_lmtp ? 503 : 554, "5.5.1");
}

static struct oracle_answer
take_data(struct oracle *oracle)
{
    if (oracle->stage == STAGE_IDLE)
        return lack_mail(oracle);
    if (oracle->stage == STAGE_CHUNKS)
        return missing(oracle); /* RFC 3030 2 */
    if (oracle->stage == STAGE_FAILED)
        return say(503, "5.5.1");
    if (oracle->rcpts == 0)
        return lack_rcpt(oracle);
    struct oracle_answer answer = take_message(oracle);
    answer.has_354 = true;
    return answer;
}

/* A chunk after a failed one: its code again, or nothing at all for LMTP without
 * a recipient (RFC 2033 4.3). */
static struct oracle_answer
repeat_failure(struct oracle *oracle, bool is_last)
{
    struct oracle_answer answer = say(oracle->failure_code, oracle->failure_enhanced);

    if (!is_last)
        return answer;
    if (oracle->law->is_lmtp)
        answer.count = oracle->rcpts;
    clear(oracle);
    return answer;
}

static struct oracle_answer
take_orphan_chunk(struct oracle *oracle, bool is_last)
{
    if (is_last && oracle->law->is_lmtp) {
        clear(oracle);
        return (struct oracle_answer){.count = 0};
    }
    struct oracle_answer answer = lack_rcpt(oracle);
    if (is_last)
        clear(oracle);
    else
        fail_chunks(oracle, &answer);
    return answer;
}

/* RFC 3030 2, 3. */
static struct oracle_answer
take_bdat(struct oracle *oracle, unsigned octets, bool is_last)
{
    if (oracle->stage == STAGE_IDLE)
        return missing(oracle);
    if (oracle->stage == STAGE_FAILED)
        return repeat_failure(oracle, is_last);
    if (oracle->stage == STAGE_SENDER && oracle->rcpts == 0)
        return take_orphan_chunk(oracle, is_last);

    oracle->octets += octets;
    if (oracle->octets > oracle->law->max_message) {
        struct oracle_answer answer = blame(oracle, 552, "5.3.4");
        if (!is_last) {
            fail_chunks(oracle, &answer);
            return answer;
        }
        if (oracle->law->is_lmtp)
            answer.count = oracle->rcpts;
        clear(oracle);
        return answer;
    }
    if (is_last)
        return take_message(oracle);
    oracle->stage = STAGE_CHUNKS;
    if (octets == 0)
        count_junk(oracle);
    return say(250, "2.0.0");
}

/* RFC 4954 4. */
static struct oracle_answer
take_auth(struct oracle *oracle, bool is_right)
{
    if (oracle->stage != STAGE_IDLE || oracle->has_auth)
        return missing(oracle);
    if (!is_right) {
        oracle->auth_failures++;
        return blame(oracle, 535, "5.7.8");
    }
    oracle->has_auth = true;
    return say(235, "2.7.0");
}

/* RFC 3207 4, 4.2: the hello before TLS is forgotten. */
static struct oracle_answer
take_starttls(struct oracle *oracle)
{
    if (oracle->stage != STAGE_IDLE || oracle->has_tls || oracle->has_auth)
        return missing(oracle);
    oracle->has_tls = true;
    oracle->hello = HELLO_NONE;
    oracle->mail_refused = false;
    return say(220, "2.0.0");
}

/* Protocol appendix D. */
static struct oracle_answer
take_xclient(struct oracle *oracle)
{
    if (oracle->stage != STAGE_IDLE)
        return missing(oracle);
    oracle->hello = HELLO_NONE;
    oracle->has_auth = false;
    oracle->mail_refused = false;
    return say(220, "");
}

/* ---- the order of checks (protocol 2.3) ---------------------------------- */

static bool
is_transaction_command(enum oracle_command command)
{
    return command >= ORACLE_MAIL && command <= ORACLE_BDAT_BIG;
}

static bool
is_extension_command(enum oracle_command command)
{
    return command == ORACLE_BDAT || command == ORACLE_BDAT_LAST ||
           command == ORACLE_BDAT_BIG || command == ORACLE_BDAT_ZERO ||
           command == ORACLE_AUTH || command == ORACLE_AUTH_WRONG ||
           command == ORACLE_STARTTLS;
}

static bool
needs_hello(enum oracle_command command)
{
    return is_transaction_command(command) || is_extension_command(command);
}

/* RFC 3207 4 and protocol 2.3 (7): what moves no data passes the TLS gate. */
static bool
passes_tls_gate(enum oracle_command command)
{
    return command == ORACLE_NOOP || command == ORACLE_EHLO || command == ORACLE_HELO ||
           command == ORACLE_STARTTLS || command == ORACLE_QUIT ||
           command == ORACLE_RSET || command == ORACLE_HELP;
}

/* RFC 4954 6 and protocol 2.3 (8). */
static bool
passes_auth_gate(enum oracle_command command)
{
    return passes_tls_gate(command) || command == ORACLE_AUTH ||
           command == ORACLE_AUTH_WRONG || command == ORACLE_XCLIENT;
}

static struct oracle_answer
take_in_order(struct oracle *oracle, enum oracle_command command)
{
    switch (command) {
    case ORACLE_HELO:
    case ORACLE_EHLO:
        return take_hello(oracle, command == ORACLE_EHLO);
    case ORACLE_MAIL:
    case ORACLE_MAIL_BAD:
        return take_mail(oracle, command == ORACLE_MAIL);
    case ORACLE_RCPT:
    case ORACLE_RCPT_NOBODY:
        return take_rcpt(oracle, command == ORACLE_RCPT);
    case ORACLE_DATA:
        return take_data(oracle);
    case ORACLE_BDAT:
    case ORACLE_BDAT_LAST:
        return take_bdat(oracle, 2, command == ORACLE_BDAT_LAST);
    case ORACLE_BDAT_BIG:
        return take_bdat(oracle, oracle->law->max_message + 1, false);
    case ORACLE_BDAT_ZERO:
        return take_bdat(oracle, 0, false);
    case ORACLE_RSET:
        count_junk(oracle);
        clear(oracle);
        oracle->mail_refused = false;
        return say(250, "2.0.0");
    case ORACLE_NOOP:
        count_junk(oracle);
        return say(250, "2.0.0");
    case ORACLE_VRFY:
        count_junk(oracle);
        return say(252, "2.5.0"); /* RFC 5321 7.3 */
    case ORACLE_HELP:
        count_junk(oracle);
        return say(214, "2.0.0");
    case ORACLE_AUTH:
    case ORACLE_AUTH_WRONG:
        return take_auth(oracle, command == ORACLE_AUTH);
    case ORACLE_STARTTLS:
        return take_starttls(oracle);
    case ORACLE_XCLIENT:
        return take_xclient(oracle);
    case ORACLE_QUIT:
        oracle->is_closed = true;
        return say(221, "2.0.0");
    case ORACLE_EXPN:
    case ORACLE_UNKNOWN:
    case ORACLE_COMMAND_COUNT:
        break;
    }
    return say(0, "");
}

static struct oracle_answer
take_refused(struct oracle *oracle, enum oracle_command command)
{
    if (command == ORACLE_QUIT)
        return take_in_order(oracle, command);
    if (oracle->law->is_dummy)
        return blame(oracle, 521, "5.3.2"); /* RFC 7504 3 */
    return blame(oracle, 503, "5.7.0");     /* RFC 5321 3.1 */
}

static struct oracle_answer
take_checked(struct oracle *oracle, enum oracle_command command)
{
    const struct oracle_law *law = oracle->law;

    if (law->is_refused)
        return take_refused(oracle, command);
    if (command == ORACLE_UNKNOWN)
        return blame(oracle, 500, "5.5.2");
    if (command == ORACLE_HELO && law->is_lmtp)
        return blame(oracle, 500, ""); /* RFC 2033 4.1 */
    if (command == ORACLE_EXPN) {
        count_junk(oracle);
        return blame(oracle, 502, "5.5.1");
    }
    if (needs_hello(command) && oracle->hello == HELLO_NONE)
        return missing(oracle);
    if (is_extension_command(command) && oracle->hello == HELLO_HELO)
        return missing(oracle);
    if (law->tls_required && !oracle->has_tls && !passes_tls_gate(command))
        return say(530, "5.7.0");
    if (law->auth_required && !oracle->has_auth && !passes_auth_gate(command))
        return say(530, "5.7.0");
    return take_in_order(oracle, command);
}

static bool
is_reached(unsigned count, unsigned limit)
{
    return limit > 0 && count >= limit;
}

static char
phase_letter(const struct oracle *oracle)
{
    if (oracle->is_closed)
        return 'X';
    if (oracle->law->is_refused)
        return 'R';
    if (oracle->stage == STAGE_CHUNKS)
        return 'B';
    if (oracle->stage == STAGE_FAILED)
        return 'F';
    if (oracle->stage == STAGE_SENDER)
        return oracle->rcpts > 0 ? 'P' : 'M';
    return oracle->hello == HELLO_NONE ? 'G' : oracle->hello == HELLO_HELO ? 'H' : 'E';
}

struct oracle_answer
oracle_take(struct oracle *oracle, enum oracle_command command)
{
    const struct oracle_law *law = oracle->law;
    struct oracle_answer answer = {.count = 0};

    if (oracle->is_closed) {
        answer.phase = 'X';
        return answer;
    }
    bool is_delayed = is_reached(oracle->errors, law->soft_errors) ||
                      ((command == ORACLE_RCPT || command == ORACLE_RCPT_NOBODY) &&
                       is_reached(oracle->unknown_rcpts, law->soft_unknown));

    /* The limit was reached by an earlier command; this one gets it
     * (protocol 2.9). */
    if (is_reached(oracle->errors, law->max_errors) ||
        is_reached(oracle->auth_failures, law->max_auth_failures) ||
        is_reached(oracle->unknown_rcpts, law->max_unknown)) {
        oracle->is_closed = true;
        answer = say(421, "4.7.0");
    } else {
        answer = take_checked(oracle, command);
    }
    answer.is_delayed = is_delayed;
    answer.phase = phase_letter(oracle);
    return answer;
}
