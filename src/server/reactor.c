/* reactor.c - the life of a reactor thread
 *
 * It ends when the server drains or ends, no session is left and all work is back:
 * only then nothing can wake it any more.
 */
#include "server/reactor.h"

#include "base/clock.h"
#include "base/log.h"
#include "server/session.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { TICK_MS = 1000, DELAY_STEP_MS = 50 };

#define REACTOR_OF(member_ptr, member)                                                 \
    ((struct reactor *)(void *)((char *)(member_ptr)-offsetof(struct reactor, member)))

/* ---- lists ---- */

void
reactor_add(struct reactor *reactor, struct session *session)
{
    session->previous = NULL;
    session->next = reactor->sessions;
    if (session->next != NULL)
        session->next->previous = session;
    reactor->sessions = session;
    reactor->session_count++;
}

static void
undelay(struct reactor *reactor, struct session *session)
{
    struct session **place = &reactor->delayed;

    while (*place != NULL && *place != session)
        place = &(*place)->delayed_next;
    if (*place != NULL)
        *place = session->delayed_next;
}

void
reactor_remove(struct reactor *reactor, struct session *session)
{
    if (session->is_delayed)
        undelay(reactor, session);
    if (session->next != NULL)
        session->next->previous = session->previous;
    if (session->previous != NULL)
        session->previous->next = session->next;
    else
        reactor->sessions = session->next;
    reactor->session_count--;
}

void
reactor_delay(struct reactor *reactor, struct session *session)
{
    if (reactor->delayed == NULL)
        net_timer_start(&reactor->delay, DELAY_STEP_MS, DELAY_STEP_MS);
    session->delayed_next = reactor->delayed;
    reactor->delayed = session;
}

static void
delay_due(struct net_timer *timer)
{
    struct reactor *reactor = REACTOR_OF(timer, delay);
    struct session **place = &reactor->delayed, *over = NULL;

    reactor->now_us = clock_monotonic_us();
    while (*place != NULL) {
        struct session *session = *place;

        if (session->delayed_until_us > reactor->now_us) {
            place = &session->delayed_next;
            continue;
        }
        *place = session->delayed_next;
        session->delayed_next = over;
        over = session;
    }
    if (reactor->delayed == NULL)
        net_timer_stop(&reactor->delay);
    while (over != NULL) {
        struct session *session = over;

        over = session->delayed_next;
        session_delay_over(session); /* may close it, or delay it anew */
    }
}

/* ---- telling what happens ---- */

static void
telling_due(struct net_timer *timer)
{
    struct reactor *reactor = REACTOR_OF(timer, telling);

    reactor->is_telling_planned = false;
    feed_flush(&reactor->feed);
    reactor_tell(reactor); /* what was dropped is told in the next packet */
}

void
reactor_tell(struct reactor *reactor)
{
    if (reactor->is_telling_planned || !feed_is_waiting(&reactor->feed))
        return;
    reactor->is_telling_planned = true;
    net_timer_start(&reactor->telling, FEED_PAUSE_MS, 0);
}

/* ---- work ---- */

void
reactor_submit(struct reactor *reactor, struct work *first, struct work *last)
{
    for (struct work *work = first;; work = work->next) {
        work->desk = &reactor->desk;
        reactor->work_in_flight++;
        if (work == last)
            break;
    }
    committer_submit(&reactor->server->committer, first, last);
}

static void
desk_called(struct work_desk *desk)
{
    /* the work may be taken, and the loop be gone, before this call comes */
    reactor_wake(REACTOR_OF(desk, desk));
}

/* ---- the end ---- */

static void
end_if_done(struct reactor *reactor)
{
    if (reactor->state == SERVER_RUNNING || reactor->is_ended ||
        reactor->session_count > 0 || reactor->work_in_flight > 0)
        return;
    pthread_mutex_lock(&reactor->desk.lock);
    reactor->is_ended = true;
    pthread_mutex_unlock(&reactor->desk.lock);
    net_timer_close(&reactor->tick);
    net_timer_close(&reactor->delay);
    net_timer_close(&reactor->resume);
    feed_flush(&reactor->feed);
    net_timer_close(&reactor->telling);
    net_wake_close(&reactor->wake);
}

/* Follow server->state: each step once, in order. */
static void
advance(struct reactor *reactor)
{
    enum server_state wanted = (enum server_state)atomic_load(&reactor->server->state);

    if (wanted == reactor->state)
        return;
    if (reactor->state == SERVER_RUNNING) {
        accept_stop(reactor);
        reactor->drain_until_us =
            clock_monotonic_us() + reactor->server->settings->drain_timeout_s * 1000000;
    }
    reactor->state = wanted;
    for (struct session *session = reactor->sessions, *next; session != NULL;
         session = next) {
        next = session->next;
        session_follow_state(session);
    }
}

/* ---- what the loop calls ---- */

static void
woken(struct net_wake *wake)
{
    struct reactor *reactor = REACTOR_OF(wake, wake);

    size_t taken = work_desk_take(&reactor->desk); /* may put new work in flight */

    reactor->now_us = clock_monotonic_us();
    reactor->work_in_flight -= taken;
    advance(reactor);
    end_if_done(reactor);
}

static void
tick_due(struct net_timer *timer)
{
    struct reactor *reactor = REACTOR_OF(timer, tick);

    reactor->now_us = clock_monotonic_us();
    for (struct session *session = reactor->sessions, *next; session != NULL;
         session = next) {
        next = session->next;
        session_tick(session);
    }
    if (reactor->state == SERVER_DRAINING && reactor->now_us >= reactor->drain_until_us)
        server_advance(reactor->server, SERVER_ENDING);
    end_if_done(reactor);
}

/* ---- the thread ---- */

static void *
reactor_main(void *context)
{
    struct reactor *reactor = context;

    net_loop_run(reactor->loop);
    if (reactor->server->ended != NULL)
        reactor->server->ended(reactor->server);
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
    net_timer_open(reactor->loop, &reactor->telling, telling_due);
    net_timer_start(&reactor->tick, TICK_MS, TICK_MS);
    return accept_start(reactor);
}

bool
reactor_start(struct reactor *reactor, struct server *server, unsigned number,
              struct error *error)
{
    memset(reactor, 0, sizeof(*reactor));
    reactor->server = server;
    reactor->number = number;
    reactor->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    work_desk_init(&reactor->desk, desk_called);
    feed_init(&reactor->feed, server->settings->web_place.feed[0]);
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
    pthread_mutex_lock(&reactor->desk.lock);
    if (!reactor->is_ended)
        net_wake_send(&reactor->wake);
    pthread_mutex_unlock(&reactor->desk.lock);
}

void
reactor_join(struct reactor *reactor)
{
    pthread_join(reactor->thread, NULL);
    reactor->loop = net_loop_free(reactor->loop);
    free(reactor->input);
    free(reactor->output);
    feed_clear(&reactor->feed);
    if (reactor->spare_fd >= 0)
        close(reactor->spare_fd);
}
