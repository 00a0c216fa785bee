/* transcript_report.c - what programs report about a conversation
 *
 * Their own messages, refusals without a code, and the parts of a reply that a bounce
 * or a careless server left without one.
 */
#include "explain/transcript_add.h"

#include "explain/context.h"
#include "explain/reported.h"
#include "explain/secret.h"
#include "explain/words.h"

bool
transcript_add_message(struct transcript *t, struct slice text, const struct element *e,
                       uint32_t n)
{
    char folded[LINE_SEARCH_MAX];
    size_t len = catalog_message_fold(text, folded, sizeof(folded));
    const struct catalog_message *message = catalog_message_find(slice_of(folded, len));
    if (message == NULL)
        return false;
    struct event *old = event_last(t);
    if (old != NULL && old->message == message)
        return true;
    struct event *event = event_new(t, POSTERN_NOTE_EVENT, n);
    event->text = event->note.octets = secret_cut(text);
    event->message = message;
    event->is_quoted = true;
    event->key = e->key;
    event->step = (uint8_t)context_step(text);
    return true;
}

/* Bounces wrap long lines: the rest of a quoted reply is indented below it. */
bool
transcript_add_rest_of_quote(struct transcript *t, struct slice piece, uint32_t n)
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
        transcript_extend_reply(t, last, piece);
    last->last_line = n;
    return true;
}

/* A sentence that a bounce has wrapped: search it for messages across the break. */
bool
transcript_add_wrapped_message(struct transcript *t, struct slice piece,
                               const struct element *e, uint32_t n)
{
    if (!t->is_indented || t->typed_line == 0 || t->typed_line + 1 != n ||
        t->typed.len + piece.len > 1500)
        return false;
    arena_begin(&t->arena);
    arena_add(&t->arena, t->typed);
    arena_octet(&t->arena, ' ');
    arena_add(&t->arena, piece);
    return transcript_add_message(t, arena_end(&t->arena), e, n);
}

/* "SIZE 1000" below "250 mx.example.com": a line of the list without its code. */
bool
transcript_add_line_without_code(struct transcript *t, struct slice piece, uint32_t n)
{
    struct event *last = event_last(t);
    struct slice rest = piece, word = words_next(&rest);

    if (last == NULL || last->note.kind != POSTERN_NOTE_REPLY ||
        last->note.code != 250 || last->last_line + 1 != n || !last->is_complete ||
        words_count(piece, 4) > 3 || word.ptr[0] < 'A' || word.ptr[0] > 'Z' ||
        postern_extension_find(word) == NULL || t->count < 2 ||
        t->events[t->count - 2].note.command != POSTERN_EHLO)
        return false;
    last->has_line_without_code = true;
    last->last_line = n;
    return true;
}

/* A refusal reported without a code: "rejected after DATA: message looks like spam". */
bool
transcript_add_report(struct transcript *t, struct slice piece, const struct element *e,
                      uint32_t n)
{
    struct slice text = piece;

    if (piece.len < 12 || piece.len > 1000 || t->clues.reports > REPORTS_MAX ||
        (t->topics & TOPIC_TRACE) != 0 || (t->topics & TOPIC_FAILURE) == 0)
        return false;
    t->clues.reports++;
    const struct postern_wording *best = reported_wording(piece, t->topics, &text);
    if (best == NULL ||
        (best->is_generic && best->cause == POSTERN_CAUSE_POLICY_REFUSAL))
        return false;
    struct event *report = event_new(t, POSTERN_NOTE_REPLY, n);
    report->text = report->note.octets = secret_cut(text);
    report->note.is_last = report->is_complete = report->is_quoted = true;
    report->key = e->key;
    report->step = (uint8_t)context_step(piece);
    return true;
}
