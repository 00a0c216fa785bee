/* server_bdat.c - BDAT (RFC 3030 2, 3; RFC 2033 4.3)
 *
 * 1. The octets a well-formed BDAT announces are read to the last one before it is
 *    answered, whatever the answer: else they would be taken for commands.
 * 2. A malformed size is the one case in which that cannot be; the session ends.
 * 3. The first chunk that fails decides the message: later chunks get its codes, so
 *    a temporary failure stays temporary (SEQ-11).
 */
#include "engine/server_internal.h"

#include "base/ascii.h"
#include "catalog/reply.h"

/* bdat-cmd = "BDAT" SP 1*DIGIT [ SP "LAST" ]; at most 19 digits, which always fit. */
static bool
parse(struct slice argument, uint64_t *size_out, bool *is_last_out)
{
    enum { MAX_DIGITS = 19 };
    struct slice digits, last;

    *is_last_out = slice_cut(argument, ' ', &digits, &last);
    if (*is_last_out && !slice_is_equal_fold(last, SLICE("LAST")))
        return false;
    return digits.len <= MAX_DIGITS && slice_parse_number(digits, size_out);
}

/* ---- the answer, when the octets are in ---- */

/* The transaction is over without a message. */
static void
abandon(struct server *s)
{
    server_drop_transaction(s);
    server_enter(s, server_idle_phase(s));
}

/* Answer an eaten chunk: with its own refusal, or with the codes of the first one. */
static void
answer_eaten(struct server *s)
{
    enum postern_reply reply = (enum postern_reply)s->chunk_reply;
    enum postern_reply codes = reply;
    struct reply_values values = {
        .verb = server_verb(s),
        .number =
            reply == POSTERN_REPLY_TOO_BIG ? s->config->max_message : s->chunk_size,
    };
    bool is_in_transaction =
        s->next != ORDER_SAME || s->phase == POSTERN_PHASE_BDAT_FAILED;
    bool is_answered_each = server_is_lmtp(s) && is_in_transaction && s->is_chunk_last;

    if (reply == POSTERN_REPLY_ALL_RCPTS_REFUSED ||
        reply == POSTERN_REPLY_ALL_RCPTS_REFUSED_LMTP)
        values.number = s->rcpts_tried;
    if (reply == POSTERN_REPLY_BDAT_FAILED_EARLIER)
        codes = (enum postern_reply)s->bdat_failure;
    values.code = catalog_reply(codes)->code;

    if (is_answered_each && s->rcpts > 0) {
        server_refuse_each(s, codes);
        return;
    }
    if (is_answered_each) { /* RFC 2033 4.3: no recipient, no reply */
        abandon(s);
        server_note_event(s, POSTERN_SESSION_EVENT_NO_REPLY);
        return;
    }
    if (s->next == POSTERN_PHASE_BDAT_FAILED) {
        server_drop_content(s);
        s->bdat_failure = (uint16_t)reply;
        server_follow(s);
    } else if (s->next == ORDER_IDLE) {
        abandon(s);
    }
    server_reply_as(s, reply, codes, slice_of(NULL, 0), &values);
}

static void
answer_kept(struct server *s)
{
    struct reply_values values = {.number = s->chunk_size};

    if (!s->is_chunk_last) {
        server_follow(s);
        server_reply(s, POSTERN_REPLY_CHUNK_TAKEN, &values);
        return;
    }
    s->tail = body_finish(&s->body);
    if (s->tail.len > 0 && s->has_content)
        s->pending |= PENDING_TAIL;
    server_end_content(s);
}

static void
finish_chunk(struct server *s)
{
    bool is_kept = s->chunk_action == CHUNK_KEEP;

    s->chunk_action = CHUNK_NONE;
    s->phase_before = s->phase;
    if (s->chunk_size > 0) {
        s->input = (struct input_note){
            .kind = POSTERN_NOTE_CONTENT,
            .command = POSTERN_BDAT,
            .count = s->chunk_size,
        };
        s->pending |= PENDING_INPUT_NOTE;
    }
    if (is_kept)
        answer_kept(s);
    else
        answer_eaten(s);
}

/* ---- the command ---- */

/* Read the chunk and throw it away, then answer with reply. */
static void
eat(struct server *s, enum postern_reply reply, uint8_t next)
{
    s->chunk_action = CHUNK_EAT;
    s->chunk_reply = (uint16_t)reply;
    s->next = next;
    s->chunk_left = s->chunk_size;
    if (s->chunk_left == 0)
        finish_chunk(s);
}

/* Read the chunk as content. */
static void
keep(struct server *s)
{
    s->chunk_action = CHUNK_KEEP;
    s->chunk_left = s->chunk_size;
    if (s->chunk_left == 0)
        finish_chunk(s);
}

/* A failed chunk: F, or the end of the transaction if it was the last one. */
static uint8_t
failed_phase(const struct server *s)
{
    return s->is_chunk_last ? (uint8_t)ORDER_IDLE : (uint8_t)POSTERN_PHASE_BDAT_FAILED;
}

static bool
is_too_big(const struct server *s, uint64_t times)
{
    uint64_t max = s->config->max_message;
    uint64_t so_far = times == 1 && s->phase == POSTERN_PHASE_BDAT ? s->body.octets : 0;

    return max > 0 &&
           (s->chunk_size > max * times || so_far > max * times - s->chunk_size);
}

void
server_bdat(struct server *s, const struct command *command)
{
    struct reply_values values = {.number = s->config->max_message};
    enum postern_reply refusal;
    struct order_step step;
    uint64_t size;
    bool is_last;

    if (!parse(command->argument, &size, &is_last)) {
        server_close(s, POSTERN_REPLY_BDAT_SYNTAX, NULL);
        return;
    }
    s->chunk_size = size;
    s->is_chunk_last = is_last;
    if (is_too_big(s, 2)) {
        server_close(s, POSTERN_REPLY_CHUNK_TOO_BIG, &values);
        return;
    }
    step = server_check_order(s, POSTERN_BDAT, is_last);
    refusal = s->phase == POSTERN_PHASE_REFUSED ? POSTERN_REPLY_NONE
                                                : server_check_offer(s, POSTERN_BDAT);
    if (refusal != POSTERN_REPLY_NONE) {
        eat(s, refusal, ORDER_SAME);
        return;
    }
    if (step.refusal != POSTERN_REPLY_NONE) {
        eat(s, step.refusal, step.next);
        return;
    }
    if (is_too_big(s, 1)) {
        eat(s, POSTERN_REPLY_TOO_BIG, failed_phase(s));
        return;
    }
    if (size == 0 && !is_last)
        server_count_junk(s);
    s->next = step.next;
    if (s->phase == POSTERN_PHASE_RCPT)
        server_ask(s, POSTERN_EVENT_ASK_DATA);
    else
        keep(s);
}

void
server_decided_chunk(struct server *s, const struct postern_decision *decision)
{
    enum body_framing framing = s->is_binary ? BODY_BINARY : BODY_LINES;

    if (decision->reply != POSTERN_REPLY_NONE) {
        eat(s, decision->reply, failed_phase(s));
        return;
    }
    body_init(&s->body, framing, s->config->max_text_line,
              s->config->newline == POSTERN_NEWLINE_NORMALIZE);
    s->tail = slice_of(NULL, 0);
    s->has_content = true;
    keep(s);
}

size_t
server_take_chunk(struct server *s, struct slice input)
{
    size_t used;
    bool is_end;

    if (input.len > s->chunk_left)
        input.len = (size_t)s->chunk_left;
    used = input.len;
    if (s->chunk_action == CHUNK_KEEP)
        used = server_take_content(s, input, &is_end);
    s->chunk_left -= used;
    if (s->chunk_left == 0 && s->phase != POSTERN_PHASE_CLOSING)
        finish_chunk(s);
    return used;
}
