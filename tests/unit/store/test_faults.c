/* test_faults - what a failing disk does to one batch, and how the store goes on */
#include "fixture.h"

#include "faulty_vfs.h"

struct fault_case {
    const char *name;
    enum fault fault;
    enum store_result result;
    bool is_in_doubt;
};

static const struct fault_case cases[] = {
    {.name = "no space: FULL, and the store goes on",
     .fault = FAULT_WRITE_FULL,
     .result = STORE_FULL},
    {.name = "no quota: FULL, and the store goes on",
     .fault = FAULT_WRITE_QUOTA,
     .result = STORE_FULL},
    {.name = "EIO of a write: FAILED and in doubt",
     .fault = FAULT_WRITE_IO,
     .result = STORE_FAILED,
     .is_in_doubt = true},
    {.name = "a torn write: FAILED and in doubt",
     .fault = FAULT_WRITE_TORN,
     .result = STORE_FAILED,
     .is_in_doubt = true},
    {.name = "EIO of a sync: FAILED and in doubt",
     .fault = FAULT_SYNC_IO,
     .result = STORE_FAILED,
     .is_in_doubt = true},
};

static const uint64_t noon = 1767268800000000;

static enum store_result
try_mail(struct store *store, struct id *id_out, struct error *error)
{
    struct mail mail;

    mail_init(&mail, noon, "a@example.org", SLICE("body"));
    *id_out = mail.envelope.id;
    return store_commit(store, &mail.item, error);
}

/* Guarantee 4, at each write or sync of a commit. */
static void
run_fault(const struct fault_case *fault, int n)
{
    struct fixture fixture;
    struct store *store;
    struct error error = ERROR_INIT;
    struct id before, failed, after;
    enum store_result result;

    fixture_make(&fixture);
    faulty_vfs_forget();
    store = open_or_fail(fixture.url, STORE_WRITE);
    before = keep_mail(store, noon, "a@example.org", SLICE("before"));
    faulty_vfs_fail(fault->fault, n, true);
    result = try_mail(store, &failed, &error);
    if (!faulty_vfs_has_failed()) { /* a commit has fewer calls than n */
        assert_int_equal(result, STORE_OK);
        goto out;
    }
    if (result != fault->result)
        fail_msg("%s (%d): %s", fault->name, n, error.text);
    assert_true(error_is_set(&error));
    /* while the fault lasts nothing is accepted, and a reopen says so */
    assert_int_not_equal(try_mail(store, &after, NULL), STORE_OK);
    if (fault->is_in_doubt)
        assert_false(store_reopen(store, NULL));
    faulty_vfs_fail(FAULT_NONE, 0, false);
    /* in doubt it stays until a reopen, healed or not */
    result = try_mail(store, &after, NULL);
    assert_int_equal(result, fault->is_in_doubt ? STORE_FAILED : STORE_OK);
    error = (struct error)ERROR_INIT;
    if (fault->is_in_doubt && !store_reopen(store, &error))
        fail_msg("%s (%d): %s", fault->name, n, error.text);
    assert_true(has_body(store, &before, SLICE("before")));
    assert_int_equal(try_mail(store, &after, NULL), STORE_OK);
    assert_true(has_body(store, &after, SLICE("body")));
    assert_int_equal(store_check(store, NULL), STORE_OK);
out:
    store_close(store);
    fixture_remove(&fixture);
}

static void
test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int n = 1; n <= 12; n++)
            run_fault(&cases[i], n);
    }
}

/* A checkpoint that fails loses nothing: the log has it all. */
static void
test_failing_checkpoint(void **state)
{
    static const enum fault faults[] = {FAULT_WRITE_FULL, FAULT_WRITE_IO,
                                        FAULT_SYNC_IO};
    char *body = make_body(3, 200000);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        struct fixture fixture;
        struct store *store;
        struct id ids[40], id;
        fixture_make(&fixture);
        faulty_vfs_forget();
        store = open_or_fail(fixture.url, STORE_WRITE);
        for (size_t n = 0; n < ARRAY_LEN(ids); n++)
            ids[n] =
                keep_mail(store, noon + n, "a@example.org", slice_of(body, 200000));
        faulty_vfs_fail(faults[i], 1, true);
        store_idle(store);
        assert_true(faulty_vfs_has_failed());
        faulty_vfs_fail(FAULT_NONE, 0, false);
        if (try_mail(store, &id, NULL) != STORE_OK)
            assert_true(store_reopen(store, NULL));
        for (size_t n = 0; n < ARRAY_LEN(ids); n++)
            assert_true(has_body(store, &ids[n], slice_of(body, 200000)));
        assert_int_equal(try_mail(store, &id, NULL), STORE_OK);
        assert_int_equal(store_check(store, NULL), STORE_OK);
        store_close(store);
        fixture_remove(&fixture);
    }
    free(body);
}

/* What was synced and is gone must not pass for healthy. */
static void
test_lost_after_sync(void **state)
{
    struct fixture fixture;
    struct store *store;
    struct error error = ERROR_INIT;
    struct id id;
    char command[256];

    (void)state;
    fixture_make(&fixture);
    faulty_vfs_forget();
    store = open_or_fail(fixture.url, STORE_WRITE);
    store_close(store);
    snprintf(command, sizeof(command), "cp %s %s/old", fixture.path, fixture.folder);
    assert_int_equal(system(command), 0);
    store = open_or_fail(fixture.url, STORE_WRITE);
    keep_mail(store, noon, "a@example.org", SLICE("acknowledged"));
    faulty_vfs_fail(FAULT_SYNC_IO, 1, false);
    assert_int_equal(try_mail(store, &id, NULL), STORE_FAILED);
    faulty_vfs_fail(FAULT_NONE, 0, false);
    snprintf(command, sizeof(command),
             "cd %s && rm -f postern.db-wal && mv old postern.db", fixture.folder);
    assert_int_equal(system(command), 0);
    assert_false(store_reopen(store, &error));
    assert_int_equal(error.code, ERROR_CORRUPT);
    assert_non_null(strstr(error.text, "acknowledged"));
    store_close(store);
    fixture_remove(&fixture);
}

static void
test_syncs_are_counted(void **state)
{
    struct fixture fixture;
    struct store *store;
    struct store_stats before, after;

    (void)state;
    fixture_make(&fixture);
    faulty_vfs_forget();
    store = open_or_fail(fixture.url, STORE_WRITE);
    keep_mail(store, noon, "a@example.org",
              SLICE("x")); /* the WAL's header is synced too */
    assert_int_equal(store_stats(store, &before, NULL), STORE_OK);
    for (uint64_t i = 0; i < 10; i++)
        keep_mail(store, noon + i, "a@example.org", SLICE("x"));
    assert_int_equal(store_stats(store, &after, NULL), STORE_OK);
    assert_int_equal(after.syncs - before.syncs, 10);
    assert_int_equal(after.commits - before.commits, 10);
    store_close(store);
    fixture_remove(&fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        {"each fault at each call of a commit: nothing is half there, service resumes",
         test_faults, NULL, NULL, NULL},
        {"a failing checkpoint loses nothing", test_failing_checkpoint, NULL, NULL,
         NULL},
        {"a device that lost what it had synced is found out", test_lost_after_sync,
         NULL, NULL, NULL},
        {"one commit is one sync", test_syncs_are_counted, NULL, NULL, NULL},
    };

    faulty_vfs_install();
    return cmocka_run_group_tests_name("store with faults", tests, NULL, NULL);
}
