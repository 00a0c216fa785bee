/* transcript_clues.c - what a paste shows besides SMTP
 *
 * Other protocols, the settings of a program, a stack trace, a sentence of complaint:
 * none of it is part of the conversation, but it can explain why there is none. Only
 * the first line of each is kept.
 */
#include "explain/transcript_add.h"

#include "base/attr.h"

void
transcript_note_clues(struct transcript *t, struct slice s, uint32_t n)
{
    struct clues *c = &t->clues;
    const struct {
        uint32_t topic;
        uint32_t *line;
    } slots[] = {
        {TOPIC_HTTP, &c->http},           {TOPIC_POP, &c->pop},
        {TOPIC_IMAP, &c->imap},           {TOPIC_SSH, &c->ssh},
        {TOPIC_LMTP, &c->lmtp},           {TOPIC_PORT_587, &c->port_587},
        {TOPIC_PORT_465, &c->port_465},   {TOPIC_IMPLICIT, &c->implicit},
        {TOPIC_EXPLICIT, &c->explicit},   {TOPIC_AUTH, &c->auth},
        {TOPIC_CONNECTED, &c->connected}, {TOPIC_STARS, &c->stars},
        {TOPIC_PROXY, &c->proxy},         {TOPIC_TLS_HELLO, &c->tls_hello},
        {TOPIC_S_CLIENT, &c->s_client},   {TOPIC_TIMEOUT, &c->timeout},
        {TOPIC_IN_DATA, &c->in_data},     {TOPIC_AWAITS, &c->awaits},
        {TOPIC_WRITES, &c->writes},       {TOPIC_UNDELIVERED, &c->undelivered},
        {TOPIC_DELIVERED, &c->delivered}, {TOPIC_MAIL, &c->mail_words},
    };

    for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
        if ((t->topics & slots[i].topic) != 0)
            clue_note(slots[i].line, n);
    }
    if (slice_has_prefix_fold(s, SLICE("+OK")))
        clue_note(&c->pop, n);
    if (slice_has_prefix_fold(s, SLICE("* OK ")))
        clue_note(&c->imap, n);
}

void
transcript_note_complaint(struct transcript *t, struct slice text, uint32_t n)
{
    if (text.len > 20 && (t->topics & TOPIC_COMPLAINT) != 0)
        clue_note(&t->complaint, n);
}
