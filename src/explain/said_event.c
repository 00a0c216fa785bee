/* said_event.c - room for events
 *
 * 1. When the events are full the oldest of the newer half go, and the next event says
 *    that there is a gap.
 * 2. The arena holds what had to be rewritten, in the order of the events; what belongs
 *    to the events that go is given back.
 */
#include "explain/said.h"

#include "base/attr.h"

enum { KEPT_HEAD = TRANSCRIPT_EVENTS / 2, DROP = 128 };

bool
event_in_arena(const struct transcript *t, const char *ptr)
{
    return ptr >= t->octets && ptr < t->octets + sizeof(t->octets);
}

static void
move_slice(const struct transcript *t, struct slice *s, size_t at, size_t len,
           ptrdiff_t by)
{
    if (s->ptr != NULL && event_in_arena(t, s->ptr) && s->ptr >= t->octets + at &&
        s->ptr <= t->octets + at + len)
        s->ptr -= by;
}

/* Pull the arena's octets of the events from index first on down to offset to. */
static void
pack_arena(struct transcript *t, uint32_t first, size_t to)
{
    size_t from = t->arena.used;

    for (uint32_t i = first; i < t->count; i++) {
        const struct event *e = &t->events[i];
        const struct slice *slices[] = {&e->text, &e->note.octets};
        for (size_t s = 0; s < 2; s++) {
            if (slices[s]->len > 0 && event_in_arena(t, slices[s]->ptr) &&
                (size_t)(slices[s]->ptr - t->octets) < from)
                from = (size_t)(slices[s]->ptr - t->octets);
        }
    }
    if (from <= to)
        return;
    size_t len = t->arena.used - from;
    memmove(t->octets + to, t->octets + from, len);
    for (uint32_t i = first; i < t->count; i++) {
        struct event *e = &t->events[i];
        struct slice *slices[] = {&e->text, &e->note.octets, &e->note.argument,
                                  &e->note.enhanced};
        for (size_t s = 0; s < ARRAY_LEN(slices); s++)
            move_slice(t, slices[s], from, len, (ptrdiff_t)(from - to));
    }
    t->arena.used = to + len;
}

/* Where the arena's part of the kept head ends. */
static size_t
head_end(const struct transcript *t)
{
    size_t end = 0;

    for (uint32_t i = 0; i < KEPT_HEAD; i++) {
        const struct event *e = &t->events[i];
        const struct slice *slices[] = {&e->text, &e->note.octets};
        for (size_t s = 0; s < 2; s++) {
            if (slices[s]->len == 0 || !event_in_arena(t, slices[s]->ptr))
                continue;
            size_t to = (size_t)(slices[s]->ptr - t->octets) + slices[s]->len;
            end = to > end ? to : end;
        }
    }
    return end;
}

static void
drop_middle(struct transcript *t)
{
    struct event *from = &t->events[KEPT_HEAD];

    memmove(from, from + DROP, (TRANSCRIPT_EVENTS - KEPT_HEAD - DROP) * sizeof(*from));
    t->count -= DROP;
    t->dropped += DROP;
    from->has_gap = true;
    if (t->open >= 0)
        t->open = t->open >= KEPT_HEAD + DROP ? t->open - DROP : -1;
    if (t->content >= 0)
        t->content = t->content >= KEPT_HEAD + DROP ? t->content - DROP : -1;
    t->cut = -1;
    pack_arena(t, KEPT_HEAD, head_end(t));
}

struct event *
event_new(struct transcript *t, enum postern_note_kind kind, uint32_t line)
{
    if (t->count == TRANSCRIPT_EVENTS)
        drop_middle(t);
    struct event *e = &t->events[t->count++];
    t->is_kept = true;
    bool has_gap = t->has_skipped;
    t->has_skipped = false;
    *e = (struct event){.line = line,
                        .last_line = line,
                        .step = POSTERN_STEP_COUNT,
                        .answers = -1,
                        .reply = -1};
    e->has_gap = has_gap;
    e->note.kind = kind;
    e->note.command = POSTERN_UNKNOWN;
    return e;
}

struct event *
event_last(struct transcript *t)
{
    return t->count > 0 ? &t->events[t->count - 1] : NULL;
}
