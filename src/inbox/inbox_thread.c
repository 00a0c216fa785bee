/* inbox_thread.c - the thread that fills the index, and its watchdog
 *
 * The thread runs at low priority and, under heavy inbound load, pauses between small
 * steps: indexing must not slow down the receipt of mail. A request that needs the
 * newest messages at once indexes them itself (inbox_refresh).
 */
#include "inbox/inbox_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    STEP = 64,     /* messages between two checks of the load */
    BUSY_STEP = 4, /* the same under heavy load, … */
    REST_MS = 200, /* … with this pause between steps */
    NICENESS = 10,
    BUSY_PER_S = 500,      /* messages in a second above which load is heavy */
    PARSE_LIMIT_MS = 5000, /* a message that takes longer was made to do harm */
    FAILED_REST_MS = 1000, /* pause after the index could not be written */
};

/* ---- the thread ---- */

/* Wait for something to do. False: the inbox is closing. */
static bool
wait_for_work(struct inbox *inbox)
{
    bool is_stopping;

    pthread_mutex_lock(&inbox->lock);
    pthread_cond_broadcast(&inbox->changed);
    while (!inbox->is_stopping && !inbox->must_compare && inbox->pending_count == 0)
        pthread_cond_wait(&inbox->changed, &inbox->lock);
    is_stopping = inbox->is_stopping;
    pthread_mutex_unlock(&inbox->lock);
    return !is_stopping;
}

/* Whether to compare now; the wish is fulfilled then. */
static bool
take_comparison(struct inbox *inbox)
{
    bool must_compare;

    pthread_mutex_lock(&inbox->lock);
    must_compare = inbox->must_compare;
    inbox->must_compare = false;
    pthread_mutex_unlock(&inbox->lock);
    return must_compare;
}

static void
fill_step(struct inbox *inbox, struct store *store, struct index *index, int step)
{
    struct id id;
    bool is_new;

    for (int i = 0; i < step && pending_pop(inbox, &id, &is_new); i++) {
        if (!inbox_is_indexed(index, &id))
            (void)inbox_put(inbox, store, &id, is_new);
    }
}

static void *
fill(void *context)
{
    struct inbox *inbox = context;
    struct error error = ERROR_INIT;
    struct store *store = store_open(inbox->settings->given.store, STORE_READ, &error);
    struct index *index = index_open(inbox->settings->store_file, INDEX_READ, &error);

    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
    while (store != NULL && index != NULL && wait_for_work(inbox)) {
        fill_step(inbox, store, index, inbox_is_busy(inbox) ? BUSY_STEP : STEP);
        if (atomic_load(&inbox->has_failed))
            usleep(FAILED_REST_MS * 1000);
        if (inbox_is_busy(inbox))
            usleep(REST_MS * 1000);
        else if (take_comparison(inbox))
            inbox_compare(inbox, store, index);
    }
    if (error_is_set(&error))
        error_print(&error);
    store_close(store);
    index_close(index);
    return NULL;
}

/* Load is heavy when the rate was high for two seconds in a row: not in a short burst.
 */
static void
measure_rate(struct inbox *inbox)
{
    uint64_t now = clock_monotonic_us(), accepted = atomic_load(&inbox->accepted);
    uint64_t passed = now - inbox->rate.at_us;
    bool is_high;

    if (passed < 1000000)
        return;
    is_high = (accepted - inbox->rate.accepted) * 1000000 / passed > BUSY_PER_S;
    atomic_store(&inbox->is_busy, is_high && inbox->rate.was_high);
    inbox->rate.at_us = now;
    inbox->rate.accepted = accepted;
    inbox->rate.was_high = is_high;
}

/* End a process whose parser is stuck: its successor does not parse that message. */
static void
check_parser(struct inbox *inbox)
{
    uint64_t since = atomic_load(&inbox->parse_since_us);

    if (since == 0 || clock_monotonic_us() - since < PARSE_LIMIT_MS * 1000ull)
        return;
    log_event(LOG_LEVEL_ERROR, NULL, "web.stuck",
              " why=\"parsing a message takes too long\"");
    _exit(1);
}

/* End a process whose index is damaged: its successor rebuilds it from the store. */
static void
check_index(struct inbox *inbox)
{
    bool is_damaged = index_is_damaged(inbox->writer);

    for (size_t i = 0; i < INBOX_READERS; i++)
        is_damaged = is_damaged || index_is_damaged(inbox->readers[i].index);
    if (!is_damaged)
        return;
    log_event(LOG_LEVEL_ERROR, NULL, "web.index",
              " why=\"the file is damaged: it is rebuilt\"");
    inbox_memo_forget(inbox); /* the message being parsed is not to blame */
    _exit(1);
}

void
inbox_tick(struct inbox *inbox)
{
    check_index(inbox);
    measure_rate(inbox);
    check_parser(inbox);
}

/* ---- opening and closing ---- */

static bool
open_readers(struct inbox *inbox, struct error *error)
{
    for (size_t i = 0; i < INBOX_READERS; i++) {
        struct inbox_reader *reader = &inbox->readers[i];

        reader->store = store_open(inbox->settings->given.store, STORE_READ, error);
        if (reader->store == NULL)
            return false;
        reader->index = index_open(inbox->settings->store_file, INDEX_READ, error);
        if (reader->index == NULL)
            return false;
    }
    return true;
}

bool
inbox_open(struct inbox *inbox, const struct web_settings *settings,
           inbox_new_message *on_new, void *on_new_context, struct error *error)
{
    memset(inbox, 0, sizeof(*inbox));
    inbox->settings = settings;
    inbox->on_new = on_new;
    inbox->on_new_context = on_new_context;
    inbox->must_compare = true;
    inbox->pending = memory_new(INBOX_PENDING_MAX * sizeof(*inbox->pending));
    inbox->is_new = memory_new(INBOX_PENDING_MAX * sizeof(*inbox->is_new));
    pthread_mutex_init(&inbox->lock, NULL);
    pthread_mutex_init(&inbox->write_lock, NULL);
    pthread_mutex_init(&inbox->parse_lock, NULL);
    pthread_cond_init(&inbox->changed, NULL);
    if (!inbox_memo_open(inbox, error))
        return false;
    inbox->writer = index_open(settings->store_file, INDEX_WRITE, error);
    if (inbox->writer == NULL || !open_readers(inbox, error))
        return false;
    if (pthread_create(&inbox->thread, NULL, fill, inbox) == 0)
        return true;
    error_set(error, ERROR_SYSTEM, "web: no threads left: free some");
    return false;
}

void
inbox_close(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->is_stopping = true;
    pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
    pthread_join(inbox->thread, NULL);
    for (size_t i = 0; i < INBOX_READERS; i++) {
        store_close(inbox->readers[i].store);
        index_close(inbox->readers[i].index);
    }
    index_close(inbox->writer);
    free(inbox->pending);
    free(inbox->is_new);
}
