/* box - the messages as the web role knows them: the store read, the index filled
 *
 * 1. The store is only read; what changes it is asked of the mail role.
 * 2. The index is filled by one thread in what time is left over, newest first; who
 * asks for a list has the newest messages put in at once, so a list is never behind.
 * 3. Messages are taken apart one at a time, with their id in memory that outlives us:
 *    a message that kills this process is known as broken by the next.
 */
#ifndef WEB_BOX_H
#define WEB_BOX_H

#include "store/index.h"
#include "store/store.h"
#include "web/mime.h"
#include "web/settings.h"

#include <pthread.h>
#include <stdatomic.h>

enum { BOX_READERS = 4, BOX_PENDING_MAX = 100000, BOX_BROKEN_MAX = 64 };

/* A pair of handles for one request at a time. */
struct box_reader {
    struct store *store;
    struct index *index;
    uint64_t version; /* of the store, when it was refreshed last */
    bool is_taken;
};

/* Called once for each message that is new, by whoever put it into the index. */
typedef void box_news(void *context, const struct index_entry *entry);

struct box {
    const struct web_settings *settings;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct box_reader readers[BOX_READERS]; /* is_taken: under lock */
    struct id *pending;                     /* to be put in, newest last; under lock */
    bool *is_news;                          /* beside pending: told when it is in */
    size_t pending_count;                   /* under lock */
    bool must_compare, is_stopping;         /* under lock */

    pthread_mutex_t write_lock; /* of writer */
    struct index *writer;

    pthread_mutex_t parse_lock; /* held from box_parse to box_unparse */
    struct box_memo *memo;      /* shared with our successor */
    struct id broken[BOX_BROKEN_MAX];
    size_t broken_count;
    atomic_ullong parse_since_us; /* monotonic; 0: none */

    pthread_t thread;
    box_news *news;
    void *news_context;
    atomic_bool has_failed; /* the index did not take the last message */
    atomic_bool is_rush;    /* much mail comes in */
    struct {
        uint64_t at_us, told;    /* at the last full second */
        bool was_much;           /* in the second before */
    } rate;                      /* of whoever calls box_look */
    atomic_ullong indexed, told; /* messages put in; messages we were told of */
};

/* Open it and start the thread. False with error set. */
MUST_USE bool box_open(struct box *box, const struct web_settings *settings,
                       box_news *news, void *news_context, struct error *error);
void box_stop(struct box *box);

struct box_reader *box_take(struct box *box);
void box_give(struct box *box, struct box_reader *reader);

/* ---- what is told ---- */

void box_accepted(struct box *box, const struct id *id);
void box_changed(struct box *box, const struct id *id);
void box_deleted(struct box *box, const struct id *id);
void box_lost_track(struct box *box); /* something was not told: compare all */

/* Called by one thread a few times a second: sees how much mail comes in, and ends the
 * process if a message takes too long to take apart. */
void box_look(struct box *box);

/* Much mail comes in: what is not needed now had better wait. */
bool box_is_rush(struct box *box);

/* Messages not in the index yet. */
size_t box_behind(struct box *box);

/* Put in what is missing, the newest first: all of it, unless there is very much. */
void box_refresh(struct box *box, struct box_reader *reader);

/* ---- one message ---- */

struct box_message {
    struct store_message row; /* borrows from memory */
    struct store_recipient *recipients;
    char *memory;
    struct buf source;
    struct mime *mime; /* between box_parse and box_unparse */
    bool is_broken;    /* it ended a process of ours: mime holds its header only */
};

/* Load a message; with_source: its octets too. False: there is none. */
MUST_USE bool box_load(struct box_reader *reader, const struct id *id, bool with_source,
                       struct box_message *message);
void box_unload(struct box_message *message);

/* Take a loaded message apart; nobody else can meanwhile. */
void box_parse(struct box *box, struct box_message *message);
void box_unparse(struct box *box, struct box_message *message);

#endif
