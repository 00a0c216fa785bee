/* test_committer.c - the committer with a store that fails on request; real threads
 *
 * The fake store counts what it is asked to commit and answers as the test wants. A
 * completion queue with a condition variable plays the part of a reactor.
 */
#include "unit.h"

#include "base/log.h"
#include "server/committer.h"

#include <stdlib.h>

enum { WORKS = 200 };

/* ---- the fake store ---- */

struct fake {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_held;                /* commit waits until this is false */
    enum store_result answer;    /* of every commit */
    int reopens_to_fail;         /* so many attempts to reopen fail */
    int commits, reopens;        /* calls */
    size_t items, largest_batch; /* items seen */
    size_t deleted;              /* STORE_DELETE items seen … */
    struct id last_deleted;      /* … and the last of them */
};

static struct fake fake = {.lock = PTHREAD_MUTEX_INITIALIZER,
                           .changed = PTHREAD_COND_INITIALIZER};

static enum store_result
fake_commit(struct store *store, struct store_item *items, struct error *error)
{
    enum store_result answer;
    size_t count = 0;

    (void)store;
    for (struct store_item *item = items; item != NULL; item = item->next) {
        item->result = item->kind == STORE_DELETE ? STORE_NOT_FOUND : STORE_OK;
        count++;
    }
    pthread_mutex_lock(&fake.lock);
    for (struct store_item *item = items; item != NULL; item = item->next) {
        if (item->kind != STORE_DELETE)
            continue;
        fake.deleted++;
        fake.last_deleted = item->id;
    }
    fake.commits++;
    fake.items += count;
    fake.largest_batch = count > fake.largest_batch ? count : fake.largest_batch;
    pthread_cond_broadcast(&fake.changed);
    while (fake.is_held)
        pthread_cond_wait(&fake.changed, &fake.lock);
    answer = fake.answer;
    pthread_mutex_unlock(&fake.lock);
    if (answer != STORE_OK)
        error_set(error, ERROR_SYSTEM, "the test wants it");
    return answer;
}

static bool
fake_reopen(struct store *store, struct error *error)
{
    bool is_open;

    (void)store;
    pthread_mutex_lock(&fake.lock);
    fake.reopens++;
    is_open = fake.reopens > fake.reopens_to_fail;
    if (is_open)
        fake.answer = STORE_OK;
    pthread_mutex_unlock(&fake.lock);
    if (!is_open)
        error_set(error, ERROR_SYSTEM, "still broken");
    return is_open;
}

static void
fake_idle(struct store *store)
{
    (void)store;
}

static uint64_t
fake_syncs(const struct store *store)
{
    (void)store;
    return 0;
}

static const struct committer_store fake_store = {
    .commit = fake_commit,
    .reopen = fake_reopen,
    .idle = fake_idle,
    .syncs = fake_syncs,
};

static void
fake_set(enum store_result answer, bool is_held)
{
    pthread_mutex_lock(&fake.lock);
    fake.answer = answer;
    fake.is_held = is_held;
    pthread_cond_broadcast(&fake.changed);
    pthread_mutex_unlock(&fake.lock);
}

static void
fake_wait_for_commits(int commits)
{
    pthread_mutex_lock(&fake.lock);
    while (fake.commits < commits)
        pthread_cond_wait(&fake.changed, &fake.lock);
    pthread_mutex_unlock(&fake.lock);
}

/* ---- a completion queue ---- */

struct test_queue {
    struct completion_queue queue; /* first */
    pthread_mutex_t lock;
    pthread_cond_t notified;
    bool is_notified; /* under lock */
    size_t done;
};

struct test_work {
    struct work work; /* first */
    size_t order;     /* its place in the order of completion */
    struct test_queue *queue;
};

static void
notified(struct completion_queue *queue)
{
    struct test_queue *test = (struct test_queue *)(void *)queue;

    pthread_mutex_lock(&test->lock);
    test->is_notified = true;
    pthread_cond_signal(&test->notified);
    pthread_mutex_unlock(&test->lock);
}

static void
work_done(struct work *work)
{
    struct test_work *test = (struct test_work *)(void *)work;

    test->order = test->queue->done++;
}

static void
queue_wait(struct test_queue *test, size_t done)
{
    while (test->done < done) {
        pthread_mutex_lock(&test->lock);
        while (!test->is_notified)
            pthread_cond_wait(&test->notified, &test->lock);
        test->is_notified = false;
        pthread_mutex_unlock(&test->lock);
        completion_queue_reap(&test->queue);
    }
}

/* ---- a fixture ---- */

struct fixture {
    struct committer committer;
    struct test_queue queue;
    struct test_work works[WORKS];
    struct store_envelope envelopes[WORKS];
};

static int
set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    log_set_level(LOG_LEVEL_ERROR);
    fake_set(STORE_OK, false);
    fake.commits = fake.reopens = fake.reopens_to_fail = 0;
    fake.items = fake.largest_batch = fake.deleted = 0;
    completion_queue_init(&fixture->queue.queue, notified);
    pthread_mutex_init(&fixture->queue.lock, NULL);
    pthread_cond_init(&fixture->queue.notified, NULL);
    for (size_t i = 0; i < WORKS; i++) {
        fixture->works[i].queue = &fixture->queue;
        fixture->envelopes[i].id.octets[0] = (uint8_t)i;
        fixture->works[i].work = (struct work){
            .item = {.kind = STORE_MESSAGE, .envelope = &fixture->envelopes[i]},
            .completions = &fixture->queue.queue,
            .has_content = true,
            .finish = work_done,
        };
    }
    *state = fixture;
    return committer_start(&fixture->committer, NULL, &fake_store) ? 0 : -1;
}

static int
tear_down(void **state)
{
    struct fixture *fixture = *state;

    completion_queue_clear(&fixture->queue.queue);
    pthread_cond_destroy(&fixture->queue.notified);
    pthread_mutex_destroy(&fixture->queue.lock);
    free(fixture);
    return 0;
}

static void
submit(struct fixture *fixture, size_t i)
{
    committer_submit(&fixture->committer, &fixture->works[i].work,
                     &fixture->works[i].work);
}

/* ---- the tests ---- */

static void
what_waits_is_committed_together(void **state)
{
    struct fixture *fixture = *state;

    fake_set(STORE_OK, true);
    submit(fixture, 0);
    fake_wait_for_commits(1); /* the first is with the store, alone */
    for (size_t i = 1; i < WORKS; i++)
        submit(fixture, i);
    fake_set(STORE_OK, false);
    queue_wait(&fixture->queue, WORKS);
    assert_int_equal(fake.items, WORKS);
    assert_int_equal(fake.largest_batch, STORE_BATCH_ITEMS_MAX);
    assert_int_equal(fake.commits, 1 + (WORKS - 1 + 63) / 64);
    for (size_t i = 0; i < WORKS; i++) {
        assert_int_equal(fixture->works[i].work.result, STORE_OK);
        assert_int_equal(fixture->works[i].order, i);
    }
    committer_stop(&fixture->committer);
}

static void
large_bodies_make_small_batches(void **state)
{
    struct fixture *fixture = *state;

    fake_set(STORE_OK, true);
    submit(fixture, 0);
    fake_wait_for_commits(1);
    for (size_t i = 1; i < 9; i++) {
        fixture->works[i].work.item.octets.len = STORE_BATCH_OCTETS_MAX / 2;
        submit(fixture, i);
    }
    fake_set(STORE_OK, false);
    queue_wait(&fixture->queue, 9);
    assert_int_equal(fake.largest_batch, 2);
    committer_stop(&fixture->committer);
}

static void
nothing_is_answered_before_the_commit_returned(void **state)
{
    struct fixture *fixture = *state;

    fake_set(STORE_OK, true);
    submit(fixture, 0);
    fake_wait_for_commits(1);
    completion_queue_reap(&fixture->queue.queue);
    assert_int_equal(fixture->queue.done, 0);
    fake_set(STORE_OK, false);
    queue_wait(&fixture->queue, 1);
    committer_stop(&fixture->committer);
}

static void
an_item_can_fail_alone(void **state)
{
    struct fixture *fixture = *state;

    fixture->works[1].work.item.kind = STORE_DELETE;
    fixture->works[0].work.next = &fixture->works[1].work;
    fixture->works[1].work.next = &fixture->works[2].work;
    committer_submit(&fixture->committer, &fixture->works[0].work,
                     &fixture->works[2].work);
    queue_wait(&fixture->queue, 3);
    assert_int_equal(fake.commits, 1);
    assert_int_equal(fixture->works[0].work.result, STORE_OK);
    assert_int_equal(fixture->works[1].work.result, STORE_NOT_FOUND);
    assert_int_equal(fixture->works[2].work.result, STORE_OK);
    committer_stop(&fixture->committer);
}

static void
a_full_store_is_asked_again(void **state)
{
    struct fixture *fixture = *state;

    fake_set(STORE_FULL, false);
    submit(fixture, 0);
    queue_wait(&fixture->queue, 1);
    assert_int_equal(fixture->works[0].work.result, STORE_FULL);
    assert_false(committer_is_broken(&fixture->committer));
    fake_set(STORE_OK, false);
    submit(fixture, 1);
    queue_wait(&fixture->queue, 2);
    assert_int_equal(fixture->works[1].work.result, STORE_OK);
    assert_int_equal(fake.reopens, 0);
    committer_stop(&fixture->committer);
}

static void
a_failed_store_is_reopened_before_it_is_used_again(void **state)
{
    struct fixture *fixture = *state;
    int commits;

    fixture->committer.retry_first_ms = 20;
    fake.reopens_to_fail = 2;
    fake_set(STORE_FAILED, false);
    submit(fixture, 0);
    queue_wait(&fixture->queue, 1);
    assert_int_equal(fixture->works[0].work.result, STORE_FAILED);
    assert_true(committer_is_broken(&fixture->committer));

    submit(fixture, 1); /* refused at once, the store is not touched */
    queue_wait(&fixture->queue, 2);
    pthread_mutex_lock(&fake.lock);
    commits = fake.commits;
    pthread_mutex_unlock(&fake.lock);
    assert_int_equal(fixture->works[1].work.result, STORE_FAILED);
    assert_int_equal(commits, 1);

    while (committer_is_broken(&fixture->committer))
        sched_yield();
    submit(fixture, 2);
    queue_wait(&fixture->queue, 3);
    assert_int_equal(fixture->works[2].work.result, STORE_OK);
    committer_stop(&fixture->committer);
    assert_int_equal(fake.reopens, 3);
    /* what was refused with a 4yz is not delivered later (RFC 5321 4.2.5) */
    assert_int_equal(fake.deleted, 1);
    assert_true(id_is_equal(&fake.last_deleted, &fixture->envelopes[0].id));
}

static void
a_series_that_failed_stays_failed(void **state)
{
    struct fixture *fixture = *state;
    struct work_series series = {STORE_OK};

    for (size_t i = 0; i < 2; i++)
        fixture->works[i].work.series = &series;
    fake_set(STORE_FULL, false);
    submit(fixture, 0);
    queue_wait(&fixture->queue, 1);
    fake_set(STORE_OK, false);
    submit(fixture, 1); /* a chunk whose beginning is not there */
    submit(fixture, 2);
    queue_wait(&fixture->queue, 3);
    assert_int_equal(fixture->works[1].work.result, STORE_FULL);
    assert_int_equal(fixture->works[2].work.result, STORE_OK);
    assert_int_equal(fake.items, 2); /* the chunk never reached the store */
    committer_stop(&fixture->committer);
}

static void
the_end_waits_for_what_is_queued(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < WORKS; i++)
        submit(fixture, i);
    committer_stop(&fixture->committer);
    completion_queue_reap(&fixture->queue.queue);
    assert_int_equal(fixture->queue.done, WORKS);
    assert_int_equal(fake.items, WORKS);
}

struct sender {
    pthread_t thread;
    struct fixture *fixture;
    size_t from, to;
};

static void *
sender_main(void *context)
{
    struct sender *sender = context;

    for (size_t i = sender->from; i < sender->to; i++)
        submit(sender->fixture, i);
    return NULL;
}

static void
many_threads_lose_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct sender senders[4];

    for (size_t i = 0; i < ARRAY_LEN(senders); i++) {
        senders[i] = (struct sender){
            .fixture = fixture, .from = i * WORKS / 4, .to = (i + 1) * WORKS / 4};
        assert_int_equal(
            pthread_create(&senders[i].thread, NULL, sender_main, &senders[i]), 0);
    }
    queue_wait(&fixture->queue, WORKS);
    for (size_t i = 0; i < ARRAY_LEN(senders); i++)
        pthread_join(senders[i].thread, NULL);
    committer_stop(&fixture->committer);
    assert_int_equal(fake.items, WORKS);
    for (size_t i = 1; i < WORKS / 4; i++) /* each thread's own order is kept */
        assert_true(fixture->works[i].order > fixture->works[i - 1].order);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_waits_is_committed_together),
        TEST(large_bodies_make_small_batches),
        TEST(nothing_is_answered_before_the_commit_returned),
        TEST(an_item_can_fail_alone),
        TEST(a_full_store_is_asked_again),
        TEST(a_failed_store_is_reopened_before_it_is_used_again),
        TEST(a_series_that_failed_stays_failed),
        TEST(the_end_waits_for_what_is_queued),
        TEST(many_threads_lose_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
