/* transcript_events.c - room for events
 *
 * 1. When events or octets run out, the oldest of the newer half are dropped, and the
 *    next event says that there is a gap. The beginning of a paste is always kept: it
 *    holds the greeting and the EHLO that later refusals are judged by.
 * 2. The arena holds text that had to be rewritten. The octets of dropped events are
 *    freed between two lines only, since the current line may lie in the arena.
 */
#include "explain/transcript_add.h"

#include "base/attr.h"

/* What one line may need: events, and octets after cleaning. */
enum { LINE_EVENTS = 64, LINE_OCTETS = 2 * LINE_READ_MAX };

static bool
is_in_arena(const struct transcript *t, const char *ptr)
{
    return ptr >= t->arena.ptr && ptr < t->arena.ptr + t->arena.size;
}

/* The arena's octets of the events from first to last: [from, to); from > to: none. */
static void
span_of(const struct transcript *t, uint32_t first, uint32_t end, size_t *from_out,
        size_t *to_out)
{
    *from_out = SIZE_MAX;
    *to_out = 0;
    for (uint32_t i = first; i < end; i++) {
        const struct event *e = &t->events[i];
        const struct slice slices[] = {e->text, e->note.octets};
        for (size_t s = 0; s < ARRAY_LEN(slices); s++) {
            if (slices[s].len == 0 || !is_in_arena(t, slices[s].ptr))
                continue;
            size_t from = (size_t)(slices[s].ptr - t->arena.ptr);
            *from_out = from < *from_out ? from : *from_out;
            if (from + slices[s].len > *to_out)
                *to_out = from + slices[s].len;
        }
    }
}

static void
move_slice(const struct transcript *t, struct slice *s, size_t from, size_t by)
{
    if (s->ptr != NULL && is_in_arena(t, s->ptr) && s->ptr >= t->arena.ptr + from)
        s->ptr -= by;
}

/* Move the octets of the newer events down to those of the kept ones. */
static void
pack_arena(struct transcript *t)
{
    size_t none, to, from, end;

    span_of(t, 0, t->kept, &none, &to);
    span_of(t, t->kept, t->count, &from, &end);
    if (from > end) {
        t->arena.used = to;
        return;
    }
    if (from <= to)
        return;
    memmove(t->arena.ptr + to, t->arena.ptr + from, end - from);
    for (uint32_t i = t->kept; i < t->count; i++) {
        struct event *e = &t->events[i];
        struct slice *slices[] = {&e->text, &e->note.octets, &e->note.argument,
                                  &e->note.enhanced};
        for (size_t s = 0; s < ARRAY_LEN(slices); s++)
            move_slice(t, slices[s], from, from - to);
    }
    t->arena.used = to + (end - from);
}

static int32_t
moved_down(const struct transcript *t, int32_t n, uint32_t by)
{
    if (n < 0 || (uint32_t)n < t->kept)
        return n;
    return (uint32_t)n >= t->kept + by ? n - (int32_t)by : -1;
}

/* Drop the oldest quarter of the events after the kept ones. */
static void
drop_middle(struct transcript *t)
{
    if (t->kept == 0 || t->count - t->kept < 2)
        t->kept = t->count / 2;
    uint32_t by = (t->count - t->kept + 3) / 4;
    struct event *from = &t->events[t->kept];

    memmove(from, from + by, (t->count - t->kept - by) * sizeof(*from));
    t->count -= by;
    t->dropped += by;
    if (t->count > t->kept)
        from->has_gap = true;
    else
        t->has_skipped = true;
    t->open = moved_down(t, t->open, by);
    t->content = moved_down(t, t->content, by);
    t->cut = -1;
}

void
event_reserve(struct transcript *t)
{
    size_t need = t->arena.size / 3 < LINE_OCTETS ? t->arena.size / 3 : LINE_OCTETS;

    while (t->count > 2 && (t->count > TRANSCRIPT_EVENTS - LINE_EVENTS ||
                            t->arena.size - t->arena.used < need)) {
        size_t used = t->arena.used;
        uint32_t count = t->count;
        if (count <= TRANSCRIPT_EVENTS - LINE_EVENTS)
            pack_arena(t); /* it may be enough */
        if (t->arena.used < used)
            continue;
        drop_middle(t);
        pack_arena(t);
    }
}

struct event *
event_new(struct transcript *t, enum postern_note_kind kind, uint32_t line)
{
    if (t->count == TRANSCRIPT_EVENTS) /* one line holds hundreds of them */
        drop_middle(t);
    struct event *e = &t->events[t->count++];
    t->is_borrowed = true;
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
