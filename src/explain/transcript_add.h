/* transcript_add - the parts of transcript.c: how a piece of a line becomes an event
 *
 * n is the number of the line in the paste. What is added borrows from the line, which
 * lies in the paste or in the arena. A function that returns bool returns false if the
 * piece is not what it looks for; then nothing was added.
 */
#ifndef EXPLAIN_TRANSCRIPT_ADD_H
#define EXPLAIN_TRANSCRIPT_ADD_H

#include "explain/transcript.h"

enum {
    LINE_SEARCH_MAX = 4000,              /* octets searched for messages */
    LINE_READ_MAX = 8 * LINE_SEARCH_MAX, /* octets of a line that are read at all */
    REPORTS_MAX = 24, /* refusals without a code that are looked up: each of them costs
                         a walk over the catalog */
};

/* ---- transcript_events.c ---- */

/* Make room for the events and octets of one more line. To be called between two lines
 * only: it may move what the last line left in the arena. */
void event_reserve(struct transcript *t);

/* A new event at the end. When there is no room, events in the middle are dropped, so
 * the indexes of events change. */
struct event *event_new(struct transcript *t, enum postern_note_kind kind,
                        uint32_t line);

/* The last event, NULL if there is none. */
struct event *event_last(struct transcript *t);

/* ---- transcript_reply.c ---- */

/* A reply, or one line of it; line is everything that surrounds it. */
void transcript_add_reply(struct transcript *t, const struct element *e,
                          struct slice line, uint32_t n);

/* Append one more line to a reply's text, after an LF. */
void transcript_extend_reply(struct transcript *t, struct event *reply,
                             struct slice text);

/* ---- transcript_command.c ---- */

/* has_nul: there were NULs in the line. */
void transcript_add_command(struct transcript *t, const struct element *e, uint32_t n,
                            bool has_nul);

/* A response in an AUTH exchange: text is kept, but never shown. */
void transcript_add_login(struct transcript *t, struct slice text,
                          const struct element *e, uint32_t n);

/* A line of the message after 354; "." ends it. */
void transcript_add_content(struct transcript *t, struct slice text, uint32_t n);

/* ---- transcript_report.c ---- */

/* A message of catalog/messages.txt. */
bool transcript_add_message(struct transcript *t, struct slice text,
                            const struct element *e, uint32_t n);

/* A message that was wrapped over two lines. */
bool transcript_add_wrapped_message(struct transcript *t, struct slice piece,
                                    const struct element *e, uint32_t n);

/* The rest of a quoted reply that a bounce has wrapped. */
bool transcript_add_rest_of_quote(struct transcript *t, struct slice piece, uint32_t n);

/* A line of an EHLO reply that lacks its code. */
bool transcript_add_line_without_code(struct transcript *t, struct slice piece,
                                      uint32_t n);

/* A refusal that a program reports without a code. */
bool transcript_add_report(struct transcript *t, struct slice piece,
                           const struct element *e, uint32_t n);

/* ---- transcript_clues.c ---- */

/* Note the first line for everything a piece shows besides SMTP. */
void transcript_note_clues(struct transcript *t, struct slice piece, uint32_t n);

/* Note a sentence that says mail did not arrive. */
void transcript_note_complaint(struct transcript *t, struct slice text, uint32_t n);

/* Only the first line of a clue is kept. */
static inline void
clue_note(uint32_t *slot, uint32_t n)
{
    if (*slot == 0)
        *slot = n;
}

/* ---- piece.c, line.c ---- */

/* Add what one piece of line is. has_nul: there were NULs in the line. */
void piece_take(struct transcript *t, struct slice piece, struct slice line, uint32_t n,
                bool has_nul);

/* Add what a line of the paste holds; line comes without its line ending. */
void line_read(struct transcript *t, struct slice line, uint32_t n);

#endif
