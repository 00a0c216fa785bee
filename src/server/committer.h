/* committer - the one thread that writes the store
 *
 * It takes all queued work (up to STORE_BATCH_ITEMS_MAX messages or
 * STORE_BATCH_OCTETS_MAX octets), commits it as one batch, and adds each item to its
 * completion queue. Work submitted meanwhile forms the next batch: batches grow with
 * the load, and no work is held back to fill one.
 *
 * When the store fails, all work fails with STORE_FAILED at once, while the store is
 * reopened with growing pauses; service resumes by itself. Messages of a batch whose
 * sync failed may turn out to be stored: they were refused, so they are deleted before
 * service resumes (RFC 5321 4.2.5: not delivered after a 4yz).
 */
#ifndef SERVER_COMMITTER_H
#define SERVER_COMMITTER_H

#include "server/work.h"

#include <stdatomic.h>

/* What a committer does with a store; the real one calls store.h, tests have one that
 * fails. */
struct committer_store {
    enum store_result (*commit)(struct store *store, struct store_item *items,
                                struct error *error);
    bool (*reopen)(struct store *store, struct error *error);
    void (*idle)(struct store *store);
    uint64_t (*syncs)(const struct store *store);
};

extern const struct committer_store committer_store_real;

struct committer {
    /* set before the thread starts */
    struct store *store;
    const struct committer_store *calls;
    unsigned retry_first_ms, retry_last_ms; /* pauses between attempts to reopen */
    pthread_t thread;

    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct work *queue, **queue_end; /* under lock */
    bool is_sleeping, is_stopping;   /* under lock */

    /* the committer thread only */
    unsigned retry_ms;
    uint64_t retry_at_us;
    struct id doubtful[STORE_BATCH_ITEMS_MAX]; /* messages of the batch that failed */
    size_t doubtful_count;
    bool is_full; /* the last commit found no room; logged once */

    /* written by the committer thread, read by any */
    atomic_bool is_broken;
    atomic_ullong batches, failures, syncs;
    atomic_ullong commit_us; /* duration of all commits */
};

/* Start the thread. The store is the thread's from now until committer_stop. False:
 * the system has no thread left. */
MUST_USE bool committer_start(struct committer *committer, struct store *store,
                              const struct committer_store *calls);

/* Submit a list of work; its items are committed in this order, with no others in
 * between. Any thread. */
void committer_submit(struct committer *committer, struct work *first,
                      struct work *last);

/* The store is in doubt: what is submitted now would fail. Any thread. */
bool committer_is_broken(struct committer *committer);

/* Do what is queued, then end the thread. The store is the caller's again. */
void committer_stop(struct committer *committer);

#endif
