/* inbox - the messages as the web role knows them: the store read, the index filled
 *
 * 1. The store is only read; what changes it is asked of the mail role.
 * 2. The index is filled by one thread in what time is left over, newest first; who
 * asks for a list has the newest messages put in at once, so a list is never behind.
 * 3. Messages are taken apart one at a time, with their id in memory that outlives us:
 *    a message that kills this process is known as broken by the next.
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

/* A pair of handles for one request at a time. */
struct inbox_reader {
    struct store *store;
    struct index *index;
    uint64_t version; /* of the store, when it was refreshed last */
    bool is_taken;
};

/* Called once for each message that is new, by whoever put it into the index. */
typedef void inbox_news(void *context, const struct index_entry *entry);

struct inbox {
    const struct web_settings *settings;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct inbox_reader readers[INBOX_READERS]; /* is_taken: under lock */
    struct id *pending;             /* to be put in, newest last; under lock */
    bool *is_news;                  /* beside pending: told when it is in */
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
    inbox_news *news;
    void *news_context;
    atomic_bool has_failed; /* the index did not take the last message */
    atomic_bool is_busy;    /* much mail comes in */
    struct {
        uint64_t at_us, told;    /* at the last full second */
        bool was_much;           /* in the second before */
    } rate;                      /* of whoever calls inbox_tick */
    atomic_ullong indexed, told; /* messages put in; messages we were told of */
};

/* Open it and start the thread. False with error set. */
MUST_USE bool inbox_open(struct inbox *inbox, const struct web_settings *settings,
                         inbox_news *news, void *news_context, struct error *error);
void inbox_close(struct inbox *inbox);

struct inbox_reader *inbox_reader_take(struct inbox *inbox);
void inbox_reader_give(struct inbox *inbox, struct inbox_reader *reader);

/* ---- what is told ---- */

void inbox_on_accepted(struct inbox *inbox, const struct id *id);
void inbox_on_changed(struct inbox *inbox, const struct id *id);
void inbox_on_deleted(struct inbox *inbox, const struct id *id);
void inbox_resync(struct inbox *inbox); /* something was not told: compare all */

/* Called by one thread a few times a second: sees how much mail comes in, and ends the
 * process if a message takes too long to take apart. */
void inbox_tick(struct inbox *inbox);

/* Much mail comes in: what is not needed now had better wait. */
bool inbox_is_busy(struct inbox *inbox);

/* Messages not in the index yet. */
size_t inbox_backlog(struct inbox *inbox);

/* Put in what is missing, the newest first: all of it, unless there is very much. */
void inbox_refresh(struct inbox *inbox, struct inbox_reader *reader);

/* ---- one message ---- */

struct inbox_message {
    struct store_message row; /* borrows from memory */
    struct store_recipient *recipients;
    char *memory;
    struct buf source;
    struct mime *mime; /* between inbox_parse and inbox_parse_end */
    bool is_broken;    /* it ended a process of ours: mime holds its header only */
};

/* Load a message; with_source: its octets too. False: there is none. */
MUST_USE bool inbox_load(struct inbox_reader *reader, const struct id *id,
                         bool with_source, struct inbox_message *message);
void inbox_unload(struct inbox_message *message);

/* Take a loaded message apart; nobody else can meanwhile. */
void inbox_parse(struct inbox *inbox, struct inbox_message *message);
void inbox_parse_end(struct inbox *inbox, struct inbox_message *message);

#endif
