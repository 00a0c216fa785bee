/* inbox_index.c - the thread that fills the index, and bringing it up to date at once
 *
 * The thread is a nice one and, while much mail comes in, rests long between small
 * steps: filling must not take time from mail. What is asked for is put in by whoever
 * asks.
 */
#include "inbox/inbox_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "inbox/inbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    STEP = 64,     /* messages between two looks at how much mail comes in */
    BUSY_STEP = 4, /* … while much does */
    REST_MS = 200, /* between steps then */
    NICENESS = 10,
    BUSY_PER_S = 500,        /* more messages in a second than that is "much mail" */
    REFRESH_MS = 1500,       /* a refresh puts messages in for so long, … */
    REFRESH_PUT_MAX = 2000,  /* … at most so many, … */
    REFRESH_SEEN_MAX = 5000, /* … having looked at so many … */
    BUSY_PUT = 50,           /* … and while much mail comes in, only a page full */
    REFRESH_GONE_MAX = 5000, /* entries that are looked through at once */
    COMPARE_PAUSE = 200,     /* messages between two looks at the end */
    PARSE_LIMIT_MS = 5000,   /* longer than that is a message made to hurt */
    FAILED_REST_MS = 1000,   /* before the index is tried again */
};

/* ---- putting in --------------------------------------------------------------------
 */

static bool
never_mind_row(void *context, const struct index_row *row)
{
    (void)context;
    (void)row;
    return false;
}

static bool
is_indexed(struct index *index, const struct id *id)
{
    struct error error = ERROR_INIT;

    return index_find(index, id, never_mind_row, NULL, &error);
}

/* ---- marks ---- */

/* What of a message can change. */
struct marks {
    bool is_read;
    char tags[2100]; /* the server takes 2,000 octets */
};

static void
set_marks(struct marks *marks, bool is_read, struct slice tags)
{
    marks->is_read = is_read;
    snprintf(marks->tags, sizeof(marks->tags), "%.*s", (int)tags.len,
             tags.ptr != NULL ? tags.ptr : "");
}

static bool
read_marks(void *context, const struct index_row *row)
{
    set_marks(context, row->is_read, row->tags);
    return false;
}

static bool
copy_marks(void *context, const struct store_message *row)
{
    set_marks(context, row->is_read, row->tags);
    return false;
}

static bool
is_same(const struct marks *a, const struct marks *b)
{
    return a->is_read == b->is_read && strcmp(a->tags, b->tags) == 0;
}

/* False: the index does not take them. */
static bool
put_marks(struct inbox *inbox, const struct id *id, const struct marks *marks,
          struct error *error)
{
    bool is_put;

    pthread_mutex_lock(&inbox->write_lock);
    is_put = index_set_read(inbox->writer, id, 1, marks->is_read, error) &&
             index_set_tags(inbox->writer, id, 1, slice_from(marks->tags), error);
    pthread_mutex_unlock(&inbox->write_lock);
    return is_put;
}

/* ---- one message ---- */

/* What the index does not take is tried again; the log says it once, until it works. */
static void
note_outcome(struct inbox *inbox, bool is_put, const struct error *error)
{
    atomic_fetch_add(&inbox->indexed, is_put);
    if (is_put) {
        atomic_store(&inbox->has_failed, false);
        return;
    }
    inbox_resync(inbox);
    if (!atomic_exchange(&inbox->has_failed, true))
        log_event(LOG_LEVEL_WARNING, NULL, "web.index", " why=%s",
                  LOG_QUOTED(slice_from(error->text)));
}

/* A mark set, or the message deleted, while its entry was on its way: nobody found it
 * in the index then. */
static void
catch_up(struct inbox *inbox, struct store *store, const struct store_message *was)
{
    struct error error = ERROR_INIT;
    struct marks now, before;
    enum store_result found = store_find(store, &was->id, copy_marks, &now, &error);

    (void)copy_marks(&before, was);
    if (found == STORE_NOT_FOUND)
        inbox_on_deleted(inbox, &was->id);
    else if (found == STORE_OK && !is_same(&now, &before) &&
             !put_marks(inbox, &was->id, &now, &error))
        inbox_resync(inbox);
}

/* Take one message apart and put it in; is_news: those who listen are told. False: it
 * is gone from the store, or the index does not take it. */
static bool
put_one(struct inbox *inbox, struct store *store, const struct id *id, bool is_news)
{
    struct inbox_reader reader = {.store = store};
    struct inbox_message message;
    struct index_entry entry;
    struct error error = ERROR_INIT;
    struct buf memory;
    bool is_put;

    if (!inbox_load(&reader, id, true, &message))
        return false;
    buf_init(&memory, 16 << 20);
    inbox_parse(inbox, &message);
    summary_make(inbox->settings->given.hostname, &message, &entry, &memory);
    inbox_parse_end(inbox,
                    &message); /* waiting for the index is not the message's fault */
    pthread_mutex_lock(&inbox->write_lock);
    is_put = index_put(inbox->writer, &entry, 1, &error);
    pthread_mutex_unlock(&inbox->write_lock);
    note_outcome(inbox, is_put, &error);
    if (is_put)
        catch_up(inbox, store, &message.row);
    if (is_put && is_news && inbox->news != NULL)
        inbox->news(inbox->news_context, &entry);
    buf_clear(&memory);
    inbox_unload(&message);
    return is_put;
}

/* ---- the list of what is to be done ---- */

/* With the lock held. */
static void
push(struct inbox *inbox, const struct id *id, bool is_news)
{
    if (inbox->pending_count == INBOX_PENDING_MAX) {
        inbox->must_compare = true;
        return;
    }
    inbox->pending[inbox->pending_count] = *id;
    inbox->is_news[inbox->pending_count++] = is_news;
}

void
inbox_on_accepted(struct inbox *inbox, const struct id *id)
{
    atomic_fetch_add(&inbox->told, 1);
    pthread_mutex_lock(&inbox->lock);
    push(inbox, id, true);
    if (inbox->pending_count == 1) /* nobody waits for the second one */
        pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
}

void
inbox_resync(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->must_compare = true;
    pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
}

bool
inbox_is_busy(struct inbox *inbox)
{
    return atomic_load(&inbox->is_busy);
}

size_t
inbox_backlog(struct inbox *inbox)
{
    size_t count;

    pthread_mutex_lock(&inbox->lock);
    count = inbox->pending_count;
    pthread_mutex_unlock(&inbox->lock);
    return count;
}

/* The newest that waits. */
static bool
pop(struct inbox *inbox, struct id *id_out, bool *is_news_out)
{
    bool has_one;

    pthread_mutex_lock(&inbox->lock);
    has_one = inbox->pending_count > 0;
    if (has_one) {
        inbox->pending_count--;
        *id_out = inbox->pending[inbox->pending_count];
        *is_news_out = inbox->is_news[inbox->pending_count];
    }
    pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
    return has_one;
}

void
inbox_on_changed(struct inbox *inbox, const struct id *id)
{
    struct inbox_reader *reader = inbox_reader_take(inbox);
    struct error error = ERROR_INIT;
    struct marks marks;

    if (store_find(reader->store, id, copy_marks, &marks, &error) == STORE_OK &&
        !put_marks(inbox, id, &marks, &error))
        inbox_resync(inbox);
    inbox_reader_give(inbox, reader);
}

void
inbox_on_deleted(struct inbox *inbox, const struct id *id)
{
    struct error error = ERROR_INIT;

    pthread_mutex_lock(&inbox->write_lock);
    if (!index_remove(inbox->writer, id, 1, &error))
        inbox_resync(inbox);
    pthread_mutex_unlock(&inbox->write_lock);
}

/* ---- refreshing ---- */

static void remove_gone(struct inbox *inbox, struct store *store, struct index *index);

struct missing {
    struct index *index;
    struct id *ids;
    size_t count, wanted; /* found; how many there are */
    size_t seen;
};

static bool
note_missing(void *context, const struct store_message *row)
{
    struct missing *missing = context;

    if (!is_indexed(missing->index, &row->id))
        missing->ids[missing->count++] = row->id;
    return missing->count < missing->wanted && ++missing->seen < REFRESH_SEEN_MAX;
}

static uint64_t
count_indexed(struct index *index)
{
    struct index_counts counts = {0};
    struct error error = ERROR_INIT;

    return index_count(index, &(struct index_query){0}, &counts, &error)
               ? counts.messages
               : 0;
}

/* Put in what is missing, the newest first, for as long as there is time. */
static void
put_missing(struct inbox *inbox, struct inbox_reader *reader, struct missing *missing)
{
    uint64_t until = clock_monotonic_us() + REFRESH_MS * 1000ull;

    for (size_t i = 0; i < missing->count; i++) {
        if (!is_indexed(reader->index, &missing->ids[i]))
            (void)put_one(inbox, reader->store, &missing->ids[i], true);
        if (clock_monotonic_us() > until)
            break;
    }
}

void
inbox_refresh(struct inbox *inbox, struct inbox_reader *reader)
{
    uint64_t version = store_version(reader->store), stored, indexed;
    struct missing missing = {.index = reader->index};
    size_t most = inbox_is_busy(inbox) ? BUSY_PUT : REFRESH_PUT_MAX;
    struct error error = ERROR_INIT;

    if (version == reader->version)
        return;
    stored = store_count(reader->store);
    indexed = count_indexed(reader->index);
    missing.wanted = stored > indexed ? (size_t)(stored - indexed) : 0;
    if (missing.wanted > most)
        missing.wanted = most;
    if (missing.wanted > 0) {
        missing.ids = memory_new(missing.wanted * sizeof(*missing.ids));
        if (store_list(reader->store, &(struct store_query){0}, note_missing, &missing,
                       &error) == STORE_OK)
            put_missing(inbox, reader, &missing);
        free(missing.ids);
    } else if (indexed > stored) {
        inbox_resync(inbox); /* somebody else deletes: the thread sees to it … */
        if (indexed < REFRESH_GONE_MAX)
            remove_gone(inbox, reader->store, reader->index); /* … unless it is quick */
    }
    if (count_indexed(reader->index) == store_count(reader->store))
        reader->version = version; /* else the next one looks again */
}

/* ---- comparing all ---- */

struct comparison {
    struct inbox *inbox;
    struct index *index;
    uint64_t seen;
};

static bool
compare_one(void *context, const struct store_message *row)
{
    struct comparison *comparison = context;
    struct inbox *inbox = comparison->inbox;
    struct marks marks, known;
    struct error error = ERROR_INIT;
    bool is_stopping;

    comparison->seen++;
    (void)copy_marks(&marks, row);
    if (!index_find(comparison->index, &row->id, read_marks, &known, &error)) {
        pthread_mutex_lock(&inbox->lock);
        push(inbox, &row->id, false);
        pthread_mutex_unlock(&inbox->lock);
    } else if (!is_same(&known, &marks) &&
               !put_marks(inbox, &row->id, &marks, &error)) {
        log_event(LOG_LEVEL_WARNING, NULL, "web.index", " why=%s",
                  LOG_QUOTED(slice_from(error.text)));
    }
    if (comparison->seen % COMPARE_PAUSE != 0)
        return true;
    pthread_mutex_lock(&inbox->lock);
    is_stopping = inbox->is_stopping;
    pthread_mutex_unlock(&inbox->lock);
    if (inbox_is_busy(inbox)) { /* not now: later, and from the beginning */
        inbox_resync(inbox);
        return false;
    }
    return !is_stopping;
}

static bool
collect_id(void *context, const struct index_row *row)
{
    struct buf *ids = context;

    return buf_append(ids, slice_of((const char *)row->id.octets, ID_SIZE));
}

static bool
never_mind(void *context, const struct store_message *row)
{
    (void)context;
    (void)row;
    return false;
}

/* Entries whose message is gone. */
static void
remove_gone(struct inbox *inbox, struct store *store, struct index *index)
{
    struct error error = ERROR_INIT;
    struct buf ids;

    buf_init(&ids, 256 << 20);
    if (!index_search(index, &(struct index_query){0}, collect_id, &ids, &error))
        ids.len = 0;
    for (size_t i = 0; i + ID_SIZE <= ids.len; i += ID_SIZE) {
        struct id id;

        memcpy(id.octets, ids.ptr + i, ID_SIZE);
        if (store_find(store, &id, never_mind, NULL, &error) == STORE_NOT_FOUND)
            inbox_on_deleted(inbox, &id);
    }
    buf_clear(&ids);
}

static void
compare(struct inbox *inbox, struct store *store, struct index *index)
{
    struct comparison comparison = {.inbox = inbox, .index = index};
    struct index_counts counts;
    struct error error = ERROR_INIT;
    uint64_t started = clock_monotonic_us();

    if (store_list(store, &(struct store_query){.oldest_first = true}, compare_one,
                   &comparison, &error) != STORE_OK ||
        !index_count(index, &(struct index_query){0}, &counts, &error))
        return;
    if (counts.messages + inbox_backlog(inbox) > comparison.seen)
        remove_gone(inbox, store, index);
    log_event(LOG_LEVEL_INFO, NULL, "web.index",
              " messages=%llu to_do=%zu compared_in_ms=%llu",
              (unsigned long long)comparison.seen, inbox_backlog(inbox),
              (unsigned long long)((clock_monotonic_us() - started) / 1000));
}

/* ---- the thread ---- */

/* Wait for something to do. False: the end. */
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

/* Comparing all waits until mail does not come in a stream. */
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
    bool is_news;

    for (int i = 0; i < step && pop(inbox, &id, &is_news); i++) {
        if (!is_indexed(index, &id))
            (void)put_one(inbox, store, &id, is_news);
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
            compare(inbox, store, index);
    }
    if (error_is_set(&error))
        error_print(&error);
    store_close(store);
    index_close(index);
    return NULL;
}

/* Much mail came in two seconds in a row: a burst is over by then. */
static void
look_at_rate(struct inbox *inbox)
{
    uint64_t now = clock_monotonic_us(), told = atomic_load(&inbox->told);
    uint64_t passed = now - inbox->rate.at_us;
    bool is_much;

    if (passed < 1000000)
        return;
    is_much = (told - inbox->rate.told) * 1000000 / passed > BUSY_PER_S;
    atomic_store(&inbox->is_busy, is_much && inbox->rate.was_much);
    inbox->rate.at_us = now;
    inbox->rate.told = told;
    inbox->rate.was_much = is_much;
}

/* A message that takes for ever is one that was made to: better a new process. */
static void
look_at_parser(struct inbox *inbox)
{
    uint64_t since = atomic_load(&inbox->parse_since_us);

    if (since == 0 || clock_monotonic_us() - since < PARSE_LIMIT_MS * 1000ull)
        return;
    log_event(LOG_LEVEL_ERROR, NULL, "web.stuck",
              " why=\"a message takes too long to take apart\"");
    _exit(1);
}

/* A damaged index is made anew by a new process; nothing but time is lost. */
static void
look_at_index(struct inbox *inbox)
{
    bool is_damaged = index_is_damaged(inbox->writer);

    for (size_t i = 0; i < INBOX_READERS; i++)
        is_damaged = is_damaged || index_is_damaged(inbox->readers[i].index);
    if (!is_damaged)
        return;
    log_event(LOG_LEVEL_ERROR, NULL, "web.index",
              " why=\"the file is damaged: it is made anew\"");
    inbox_memo_forget(inbox); /* what is at hand is not to blame */
    _exit(1);
}

void
inbox_tick(struct inbox *inbox)
{
    look_at_index(inbox);
    look_at_rate(inbox);
    look_at_parser(inbox);
}

/* ---- life
 * ------------------------------------------------------------------------------------------
 */

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
inbox_open(struct inbox *inbox, const struct web_settings *settings, inbox_news *news,
           void *news_context, struct error *error)
{
    memset(inbox, 0, sizeof(*inbox));
    inbox->settings = settings;
    inbox->news = news;
    inbox->news_context = news_context;
    inbox->must_compare = true;
    inbox->pending = memory_new(INBOX_PENDING_MAX * sizeof(*inbox->pending));
    inbox->is_news = memory_new(INBOX_PENDING_MAX * sizeof(*inbox->is_news));
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
    free(inbox->is_news);
}
