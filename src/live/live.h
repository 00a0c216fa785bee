/* live - the thread that reads the mail role's feed, and keeps the open sessions */
#ifndef LIVE_LIVE_H
#define LIVE_LIVE_H

#include "inbox/inbox.h"
#include "journal/feed.h"
#include "live/hub.h"
#include "store/store.h"

enum {
    LIVE_BUCKETS = 256,
    LIVE_SESSIONS_MAX = 512,
    LIVE_NOTES_MAX = 256 * 1024,
    LIVE_MEMORY_MAX = 8 << 20
};

/* A session that is open, or ended a moment ago, as the feed reported it. */
struct live_known {
    struct live_known *next;      /* latest first */
    struct live_known *in_bucket; /* the next in the same bucket */
    struct id id;
    uint64_t started_at_us, touched_us, ended_us;
    char client[128], listener[128], profile[16], hello[256], outcome[16];
    uint32_t messages, faults;
    uint32_t first_line; /* number of the first note in notes */
    uint32_t lines;      /* notes in notes */
    bool has_gap;        /* notes are missing */
    struct buf notes;
};

struct live {
    struct inbox *inbox;
    struct hub *hub;
    int fd;
    pthread_t thread;
    atomic_bool is_stopping;
    pthread_mutex_t lock;
    struct live_known *known; /* under lock */
    struct live_known
        *buckets[LIVE_BUCKETS]; /* the same, by the last octet of the id */
    size_t count, memory;       /* under lock */
    uint64_t
        stats_due_us; /* when to announce the counts to Mailpit's clients; 0: never */
    atomic_bool has_inbox_changed;
    uint64_t inbox_announced_us, ping_us;
    atomic_ullong dropped, packets;
    /* called by the thread: the counts are due (at most four times a second); a message
     * was deleted */
    void (*on_stats_due)(void *context);
    void (*on_deleted)(void *context, const struct id *id);
    void *context;
};

MUST_USE bool live_start(struct live *live, struct inbox *inbox, struct hub *hub,
                         int fd, struct error *error);
void live_stop(struct live *live);

/* We changed messages ourselves: announce it to the listeners soon. Any thread. */
void live_inbox_changed(struct live *live);

/* Call each for every known session, latest first; the session has no notes unless
 * with_notes. each must not call into live: its lock is held. */
void live_each(struct live *live, bool with_notes,
               bool (*each)(void *context, const struct store_session *session),
               void *context);

#endif
