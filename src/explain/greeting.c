/* greeting.c - the reply that opens a session: recognise it, and the server's product
 */
#include "explain/follow.h"

#include "base/attr.h"
#include "explain/words.h"

bool
greeting_is(const struct judgement *j, const struct event *reply)
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
    uint32_t connected = j->transcript->clues.connected;
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

void
follow_greeting(struct judgement *j, int32_t n)
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
        state_enter(j, reply, POSTERN_PHASE_REFUSED);
    else
        state_enter(j, reply, POSTERN_PHASE_GREETED);
}
