/* work - one thing for the committer to do, and the way back
 *
 * A struct work is embedded in what it is about (a message, a chunk, a run of notes),
 * so handing it over allocates nothing. Whoever submits it leaves it and all it
 * borrows alone until it comes back through its desk; then the owner frees it.
 */
#ifndef SERVER_WORK_H
#define SERVER_WORK_H

#include "store/store.h"

#include <pthread.h>

/* Where finished work is put for one thread: a reactor, or a waiting control
 * request. call is run by the committer thread, once a batch, without the lock. */
struct work_desk {
    pthread_mutex_t lock;
    struct work *done, **done_end; /* under lock */
    void (*call)(struct work_desk *desk);
};

/* The items of one message that comes in pieces. Once one of them has failed, all
 * later ones fail, so no chunk is kept without its beginning.
 * Written by the committer thread only, from the first submit to the last return. */
struct work_series {
    enum store_result result;
};

struct work {
    struct store_item item;
    struct work *next; /* in the committer's queue, then on the desk */
    struct work_desk *desk;
    struct work_series *series; /* or NULL */
    enum store_result result;   /* what store_commit said, or item.result */
    bool is_notable; /* counts towards the limit of a batch: carries content */
    void (*finish)(struct work *work); /* called by the desk's thread */
};

void work_desk_init(struct work_desk *desk, void (*call)(struct work_desk *desk));
void work_desk_clear(struct work_desk *desk);

/* Put a list of finished work on the desk; the committer's end. */
void work_desk_put(struct work_desk *desk, struct work *first, struct work **last);

/* Take everything off the desk and call finish for each, in order. The desk's
 * thread. Returns how many. */
size_t work_desk_take(struct work_desk *desk);

#endif
