/* work - one item for the committer, and the queue its completion comes back on
 *
 * A struct work is embedded in what it is about (a message, a chunk, a run of notes),
 * so submitting it allocates nothing. From submission to completion neither it nor
 * what it borrows may be touched; then its owner frees it.
 */
#ifndef SERVER_WORK_H
#define SERVER_WORK_H

#include "store/store.h"

#include <pthread.h>

/* Finished work waiting for the thread that submitted it: a reactor, or a thread of
 * the control socket. */
struct completion_queue {
    pthread_mutex_t lock;
    struct work *first, **end; /* under lock */
    /* Something was added. Run by the committer's thread, once a batch, without the
     * lock: wake the thread that reaps. */
    void (*notify)(struct completion_queue *queue);
};

/* The items of one message that arrives in pieces. Once one of them has failed, all
 * later ones fail, so no chunk is kept without those before it.
 * Written by the committer's thread only, from the first submission to the last
 * completion. */
struct work_series {
    enum store_result result;
};

struct work {
    struct store_item item;
    struct work *next; /* in the committer's queue, then in the completion queue */
    struct completion_queue *completions;
    struct work_series *series; /* or NULL */
    enum store_result result;   /* what store_commit returned, or item.result */
    bool has_content;           /* counts towards the limit of messages in a batch */
    void (*finish)(struct work *work); /* called by the thread that reaps */
};

void completion_queue_init(struct completion_queue *queue,
                           void (*notify)(struct completion_queue *queue));
void completion_queue_clear(struct completion_queue *queue);

/* Add a list of finished work, which ends in *end; the committer's thread. */
void completion_queue_add(struct completion_queue *queue, struct work *first,
                          struct work **end);

/* Remove everything and call finish for each, in order. Returns how many. */
size_t completion_queue_reap(struct completion_queue *queue);

#endif
