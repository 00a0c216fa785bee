/* replay.c - the session, step by step
 *
 * 1. Commands wait in a queue for their replies; a reply answers the oldest.
 * 2. Phases move by the order table, the same that the server obeys.
 * 3. Where the beginning is cut off the phase is assumed from the first command, and
 *    no rule may then say that something before it is missing.
 */
#include "explain/judge.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "engine/command.h"
#include "explain/words.h"

enum postern_step
event_step(const struct event *e)
{
    static const uint8_t steps[POSTERN_COMMAND_COUNT] = {
        [POSTERN_HELO] = POSTERN_STEP_EHLO,
        [POSTERN_EHLO] = POSTERN_STEP_EHLO,
        [POSTERN_LHLO] = POSTERN_STEP_EHLO,
        [POSTERN_MAIL] = POSTERN_STEP_MAIL,
        [POSTERN_RCPT] = POSTERN_STEP_RCPT,
        [POSTERN_DATA] = POSTERN_STEP_DATA,
        [POSTERN_BDAT] = POSTERN_STEP_BDAT,
        [POSTERN_RSET] = POSTERN_STEP_RSET,
        [POSTERN_NOOP] = POSTERN_STEP_SESSION,
        [POSTERN_VRFY] = POSTERN_STEP_VRFY,
        [POSTERN_EXPN] = POSTERN_STEP_VRFY,
        [POSTERN_HELP] = POSTERN_STEP_SESSION,
        [POSTERN_AUTH] = POSTERN_STEP_AUTH,
        [POSTERN_STARTTLS] = POSTERN_STEP_STARTTLS,
        [POSTERN_QUIT] = POSTERN_STEP_QUIT,
        [POSTERN_XCLIENT] = POSTERN_STEP_SESSION,
        [POSTERN_UNIMPLEMENTED] = POSTERN_STEP_SESSION,
        [POSTERN_UNKNOWN] = POSTERN_STEP_COUNT,
    };

    if (e == NULL)
        return POSTERN_STEP_COUNT;
    if (e->note.kind == POSTERN_NOTE_CONTENT)
        return POSTERN_STEP_EOD;
    if (e->note.kind == POSTERN_NOTE_SASL)
        return POSTERN_STEP_AUTH;
    if (e->note.kind != POSTERN_NOTE_COMMAND)
        return POSTERN_STEP_COUNT;
    return (enum postern_step)steps[e->note.command];
}

/* Bounces join the lines of a reply and leave "550-5.7.26 " in the middle: octets to
 * skip at i. */
static size_t
repeated_codes(const struct event *e, struct slice line, size_t i)
{
    struct slice at = slice_skip(line, i), enhanced = e->note.enhanced;
    size_t used = 4;

    if (i < 4 || line.ptr[i - 1] != ' ' || at.len < 10 || enhanced.len == 0 ||
        e->text.len < 3 || memcmp(at.ptr, e->text.ptr, 3) != 0 ||
        (at.ptr[3] != '-' && at.ptr[3] != ' ') ||
        !slice_has_prefix_fold(slice_skip(at, 4), enhanced))
        return 0;
    used += enhanced.len;
    while (used < at.len && at.ptr[used] == ' ')
        used++;
    return used;
}

struct slice
judge_flatten(const struct event *e, char out[POSTERN_REPLY_TEXT_MAX])
{
    struct slice rest = e->text, line;
    size_t len = 0;

    while (rest.len > 0 && len < POSTERN_REPLY_TEXT_MAX) {
        slice_cut(rest, '\n', &line, &rest);
        line = words_trim(line);
        if (len > 0) { /* the enhanced code is said again on every line */
            struct slice words = line, first = words_next(&words);
            if (postern_enhanced_is(first))
                line = words_trim(words);
            if (line.len > 0)
                out[len++] = ' ';
        }
        bool was_blank = false;
        for (size_t i = 0; i < line.len && len < POSTERN_REPLY_TEXT_MAX; i++) {
            i += repeated_codes(e, line, i);
            if (i >= line.len)
                break;
            bool is_blank = line.ptr[i] == ' ' || line.ptr[i] == '\t';
            if (is_blank && was_blank)
                continue;
            out[len++] = is_blank ? ' ' : line.ptr[i];
            was_blank = is_blank;
        }
    }
    if (len > 3 && out[3] == '-')
        out[3] = ' ';
    /* a literal line break and the same codes again, in the middle of a quotation */
    return slice_of(out, len);
}

/* ---- extensions --------------------------------------------------------------- */

static bool
is_masked_word(struct slice word)
{
    size_t same = 0;

    for (size_t i = 0; i < word.len; i++)
        same += word.ptr[i] == 'X' || word.ptr[i] == '*';
    return word.len >= 4 && same + 1 >= word.len;
}

static void
read_extension(struct state *s, struct slice line)
{
    static const struct {
        struct slice keyword;
        uint32_t bit;
    } known[] = {
        {SLICE_INIT("STARTTLS"), EXT_STARTTLS},
        {SLICE_INIT("AUTH"), EXT_AUTH},
        {SLICE_INIT("PIPELINING"), EXT_PIPELINING},
        {SLICE_INIT("SIZE"), EXT_SIZE},
        {SLICE_INIT("SMTPUTF8"), EXT_SMTPUTF8},
        {SLICE_INIT("CHUNKING"), EXT_CHUNKING},
        {SLICE_INIT("8BITMIME"), EXT_8BITMIME},
        {SLICE_INIT("DSN"), EXT_DSN},
        {SLICE_INIT("BINARYMIME"), EXT_BINARYMIME},
    };
    struct slice rest = line, word = words_next(&rest);

    if (is_masked_word(word))
        s->extensions |= EXT_ALTERED;
    if (slice_has_prefix_fold(word, SLICE("AUTH="))) {
        s->extensions |= EXT_AUTH;
        if (s->mechanisms.len == 0)
            s->mechanisms = slice_skip(line, (size_t)(word.ptr - line.ptr) + 5);
    }
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (!slice_is_equal_fold(word, known[i].keyword))
            continue;
        s->extensions |= known[i].bit;
        if (known[i].bit == EXT_AUTH)
            s->mechanisms = words_trim(rest);
        else if (known[i].bit == EXT_SIZE)
            slice_parse_number(words_trim(rest), &s->size_limit);
    }
}

/* The first line is the server's name; a log may give the list on one line. */
static void
read_extensions(struct state *s, const struct event *reply)
{
    struct slice rest = reply->text, line;
    bool is_first = true;

    if (s->extensions & EXT_AUTH)
        s->had_auth_list = true;
    s->extensions = 0;
    s->mechanisms = slice_of(NULL, 0);
    s->size_limit = 0;
    s->has_list = reply->text.len > 0;
    if (memchr(rest.ptr, '\n', rest.len) == NULL) {
        struct slice words = rest;
        for (int i = 0; i < 60 && words.len > 0; i++) {
            struct slice word = words_next(&words);
            struct slice here = slice_of(word.ptr, word.len + words.len);
            if (i > 1)
                read_extension(s, here);
        }
        s->has_list = s->extensions != 0;
        return;
    }
    while (rest.len > 0) {
        slice_cut(rest, '\n', &line, &rest);
        if (is_first && line.len > 4)
            line = slice_skip(line, 4);
        read_extension(s, line); /* the first is a name, unless the head is cut off */
        is_first = false;
    }
}

/* ---- the state ------------------------------------------------------------------- */

static void
state_reset(struct state *s)
{
    uint32_t messages = s->messages;

    *s = (struct state){.phase = POSTERN_PHASE_GREETED};
    s->messages = messages;
    s->greeting = s->hello = s->starttls = s->auth = s->mail = s->data = -1;
    s->hello_refusal = s->starttls_refusal = s->auth_refusal = s->mail_refusal = -1;
    s->rcpt_refusal = s->auth_success = s->last_reply = s->last_command = -1;
    s->early = s->early_rcpt = s->desync = s->closed = -1;
    s->late_greeting = s->partial = s->vrfy = s->message_reply = s->left = -1;
    s->hasty = s->contradiction = -1;
}

static void
forget_transaction(struct state *s)
{
    s->mail = s->data = s->mail_refusal = s->rcpt_refusal = -1;
    s->rcpt_tried = s->rcpt_accepted = 0;
    s->facts &= ~(uint32_t)(FACT_MAIL_REFUSED | FACT_RCPT_TRIED | FACT_BINARY);
}

/* The beginning is cut off: what must have come before command? */
static void
assume_phase(struct state *s, enum postern_command command)
{
    static const uint8_t phases[POSTERN_COMMAND_COUNT] = {
        [POSTERN_MAIL] = POSTERN_PHASE_EHLO, [POSTERN_RCPT] = POSTERN_PHASE_MAIL,
        [POSTERN_DATA] = POSTERN_PHASE_RCPT, [POSTERN_BDAT] = POSTERN_PHASE_RCPT,
        [POSTERN_AUTH] = POSTERN_PHASE_EHLO, [POSTERN_STARTTLS] = POSTERN_PHASE_EHLO,
        [POSTERN_RSET] = POSTERN_PHASE_EHLO, [POSTERN_QUIT] = POSTERN_PHASE_EHLO,
        [POSTERN_VRFY] = POSTERN_PHASE_EHLO,
    };

    if (s->has_start || s->is_assumed)
        return;
    if (command == POSTERN_EHLO || command == POSTERN_HELO || command == POSTERN_LHLO) {
        s->has_start = true;
        return;
    }
    s->is_assumed = true;
    if (phases[command] != 0)
        s->phase = (enum postern_phase)phases[command];
    s->has_hello = true;
}

static void
enter(struct judgement *j, struct event *reply, enum postern_phase phase)
{
    reply->note.before = j->state.phase;
    reply->note.after = phase;
    j->state.phase = phase;
}

static enum postern_phase
idle_phase(const struct state *s)
{
    return (s->facts & FACT_HELO) != 0 ? POSTERN_PHASE_HELO : POSTERN_PHASE_EHLO;
}

/* ---- replies to each command
 * --------------------------------------------------------- */

static void
on_hello(struct judgement *j, int32_t n, int32_t command)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n), *hello = event_at(j, command);
    bool is_helo = hello->note.command == POSTERN_HELO;

    s->hellos++;
    if (reply->note.code >= 400) {
        s->hello_refusal = n;
        enter(j, reply, s->phase);
        return;
    }
    forget_transaction(s);
    s->hello = command;
    s->has_hello = true;
    s->needs_hello_again = false;
    s->has_lhlo = hello->note.command == POSTERN_LHLO;
    s->facts = (s->facts & ~(uint32_t)FACT_HELO) | (is_helo ? FACT_HELO : 0u);
    if (is_helo)
        s->has_list = false, s->extensions = 0;
    else
        read_extensions(s, reply);
    enter(j, reply, is_helo ? POSTERN_PHASE_HELO : POSTERN_PHASE_EHLO);
}

static void
on_starttls(struct judgement *j, int32_t n, int32_t command)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n);

    if (reply->note.code >= 400) {
        s->starttls_refusal = n;
        enter(j, reply, s->phase);
        return;
    }
    s->starttls = command;
    s->has_tls = true;
    s->has_hello = false;
    s->needs_hello_again = true;
    s->has_list = false;
    s->extensions = 0;
    s->facts = (s->facts | FACT_TLS) & ~(uint32_t)(FACT_AUTH | FACT_HELO);
    enter(j, reply, POSTERN_PHASE_GREETED);
}

static void
on_auth(struct judgement *j, int32_t n, int32_t command)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n);

    s->auth = command;
    if (reply->note.code == 334) {
        enter(j, reply, POSTERN_PHASE_AUTH);
        return;
    }
    s->auths++;
    if (reply->note.code >= 400) {
        s->auth_refusal = n;
        enter(j, reply, s->phase == POSTERN_PHASE_AUTH ? idle_phase(s) : s->phase);
        return;
    }
    s->auth_success = n;
    s->facts |= FACT_AUTH;
    enter(j, reply, idle_phase(s));
}

static void
on_envelope(struct judgement *j, int32_t n, int32_t command)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n), *e = event_at(j, command);
    bool is_mail = e->note.command == POSTERN_MAIL, is_ok = reply->note.code < 400;

    if (is_mail && is_ok) {
        forget_transaction(s);
        if (words_have(e->text, SLICE("BODY=BINARYMIME")))
            s->facts |= FACT_BINARY;
        s->mail = command;
        enter(j, reply, POSTERN_PHASE_MAIL);
    } else if (is_mail) {
        if (s->phase != POSTERN_PHASE_MAIL && s->phase != POSTERN_PHASE_RCPT) {
            s->mail_refusal = n;
            s->facts |= FACT_MAIL_REFUSED;
        }
        enter(j, reply, s->phase);
    } else {
        s->rcpt_tried++;
        s->rcpt_accepted += is_ok;
        s->facts |= FACT_RCPT_TRIED;
        if (!is_ok && s->rcpt_refusal < 0)
            s->rcpt_refusal = n;
        enter(j, reply, is_ok ? POSTERN_PHASE_RCPT : s->phase);
    }
}

/* A message was taken: its id, and the transaction is over. */
static void
on_message(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n);
    char text[POSTERN_REPLY_TEXT_MAX];
    struct slice id;

    s->message_reply = n;
    if (reply->note.code < 300) {
        s->messages++;
        j->was_accepted = true;
        struct slice flat = judge_flatten(reply, text);
        postern_wording_match(flat, j->product, &id);
        size_t at = id.len > 0 ? words_find(reply->text, id) : SIZE_MAX;
        if (at != SIZE_MAX)
            j->queue_id = slice_of(reply->text.ptr + at, id.len);
    }
    forget_transaction(s);
    enter(j, reply, idle_phase(s));
}

static void
on_other(struct judgement *j, int32_t n, int32_t command)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n), *e = event_at(j, command);
    struct order_step step = order_check(s->phase, e->note.command, s->facts);
    bool is_ok = reply->note.code < 400;
    enum postern_phase next = order_next(step, s->phase, (s->facts & FACT_HELO) != 0);

    if (e->note.command == POSTERN_RSET && is_ok) {
        s->rsets++;
        forget_transaction(s);
        next = s->phase == POSTERN_PHASE_GREETED ? s->phase : idle_phase(s);
    } else if (e->note.command == POSTERN_DATA) {
        s->data = command;
        next = reply->note.code == 354 ? POSTERN_PHASE_DATA : s->phase;
    } else if (e->note.command == POSTERN_BDAT && is_ok) {
        next = words_have(e->note.argument, SLICE("LAST")) ? idle_phase(s)
                                                           : POSTERN_PHASE_BDAT;
        if (words_have(e->note.argument, SLICE("LAST")))
            on_message(j, n);
    } else if (e->note.command == POSTERN_QUIT) {
        s->has_quit = true;
        s->closed = n;
    } else if (e->note.command == POSTERN_VRFY) {
        if (s->vrfys++ == 0)
            s->vrfy = n;
        s->vrfy_refused += !is_ok;
    } else if (!is_ok) {
        next = s->phase;
    }
    enter(j, reply, next);
}

static void
dispatch(struct judgement *j, int32_t n, int32_t command)
{
    struct event *e = event_at(j, command);

    if (e->note.kind == POSTERN_NOTE_CONTENT) {
        on_message(j, n);
        return;
    }
    if (e->note.kind == POSTERN_NOTE_SASL) {
        on_auth(j, n, command);
        return;
    }
    switch (e->note.command) {
    case POSTERN_HELO:
    case POSTERN_EHLO:
    case POSTERN_LHLO:
        on_hello(j, n, command);
        break;
    case POSTERN_STARTTLS:
        on_starttls(j, n, command);
        break;
    case POSTERN_AUTH:
        on_auth(j, n, command);
        break;
    case POSTERN_MAIL:
    case POSTERN_RCPT:
        on_envelope(j, n, command);
        break;
    case POSTERN_DATA:
    case POSTERN_BDAT:
    case POSTERN_RSET:
    case POSTERN_NOOP:
    case POSTERN_VRFY:
    case POSTERN_EXPN:
    case POSTERN_HELP:
    case POSTERN_QUIT:
    case POSTERN_XCLIENT:
    case POSTERN_UNIMPLEMENTED:
    case POSTERN_UNKNOWN:
    case POSTERN_COMMAND_COUNT:
        on_other(j, n, command);
        break;
    }
}

/* ---- which command a reply answers
 * ---------------------------------------------------- */

static int32_t
pending_pop(struct state *s)
{
    if (s->pending_count == 0)
        return -1;
    int32_t first = s->pending[0];
    s->pending_count--;
    memmove(s->pending, s->pending + 1, s->pending_count * sizeof(*s->pending));
    return first;
}

static void
pending_push(struct state *s, int32_t n)
{
    if (s->pending_count == TRANSCRIPT_PENDING)
        pending_pop(s);
    s->pending[s->pending_count++] = n;
}

/* The reply cannot be one to that command. */
static bool
is_foreign(const struct event *reply, const struct event *command)
{
    enum postern_step step = event_step(command);
    unsigned code = reply->note.code;
    bool is_message = step == POSTERN_STEP_EOD || step == POSTERN_STEP_BDAT;

    if (code == 354)
        return step != POSTERN_STEP_DATA && step != POSTERN_STEP_COUNT &&
               step != POSTERN_STEP_SESSION;
    if (code == 334 || code == 235)
        return step != POSTERN_STEP_AUTH && step != POSTERN_STEP_COUNT;
    if (code == 221)
        return step != POSTERN_STEP_QUIT && step != POSTERN_STEP_COUNT;
    if (code == 220)
        return step != POSTERN_STEP_STARTTLS && step != POSTERN_STEP_SESSION;
    if (code == 250 && step == POSTERN_STEP_DATA)
        return true;
    if (step == POSTERN_STEP_MAIL &&
        slice_is_equal(reply->note.enhanced, SLICE("2.1.5")))
        return true;
    if (step == POSTERN_STEP_RCPT &&
        slice_is_equal(reply->note.enhanced, SLICE("2.1.0")))
        return true;
    if (code / 100 == 2 && !is_message && step != POSTERN_STEP_COUNT)
        return words_have_any(reply->text,
                              SLICE("queued as|queued mail for|Message accepted for|"
                                    "250 OK id=")) &&
               step != POSTERN_STEP_QUIT;
    return false;
}

/* No command waits: what the reply's own words say it answered. */
static enum postern_step
step_by_words(const struct event *reply)
{
    static const struct {
        struct slice words;
        enum postern_step step;
    } known[] = {
        {SLICE_INIT("queued"), POSTERN_STEP_EOD},
        {SLICE_INIT("accepted for delivery"), POSTERN_STEP_EOD},
        {SLICE_INIT("Helo command rejected"), POSTERN_STEP_EHLO},
        {SLICE_INIT("Sender address rejected"), POSTERN_STEP_MAIL},
        {SLICE_INIT("Recipient address rejected"), POSTERN_STEP_RCPT},
        {SLICE_INIT("Relay access denied"), POSTERN_STEP_RCPT},
        {SLICE_INIT("Client host rejected"), POSTERN_STEP_RCPT},
    };
    char text[POSTERN_REPLY_TEXT_MAX];
    const struct postern_wording *wording;
    unsigned code = reply->note.code;

    if (code == 354)
        return POSTERN_STEP_DATA;
    if (code == 334 || code == 235 || code == 535 || code == 534 || code == 538)
        return POSTERN_STEP_AUTH;
    if (code == 221)
        return POSTERN_STEP_QUIT;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (words_have(reply->text, known[i].words))
            return known[i].step;
    }
    if (code < 400)
        return POSTERN_STEP_COUNT;
    wording =
        postern_wording_match(judge_flatten(reply, text), slice_of(NULL, 0), NULL);
    if (wording == NULL || wording->after.len == 0)
        return POSTERN_STEP_COUNT;
    for (int i = 0; i < POSTERN_STEP_COUNT; i++) {
        if (slice_is_equal(wording->after,
                           slice_from(postern_step_name((enum postern_step)i))))
            return (enum postern_step)i;
    }
    return POSTERN_STEP_COUNT;
}

/* A dialogue that shows replies only tells what was asked by what was answered. */
static void
on_unasked(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n);
    enum postern_step step = step_by_words(reply);

    if (reply->step == POSTERN_STEP_COUNT)
        reply->step = (uint8_t)step;
    if (reply->note.code == 250 &&
        memchr(reply->text.ptr, '\n', reply->text.len) != NULL &&
        words_have_any(reply->text,
                       SLICE("PIPELINING|8BITMIME|SIZE|STARTTLS|AUTH|HELP"))) {
        s->has_start = true;
        s->has_hello = true;
        s->needs_hello_again = false;
        s->facts &= ~(uint32_t)FACT_HELO;
        read_extensions(s, reply);
        enter(j, reply, POSTERN_PHASE_EHLO);
        return;
    }
    if (reply->note.code == 250 && s->last_reply >= 0 &&
        s->last_reply == s->message_reply &&
        event_at(j, s->last_reply)->note.code >= 500 && step == POSTERN_STEP_EOD)
        s->contradiction = n;
    if (step == POSTERN_STEP_EOD && reply->note.code < 300) {
        on_message(j, n);
        return;
    }
    if (reply->note.code < 300 && s->message_reply >= 0 &&
        s->message_reply == s->last_reply && !reply->is_quoted && !s->has_lhlo &&
        reply->note.code != 221 && s->last_command >= 0)
        s->extra++;
    if (!s->has_start)
        s->is_assumed = true;
    if (step == POSTERN_STEP_AUTH && reply->note.code == 235)
        s->auth_success = n, s->facts |= FACT_AUTH;
    enter(j, reply, s->phase);
}

static void
on_greeting(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n);
    static const struct {
        struct slice words;
        struct slice product;
    } products[] = {
        {SLICE_INIT("Postfix"), SLICE_INIT("Postfix")},
        {SLICE_INIT("Exim"), SLICE_INIT("Exim")},
        {SLICE_INIT("Sendmail"), SLICE_INIT("Sendmail")},
        {SLICE_INIT("OpenSMTPD"), SLICE_INIT("OpenSMTPD")},
        {SLICE_INIT("Haraka"), SLICE_INIT("Haraka")},
        {SLICE_INIT("Microsoft ESMTP"), SLICE_INIT("Microsoft Exchange Server")},
        {SLICE_INIT("gsmtp"), SLICE_INIT("Gmail")},
        {SLICE_INIT("outlook.com"), SLICE_INIT("Microsoft 365 (Exchange Online)")},
        {SLICE_INIT("Courier"), SLICE_INIT("Courier")},
        {SLICE_INIT("Dovecot"), SLICE_INIT("Dovecot")},
        {SLICE_INIT("Stalwart"), SLICE_INIT("Stalwart")},
        {SLICE_INIT("Mailpit"), SLICE_INIT("Mailpit")},
        {SLICE_INIT("MailHog"), SLICE_INIT("MailHog")},
        {SLICE_INIT("MailEnable"), SLICE_INIT("MailEnable")},
        {SLICE_INIT("hMailServer"), SLICE_INIT("hMailServer")},
        {SLICE_INIT("qmail"), SLICE_INIT("qmail")},
        {SLICE_INIT("Postal"), SLICE_INIT("Postal")},
        {SLICE_INIT("AliMail"), SLICE_INIT("Alibaba AliMail")},
    };

    s->greeting = n;
    s->has_start = true;
    s->is_masked = words_have(reply->text, SLICE("********"));
    for (size_t i = 0; i < ARRAY_LEN(products); i++) {
        if (words_have(reply->text, products[i].words))
            j->product = products[i].product;
    }
    if (reply->note.code >= 500)
        enter(j, reply, POSTERN_PHASE_REFUSED);
    else
        enter(j, reply, POSTERN_PHASE_GREETED);
}

/* A reply opens a session: 220 where none was asked for, or a refusal first of all. */
static bool
is_greeting(const struct judgement *j, const struct event *reply)
{
    const struct state *s = &j->state;
    unsigned code = reply->note.code;
    bool is_first = s->greeting < 0 && s->last_command < 0 && s->last_reply < 0;

    if (reply->is_quoted)
        return false;
    if (code == 220) {
        const struct event *asked =
            s->pending_count > 0 ? event_at(j, s->pending[0]) : NULL;
        if (asked != NULL && event_step(asked) == POSTERN_STEP_STARTTLS)
            return false;
        if (s->last_command >= 0 &&
            event_step(event_at(j, s->last_command)) == POSTERN_STEP_STARTTLS &&
            s->pending_count == 0 && s->starttls < 0)
            return false;
        return !words_have_any(reply->text,
                               SLICE("start TLS|starttls|2.0.0|go ahead")) ||
               is_first;
    }
    uint32_t connected = j->transcript->oddities.connected;
    if (is_first && code >= 400 && connected > 0 && connected < reply->line &&
        connected + 4 > reply->line)
        return true;
    return is_first &&
           (code == 554 || code == 521 || code == 421 || code == 550 || code == 450 ||
            code == 451 || code == 571) &&
           (words_have_any(reply->text,
                           SLICE("ESMTP|SMTP|connect|service|block|reject|"
                                 "refus|banned|too many|busy|denied|listed|"
                                 "access|PTR|reverse")) &&
            !words_have_any(
                reply->text,
                SLICE("Recipient address|Sender address|<|Helo command|RCPT|"
                      "MAIL|DATA")));
}

static void
on_reply(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n);
    int32_t command = -1;

    if (!reply->is_quoted)
        j->has_dialogue = true;
    if (reply->is_quoted && reply->is_trouble && reply->note.code > 0 &&
        reply->note.code < 400) {
        judge_success(j, n);
        return;
    }
    if (is_greeting(j, reply)) {
        bool had_early = s->pending_count > 0 && s->greeting < 0 && s->last_reply < 0;
        if (s->last_reply >= 0 || s->greeting >= 0)
            state_reset(s);
        on_greeting(j, n);
        if (had_early) {
            s->early = s->pending[0];
            s->late_greeting = n;
        }
        if (reply->note.code >= 400)
            judge_reply(j, n, -1);
        s->last_reply = n;
        return;
    }
    if (!reply->is_quoted || (s->pending_count > 0 && reply->note.code > 0))
        command = pending_pop(s);
    if (command >= 0) {
        struct event *asked = event_at(j, command);
        if (!reply->is_quoted && is_foreign(reply, asked)) {
            s->desync = s->desync < 0 ? n : s->desync;
            s->desyncs++;
        }
        if (reply->is_quoted && reply->step != POSTERN_STEP_COUNT &&
            event_step(asked) != POSTERN_STEP_COUNT &&
            event_step(asked) != (enum postern_step)reply->step) {
            /* told about another step: the one that fits, if it waits too */
            for (unsigned i = 0; i < s->pending_count; i++) {
                if (event_step(event_at(j, s->pending[i])) ==
                    (enum postern_step)reply->step)
                    command = s->pending[i];
            }
        }
        asked = event_at(j, command);
        reply->answers = command;
        asked->reply = n;
        reply->note.command = asked->note.command;
        assume_phase(s, asked->note.command);
    }
    if (reply->note.code >= 400 || reply->note.code == 0)
        judge_reply(j, n, command);
    if (command >= 0)
        dispatch(j, n, command);
    else
        on_unasked(j, n);
    if (reply->note.code == 421)
        s->closed = n;
    s->last_reply = n;
}

/* ---- commands
 * ------------------------------------------------------------------------------ */

/* Must the client have waited before this command? (RFC 2920 3.1) */
static void
check_waiting(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;

    if (s->pending_count == 0)
        return;
    const struct event *before = event_at(j, s->pending[s->pending_count - 1]);
    enum postern_step step = event_step(before);
    bool must_wait = step == POSTERN_STEP_EHLO || step == POSTERN_STEP_STARTTLS ||
                     step == POSTERN_STEP_AUTH || step == POSTERN_STEP_DATA ||
                     step == POSTERN_STEP_QUIT;
    if (must_wait && s->early < 0)
        s->early = n;
    else if (!must_wait && (s->extensions & EXT_PIPELINING) == 0 && s->early_rcpt < 0)
        s->early_rcpt = n;
}

static void
on_command(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;
    struct event *e = event_at(j, n);

    if (e->is_quoted && (j->has_dialogue || s->last_command >= 0))
        return;
    assume_phase(s, e->note.command);
    e->note.before = e->note.after = s->phase;
    check_waiting(j, n);
    if (s->pending_count > 0 && s->left < 0 &&
        event_at(j, s->pending[s->pending_count - 1])->note.kind ==
            POSTERN_NOTE_CONTENT &&
        (e->note.command == POSTERN_RSET || e->note.command == POSTERN_QUIT))
        s->left = n;
    if ((e->note.command == POSTERN_RSET || e->note.command == POSTERN_QUIT) &&
        s->rcpt_accepted > 0 && s->rcpt_refusal >= 0 && s->data < 0)
        s->partial = s->rcpt_refusal;
    if (s->closed >= 0 && s->has_quit)
        s->pending_count = 0;
    pending_push(s, n);
    s->last_command = n;
}

static void
on_content(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;
    struct event *e = event_at(j, n);

    e->note.before = e->note.after = s->phase;
    pending_push(s, n);
    s->last_command = n;
}

/* Behind 354 the next reply answers the message, also where it is not shown. */
static bool
wants_message(const struct judgement *j, int32_t n)
{
    const struct state *s = &j->state;
    const struct event *e = event_at(j, n);

    return s->phase == POSTERN_PHASE_DATA && s->pending_count == 0 &&
           e->note.kind == POSTERN_NOTE_REPLY && !e->is_quoted;
}

void
replay(struct judgement *j, uint32_t key)
{
    struct transcript *t = j->transcript;

    state_reset(&j->state);
    j->state.has_tls = t->oddities.s_client > 0;
    j->key = key;
    for (uint32_t i = 0; i < t->count; i++) {
        struct event *e = &t->events[i];
        int32_t n = (int32_t)i;
        if (key != 0 && e->key != key && e->key != 0)
            continue;
        if (e->has_gap) {
            state_reset(&j->state);
            j->state.is_assumed = true;
        }
        switch (e->note.kind) {
        case POSTERN_NOTE_REPLY:
            if (wants_message(j, n)) {
                e->step = POSTERN_STEP_EOD;
                if (e->note.code < 300 && i > 0 && t->events[i - 1].note.code == 354)
                    j->state.hasty = n;
                if (e->note.code >= 400)
                    judge_reply(j, n, -1);
                on_message(j, n);
                j->state.last_reply = n;
                j->has_dialogue = true;
            } else {
                on_reply(j, n);
            }
            break;
        case POSTERN_NOTE_COMMAND:
            on_command(j, n);
            break;
        case POSTERN_NOTE_CONTENT:
            on_content(j, n);
            break;
        case POSTERN_NOTE_SASL:
            on_content(j, n);
            break;
        case POSTERN_NOTE_EVENT:
            if (e->message != NULL)
                judge_message(j, n);
            break;
        }
    }
    judge_session(j);
}
