/* fuzz_transcript - the events of a paste: they stand in it in order, borrow from it
 * or from the arena, and are the same whatever lay in the memory before */
#include "fuzz.h"

#include "explain/transcript.h"
#include "explain/words.h"

enum { PASTE_MAX = 1 << 18 };

static struct transcript *
transcript_new(int filling)
{
    struct transcript *transcript = malloc(sizeof *transcript);

    FUZZ_CHECK(transcript != NULL);
    memset(transcript, filling, sizeof *transcript);
    return transcript;
}

static bool
is_borrowed(const struct transcript *t, struct slice part, struct slice paste)
{
    size_t used = (size_t)(t->arena.ptr + t->arena.used - t->octets);

    return fuzz_is_inside(part, paste) ||
           fuzz_is_inside(part, slice_of(t->octets, used));
}

/* A command that is known by the label of its reply only borrows its verb from the
 * table of verbs. */
static void
check_borrowed(const struct transcript *t, const struct event *e, struct slice paste)
{
    if (e->is_unseen)
        return;
    FUZZ_CHECK(is_borrowed(t, e->text, paste));
    FUZZ_CHECK(is_borrowed(t, e->note.octets, paste));
    FUZZ_CHECK(is_borrowed(t, e->note.argument, paste));
    FUZZ_CHECK(is_borrowed(t, e->note.enhanced, paste));
}

/* "AUTH PLAIN" may be shown, what follows it not; S-44 */
static void
check_secret(const struct event *e)
{
    if (e->note.kind == POSTERN_NOTE_SASL)
        FUZZ_CHECK(e->note.octets.len == 0);
    if (e->note.kind == POSTERN_NOTE_COMMAND && e->note.command == POSTERN_AUTH) {
        FUZZ_CHECK(words_count(e->note.octets, 3) < 3);
        FUZZ_CHECK(words_count(e->note.argument, 2) < 2);
    }
}

static void
check_event(const struct transcript *t, uint32_t n, struct slice paste)
{
    const struct event *e = &t->events[n];
    unsigned code = e->note.code;

    FUZZ_CHECK(e->line >= 1 && e->line <= e->last_line && e->last_line <= t->lines);
    FUZZ_CHECK(n == 0 || t->events[n - 1].line <= e->line);
    FUZZ_CHECK(e->note.command < POSTERN_COMMAND_COUNT);
    FUZZ_CHECK(e->step <= POSTERN_STEP_COUNT);
    FUZZ_CHECK(code == 0 || (code >= 200 && code <= 599));
    FUZZ_CHECK((e->note.kind == POSTERN_NOTE_REPLY) || code == 0);
    FUZZ_CHECK((e->note.kind == POSTERN_NOTE_EVENT) == (e->message != NULL));
    FUZZ_CHECK(e->note.enhanced.len == 0 || postern_enhanced_is(e->note.enhanced));
    FUZZ_CHECK(e->body.first_line <= e->body.last_line);
    FUZZ_CHECK(!e->body.has_ended || e->is_eod);
    check_borrowed(t, e, paste);
    check_secret(e);
}

static void
check_same(const struct event *a, const struct event *b)
{
    FUZZ_CHECK(a->note.kind == b->note.kind && a->note.code == b->note.code);
    FUZZ_CHECK(a->note.command == b->note.command && a->line == b->line);
    FUZZ_CHECK(a->last_line == b->last_line && a->key == b->key && a->mark == b->mark);
    FUZZ_CHECK(a->is_quoted == b->is_quoted && a->has_gap == b->has_gap);
    FUZZ_CHECK(slice_is_equal(a->text, b->text));
    FUZZ_CHECK(slice_is_equal(a->note.octets, b->note.octets));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct transcript *t, *again;

    if (t == NULL) {
        t = transcript_new(0);
        again = transcript_new(0xaa);
    }
    if (size > PASTE_MAX)
        return 0;
    struct slice paste = fuzz_input(data, size);

    transcript_read(t, paste);
    FUZZ_CHECK(t->count <= TRANSCRIPT_EVENTS);
    FUZZ_CHECK(t->arena.used <= t->arena.size &&
               t->arena.ptr + t->arena.size == t->octets + TRANSCRIPT_ARENA);
    FUZZ_CHECK(t->lines <= paste.len + 1);
    FUZZ_CHECK((size > 0) == (t->lines > 0) || t->was_utf16);
    for (uint32_t n = 0; n < t->count; n++)
        check_event(t, n, paste);

    transcript_read(again, paste);
    FUZZ_CHECK(t->count == again->count && t->dropped == again->dropped);
    FUZZ_CHECK(t->lines == again->lines && t->was_utf16 == again->was_utf16);
    for (uint32_t n = 0; n < t->count; n++)
        check_same(&t->events[n], &again->events[n]);
    return 0;
}
