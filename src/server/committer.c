/* committer.c - see committer.h
 *
 * 1. Only the committer thread touches the store.
 * 2. The lock guards the queue and is never held while the store works.
 * 3. Work is on exactly one list: the queue, the batch, or a completion queue.
 * 4. Work is completed only after store_commit has returned.
 */
#include "server/committer.h"

#include "base/clock.h"
#include "base/log.h"

#include <time.h>

enum { RETRY_FIRST_MS = 100, RETRY_LAST_MS = 5000 };

const struct committer_store committer_store_real = {
    .commit = store_commit,
    .reopen = store_reopen,
    .idle = store_idle,
    .syncs = store_syncs,
};

/* ---- the queue ---- */

void
committer_submit(struct committer *committer, struct work *first, struct work *last)
{
    bool is_sleeping;

    last->next = NULL;
    pthread_mutex_lock(&committer->lock);
    *committer->queue_end = first;
    committer->queue_end = &last->next;
    is_sleeping = committer->is_sleeping;
    pthread_mutex_unlock(&committer->lock);
    if (is_sleeping)
        pthread_cond_signal(&committer->arrived);
}

/* Cut a batch off the front of the queue, up to the limits. Called with the lock
 * held. */
static struct work *
take_batch(struct committer *committer)
{
    struct work *first = committer->queue, *last = first;
    size_t octets = 0, messages = 0;

    if (first == NULL)
        return NULL;
    for (;;) {
        octets += last->item.octets.len;
        messages += last->has_content;
        if (last->next == NULL || messages >= STORE_BATCH_ITEMS_MAX ||
            octets >= STORE_BATCH_OCTETS_MAX)
            break;
        last = last->next;
    }
    committer->queue = last->next;
    if (committer->queue == NULL)
        committer->queue_end = &committer->queue;
    last->next = NULL;
    return first;
}

static void
sleep_until(struct committer *committer, uint64_t wake_us)
{
    struct timespec until = {.tv_sec = (time_t)(wake_us / 1000000),
                             .tv_nsec = (long)(wake_us % 1000000 * 1000)};

    committer->is_sleeping = true;
    if (wake_us == 0)
        pthread_cond_wait(&committer->arrived, &committer->lock);
    else
        pthread_cond_timedwait(&committer->arrived, &committer->lock, &until);
    committer->is_sleeping = false;
}

/* ---- completion ---- */

/* Distribute a batch: for each completion queue one list and one call. */
static void
complete_batch(struct work *batch)
{
    while (batch != NULL) {
        struct completion_queue *queue = batch->completions;
        struct work *mine = NULL, **mine_end = &mine, *others = NULL,
                    **others_end = &others;

        for (struct work *work = batch; work != NULL; work = work->next) {
            if (work->completions == queue) {
                *mine_end = work;
                mine_end = &work->next;
            } else {
                *others_end = work;
                others_end = &work->next;
            }
        }
        *mine_end = *others_end = NULL;
        completion_queue_add(queue, mine, mine_end);
        queue->notify(queue);
        batch = others;
    }
}

static void
set_result(struct work *work, enum store_result result)
{
    work->result = result;
    if (work->series != NULL && result != STORE_OK && work->series->result == STORE_OK)
        work->series->result = result;
}

/* ---- the store fails and comes back ---- */

static void
schedule_retry(struct committer *committer)
{
    committer->retry_at_us = clock_monotonic_us() + committer->retry_ms * 1000ull;
    committer->retry_ms *= 2;
    if (committer->retry_ms > committer->retry_last_ms)
        committer->retry_ms = committer->retry_last_ms;
}

static void
note_failure(struct committer *committer, enum store_result result,
             const struct error *error)
{
    atomic_fetch_add(&committer->failures, 1);
    if (result == STORE_FULL) {
        if (committer->is_full)
            return;
        committer->is_full = true;
        log_event(LOG_LEVEL_ERROR, NULL, "store.full",
                  " why=%s answer=452 todo=\"make room on the disk\"",
                  LOG_QUOTED(slice_from(error->text)));
        return;
    }
    log_event(LOG_LEVEL_ERROR, NULL, "store.failed", " why=%s answer=451",
              LOG_QUOTED(slice_from(error->text)));
    atomic_store(&committer->is_broken, true);
    committer->retry_ms = committer->retry_first_ms;
    schedule_retry(committer);
}

static void
note_room(struct committer *committer)
{
    committer->is_full = false;
    log_event(LOG_LEVEL_WARNING, NULL, "store.resumed", " state=\"has room again\"");
}

/* Remember the messages of a batch that failed: none of them gets a 250. */
static void
note_doubtful(struct committer *committer, const struct store_item *items)
{
    committer->doubtful_count = 0;
    for (const struct store_item *item = items; item != NULL; item = item->next) {
        if (committer->doubtful_count == ARRAY_LEN(committer->doubtful))
            return; /* a batch has at most so many messages */
        if (item->kind == STORE_MESSAGE)
            committer->doubtful[committer->doubtful_count++] = item->envelope->id;
        else if (item->kind == STORE_ACCEPT)
            committer->doubtful[committer->doubtful_count++] = item->id;
    }
}

/* A message that was refused must not be in the store. */
static bool
delete_doubtful(struct committer *committer, struct error *error)
{
    struct store_item items[STORE_BATCH_ITEMS_MAX];

    if (committer->doubtful_count == 0)
        return true;
    for (size_t i = 0; i < committer->doubtful_count; i++) {
        items[i] = (struct store_item){
            .kind = STORE_DELETE,
            .id = committer->doubtful[i],
            .next = i + 1 < committer->doubtful_count ? &items[i + 1] : NULL,
        };
    }
    if (committer->calls->commit(committer->store, items, error) != STORE_OK)
        return false;
    committer->doubtful_count = 0;
    return true;
}

static void
try_reopen(struct committer *committer)
{
    struct error error = ERROR_INIT;

    if (clock_monotonic_us() < committer->retry_at_us)
        return;
    if (committer->calls->reopen(committer->store, &error) &&
        delete_doubtful(committer, &error)) {
        atomic_store(&committer->is_broken, false);
        log_event(LOG_LEVEL_WARNING, NULL, "store.resumed",
                  " state=\"open and checked\"");
        return;
    }
    log_event(LOG_LEVEL_DEBUG, NULL, "store.retry", " why=%s next_ms=%u",
              LOG_QUOTED(slice_from(error.text)), committer->retry_ms);
    schedule_retry(committer);
}

/* ---- batches ---- */

/* Link the items of a batch; those whose series has failed are left out and fail.
 * Returns the first item, NULL if none is left. */
static struct store_item *
link_items(struct work *batch)
{
    struct store_item *first = NULL, **end = &first;

    for (struct work *work = batch; work != NULL; work = work->next) {
        work->result = work->series != NULL ? work->series->result : STORE_OK;
        if (work->result != STORE_OK)
            continue;
        *end = &work->item;
        end = &work->item.next;
    }
    *end = NULL;
    return first;
}

static void
commit_batch(struct committer *committer, struct work *batch)
{
    struct error error = ERROR_INIT;
    struct store_item *items = link_items(batch);
    enum store_result result = STORE_OK;

    atomic_fetch_add_explicit(&committer->batches, 1, memory_order_relaxed);
    if (atomic_load(&committer->is_broken)) {
        result = STORE_FAILED;
    } else if (items != NULL) {
        uint64_t began = clock_monotonic_us();

        result = committer->calls->commit(committer->store, items, &error);
        atomic_fetch_add_explicit(&committer->commit_us, clock_monotonic_us() - began,
                                  memory_order_relaxed);
        if (result != STORE_OK)
            note_failure(committer, result, &error);
        if (result == STORE_FAILED)
            note_doubtful(committer, items);
        else if (result == STORE_OK && committer->is_full)
            note_room(committer);
    }
    atomic_store_explicit(&committer->syncs, committer->calls->syncs(committer->store),
                          memory_order_relaxed);
    for (struct work *work = batch; work != NULL; work = work->next) {
        if (work->result == STORE_OK)
            set_result(work, result != STORE_OK ? result : work->item.result);
    }
    complete_batch(batch);
}

/* We end while the store is in doubt: try once more to delete what was refused, since
 * nothing will later. */
static void
settle_doubt(struct committer *committer)
{
    struct error error = ERROR_INIT;

    if (committer->doubtful_count == 0)
        return;
    if (committer->calls->reopen(committer->store, &error) &&
        delete_doubtful(committer, &error))
        return;
    log_event(LOG_LEVEL_ERROR, NULL, "store.doubt",
              " messages=%zu why=%s todo=\"they were refused and may be in the inbox\"",
              committer->doubtful_count, LOG_QUOTED(slice_from(error.text)));
}

static void *
committer_main(void *context)
{
    struct committer *committer = context;
    bool is_idle_done = false;

    pthread_mutex_lock(&committer->lock);
    for (;;) {
        struct work *batch = take_batch(committer);
        bool is_broken = atomic_load(&committer->is_broken);

        if (batch == NULL && committer->is_stopping)
            break;
        if (batch == NULL && (is_idle_done || is_broken)) {
            sleep_until(committer, is_broken ? committer->retry_at_us : 0);
            batch = take_batch(committer);
        }
        pthread_mutex_unlock(&committer->lock);

        if (is_broken)
            try_reopen(committer);
        if (batch != NULL)
            commit_batch(committer, batch);
        else if (!is_broken)
            committer->calls->idle(committer->store);
        is_idle_done = batch == NULL && !is_broken;

        pthread_mutex_lock(&committer->lock);
    }
    pthread_mutex_unlock(&committer->lock);
    settle_doubt(committer);
    return NULL;
}

/* ---- life ---- */

bool
committer_start(struct committer *committer, struct store *store,
                const struct committer_store *calls)
{
    pthread_condattr_t attributes;

    memset(committer, 0, sizeof(*committer));
    committer->store = store;
    committer->calls = calls;
    committer->retry_first_ms = RETRY_FIRST_MS;
    committer->retry_last_ms = RETRY_LAST_MS;
    committer->queue_end = &committer->queue;
    pthread_mutex_init(&committer->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&committer->arrived, &attributes);
    pthread_condattr_destroy(&attributes);
    return pthread_create(&committer->thread, NULL, committer_main, committer) == 0;
}

bool
committer_is_broken(struct committer *committer)
{
    return atomic_load_explicit(&committer->is_broken, memory_order_relaxed);
}

void
committer_stop(struct committer *committer)
{
    pthread_mutex_lock(&committer->lock);
    committer->is_stopping = true;
    pthread_mutex_unlock(&committer->lock);
    pthread_cond_signal(&committer->arrived);
    pthread_join(committer->thread, NULL);
    pthread_cond_destroy(&committer->arrived);
    pthread_mutex_destroy(&committer->lock);
}
