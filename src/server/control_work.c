/* control_work.c - having the committer do something, and waiting for it
 *
 * All clients share one completion queue, which outlives them: the committer may call
 * it a moment after a client has seen its result and gone. Whichever client is awake
 * reaps it, for all of them.
 */
#include "server/control_internal.h"

static void
work_finished(struct completion_queue *queue)
{
    struct control *control = CONTAINER_OF(queue, struct control, completions);

    pthread_mutex_lock(&control->lock);
    control->generation++;
    pthread_cond_broadcast(&control->changed);
    pthread_mutex_unlock(&control->lock);
}

static void
work_done(struct work *work)
{
    struct control_client *client = ((struct control_work *)(void *)work)->client;
    struct control *control = client->control;

    pthread_mutex_lock(&control->lock);
    client->pending--;
    pthread_cond_broadcast(&control->changed);
    pthread_mutex_unlock(&control->lock);
}

void
control_commit(struct control_client *client, struct control_work *works, size_t count)
{
    struct control *control = client->control;

    for (size_t i = 0; i < count; i++) {
        works[i].client = client;
        works[i].work.completions = &control->completions;
        works[i].work.finish = work_done;
        works[i].work.next = i + 1 < count ? &works[i + 1].work : NULL;
    }
    pthread_mutex_lock(&control->lock);
    client->pending = (unsigned)count;
    pthread_mutex_unlock(&control->lock);
    committer_submit(&control->server->service.committer, &works[0].work,
                     &works[count - 1].work);

    pthread_mutex_lock(&control->lock);
    while (client->pending > 0) {
        uint64_t generation = control->generation;
        size_t reaped;

        pthread_mutex_unlock(&control->lock);
        reaped = completion_queue_reap(&control->completions);
        pthread_mutex_lock(&control->lock);
        while (reaped == 0 && client->pending > 0 && generation == control->generation)
            pthread_cond_wait(&control->changed, &control->lock);
    }
    pthread_mutex_unlock(&control->lock);
}

void
control_announce(struct control *control, enum feed_kind kind, const struct id *ids,
                 size_t count)
{
    pthread_mutex_lock(&control->lock);
    for (size_t i = 0; i < count; i++)
        feed_message(&control->feed, kind, &ids[i]);
    feed_flush(&control->feed);
    pthread_mutex_unlock(&control->lock);
}

void
control_work_init(struct control *control)
{
    completion_queue_init(&control->completions, work_finished);
    feed_init(&control->feed, control->server->service.settings->web_place.feed[0]);
    pthread_mutex_init(&control->lock, NULL);
    pthread_cond_init(&control->changed, NULL);
}

void
control_work_clear(struct control *control)
{
    completion_queue_clear(&control->completions);
    feed_clear(&control->feed);
    pthread_cond_destroy(&control->changed);
    pthread_mutex_destroy(&control->lock);
}

/* ---- the answer ---- */

void
control_refuse(struct control_answer *answer, const char *why)
{
    answer->result = CONTROL_REFUSED;
    answer->why = why;
}

void
control_set_result(struct control_answer *answer, enum store_result result)
{
    switch (result) {
    case STORE_OK:
        return;
    case STORE_FULL:
        control_refuse(answer, "the store has no room: make some on its disk");
        return;
    case STORE_NOT_FOUND:
        control_refuse(answer, "no such message");
        answer->result = CONTROL_NO_MESSAGE;
        return;
    case STORE_FAILED:
        break;
    }
    control_refuse(answer, "the store has failed: the log of the server says why");
}
