/* inbox_index.c - writing to the index, and bringing it up to date with the store
 *
 * A message is loaded, parsed and put; marks and deletions follow it. A refresh indexes
 * what is missing when a list is asked for; a comparison walks all of the store.
 */
#include "inbox/inbox_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REFRESH_MS = 1500,       /* the longest time a refresh indexes messages, … */
    REFRESH_PUT_MAX = 2000,  /* … the most it indexes, … */
    REFRESH_SEEN_MAX = 5000, /* … the most it checks … */
    BUSY_PUT = 50,           /* … and the most under heavy load: one page */
    REFRESH_GONE_MAX = 5000, /* up to so many entries are checked for deleted ones */
    COMPARE_PAUSE = 200,     /* messages between two checks whether to stop */
};

static bool
ignore_row(void *context, const struct index_row *row)
{
    (void)context;
    (void)row;
    return false;
}

bool
inbox_is_indexed(struct index *index, const struct id *id)
{
    struct error error = ERROR_INIT;

    return index_find(index, id, ignore_row, NULL, &error);
}

/* ---- marks ---- */

/* The parts of an entry that can change. */
struct marks {
    bool is_read;
    char tags[2100]; /* the mail role accepts 2,000 octets */
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

/* False: the index could not be written. */
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

/* A message that could not be written is tried again by the next comparison. Only the
 * first failure in a row is logged. */
static void
note_outcome(struct inbox *inbox, bool is_put, const struct error *error)
{
    if (is_put) {
        atomic_store(&inbox->has_failed, false);
        return;
    }
    inbox_resync(inbox);
    if (!atomic_exchange(&inbox->has_failed, true))
        log_event(LOG_LEVEL_WARNING, NULL, "web.index", " why=%s",
                  LOG_QUOTED(slice_from(error->text)));
}

/* Apply what happened to the message while it was being indexed: marks that were set,
 * or its deletion, found no entry to change. */
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

bool
inbox_put(struct inbox *inbox, struct store *store, const struct id *id, bool is_new)
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
    inbox_parse_end(inbox, &message); /* the wait for the lock is not parsing time */
    pthread_mutex_lock(&inbox->write_lock);
    is_put = index_put(inbox->writer, &entry, 1, &error);
    pthread_mutex_unlock(&inbox->write_lock);
    note_outcome(inbox, is_put, &error);
    if (is_put)
        catch_up(inbox, store, &message.row);
    if (is_put && is_new && inbox->on_new != NULL)
        inbox->on_new(inbox->on_new_context, &entry);
    buf_clear(&memory);
    inbox_unload(&message);
    return is_put;
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
    inbox_reader_release(inbox, reader);
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

/* ---- deleted messages ---- */

static bool
collect_id(void *context, const struct index_row *row)
{
    struct buf *ids = context;

    return buf_append(ids, slice_of((const char *)row->id.octets, ID_SIZE));
}

static bool
ignore_message(void *context, const struct store_message *row)
{
    (void)context;
    (void)row;
    return false;
}

/* Remove the entries whose message is no longer in the store. */
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
        if (store_find(store, &id, ignore_message, NULL, &error) == STORE_NOT_FOUND)
            inbox_on_deleted(inbox, &id);
    }
    buf_clear(&ids);
}

/* ---- refreshing ---- */

struct missing {
    struct index *index;
    struct id *ids;
    size_t count, wanted; /* found so far; at most */
    size_t seen;          /* messages checked */
};

static bool
note_missing(void *context, const struct store_message *row)
{
    struct missing *missing = context;

    if (!inbox_is_indexed(missing->index, &row->id))
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

/* Index the missing messages, newest first, for at most REFRESH_MS. */
static void
put_missing(struct inbox *inbox, struct inbox_reader *reader, struct missing *missing)
{
    uint64_t until = clock_monotonic_us() + REFRESH_MS * 1000ull;

    for (size_t i = 0; i < missing->count; i++) {
        if (!inbox_is_indexed(reader->index, &missing->ids[i]))
            (void)inbox_put(inbox, reader->store, &missing->ids[i], true);
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
        inbox_resync(inbox); /* deleted by another process: the thread cleans up … */
        if (indexed < REFRESH_GONE_MAX) /* … unless it is quick */
            remove_gone(inbox, reader->store, reader->index);
    }
    if (count_indexed(reader->index) == store_count(reader->store))
        reader->version = version; /* else the next refresh tries again */
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
        pending_push(inbox, &row->id, false);
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
    if (inbox_is_busy(inbox)) { /* start again when the load is lower */
        inbox_resync(inbox);
        return false;
    }
    return !is_stopping;
}

void
inbox_compare(struct inbox *inbox, struct store *store, struct index *index)
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
