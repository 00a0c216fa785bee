/* test_record.c - notes are packed and read back; damage ends a run, and does nothing
 * else */
#include "unit.h"

#include "catalog/reply.h"
#include "journal/record.h"

#include <stdlib.h>

enum { ROUNDS = 300, NOTES = 20 };

/* A generator with a seed, so that a failure can be repeated. */
static uint32_t seed;

static uint32_t
number(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(seed >> 4) * below >> 28);
}

static uint64_t
number_of_any_size(void)
{
    uint64_t wide = (uint64_t)number(1u << 28) << 36 | (uint64_t)number(1u << 28) << 8 |
                    number(256);

    return wide >> number(64);
}

struct sample {
    struct postern_note note;
    uint64_t offset_us;
    char octets[RECORD_LINE_MAX], aside[64];
};

/* A part of whole, or of other memory, or nothing. */
static struct slice
any_part(struct slice whole, struct slice aside)
{
    struct slice from = number(3) == 0 ? aside : whole;
    size_t at = from.len > 0 ? number((uint32_t)from.len) : 0;

    if (number(4) == 0)
        return (struct slice){0};
    return slice_of(from.ptr + at, number((uint32_t)(from.len - at) + 1));
}

static void
make_sample(struct sample *sample)
{
    struct postern_note *note = &sample->note;
    size_t len = number(8) == 0 ? number(RECORD_LINE_MAX + 1) : number(80);

    memset(note, 0, sizeof(*note));
    for (size_t i = 0; i < len; i++)
        sample->octets[i] = (char)number(256);
    memset(sample->aside, 'e', sizeof(sample->aside));
    sample->offset_us = number_of_any_size();
    note->kind = number(POSTERN_NOTE_EVENT + 1);
    note->octets = slice_of(sample->octets, len);
    note->argument =
        any_part(note->octets, slice_of(sample->aside, sizeof(sample->aside)));
    note->enhanced =
        any_part(note->octets, slice_of(sample->aside, sizeof(sample->aside)));
    note->redacted = (uint32_t)number_of_any_size();
    note->count = number_of_any_size();
    note->command = number(POSTERN_COMMAND_COUNT);
    note->code = (uint16_t)number(1000);
    note->before = number(POSTERN_PHASE_COUNT);
    note->after = number(POSTERN_PHASE_COUNT);
    note->reply = number(POSTERN_REPLY_COUNT);
    note->is_last = number(2);
    note->is_pipelined = number(2);
    note->is_out_of_sync = number(2);
}

static void
assert_same(const struct sample *sample, const struct record *record)
{
    const struct postern_note *a = &sample->note, *b = &record->note;

    assert_true(sample->offset_us == record->offset_us);
    assert_true(a->kind == b->kind && a->command == b->command && a->code == b->code);
    assert_true(a->before == b->before && a->after == b->after);
    assert_true(a->reply == b->reply && a->count == b->count);
    assert_true(a->redacted == b->redacted && a->is_last == b->is_last);
    assert_true(a->is_pipelined == b->is_pipelined);
    assert_true(a->is_out_of_sync == b->is_out_of_sync);
    assert_true(slice_is_equal(a->octets, b->octets));
    assert_true(slice_is_equal(a->argument, b->argument));
    assert_true(slice_is_equal(a->enhanced, b->enhanced));
}

static void
what_is_packed_is_read_back(void **state)
{
    struct sample *samples = calloc(NOTES, sizeof(*samples));

    (void)state;
    for (seed = 1; seed < ROUNDS;) {
        uint32_t round = seed;
        struct buf run;
        struct slice left;
        struct record record;

        buf_init(&run, RECORD_SESSION_MAX);
        for (int i = 0; i < NOTES; i++) {
            make_sample(&samples[i]);
            assert_true(record_append(&run, samples[i].offset_us, &samples[i].note));
        }
        left = buf_slice(&run);
        for (int i = 0; i < NOTES; i++) {
            assert_true(record_take(&left, &record));
            assert_same(&samples[i], &record);
        }
        assert_false(record_take(&left, &record));
        assert_int_equal(left.len, 0);
        buf_clear(&run);
        seed = round + 1;
    }
    free(samples);
}

/* Recordings hold the text of an event, also those written before it had a number. */
static void
an_event_is_known_by_its_text(void **state)
{
    (void)state;
    for (int i = 0; i < POSTERN_SESSION_EVENT_COUNT; i++) {
        struct postern_note note = {
            .kind = POSTERN_NOTE_EVENT,
            .octets = postern_session_event_text((enum postern_session_event)i),
        };
        struct record record;
        struct buf run;
        struct slice left;

        buf_init(&run, RECORD_SESSION_MAX);
        assert_true(record_append(&run, 0, &note));
        left = buf_slice(&run);
        assert_true(record_take(&left, &record));
        assert_int_equal(record.note.session_event, i);
        buf_clear(&run);
    }
}

/* Each damaged run is at the end of its own memory, so that a sanitizer sees a read
 * past it. */
static void
read_all(const char *octets, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);
    struct slice left = slice_of(copy, len);
    struct record record;
    size_t taken = 0;

    memcpy(copy, octets, len);
    while (record_take(&left, &record)) {
        assert_true(left.len < len);
        assert_true(record.note.octets.len <= len && record.note.argument.len <= len);
        assert_true(record.note.command < POSTERN_COMMAND_COUNT);
        assert_true(record.note.reply < POSTERN_REPLY_COUNT);
        assert_true(++taken <= len);
    }
    assert_int_equal(left.len, 0);
    free(copy);
}

static void
a_damaged_run_ends_there(void **state)
{
    struct sample *sample = calloc(1, sizeof(*sample));
    struct buf run;

    (void)state;
    buf_init(&run, RECORD_SESSION_MAX);
    seed = 7;
    for (int i = 0; i < 6; i++) {
        make_sample(sample);
        assert_true(record_append(&run, sample->offset_us, &sample->note));
    }
    for (size_t len = 0; len <= run.len; len++)
        read_all(run.ptr, len); /* cut off */
    for (int i = 0; i < 20000; i++) {
        size_t at = number((uint32_t)run.len);
        char was = run.ptr[at];

        run.ptr[at] = (char)number(256);
        read_all(run.ptr, run.len);
        run.ptr[at] = was;
    }
    buf_clear(&run);
    free(sample);
}

static void
joined_runs_are_one(void **state)
{
    struct postern_note note = {.kind = POSTERN_NOTE_COMMAND,
                                .octets = SLICE("NOOP"),
                                .command = POSTERN_NOOP,
                                .count = 6};
    struct buf first, second;
    struct slice left;
    struct record record;
    int taken = 0;

    (void)state;
    buf_init(&first, RECORD_SESSION_MAX);
    buf_init(&second, RECORD_SESSION_MAX);
    assert_true(record_append(&first, 1, &note) && record_append(&first, 2, &note));
    assert_true(record_append(&second, 3, &note));
    assert_true(buf_append(&first, buf_slice(&second)));
    left = buf_slice(&first);
    while (record_take(&left, &record))
        assert_int_equal(record.offset_us, ++taken);
    assert_int_equal(taken, 3);
    buf_clear(&first);
    buf_clear(&second);
}

static void
a_full_run_stays_as_it_was(void **state)
{
    struct postern_note note = {.kind = POSTERN_NOTE_COMMAND, .octets = SLICE("NOOP")};
    struct buf run;
    struct slice left;
    struct record record;
    size_t put = 0, taken = 0;

    (void)state;
    buf_init(&run, 1000);
    while (record_append(&run, put, &note))
        put++;
    assert_true(put > 10 && run.len <= 1000);
    left = buf_slice(&run);
    while (record_take(&left, &record))
        taken++;
    assert_int_equal(taken, put);
    buf_clear(&run);
}

static void
a_long_line_is_clipped_with_its_parts(void **state)
{
    char line[RECORD_LINE_MAX + 100];
    struct postern_note note = {.octets = slice_of(line, sizeof(line)),
                                .argument = slice_of(line + 5, sizeof(line) - 5),
                                .enhanced = slice_of(line + RECORD_LINE_MAX + 1, 5),
                                .count = sizeof(line)};
    struct buf run;
    struct slice left;
    struct record record;

    (void)state;
    memset(line, 'x', sizeof(line));
    buf_init(&run, RECORD_SESSION_MAX);
    assert_true(record_append(&run, 0, &note));
    left = buf_slice(&run);
    assert_true(record_take(&left, &record));
    assert_int_equal(record.note.octets.len, RECORD_LINE_MAX);
    assert_int_equal(record.note.argument.len, RECORD_LINE_MAX - 5);
    assert_int_equal(record.note.enhanced.len, 0);
    assert_int_equal(record.note.count, sizeof(line));
    buf_clear(&run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_read_back),
        cmocka_unit_test(an_event_is_known_by_its_text),
        cmocka_unit_test(a_damaged_run_ends_there),
        cmocka_unit_test(joined_runs_are_one),
        cmocka_unit_test(a_full_run_stays_as_it_was),
        cmocka_unit_test(a_long_line_is_clipped_with_its_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
