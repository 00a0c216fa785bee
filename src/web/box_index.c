/* box_index.c - the thread that fills the index, and bringing it up to date at once
 *
 * The thread is a nice one and, while much mail comes in, rests long between small
 * steps: filling must not take time from mail. What is asked for is put in by whoever
 * asks.
 */
#include "web/box_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

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
    RUSH_PUT = 50,           /* … and while much mail comes in, only a page full */
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
struct box_marks {
    bool is_read;
    char tags[2100]; /* the server takes 2,000 octets */
};

static void
set_marks(struct box_marks *marks, bool is_read, struct slice tags)
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
is_same(const struct box_marks *a, const struct box_marks *b)
{
    return a->is_read == b->is_read && strcmp(a->tags, b->tags) == 0;
}

/* False: the index does not take them. */
static bool
put_marks(struct box *box, const struct id *id, const struct box_marks *marks,
          struct error *error)
{
    bool is_put;

    pthread_mutex_lock(&box->write_lock);
    is_put = index_set_read(box->writer, id, 1, marks->is_read, error) &&
             index_set_tags(box->writer, id, 1, slice_from(marks->tags), error);
    pthread_mutex_unlock(&box->write_lock);
    return is_put;
}

/* ---- one message ---- */

/* What the index does not take is tried again; the log says it once, until it works. */
static void
note_outcome(struct box *box, bool is_put, const struct error *error)
{
    atomic_fetch_add(&box->indexed, is_put);
    if (is_put) {
        atomic_store(&box->has_failed, false);
        return;
    }
    box_lost_track(box);
    if (!atomic_exchange(&box->has_failed, true))
        log_event(LOG_LEVEL_WARNING, NULL, "web.index", " why=%s",
                  LOG_QUOTED(slice_from(error->text)));
}

/* A mark set, or the message deleted, while its entry was on its way: nobody found it
 * in the index then. */
static void
catch_up(struct box *box, struct store *store, const struct store_message *was)
{
    struct error error = ERROR_INIT;
    struct box_marks now, before;
    enum store_result found = store_find(store, &was->id, copy_marks, &now, &error);

    (void)copy_marks(&before, was);
    if (found == STORE_NOT_FOUND)
        box_deleted(box, &was->id);
    else if (found == STORE_OK && !is_same(&now, &before) &&
             !put_marks(box, &was->id, &now, &error))
        box_lost_track(box);
}

/* Take one message apart and put it in; is_news: those who listen are told. False: it
 * is gone from the store, or the index does not take it. */
static bool
put_one(struct box *box, struct store *store, const struct id *id, bool is_news)
{
    struct box_reader reader = {.store = store};
    struct box_message message;
    struct index_entry entry;
    struct error error = ERROR_INIT;
    struct buf memory;
    bool is_put;

    if (!box_load(&reader, id, true, &message))
        return false;
    buf_init(&memory, 16 << 20);
    box_parse(box, &message);
    summary_make(box->settings, &message, &entry, &memory);
    box_unparse(box, &message); /* waiting for the index is not the message's fault */
    pthread_mutex_lock(&box->write_lock);
    is_put = index_put(box->writer, &entry, 1, &error);
    pthread_mutex_unlock(&box->write_lock);
    note_outcome(box, is_put, &error);
    if (is_put)
        catch_up(box, store, &message.row);
    if (is_put && is_news && box->news != NULL)
        box->news(box->news_context, &entry);
    buf_clear(&memory);
    box_unload(&message);
    return is_put;
}

/* ---- the list of what is to be done ---- */

/* With the lock held. */
static void
push(struct box *box, const struct id *id, bool is_news)
{
    if (box->pending_count == BOX_PENDING_MAX) {
        box->must_compare = true;
        return;
    }
    box->pending[box->pending_count] = *id;
    box->is_news[box->pending_count++] = is_news;
}

void
box_accepted(struct box *box, const struct id *id)
{
    atomic_fetch_add(&box->told, 1);
    pthread_mutex_lock(&box->lock);
    push(box, id, true);
    if (box->pending_count == 1) /* nobody waits for the second one */
        pthread_cond_broadcast(&box->changed);
    pthread_mutex_unlock(&box->lock);
}

void
box_lost_track(struct box *box)
{
    pthread_mutex_lock(&box->lock);
    box->must_compare = true;
    pthread_cond_broadcast(&box->changed);
    pthread_mutex_unlock(&box->lock);
}

bool
box_is_rush(struct box *box)
{
    return atomic_load(&box->is_rush);
}

size_t
box_behind(struct box *box)
{
    size_t count;

    pthread_mutex_lock(&box->lock);
    count = box->pending_count;
    pthread_mutex_unlock(&box->lock);
    return count;
}

/* The newest that waits. */
static bool
pop(struct box *box, struct id *id_out, bool *is_news_out)
{
    bool has_one;

    pthread_mutex_lock(&box->lock);
    has_one = box->pending_count > 0;
    if (has_one) {
        box->pending_count--;
        *id_out = box->pending[box->pending_count];
        *is_news_out = box->is_news[box->pending_count];
    }
    pthread_cond_broadcast(&box->changed);
    pthread_mutex_unlock(&box->lock);
    return has_one;
}

void
box_changed(struct box *box, const struct id *id)
{
    struct box_reader *reader = box_take(box);
    struct error error = ERROR_INIT;
    struct box_marks marks;

    if (store_find(reader->store, id, copy_marks, &marks, &error) == STORE_OK &&
        !put_marks(box, id, &marks, &error))
        box_lost_track(box);
    box_give(box, reader);
}

void
box_deleted(struct box *box, const struct id *id)
{
    struct error error = ERROR_INIT;

    pthread_mutex_lock(&box->write_lock);
    if (!index_remove(box->writer, id, 1, &error))
        box_lost_track(box);
    pthread_mutex_unlock(&box->write_lock);
}

/* ---- refreshing ---- */

static void remove_gone(struct box *box, struct store *store, struct index *index);

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
put_missing(struct box *box, struct box_reader *reader, struct missing *missing)
{
    uint64_t until = clock_monotonic_us() + REFRESH_MS * 1000ull;

    for (size_t i = 0; i < missing->count; i++) {
        if (!is_indexed(reader->index, &missing->ids[i]))
            (void)put_one(box, reader->store, &missing->ids[i], true);
        if (clock_monotonic_us() > until)
            break;
    }
}

void
box_refresh(struct box *box, struct box_reader *reader)
{
    uint64_t version = store_version(reader->store), stored, indexed;
    struct missing missing = {.index = reader->index};
    size_t most = box_is_rush(box) ? RUSH_PUT : REFRESH_PUT_MAX;
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
            put_missing(box, reader, &missing);
        free(missing.ids);
    } else if (indexed > stored) {
        box_lost_track(box); /* somebody else deletes: the thread sees to it … */
        if (indexed < REFRESH_GONE_MAX)
            remove_gone(box, reader->store, reader->index); /* … unless it is quick */
    }
    if (count_indexed(reader->index) == store_count(reader->store))
        reader->version = version; /* else the next one looks again */
}

/* ---- comparing all ---- */

struct comparison {
    struct box *box;
    struct index *index;
    uint64_t seen;
};

static bool
compare_one(void *context, const struct store_message *row)
{
    struct comparison *comparison = context;
    struct box *box = comparison->box;
    struct box_marks marks, known;
    struct error error = ERROR_INIT;
    bool is_stopping;

    comparison->seen++;
    (void)copy_marks(&marks, row);
    if (!index_find(comparison->index, &row->id, read_marks, &known, &error)) {
        pthread_mutex_lock(&box->lock);
        push(box, &row->id, false);
        pthread_mutex_unlock(&box->lock);
    } else if (!is_same(&known, &marks) && !put_marks(box, &row->id, &marks, &error)) {
        log_event(LOG_LEVEL_WARNING, NULL, "web.index", " why=%s",
                  LOG_QUOTED(slice_from(error.text)));
    }
    if (comparison->seen % COMPARE_PAUSE != 0)
        return true;
    pthread_mutex_lock(&box->lock);
    is_stopping = box->is_stopping;
    pthread_mutex_unlock(&box->lock);
    if (box_is_rush(box)) { /* not now: later, and from the beginning */
        box_lost_track(box);
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
remove_gone(struct box *box, struct store *store, struct index *index)
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
            box_deleted(box, &id);
    }
    buf_clear(&ids);
}

static void
compare(struct box *box, struct store *store, struct index *index)
{
    struct comparison comparison = {.box = box, .index = index};
    struct index_counts counts;
    struct error error = ERROR_INIT;
    uint64_t started = clock_monotonic_us();

    if (store_list(store, &(struct store_query){.oldest_first = true}, compare_one,
                   &comparison, &error) != STORE_OK ||
        !index_count(index, &(struct index_query){0}, &counts, &error))
        return;
    if (counts.messages + box_behind(box) > comparison.seen)
        remove_gone(box, store, index);
    log_event(LOG_LEVEL_INFO, NULL, "web.index",
              " messages=%llu to_do=%zu compared_in_ms=%llu",
              (unsigned long long)comparison.seen, box_behind(box),
              (unsigned long long)((clock_monotonic_us() - started) / 1000));
}

/* ---- the thread ---- */

/* Wait for something to do. False: the end. */
static bool
wait_for_work(struct box *box)
{
    bool is_stopping;

    pthread_mutex_lock(&box->lock);
    pthread_cond_broadcast(&box->changed);
    while (!box->is_stopping && !box->must_compare && box->pending_count == 0)
        pthread_cond_wait(&box->changed, &box->lock);
    is_stopping = box->is_stopping;
    pthread_mutex_unlock(&box->lock);
    return !is_stopping;
}

/* Comparing all waits until mail does not come in a stream. */
static bool
take_comparison(struct box *box)
{
    bool must_compare;

    pthread_mutex_lock(&box->lock);
    must_compare = box->must_compare;
    box->must_compare = false;
    pthread_mutex_unlock(&box->lock);
    return must_compare;
}

static void
fill_step(struct box *box, struct store *store, struct index *index, int step)
{
    struct id id;
    bool is_news;

    for (int i = 0; i < step && pop(box, &id, &is_news); i++) {
        if (!is_indexed(index, &id))
            (void)put_one(box, store, &id, is_news);
    }
}

static void *
fill(void *context)
{
    struct box *box = context;
    struct error error = ERROR_INIT;
    struct store *store = store_open(box->settings->store, STORE_READ, &error);
    struct index *index = index_open(box->settings->store_file, INDEX_READ, &error);

    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
    while (store != NULL && index != NULL && wait_for_work(box)) {
        fill_step(box, store, index, box_is_rush(box) ? BUSY_STEP : STEP);
        if (atomic_load(&box->has_failed))
            usleep(FAILED_REST_MS * 1000);
        if (box_is_rush(box))
            usleep(REST_MS * 1000);
        else if (take_comparison(box))
            compare(box, store, index);
    }
    if (error_is_set(&error))
        error_print(&error);
    store_close(store);
    index_close(index);
    return NULL;
}

/* Much mail came in two seconds in a row: a burst is over by then. */
static void
look_at_rate(struct box *box)
{
    uint64_t now = clock_monotonic_us(), told = atomic_load(&box->told);
    uint64_t passed = now - box->rate.at_us;
    bool is_much;

    if (passed < 1000000)
        return;
    is_much = (told - box->rate.told) * 1000000 / passed > BUSY_PER_S;
    atomic_store(&box->is_rush, is_much && box->rate.was_much);
    box->rate.at_us = now;
    box->rate.told = told;
    box->rate.was_much = is_much;
}

/* A message that takes for ever is one that was made to: better a new process. */
static void
look_at_parser(struct box *box)
{
    uint64_t since = atomic_load(&box->parse_since_us);

    if (since == 0 || clock_monotonic_us() - since < PARSE_LIMIT_MS * 1000ull)
        return;
    log_event(LOG_LEVEL_ERROR, NULL, "web.stuck",
              " why=\"a message takes too long to take apart\"");
    _exit(1);
}

/* A damaged index is made anew by a new process; nothing but time is lost. */
static void
look_at_index(struct box *box)
{
    bool is_damaged = index_is_damaged(box->writer);

    for (size_t i = 0; i < BOX_READERS; i++)
        is_damaged = is_damaged || index_is_damaged(box->readers[i].index);
    if (!is_damaged)
        return;
    log_event(LOG_LEVEL_ERROR, NULL, "web.index",
              " why=\"the file is damaged: it is made anew\"");
    box_memo_forget(box); /* what is at hand is not to blame */
    _exit(1);
}

void
box_look(struct box *box)
{
    look_at_index(box);
    look_at_rate(box);
    look_at_parser(box);
}

/* ---- life
 * ------------------------------------------------------------------------------------------
 */

static bool
open_readers(struct box *box, struct error *error)
{
    for (size_t i = 0; i < BOX_READERS; i++) {
        struct box_reader *reader = &box->readers[i];

        reader->store = store_open(box->settings->store, STORE_READ, error);
        if (reader->store == NULL)
            return false;
        reader->index = index_open(box->settings->store_file, INDEX_READ, error);
        if (reader->index == NULL)
            return false;
    }
    return true;
}

bool
box_open(struct box *box, const struct web_settings *settings, box_news *news,
         void *news_context, struct error *error)
{
    memset(box, 0, sizeof(*box));
    box->settings = settings;
    box->news = news;
    box->news_context = news_context;
    box->must_compare = true;
    box->pending = memory_new(BOX_PENDING_MAX * sizeof(*box->pending));
    box->is_news = memory_new(BOX_PENDING_MAX * sizeof(*box->is_news));
    pthread_mutex_init(&box->lock, NULL);
    pthread_mutex_init(&box->write_lock, NULL);
    pthread_mutex_init(&box->parse_lock, NULL);
    pthread_cond_init(&box->changed, NULL);
    if (!box_memo_open(box, error))
        return false;
    box->writer = index_open(settings->store_file, INDEX_WRITE, error);
    if (box->writer == NULL || !open_readers(box, error))
        return false;
    if (pthread_create(&box->thread, NULL, fill, box) == 0)
        return true;
    error_set(error, ERROR_SYSTEM, "web: no threads left: free some");
    return false;
}

void
box_stop(struct box *box)
{
    pthread_mutex_lock(&box->lock);
    box->is_stopping = true;
    pthread_cond_broadcast(&box->changed);
    pthread_mutex_unlock(&box->lock);
    pthread_join(box->thread, NULL);
    for (size_t i = 0; i < BOX_READERS; i++) {
        store_close(box->readers[i].store);
        index_close(box->readers[i].index);
    }
    index_close(box->writer);
    free(box->pending);
    free(box->is_news);
}
