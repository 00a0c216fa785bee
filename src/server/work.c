/* work.c - the desk: a list behind a lock, taken whole */
#include "server/work.h"

void
work_desk_init(struct work_desk *desk, void (*call)(struct work_desk *desk))
{
    pthread_mutex_init(&desk->lock, NULL);
    desk->done = NULL;
    desk->done_end = &desk->done;
    desk->call = call;
}

void
work_desk_clear(struct work_desk *desk)
{
    pthread_mutex_destroy(&desk->lock);
}

void
work_desk_put(struct work_desk *desk, struct work *first, struct work **last)
{
    pthread_mutex_lock(&desk->lock);
    *desk->done_end = first;
    desk->done_end = last;
    pthread_mutex_unlock(&desk->lock);
}

size_t
work_desk_take(struct work_desk *desk)
{
    struct work *work;
    size_t count = 0;

    pthread_mutex_lock(&desk->lock);
    work = desk->done;
    desk->done = NULL;
    desk->done_end = &desk->done;
    pthread_mutex_unlock(&desk->lock);

    while (work != NULL) {
        struct work *next = work->next;

        work->finish(work); /* may free it */
        work = next;
        count++;
    }
    return count;
}
