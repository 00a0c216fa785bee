/* said_other.c - what is no SMTP: programs' own words, refusals told without a code,
 * and signs that somebody else speaks
 */
#include "explain/said.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "catalog/wording.h"
#include "explain/context.h"
#include "explain/secret.h"
#include "explain/words.h"

void
note_oddities(struct transcript *t, struct slice s, uint32_t n)
{
    struct oddities *o = &t->oddities;
    const struct {
        uint32_t topic;
        uint32_t *line;
    } slots[] = {
        {TOPIC_HTTP, &o->http},           {TOPIC_POP, &o->pop},
        {TOPIC_IMAP, &o->imap},           {TOPIC_SSH, &o->ssh},
        {TOPIC_LMTP, &o->lmtp},           {TOPIC_PORT_587, &o->port_587},
        {TOPIC_PORT_465, &o->port_465},   {TOPIC_IMPLICIT, &o->implicit},
        {TOPIC_EXPLICIT, &o->explicit},   {TOPIC_AUTH, &o->auth},
        {TOPIC_CONNECTED, &o->connected}, {TOPIC_STARS, &o->stars},
        {TOPIC_PROXY, &o->proxy},         {TOPIC_TLS_HELLO, &o->tls_hello},
        {TOPIC_S_CLIENT, &o->s_client},   {TOPIC_TIMEOUT, &o->timeout},
        {TOPIC_IN_DATA, &o->in_data},     {TOPIC_AWAITS, &o->awaits},
        {TOPIC_WRITES, &o->writes},       {TOPIC_UNDELIVERED, &o->undelivered},
        {TOPIC_DELIVERED, &o->delivered}, {TOPIC_MAIL, &o->mail_words},
    };

    for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
        if ((t->topics & slots[i].topic) != 0)
            note_once(slots[i].line, n);
    }
    if (slice_has_prefix_fold(s, SLICE("+OK")))
        note_once(&o->pop, n);
    if (slice_has_prefix_fold(s, SLICE("* OK ")))
        note_once(&o->imap, n);
}

bool
said_message(struct transcript *t, struct slice text, const struct element *e,
             uint32_t n)
{
    char folded[LINE_LOOKED_AT];
    size_t len = catalog_message_fold(text, folded, sizeof(folded));
    const struct catalog_message *message = catalog_message_find(slice_of(folded, len));
    if (message == NULL)
        return false;
    struct event *old = event_last(t);
    if (old != NULL && old->message == message)
        return true;
    struct event *said = event_new(t, POSTERN_NOTE_EVENT, n);
    said->text = said->note.octets = secret_cut(text);
    said->message = message;
    said->is_quoted = true;
    said->key = e->key;
    said->step = (uint8_t)context_step(text);
    return true;
}

/* Bounces wrap long lines: the rest of a quoted reply stands indented below it. */
bool
said_more(struct transcript *t, struct slice piece, uint32_t n)
{
    struct event *last = event_last(t);

    if (last == NULL || last->note.kind != POSTERN_NOTE_REPLY || !last->is_quoted ||
        last->last_line + 1 != n || !t->is_indented || last->text.len > 600)
        return false;
    size_t end = slice_find_fold(piece, SLICE("(in reply to"));
    if (end != SIZE_MAX) {
        last->step = (uint8_t)context_step(slice_skip(piece, end));
        piece = words_trim(slice_of(piece.ptr, end));
    }
    if (piece.len > 0)
        said_join(t, last, piece);
    last->last_line = n;
    return true;
}

/* A sentence that a bounce has wrapped: look for messages over the break. */
bool
said_wrapped(struct transcript *t, struct slice piece, const struct element *e,
             uint32_t n)
{
    if (!t->is_indented || t->typed_line == 0 || t->typed_line + 1 != n ||
        t->typed.len + piece.len > 1500)
        return false;
    arena_begin(&t->arena);
    arena_add(&t->arena, t->typed);
    arena_octet(&t->arena, ' ');
    arena_add(&t->arena, piece);
    return said_message(t, arena_end(&t->arena), e, n);
}

/* "SIZE 1000" below "250 mx.example.com": a line of the list without its code. */
bool
said_without_code(struct transcript *t, struct slice piece, uint32_t n)
{
    struct event *last = event_last(t);
    struct slice rest = piece, word = words_next(&rest);

    if (last == NULL || last->note.kind != POSTERN_NOTE_REPLY ||
        last->note.code != 250 || last->last_line + 1 != n || !last->is_complete ||
        words_count(piece, 4) > 3 || word.ptr[0] < 'A' || word.ptr[0] > 'Z' ||
        postern_extension_find(word) == NULL || t->count < 2 ||
        t->events[t->count - 2].note.command != POSTERN_EHLO)
        return false;
    last->is_ragged = true;
    last->last_line = n;
    return true;
}

/* Words of a refusal that only fit where an order of commands is spoken of. */
static bool
is_guess_about_order(const struct postern_wording *w, uint32_t topics)
{
    return w->is_generic &&
           (slice_is_equal(postern_causes[w->cause].group, SLICE("order")) ||
            slice_is_equal(postern_causes[w->cause].group, SLICE("greeting"))) &&
           (topics & TOPIC_ORDER) == 0;
}

/* What stands behind the next colon, bracket or quotation mark; empty: nothing. */
static struct slice
next_part(struct slice text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        char c = text.ptr[i];
        if (c == '(' || c == '"')
            return slice_skip(text, i + 1);
        if ((c == ':' || c == ']') && text.ptr[i + 1] == ' ')
            return slice_skip(text, i + 2);
    }
    return slice_of(text.ptr, 0);
}

/* The part of a line that says why something was refused: a wording some product is
 * known for, wherever it begins, else what the line in general means. */
const struct postern_wording *
told_find(const struct transcript *t, struct slice text, struct slice *best_out)
{
    size_t said = slice_find_fold(text, SLICE("response was: "));
    if (said != SIZE_MAX)
        text = slice_skip(text, said + 14);
    char class = (t->topics & TOPIC_TEMPORARY) != 0 ? '4' : '5';
    const struct postern_wording *best = NULL;
    struct slice part = text;

    for (int i = 0; i < 8 && part.len > 6; i++, part = next_part(part)) {
        const struct postern_wording *w = catalog_wording_known(part, class);
        if (w != NULL && words_count(part, 3) == 3 &&
            (best == NULL || w->weight > best->weight)) {
            best = w;
            *best_out = part;
        }
    }
    if (best != NULL)
        return best;
    best = catalog_wording_by_text(text, class);
    *best_out = text;
    return best == NULL || is_guess_about_order(best, t->topics) ? NULL : best;
}

/* A refusal told without a code: "rejected after DATA: message looks like spam". */
bool
said_told(struct transcript *t, struct slice piece, const struct element *e, uint32_t n)
{
    struct slice text = piece;

    if (piece.len < 12 || piece.len > 1000 || t->oddities.told > TOLD_MAX ||
        (t->topics & TOPIC_TRACE) != 0 || (t->topics & TOPIC_TROUBLE) == 0)
        return false;
    t->oddities.told++;
    const struct postern_wording *best = told_find(t, piece, &text);
    if (best == NULL ||
        (best->is_generic && best->cause == POSTERN_CAUSE_POLICY_REFUSAL))
        return false;
    struct event *told = event_new(t, POSTERN_NOTE_REPLY, n);
    told->text = told->note.octets = secret_cut(text);
    told->note.is_last = told->is_complete = told->is_quoted = true;
    told->key = e->key;
    told->step = (uint8_t)context_step(piece);
    return true;
}

void
note_complaint(struct transcript *t, struct slice text, uint32_t n)
{
    if (text.len > 20 && (t->topics & TOPIC_COMPLAINT) != 0)
        note_once(&t->complaint, n);
}
