/* work.c - the completion queue: a list with a lock, always removed whole */
#include "server/work.h"

void
completion_queue_init(struct completion_queue *queue,
                      void (*notify)(struct completion_queue *queue))
{
    pthread_mutex_init(&queue->lock, NULL);
    queue->first = NULL;
    queue->end = &queue->first;
    queue->notify = notify;
}

void
completion_queue_clear(struct completion_queue *queue)
{
    pthread_mutex_destroy(&queue->lock);
}

void
completion_queue_add(struct completion_queue *queue, struct work *first,
                     struct work **end)
{
    pthread_mutex_lock(&queue->lock);
    *queue->end = first;
    queue->end = end;
    pthread_mutex_unlock(&queue->lock);
}

size_t
completion_queue_reap(struct completion_queue *queue)
{
    struct work *work;
    size_t count = 0;

    pthread_mutex_lock(&queue->lock);
    work = queue->first;
    queue->first = NULL;
    queue->end = &queue->first;
    pthread_mutex_unlock(&queue->lock);

    while (work != NULL) {
        struct work *next = work->next;

        work->finish(work); /* may free it */
        work = next;
        count++;
    }
    return count;
}
