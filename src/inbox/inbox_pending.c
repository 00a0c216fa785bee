/* inbox_pending.c - the messages that wait to be indexed, newest last
 *
 * A list of fixed size: when it is full, the store and the index are compared later
 * instead, which finds what was left out.
 */
#include "inbox/inbox_internal.h"

void
pending_push(struct inbox *inbox, const struct id *id, bool is_new)
{
    if (inbox->pending_count == INBOX_PENDING_MAX) {
        inbox->must_compare = true;
        return;
    }
    inbox->pending[inbox->pending_count] = *id;
    inbox->is_new[inbox->pending_count++] = is_new;
}

void
inbox_on_accepted(struct inbox *inbox, const struct id *id)
{
    atomic_fetch_add(&inbox->accepted, 1);
    pthread_mutex_lock(&inbox->lock);
    pending_push(inbox, id, true);
    if (inbox->pending_count == 1) /* else the thread is awake already */
        pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
}

void
inbox_resync(struct inbox *inbox)
{
    pthread_mutex_lock(&inbox->lock);
    inbox->must_compare = true;
    pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
}

bool
inbox_is_busy(struct inbox *inbox)
{
    return atomic_load(&inbox->is_busy);
}

size_t
inbox_backlog(struct inbox *inbox)
{
    size_t count;

    pthread_mutex_lock(&inbox->lock);
    count = inbox->pending_count;
    pthread_mutex_unlock(&inbox->lock);
    return count;
}

bool
pending_pop(struct inbox *inbox, struct id *id_out, bool *is_new_out)
{
    bool has_one;

    pthread_mutex_lock(&inbox->lock);
    has_one = inbox->pending_count > 0;
    if (has_one) {
        inbox->pending_count--;
        *id_out = inbox->pending[inbox->pending_count];
        *is_new_out = inbox->is_new[inbox->pending_count];
    }
    pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
    return has_one;
}
