/* unmatched.c - replies that no command waits for
 *
 * Many logs and error reports show only the server's side. What such a reply answered
 * is inferred from its own words.
 */
#include "explain/follow.h"

#include "base/attr.h"
#include "catalog/wording.h"
#include "explain/context.h"
#include "explain/words.h"

/* The step a reply answered, by its own words. */
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
    return wording == NULL ? POSTERN_STEP_COUNT : step_named(wording->after);
}

void
follow_unmatched(struct judgement *j, int32_t n)
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
        s->needs_hello_again = false;
        s->facts &= ~(uint32_t)FACT_HELO;
        state_read_extensions(s, reply);
        state_enter(j, reply, POSTERN_PHASE_EHLO);
        return;
    }
    if (reply->note.code == 250 && s->last_reply >= 0 &&
        s->last_reply == s->message_reply &&
        event_at(j, s->last_reply)->note.code >= 500 && step == POSTERN_STEP_EOD)
        s->contradiction = n;
    if (step == POSTERN_STEP_EOD && reply->note.code < 300) {
        follow_message(j, n);
        return;
    }
    if (reply->note.code < 300 && s->message_reply >= 0 &&
        s->message_reply == s->last_reply && !reply->is_quoted && !s->has_lhlo &&
        reply->note.code != 221 && s->last_command >= 0)
        s->extra_replies++;
    if (!s->has_start)
        s->is_assumed = true;
    if (step == POSTERN_STEP_AUTH && reply->note.code == 235)
        s->facts |= FACT_AUTH;
    state_enter(j, reply, s->phase);
}
