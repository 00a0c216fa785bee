/* inbox - the messages as the web role sees them: reads the store, fills the index
 *
 * 1. The store is only read; changes are requested from the mail role.
 * 2. One thread fills the index in the background, newest first. A request for a list
 *    indexes the newest messages at once, so that a list is never out of date.
 * 3. Messages are parsed one at a time. The id of the one being parsed is in memory
 * that survives this process: a message that crashes it is not parsed by the next.
 */
#ifndef INBOX_INBOX_H
#define INBOX_INBOX_H

#include "http/settings.h"
#include "mime/mime.h"
#include "store/index.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

enum { INBOX_READERS = 4, INBOX_PENDING_MAX = 100000, INBOX_BROKEN_MAX = 64 };

/* A pair of handles, used by one request at a time. */
struct inbox_reader {
    struct store *store;
    struct index *index;
    uint64_t version; /* of the store at the last refresh */
    bool is_taken;
};

/* Called once for each new message, by the thread that indexed it. */
typedef void inbox_new_message(void *context, const struct index_entry *entry);

struct inbox {
    const struct web_settings *settings;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct inbox_reader readers[INBOX_READERS]; /* is_taken: under lock */
    struct id *pending;             /* to be indexed, newest last; under lock */
    bool *is_new;                   /* for each in pending: announce it when indexed */
    size_t pending_count;           /* under lock */
    bool must_compare, is_stopping; /* under lock */

    pthread_mutex_t write_lock; /* of writer */
    struct index *writer;

    pthread_mutex_t parse_lock; /* held from inbox_parse to inbox_parse_end */
    struct inbox_memo *memo;    /* shared with our successor */
    struct id broken[INBOX_BROKEN_MAX];
    size_t broken_count;
    atomic_ullong parse_since_us; /* monotonic; 0: none */

    pthread_t thread;
    inbox_new_message *on_new;
    void *on_new_context;
    atomic_bool has_failed; /* the last message could not be written to the index */
    atomic_bool is_busy;    /* heavy inbound load */
    struct {
        uint64_t at_us, accepted; /* at the last full second */
        bool was_high;            /* in the second before */
    } rate;                       /* used only by the thread that calls inbox_tick */
    atomic_ullong accepted;       /* messages that the feed reported */
};

/* Open it and start the thread. False with error set. */
MUST_USE bool inbox_open(struct inbox *inbox, const struct web_settings *settings,
                         inbox_new_message *on_new, void *on_new_context,
                         struct error *error);
void inbox_close(struct inbox *inbox);

/* A reader for one request; waits until one is free. */
struct inbox_reader *inbox_reader_take(struct inbox *inbox);
void inbox_reader_release(struct inbox *inbox, struct inbox_reader *reader);

/* ---- events of the mail role ---- */

/* A message was accepted, its marks changed, it was deleted. */
void inbox_on_accepted(struct inbox *inbox, const struct id *id);
void inbox_on_changed(struct inbox *inbox, const struct id *id);
void inbox_on_deleted(struct inbox *inbox, const struct id *id);

/* Events were lost, or the index could not be written: compare everything soon. */
void inbox_resync(struct inbox *inbox);

/* Called by one thread a few times a second: measures the load, and ends the process if
 * parsing a message takes too long or the index is damaged. */
void inbox_tick(struct inbox *inbox);

/* Under heavy inbound load, defer non-urgent work. */
bool inbox_is_busy(struct inbox *inbox);

/* Messages not in the index yet. */
size_t inbox_backlog(struct inbox *inbox);

/* Index the missing messages, newest first, within a limit of time and number. */
void inbox_refresh(struct inbox *inbox, struct inbox_reader *reader);

/* ---- one message ---- */

struct inbox_message {
    struct store_message row; /* borrows from memory */
    struct store_recipient *recipients;
    char *memory;
    struct buf source;
    struct mime *mime; /* between inbox_parse and inbox_parse_end */
    bool is_broken;    /* it crashed a process of ours: mime has its header only */
};

/* Load a message; with_source: its octets too. False: no such message. */
MUST_USE bool inbox_load(struct inbox_reader *reader, const struct id *id,
                         bool with_source, struct inbox_message *message);
void inbox_unload(struct inbox_message *message);

/* Parse a loaded message; only one is parsed at a time. */
void inbox_parse(struct inbox *inbox, struct inbox_message *message);
void inbox_parse_end(struct inbox *inbox, struct inbox_message *message);

#endif
