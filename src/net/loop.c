/* loop.c - loop.h on libuv; the only file that includes uv.h */
#include "net/loop.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

struct net_loop {
    uv_loop_t uv;
};

static_assert(sizeof(uv_poll_t) <= NET_WATCH_ROOM, "room for a uv_poll_t");
static_assert(sizeof(uv_timer_t) <= NET_TIMER_ROOM, "room for a uv_timer_t");
static_assert(sizeof(uv_async_t) <= NET_WAKE_ROOM, "room for a uv_async_t");
static_assert(sizeof(uv_signal_t) <= NET_SIGNAL_ROOM, "room for a uv_signal_t");
static_assert(NET_READABLE == (int)UV_READABLE && NET_WRITABLE == (int)UV_WRITABLE,
              "events are passed on unchanged");

struct net_loop *
net_loop_new(void)
{
    struct net_loop *loop = malloc(sizeof(*loop));

    if (loop != NULL && uv_loop_init(&loop->uv) == 0)
        return loop;
    free(loop);
    return NULL;
}

void
net_loop_run(struct net_loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void
net_loop_stop(struct net_loop *loop)
{
    uv_stop(&loop->uv);
}

struct net_loop *
net_loop_free(struct net_loop *loop)
{
    if (loop == NULL)
        return NULL;
    while (uv_loop_close(&loop->uv) == UV_EBUSY)
        uv_run(&loop->uv, UV_RUN_ONCE);
    free(loop);
    return NULL;
}

/* ---- a descriptor ---- */

/* libuv's handle is the first member, so both have the same address. */
static uv_poll_t *
watch_poll(struct net_watch *watch)
{
    return (uv_poll_t *)(void *)watch->room.octets;
}

static void
watch_ready(uv_poll_t *poll, int status, int events)
{
    struct net_watch *watch = (struct net_watch *)(void *)poll;

    watch->ready(watch, status < 0 ? NET_FAILED : (unsigned)events);
}

static void
watch_closed(uv_handle_t *handle)
{
    struct net_watch *watch = (struct net_watch *)(void *)handle;

    watch->closed(watch);
}

bool
net_watch_open(struct net_loop *loop, struct net_watch *watch, int fd, unsigned wanted,
               void (*ready)(struct net_watch *watch, unsigned events))
{
    watch->ready = ready;
    if (uv_poll_init(&loop->uv, watch_poll(watch), fd) != 0)
        return false;
    net_watch_want(watch, wanted);
    return true;
}

void
net_watch_want(struct net_watch *watch, unsigned wanted)
{
    uv_poll_start(watch_poll(watch), (int)wanted, watch_ready);
}

void
net_watch_close(struct net_watch *watch, void (*closed)(struct net_watch *watch))
{
    watch->closed = closed;
    uv_close((uv_handle_t *)watch_poll(watch), watch_closed);
}

/* ---- time ---- */

static uv_timer_t *
timer_uv(struct net_timer *timer)
{
    return (uv_timer_t *)(void *)timer->room.octets;
}

static void
timer_due(uv_timer_t *handle)
{
    struct net_timer *timer = (struct net_timer *)(void *)handle;

    timer->due(timer);
}

void
net_timer_open(struct net_loop *loop, struct net_timer *timer,
               void (*due)(struct net_timer *timer))
{
    timer->due = due;
    uv_timer_init(&loop->uv, timer_uv(timer));
}

void
net_timer_start(struct net_timer *timer, uint64_t ms, uint64_t repeat_ms)
{
    uv_update_time(timer_uv(timer)->loop);
    uv_timer_start(timer_uv(timer), timer_due, ms, repeat_ms);
}

void
net_timer_stop(struct net_timer *timer)
{
    uv_timer_stop(timer_uv(timer));
}

void
net_timer_close(struct net_timer *timer)
{
    uv_close((uv_handle_t *)timer_uv(timer), NULL);
}

/* ---- another thread calls ---- */

static uv_async_t *
wake_uv(struct net_wake *wake)
{
    return (uv_async_t *)(void *)wake->room.octets;
}

static void
wake_called(uv_async_t *handle)
{
    struct net_wake *wake = (struct net_wake *)(void *)handle;

    wake->called(wake);
}

bool
net_wake_open(struct net_loop *loop, struct net_wake *wake,
              void (*called)(struct net_wake *wake))
{
    wake->called = called;
    return uv_async_init(&loop->uv, wake_uv(wake), wake_called) == 0;
}

void
net_wake_send(struct net_wake *wake)
{
    uv_async_send(wake_uv(wake));
}

void
net_wake_close(struct net_wake *wake)
{
    uv_close((uv_handle_t *)wake_uv(wake), NULL);
}

/* ---- signals ---- */

static uv_signal_t *
signal_uv(struct net_signal *signal)
{
    return (uv_signal_t *)(void *)signal->room.octets;
}

static void
signal_raised(uv_signal_t *handle, int number)
{
    struct net_signal *signal = (struct net_signal *)(void *)handle;

    signal->raised(signal, number);
}

bool
net_signal_open(struct net_loop *loop, struct net_signal *signal, int number,
                void (*raised)(struct net_signal *signal, int number))
{
    signal->raised = raised;
    return uv_signal_init(&loop->uv, signal_uv(signal)) == 0 &&
           uv_signal_start(signal_uv(signal), signal_raised, number) == 0;
}

void
net_signal_close(struct net_signal *signal)
{
    uv_close((uv_handle_t *)signal_uv(signal), NULL);
}
