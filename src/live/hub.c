/* hub.c - see hub.h */
#include "live/hub.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

void
hub_init(struct hub *hub)
{
    memset(hub, 0, sizeof(*hub));
    pthread_mutex_init(&hub->lock, NULL);
}

static void
drop_first(struct hub *hub)
{
    struct hub_event *event = &hub->ring[hub->first % HUB_EVENTS_MAX];

    hub->octets -= event->len;
    free(event->text);
    event->text = NULL;
    hub->first++;
}

void
hub_clear(struct hub *hub)
{
    while (hub->first < hub->next)
        drop_first(hub);
    pthread_mutex_destroy(&hub->lock);
}

bool
hub_is_wanted(struct hub *hub, unsigned topics)
{
    bool is_wanted;

    pthread_mutex_lock(&hub->lock);
    is_wanted = (hub->wanted & topics) != 0;
    pthread_mutex_unlock(&hub->lock);
    return is_wanted;
}

void
hub_put(struct hub *hub, unsigned topic, const struct id *session, char *text)
{
    size_t len = text != NULL ? strlen(text) : 0;

    pthread_mutex_lock(&hub->lock);
    if (text == NULL || len > HUB_OCTETS_MAX || (hub->wanted & topic) == 0) {
        pthread_mutex_unlock(&hub->lock);
        free(text);
        return;
    }
    while (hub->first < hub->next && (hub->next - hub->first == HUB_EVENTS_MAX ||
                                      hub->octets + len > HUB_OCTETS_MAX))
        drop_first(hub);
    hub->ring[hub->next++ % HUB_EVENTS_MAX] =
        (struct hub_event){.topic = topic,
                           .session = session != NULL ? *session : (struct id){{0}},
                           .text = text,
                           .len = len};
    hub->octets += len;
    hub->must_wake = true;
    pthread_mutex_unlock(&hub->lock);
}

void
hub_wake(struct hub *hub, bool is_all)
{
    uint64_t now = clock_monotonic_us();

    pthread_mutex_lock(&hub->lock);
    for (struct hub_listener *l = hub->listeners; l != NULL; l = l->next) {
        if (is_all || (hub->must_wake && l->place < hub->next) ||
            (l->wake_at_us != 0 && now >= l->wake_at_us))
            l->wake(l);
    }
    hub->must_wake = false;
    pthread_mutex_unlock(&hub->lock);
}

static void
sum_up_topics(struct hub *hub)
{
    hub->wanted = 0;
    for (const struct hub_listener *l = hub->listeners; l != NULL; l = l->next)
        hub->wanted |= l->topics;
}

void
hub_join(struct hub *hub, struct hub_listener *listener)
{
    pthread_mutex_lock(&hub->lock);
    listener->place = hub->next;
    listener->next = hub->listeners;
    hub->listeners = listener;
    atomic_fetch_add(&hub->listener_count, 1);
    sum_up_topics(hub);
    pthread_mutex_unlock(&hub->lock);
}

void
hub_leave(struct hub *hub, struct hub_listener *listener)
{
    pthread_mutex_lock(&hub->lock);
    for (struct hub_listener **at = &hub->listeners; *at != NULL; at = &(*at)->next) {
        if (*at != listener)
            continue;
        *at = listener->next;
        atomic_fetch_sub(&hub->listener_count, 1);
        break;
    }
    sum_up_topics(hub);
    pthread_mutex_unlock(&hub->lock);
}

static bool
is_for(const struct hub_listener *listener, const struct hub_event *event)
{
    if ((event->topic & listener->topics) == 0)
        return false;
    return !listener->has_session || (event->topic & (HUB_SESSION | HUB_LINES)) == 0 ||
           id_is_equal(&listener->session, &event->session);
}

enum hub_result
hub_next(struct hub *hub, struct hub_listener *listener,
         const struct hub_event **event_out)
{
    if (listener->place < hub->first) {
        listener->place = hub->first;
        return HUB_MISSED;
    }
    while (listener->place < hub->next) {
        const struct hub_event *event = &hub->ring[listener->place++ % HUB_EVENTS_MAX];

        if (is_for(listener, event)) {
            *event_out = event;
            return HUB_OK;
        }
    }
    return HUB_NOTHING;
}
