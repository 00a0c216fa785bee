/* follow.c - how the reply to each command moves the session
 *
 * The phase follows the server's replies, not ours: if it accepted a command out of
 * order, the session is where that server believes it to be.
 */
#include "explain/follow.h"

#include "catalog/wording.h"
#include "engine/commands.h"
#include "explain/words.h"

static void
on_hello(struct judgement *j, int32_t n, int32_t command)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n), *hello = event_at(j, command);
    bool is_helo = hello->note.command == POSTERN_HELO;

    if (reply->note.code >= 400) {
        s->hello_refusal = n;
        state_enter(j, reply, s->phase);
        return;
    }
    state_forget_transaction(s);
    s->hello = command;
    s->needs_hello_again = false;
    s->has_lhlo = hello->note.command == POSTERN_LHLO;
    s->facts = (s->facts & ~(uint32_t)FACT_HELO) | (is_helo ? FACT_HELO : 0u);
    if (is_helo)
        s->has_list = false, s->extensions = 0;
    else
        state_read_extensions(s, reply);
    state_enter(j, reply, is_helo ? POSTERN_PHASE_HELO : POSTERN_PHASE_EHLO);
}

static void
on_starttls(struct judgement *j, int32_t n, int32_t command)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n);

    if (reply->note.code >= 400) {
        state_enter(j, reply, s->phase);
        return;
    }
    s->starttls = command;
    s->has_tls = true;
    s->needs_hello_again = true;
    s->has_list = false;
    s->extensions = 0;
    s->facts = (s->facts | FACT_TLS) & ~(uint32_t)(FACT_AUTH | FACT_HELO);
    state_enter(j, reply, POSTERN_PHASE_GREETED);
}

static void
on_auth(struct judgement *j, int32_t n, int32_t command)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n);

    s->auth = command;
    if (reply->note.code == 334) {
        state_enter(j, reply, POSTERN_PHASE_AUTH);
        return;
    }
    if (reply->note.code >= 400) {
        s->auth_refusal = n;
        state_enter(j, reply,
                    s->phase == POSTERN_PHASE_AUTH ? state_idle(s) : s->phase);
        return;
    }
    s->facts |= FACT_AUTH;
    state_enter(j, reply, state_idle(s));
}

static void
on_envelope(struct judgement *j, int32_t n, int32_t command)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n), *e = event_at(j, command);
    bool is_mail = e->note.command == POSTERN_MAIL, is_ok = reply->note.code < 400;

    if (is_mail && is_ok) {
        state_forget_transaction(s);
        if (words_have(e->text, SLICE("BODY=BINARYMIME")))
            s->facts |= FACT_BINARY;
        s->mail = command;
        state_enter(j, reply, POSTERN_PHASE_MAIL);
    } else if (is_mail) {
        if (s->phase != POSTERN_PHASE_MAIL && s->phase != POSTERN_PHASE_RCPT) {
            s->mail_refusal = n;
            s->facts |= FACT_MAIL_REFUSED;
        }
        state_enter(j, reply, s->phase);
    } else {
        s->rcpt_tried++;
        s->rcpt_accepted += is_ok;
        s->facts |= FACT_RCPT_TRIED;
        if (!is_ok && s->rcpt_refusal < 0)
            s->rcpt_refusal = n;
        state_enter(j, reply, is_ok ? POSTERN_PHASE_RCPT : s->phase);
    }
}

void
follow_message(struct judgement *j, int32_t n)
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
        size_t at = id.len > 0 ? slice_find_fold(reply->text, id) : SIZE_MAX;
        if (at != SIZE_MAX)
            j->queue_id = slice_of(reply->text.ptr + at, id.len);
    }
    state_forget_transaction(s);
    state_enter(j, reply, state_idle(s));
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
        state_forget_transaction(s);
        next = s->phase == POSTERN_PHASE_GREETED ? s->phase : state_idle(s);
    } else if (e->note.command == POSTERN_DATA) {
        s->data = command;
        next = reply->note.code == 354 ? POSTERN_PHASE_DATA : s->phase;
    } else if (e->note.command == POSTERN_BDAT && is_ok) {
        next = words_have(e->note.argument, SLICE("LAST")) ? state_idle(s)
                                                           : POSTERN_PHASE_BDAT;
        if (words_have(e->note.argument, SLICE("LAST")))
            follow_message(j, n);
    } else if (e->note.command == POSTERN_QUIT) {
        s->has_quit = true;
    } else if (e->note.command == POSTERN_VRFY) {
        if (s->vrfys++ == 0)
            s->vrfy = n;
        s->vrfy_refused += !is_ok;
    } else if (!is_ok) {
        next = s->phase;
    }
    state_enter(j, reply, next);
}

void
follow_reply(struct judgement *j, int32_t n, int32_t command)
{
    struct event *e = event_at(j, command);

    if (e->note.kind == POSTERN_NOTE_CONTENT) {
        follow_message(j, n);
        return;
    }
    if (e->note.kind == POSTERN_NOTE_SASL) {
        on_auth(j, n, command);
        return;
    }
    if (command_has(e->note.command, TRAIT_HELLO))
        on_hello(j, n, command);
    else if (e->note.command == POSTERN_STARTTLS)
        on_starttls(j, n, command);
    else if (e->note.command == POSTERN_AUTH)
        on_auth(j, n, command);
    else if (e->note.command == POSTERN_MAIL || e->note.command == POSTERN_RCPT)
        on_envelope(j, n, command);
    else
        on_other(j, n, command);
}
