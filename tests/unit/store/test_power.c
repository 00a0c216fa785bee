/* test_power - the disk fails, or the power goes: what was acknowledged is there
 *
 * Random batches run against a disk that loses at a random write or sync all that
 * was not synced (or pieces of it). After each cut the store is opened again and
 * compared with what a client knows: messages with a 250 are whole, deleted ones
 * stay away, the batch without an answer is there whole or not at all.
 * POSTERN_ROUNDS and POSTERN_SEED change the number of cuts and the dice.
 */
#include "fixture.h"

#include "faulty_vfs.h"

enum { MODEL_MAX = 600, BATCH_MAX = 12 };

enum fate { FATE_KEPT, FATE_GONE, FATE_UNKNOWN_ADD, FATE_UNKNOWN_REMOVE };

/* One message as a client remembers it. */
struct memory {
    struct id id;
    uint32_t seed;
    size_t len;
    enum fate fate;
};

static struct {
    struct memory messages[MODEL_MAX];
    size_t count;
    uint32_t dice;
    uint64_t time_us;
} model;

static uint32_t
roll(uint32_t sides)
{
    model.dice = model.dice * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)model.dice * sides) >> 32);
}

static size_t
roll_size(void)
{
    static const uint32_t bounds[] = {1, 100, 2000, 17000, 40000, 300000};

    return roll(bounds[roll(100) < 97 ? roll(5) : 5]);
}

/* ---- batches -------------------------------------------------------------- */

static enum store_result
commit_mails(struct store *store)
{
    struct mail mails[BATCH_MAX];
    char *bodies[BATCH_MAX], to[BATCH_MAX][32];
    size_t count = 1 + roll(BATCH_MAX - 1), first = model.count;
    enum store_result result;

    for (size_t i = 0; i < count; i++) {
        struct memory *memory = &model.messages[model.count++];
        memory->seed = roll(UINT32_MAX);
        memory->len = roll_size();
        memory->fate = FATE_UNKNOWN_ADD;
        bodies[i] = make_body(memory->seed, memory->len);
        snprintf(to[i], sizeof(to[i]), "u%u@example.org", roll(50));
        mail_init(&mails[i], model.time_us += roll(3), to[i],
                  slice_of(bodies[i], memory->len));
        memory->id = mails[i].envelope.id;
        if (i > 0)
            mails[i - 1].item.next = &mails[i].item;
    }
    result = store_commit(store, &mails[0].item, NULL);
    for (size_t i = 0; i < count; i++) {
        if (result == STORE_OK)
            model.messages[first + i].fate = FATE_KEPT;
        free(bodies[i]);
    }
    return result;
}

static enum store_result
commit_in_pieces(struct store *store)
{
    struct memory *memory = &model.messages[model.count++];
    struct mail mail;
    struct store_item item = {.kind = STORE_CHUNK};
    enum store_result result;
    size_t at = 0;
    char *body;

    memory->seed = roll(UINT32_MAX);
    memory->len = 1 + roll(200000);
    memory->fate = FATE_GONE; /* until ACCEPT is on its way */
    body = make_body(memory->seed, memory->len);
    mail_init(&mail, model.time_us += roll(3), "big@example.org", slice_of(NULL, 0));
    mail.item.kind = STORE_BEGIN;
    memory->id = item.id = mail.envelope.id;
    result = store_commit(store, &mail.item, NULL);
    while (result == STORE_OK && at < memory->len) {
        size_t len = 1 + roll(60000);
        len = len < memory->len - at ? len : memory->len - at;
        item.octets = slice_of(body + at, len);
        at += len;
        result = store_commit(store, &item, NULL);
    }
    if (result == STORE_OK) {
        item.kind = STORE_ACCEPT;
        item.size = memory->len;
        memory->fate = FATE_UNKNOWN_ADD;
        result = store_commit(store, &item, NULL);
        if (result == STORE_OK)
            memory->fate = FATE_KEPT;
    }
    free(body);
    return result;
}

static enum store_result
commit_delete(struct store *store)
{
    struct memory *memory = &model.messages[roll((uint32_t)model.count)];
    struct store_item item = {.kind = STORE_DELETE, .id = memory->id};
    enum store_result result;

    if (memory->fate != FATE_KEPT)
        return STORE_OK;
    memory->fate = FATE_UNKNOWN_REMOVE;
    result = store_commit(store, &item, NULL);
    if (result == STORE_OK) {
        assert_int_equal(item.result, STORE_OK);
        memory->fate = FATE_GONE;
    }
    return result;
}

static enum store_result
commit_something(struct store *store)
{
    uint32_t what = roll(10);

    if (what < 2)
        store_idle(store);
    if (what < 6)
        return commit_mails(store);
    if (what < 8)
        return commit_in_pieces(store);
    return model.count > 0 ? commit_delete(store) : STORE_OK;
}

/* ---- what must be there --------------------------------------------------- */

/* The batch in flight is atomic: its messages are all there or all away. */
static void
verify(struct store *store)
{
    int unknown_there = -1;
    struct error error = ERROR_INIT;
    struct store_stats stats;
    uint64_t kept = 0;

    for (size_t i = 0; i < model.count; i++) {
        struct memory *memory = &model.messages[i];
        size_t len;
        char *body = read_whole(store, &memory->id, &len);
        if (memory->fate == FATE_UNKNOWN_ADD || memory->fate == FATE_UNKNOWN_REMOVE) {
            if (unknown_there >= 0)
                assert_int_equal(unknown_there, body != NULL);
            unknown_there = body != NULL;
            memory->fate = body != NULL ? FATE_KEPT : FATE_GONE;
        }
        assert_int_equal(memory->fate == FATE_KEPT, body != NULL);
        if (body != NULL) {
            char *expected = make_body(memory->seed, memory->len);
            assert_int_equal(len, memory->len);
            assert_memory_equal(body, expected, len);
            free(expected);
            kept++;
        }
        free(body);
    }
    assert_int_equal(store_stats(store, &stats, &error), STORE_OK);
    assert_int_equal(stats.messages, kept);
    if (store_check(store, &error) != STORE_OK)
        fail_msg("%s", error.text);
}

/* Gone messages of the model are forgotten, so that it does not fill up. */
static void
compact(void)
{
    size_t count = 0;

    for (size_t i = 0; i < model.count; i++) {
        if (model.messages[i].fate == FATE_KEPT)
            model.messages[count++] = model.messages[i];
    }
    model.count = count;
}

static unsigned
rounds(void)
{
    const char *text = getenv("POSTERN_ROUNDS");
    uint64_t value = 300;

    if (text != NULL)
        assert_true(slice_parse_number(slice_from(text), &value));
    return (unsigned)value;
}

static uint32_t
first_seed(void)
{
    const char *text = getenv("POSTERN_SEED");
    uint64_t value = 1;

    if (text != NULL)
        assert_true(slice_parse_number(slice_from(text), &value));
    return (uint32_t)value;
}

static void
start_model(uint32_t seed)
{
    model.count = 0;
    model.dice = seed;
    model.time_us = 1700000000000000;
    faulty_vfs_forget();
}

/* ---- power cuts ----------------------------------------------------------- */

/* One life: open, work until the power goes, open again, compare. */
static void
live_and_die(const struct fixture *fixture, uint32_t seed)
{
    struct store *store;
    bool is_early = roll(8) == 0; /* while opening, sweeping, creating */

    faulty_vfs_forget();
    if (is_early)
        faulty_vfs_fail(FAULT_POWER, 1 + (int)roll(20), true);
    store = store_open(fixture->url, STORE_WRITE, NULL);
    if (store != NULL && !is_early)
        faulty_vfs_fail(FAULT_POWER, 1 + (int)roll(400), true);
    while (store != NULL && model.count < MODEL_MAX - BATCH_MAX &&
           commit_something(store) == STORE_OK)
        ;
    store_close(store);
    faulty_vfs_cut_power(seed, roll(2) == 0 ? 512 : 4096);

    store = open_or_fail(fixture->url, STORE_WRITE);
    verify(store);
    if (roll(2) == 0)
        assert_null(store_close(store)); /* cleanly: the next life has no WAL */
    else
        faulty_vfs_fail(FAULT_POWER, 1, true), store_close(store);
    compact();
}

static void
test_power_cuts(void **state)
{
    struct fixture fixture;

    (void)state;
    for (unsigned round = 0; round < rounds(); round++) {
        if (round % 10 == 0) {
            if (round > 0)
                fixture_remove(&fixture);
            fixture_make(&fixture);
            start_model(first_seed() + round);
        }
        live_and_die(&fixture, first_seed() + round);
        if (model.count > MODEL_MAX / 2)
            round += 9 - round % 10; /* full: a new file */
    }
    fixture_remove(&fixture);
}

/* ---- failing syncs and writes, then a power cut --------------------------- */

/* The kernel reports a failed sync once and keeps showing what is not on the disk.
 * Whatever is acknowledged after the reopen must not rest on that. */
static void
fail_and_reopen(const struct fixture *fixture, enum fault fault, uint32_t seed)
{
    struct store *store = open_or_fail(fixture->url, STORE_WRITE);
    struct error error = ERROR_INIT;

    faulty_vfs_fail(fault, 1 + (int)roll(60), false);
    while (model.count < MODEL_MAX - 4 * BATCH_MAX &&
           commit_something(store) == STORE_OK)
        ;
    faulty_vfs_fail(FAULT_NONE, 0, false);
    if (!store_reopen(store, &error))
        fail_msg("%s", error.text);
    verify(store);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(commit_something(store), STORE_OK);
    faulty_vfs_fail(FAULT_POWER, 1, true);
    store_close(store);
    faulty_vfs_cut_power(seed, 4096);
    store = open_or_fail(fixture->url, STORE_WRITE);
    verify(store);
    store_close(store);
    compact();
}

static void
test_failures_then_power_cut(void **state)
{
    static const enum fault faults[] = {FAULT_SYNC_IO, FAULT_WRITE_IO, FAULT_WRITE_TORN,
                                        FAULT_WRITE_FULL};
    struct fixture fixture;

    (void)state;
    for (unsigned round = 0; round < rounds() / 3; round++) {
        fixture_make(&fixture);
        start_model(first_seed() + 7 * round);
        fail_and_reopen(&fixture, faults[round % 4], first_seed() + round);
        faulty_vfs_forget();
        fail_and_reopen(&fixture, faults[(round / 4) % 4], first_seed() + round + 1);
        fixture_remove(&fixture);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"a power cut at any write or sync loses nothing acknowledged", test_power_cuts,
         NULL, NULL, NULL},
        {"after a failed write or sync, reopen and a power cut lose nothing "
         "acknowledged",
         test_failures_then_power_cut, NULL, NULL, NULL},
    };

    faulty_vfs_install();
    return cmocka_run_group_tests_name("store under power cuts", tests, NULL, NULL);
}
