/* replay.c - walk through the session again, event by event
 *
 * 1. Commands wait in a queue for their replies; a reply answers the oldest.
 * 2. Phases move by the order table that our own server obeys.
 * 3. Where the beginning is cut off, the phase is assumed from the first command. Then
 *    no rule may say that something before it is missing.
 */
#include "explain/follow.h"

#include "explain/words.h"

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

/* The reply cannot be an answer to that command: client and server are out of step. */
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

/* The reply opens a session. Commands that wait for replies came before the greeting.
 */
static void
on_greeting(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;
    bool had_early = s->pending_count > 0 && s->greeting < 0 && s->last_reply < 0;

    if (s->last_reply >= 0 || s->greeting >= 0)
        state_reset(s);
    follow_greeting(j, n);
    if (had_early) {
        s->early = s->pending[0];
        s->late_greeting = n;
    }
    if (event_at(j, n)->note.code >= 400)
        judge_reply(j, n, -1);
    s->last_reply = n;
}

/* The waiting command that reply n answers, -1 if none waits. A quoted
 * reply may name another step than that of the oldest: then it answers that step, if it
 * waits too. */
static int32_t
answered(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n);

    if (reply->is_quoted && (s->pending_count == 0 || reply->note.code == 0))
        return -1;
    int32_t command = pending_pop(s);
    if (command < 0)
        return -1;
    enum postern_step asked = event_step(event_at(j, command));
    enum postern_step named = (enum postern_step)reply->step;
    if (!reply->is_quoted && s->desync < 0 && is_foreign(reply, event_at(j, command)))
        s->desync = n;
    bool is_other = reply->is_quoted && named != POSTERN_STEP_COUNT &&
                    asked != POSTERN_STEP_COUNT && asked != named;
    for (unsigned i = 0; is_other && i < s->pending_count; i++) {
        if (event_step(event_at(j, s->pending[i])) == named)
            command = s->pending[i];
    }
    return command;
}

static void
on_reply(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;
    struct event *reply = event_at(j, n);

    if (!reply->is_quoted)
        j->has_dialogue = true;
    if (reply->is_quoted && reply->reports_failure && reply->note.code > 0 &&
        reply->note.code < 400) {
        judge_success(j, n);
        return;
    }
    if (greeting_is(j, reply)) {
        on_greeting(j, n);
        return;
    }
    int32_t command = answered(j, n);
    if (command >= 0) {
        struct event *asked = event_at(j, command);
        reply->answers = command;
        asked->reply = n;
        reply->note.command = asked->note.command;
        state_assume(s, asked->note.command);
    }
    if (reply->note.code >= 400 || reply->note.code == 0)
        judge_reply(j, n, command);
    if (command >= 0)
        follow_reply(j, n, command);
    else
        follow_unmatched(j, n);
    s->last_reply = n;
}

/* Was this command sent without waiting where the client had to wait (RFC 2920 3.1)? */
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
}

static void
on_command(struct judgement *j, int32_t n)
{
    struct state *s = &j->state;
    struct event *e = event_at(j, n);

    if (e->is_quoted && (j->has_dialogue || s->last_command >= 0))
        return;
    state_assume(s, e->note.command);
    e->note.before = e->note.after = s->phase;
    check_waiting(j, n);
    if (s->pending_count > 0 && s->abandoned < 0 &&
        event_at(j, s->pending[s->pending_count - 1])->note.kind ==
            POSTERN_NOTE_CONTENT &&
        (e->note.command == POSTERN_RSET || e->note.command == POSTERN_QUIT))
        s->abandoned = n;
    if ((e->note.command == POSTERN_RSET || e->note.command == POSTERN_QUIT) &&
        s->rcpt_accepted > 0 && s->rcpt_refusal >= 0 && s->data < 0)
        s->partial = s->rcpt_refusal;
    if (s->has_quit)
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

/* After 354 the next reply answers the message, even if the paste does not show it. */
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
    j->state.has_tls = t->clues.s_client > 0;
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
                    j->state.early_success = n;
                if (e->note.code >= 400)
                    judge_reply(j, n, -1);
                follow_message(j, n);
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
