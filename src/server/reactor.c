/* reactor.c - the life of a reactor thread
 *
 * It ends when the service drains or ends, no member is left and all work is back:
 * only then can nothing wake it any more.
 */
#include "server/reactor.h"

#include "base/clock.h"

#include <signal.h>
#include <stdlib.h>

enum { TICK_MS = 1000, DELAY_STEP_MS = 50 };

/* ---- members ---- */

void
reactor_add(struct reactor *reactor, struct reactor_member *member)
{
    member->previous = NULL;
    member->next = reactor->members;
    if (member->next != NULL)
        member->next->previous = member;
    reactor->members = member;
    reactor->member_count++;
}

static void
undelay(struct reactor *reactor, struct reactor_member *member)
{
    struct reactor_member **place = &reactor->delayed;

    while (*place != NULL && *place != member)
        place = &(*place)->delayed_next;
    if (*place != NULL)
        *place = member->delayed_next;
}

void
reactor_remove(struct reactor *reactor, struct reactor_member *member)
{
    if (member->is_delayed)
        undelay(reactor, member);
    if (member->next != NULL)
        member->next->previous = member->previous;
    if (member->previous != NULL)
        member->previous->next = member->next;
    else
        reactor->members = member->next;
    reactor->member_count--;
}

/* Call each member, which may leave. */
static void
call_all(struct reactor *reactor, void (*call)(struct reactor_member *member))
{
    for (struct reactor_member *member = reactor->members, *next; member != NULL;
         member = next) {
        next = member->next;
        call(member);
    }
}

/* ---- delayed members ---- */

void
reactor_delay(struct reactor *reactor, struct reactor_member *member, uint32_t ms)
{
    member->delayed_until_us = reactor->now_us + ms * 1000ull;
    if (member->is_delayed)
        return;
    member->is_delayed = true;
    if (reactor->delayed == NULL)
        net_timer_start(&reactor->delay, DELAY_STEP_MS, DELAY_STEP_MS);
    member->delayed_next = reactor->delayed;
    reactor->delayed = member;
}

/* Cut those whose time has come off the list of delayed members. */
static struct reactor_member *
take_due(struct reactor *reactor)
{
    struct reactor_member **place = &reactor->delayed, *due = NULL;

    while (*place != NULL) {
        struct reactor_member *member = *place;

        if (member->delayed_until_us > reactor->now_us) {
            place = &member->delayed_next;
            continue;
        }
        *place = member->delayed_next;
        member->delayed_next = due;
        due = member;
    }
    return due;
}

static void
delay_due(struct net_timer *timer)
{
    struct reactor *reactor = CONTAINER_OF(timer, struct reactor, delay);
    struct reactor_member *due;

    reactor->now_us = clock_monotonic_us();
    due = take_due(reactor);
    if (reactor->delayed == NULL)
        net_timer_stop(&reactor->delay);
    while (due != NULL) {
        struct reactor_member *member = due;

        due = member->delayed_next;
        member->is_delayed = false;
        reactor->calls.delay_over(member); /* it may leave, or be delayed anew */
    }
}

/* ---- the feed ---- */

static void
feed_due(struct net_timer *timer)
{
    struct reactor *reactor = CONTAINER_OF(timer, struct reactor, feed_timer);

    reactor->is_feed_planned = false;
    feed_flush(&reactor->feed);
    reactor_plan_feed(reactor); /* the next packet reports what was dropped */
}

void
reactor_plan_feed(struct reactor *reactor)
{
    if (reactor->is_feed_planned || !feed_is_waiting(&reactor->feed))
        return;
    reactor->is_feed_planned = true;
    net_timer_start(&reactor->feed_timer, FEED_PAUSE_MS, 0);
}

/* ---- work ---- */

void
reactor_submit(struct reactor *reactor, struct work *first, struct work *last)
{
    for (struct work *work = first;; work = work->next) {
        work->completions = &reactor->completions;
        reactor->work_in_flight++;
        if (work == last)
            break;
    }
    committer_submit(&reactor->service->committer, first, last);
}

static void
work_finished(struct completion_queue *queue)
{
    /* the work may be reaped, and the loop be gone, before this call comes */
    reactor_wake(CONTAINER_OF(queue, struct reactor, completions));
}

/* ---- the end ---- */

static void
end_if_done(struct reactor *reactor)
{
    if (reactor->state == SERVICE_RUNNING || reactor->is_ended ||
        reactor->member_count > 0 || reactor->work_in_flight > 0)
        return;
    pthread_mutex_lock(&reactor->completions.lock);
    reactor->is_ended = true;
    pthread_mutex_unlock(&reactor->completions.lock);
    net_timer_close(&reactor->tick);
    net_timer_close(&reactor->delay);
    accept_close(&reactor->accept);
    feed_flush(&reactor->feed);
    net_timer_close(&reactor->feed_timer);
    net_wake_close(&reactor->wake);
}

/* Follow service->state: each step once, in order. */
static void
follow_service(struct reactor *reactor)
{
    enum service_state wanted = service_state(reactor->service);

    if (wanted == reactor->state)
        return;
    if (reactor->state == SERVICE_RUNNING) {
        accept_stop(&reactor->accept);
        reactor->drain_until_us = clock_monotonic_us() +
                                  reactor->service->settings->drain_timeout_s * 1000000;
    }
    reactor->state = wanted;
    call_all(reactor, reactor->calls.follow_state);
}

/* ---- what the loop calls ---- */

static void
woken(struct net_wake *wake)
{
    struct reactor *reactor = CONTAINER_OF(wake, struct reactor, wake);
    size_t reaped = completion_queue_reap(&reactor->completions); /* may submit anew */

    reactor->now_us = clock_monotonic_us();
    reactor->work_in_flight -= reaped;
    follow_service(reactor);
    end_if_done(reactor);
}

static void
tick_due(struct net_timer *timer)
{
    struct reactor *reactor = CONTAINER_OF(timer, struct reactor, tick);

    reactor->now_us = clock_monotonic_us();
    call_all(reactor, reactor->calls.tick);
    if (reactor->state == SERVICE_DRAINING &&
        reactor->now_us >= reactor->drain_until_us)
        service_advance(reactor->service, SERVICE_ENDING);
    follow_service(reactor);
    end_if_done(reactor);
}

static bool
accepted(struct accept *accept, size_t listener, int fd, const struct net_end *peer,
         bool is_counted)
{
    struct reactor *reactor = CONTAINER_OF(accept, struct reactor, accept);

    return reactor->calls.open(reactor, listener, fd, peer, is_counted);
}

/* ---- the thread ---- */

static void *
reactor_main(void *context)
{
    struct reactor *reactor = context;

    net_loop_run(reactor->loop);
    reactor->calls.ended(reactor->calls.context);
    return NULL;
}

static bool
open_loop(struct reactor *reactor)
{
    reactor->loop = net_loop_new();
    reactor->input = malloc(REACTOR_INPUT_SIZE);
    reactor->output = malloc(REACTOR_OUTPUT_SIZE);
    if (reactor->loop == NULL || reactor->input == NULL || reactor->output == NULL)
        return false;
    if (!net_wake_open(reactor->loop, &reactor->wake, woken))
        return false;
    net_timer_open(reactor->loop, &reactor->tick, tick_due);
    net_timer_open(reactor->loop, &reactor->delay, delay_due);
    net_timer_open(reactor->loop, &reactor->feed_timer, feed_due);
    net_timer_start(&reactor->tick, TICK_MS, TICK_MS);
    return accept_start(&reactor->accept, reactor->loop, accepted);
}

bool
reactor_start(struct reactor *reactor, struct service *service, unsigned number,
              const struct reactor_calls *calls, struct error *error)
{
    memset(reactor, 0, sizeof(*reactor));
    reactor->service = service;
    reactor->calls = *calls;
    reactor->number = number;
    accept_init(&reactor->accept, service, number, &reactor->stats);
    completion_queue_init(&reactor->completions, work_finished);
    feed_init(&reactor->feed, service->settings->web_place.feed[0]);
    if (open_loop(reactor) &&
        pthread_create(&reactor->thread, NULL, reactor_main, reactor) == 0)
        return true;
    error_set(
        error, ERROR_SYSTEM,
        "server: reactor %u cannot start: no memory, threads or descriptors left: "
        "free some, or use fewer --reactors",
        number);
    return false;
}

void
reactor_wake(struct reactor *reactor)
{
    pthread_mutex_lock(&reactor->completions.lock);
    if (!reactor->is_ended)
        net_wake_send(&reactor->wake);
    pthread_mutex_unlock(&reactor->completions.lock);
}

void
reactor_join(struct reactor *reactor)
{
    pthread_join(reactor->thread, NULL);
    reactor->loop = net_loop_free(reactor->loop);
    free(reactor->input);
    free(reactor->output);
    feed_clear(&reactor->feed);
    accept_clear(&reactor->accept);
}
