/* said - the parts of transcript.c: each adds to the events what a piece of a line says
 *
 * n is the number of the line in the paste. What is added borrows from the line, which
 * lies in the paste or in the arena.
 */
#ifndef EXPLAIN_SAID_H
#define EXPLAIN_SAID_H

#include "explain/transcript.h"

/* LINE_MAX_READ: octets of a line that are read; LINE_LOOKED_AT: looked for messages.
 * Refusals told without a code cost a walk over the catalog each: TOLD_MAX are looked
 * at. */
enum { LINE_LOOKED_AT = 4000, LINE_MAX_READ = 8 * LINE_LOOKED_AT, TOLD_MAX = 24 };

/* ---- said_event.c ---- */

/* Make room for the events and octets of one more line, as long as no line is at
 * hand. */
void event_room(struct transcript *t);

/* A new event at the end; when there is no room some of the middle go, so that indexes
 * of events change. */
struct event *event_new(struct transcript *t, enum postern_note_kind kind,
                        uint32_t line);

/* The last event, NULL if there is none. */
struct event *event_last(struct transcript *t);

/* ---- said_reply.c ---- */

/* A reply, or one line of it; line is all that stood around it. */
void said_reply(struct transcript *t, const struct element *e, struct slice line,
                uint32_t n);

/* One more line for a reply, LF between. */
void said_join(struct transcript *t, struct event *reply, struct slice text);

/* ---- said_command.c ---- */

void said_command(struct transcript *t, const struct element *e, uint32_t n,
                  bool has_nul);

/* An answer in an AUTH exchange: text is kept, but never shown. */
void said_login(struct transcript *t, struct slice text, const struct element *e,
                uint32_t n);

/* A line of the message behind 354; "." ends it. */
void said_content(struct transcript *t, struct slice text, uint32_t n);

/* ---- said_other.c ---- */

/* Remember the first line for what a piece shows besides SMTP. */
void note_oddities(struct transcript *t, struct slice piece, uint32_t n);

/* Remember a sentence that says mail did not arrive. */
void note_complaint(struct transcript *t, struct slice text, uint32_t n);

/* A message of catalog/messages.txt; false if text holds none. */
bool said_message(struct transcript *t, struct slice text, const struct element *e,
                  uint32_t n);

/* The rest of a quoted reply that a bounce has wrapped; false if it is none. */
bool said_more(struct transcript *t, struct slice piece, uint32_t n);

/* A message wrapped over two lines; false if there is none. */
bool said_wrapped(struct transcript *t, struct slice piece, const struct element *e,
                  uint32_t n);

/* A line of an EHLO reply that lacks its code; false if it is none. */
bool said_without_code(struct transcript *t, struct slice piece, uint32_t n);

/* A refusal told without a code; false if it is none. */
bool said_told(struct transcript *t, struct slice piece, const struct element *e,
               uint32_t n);

/* The wording in a line that tells of a refusal, and the part of the line that is it;
 * NULL if the catalog knows none. */
const struct postern_wording *told_find(const struct transcript *t, struct slice text,
                                        struct slice *best_out);

static inline void
note_once(uint32_t *slot, uint32_t n)
{
    if (*slot == 0)
        *slot = n;
}

/* ---- piece.c, line.c ---- */

/* One piece of line. has_nul: NULs stood in it. */
void piece_take(struct transcript *t, struct slice piece, struct slice line, uint32_t n,
                bool has_nul);

/* A line of the paste, without its end. */
void line_read(struct transcript *t, struct slice line, uint32_t n);

#endif
