/* accept.c - see accept.h
 *
 * When descriptors or memory run out, accepting pauses and resumes by itself. A spare
 * descriptor is kept for that moment: once it is closed, the waiting connection can be
 * accepted, answered with 421 and closed, so that the client learns the reason.
 */
#include "server/accept.h"

#include "base/clock.h"
#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

enum {
    PAUSE_MS = 100,
    TURN_MAX = 64,               /* connections before other events get their turn */
    LOG_AGAIN_US = 10 * 1000000, /* an attack may last hours: log it now and then */
};

static int
open_spare(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static const struct listener *
listener_of(const struct acceptor *acceptor)
{
    return &acceptor->accept->service->settings->listeners[acceptor->listener];
}

/* The listening socket this reactor accepts from. */
static int
socket_of(const struct acceptor *acceptor)
{
    const struct listener *listener = listener_of(acceptor);

    return listener->sockets[acceptor->accept->number % listener->socket_count];
}

/* ---- refusing cheaply ---- */

static void
refuse(struct accept *accept, int fd, enum postern_reply reply)
{
    char line[SERVICE_LINE_SIZE];
    size_t len = service_format_reply(accept->service, reply, line), sent;

    stats_add(accept->stats, STAT_SESSIONS_REFUSED, 1);
    if (net_send(fd, slice_of(line, len), &sent) == NET_OK) {
        net_finish(fd);
        net_drain(fd); /* a close over unread input would discard the line */
    }
    net_close(fd);
}

/* No descriptor is left for the connection that waits: answer it with the spare one. */
static void
answer_with_spare(struct accept *accept, int listener)
{
    struct net_end peer;
    int fd;

    if (accept->spare_fd < 0)
        return;
    close(accept->spare_fd);
    if (net_accept(listener, &fd, &peer) == NET_OK)
        refuse(accept, fd, POSTERN_REPLY_OVERLOADED);
    accept->spare_fd = open_spare();
}

/* ---- pausing ---- */

static void
want_all(struct accept *accept, unsigned wanted)
{
    for (size_t i = 0; i < accept->service->settings->listener_count; i++) {
        if (accept->acceptors[i].is_open)
            net_watch_want(&accept->acceptors[i].watch, wanted);
    }
}

static void
pause_accepting(struct accept *accept)
{
    uint64_t now = clock_monotonic_us();

    if (!accept->is_paused && now - accept->pause_logged_us > LOG_AGAIN_US) {
        accept->pause_logged_us = now;
        log_event(LOG_LEVEL_WARNING, NULL, "accept.paused",
                  " reactor=%u why=\"no descriptors or memory left\" todo=\"raise "
                  "ulimit -n\"",
                  accept->number);
    }
    accept->is_paused = true;
    stats_add(accept->stats, STAT_ACCEPT_PAUSES, 1);
    want_all(accept, 0);
    net_timer_start(&accept->resume, PAUSE_MS, 0);
}

static void
resume_due(struct net_timer *timer)
{
    struct accept *accept = CONTAINER_OF(timer, struct accept, resume);

    if (accept->spare_fd < 0)
        accept->spare_fd = open_spare();
    want_all(accept, NET_READABLE);
}

/* ---- one connection ---- */

static void
admit(struct acceptor *acceptor, int fd, const struct net_end *peer)
{
    struct accept *accept = acceptor->accept;
    struct limits *limits = &accept->service->limits;
    bool is_counted,
        is_trusted = listener_of(acceptor)->profile == POSTERN_PROFILE_TEST ||
                     net_end_is_loopback(peer);

    stats_add(accept->stats, STAT_SESSIONS, 1);
    switch (limits_enter(limits, peer, is_trusted, &is_counted)) {
    case LIMITS_OK:
        break;
    case LIMITS_TOO_MANY:
        refuse(accept, fd, POSTERN_REPLY_OVERLOADED);
        return;
    case LIMITS_CLIENT_TOO_MANY:
        refuse(accept, fd, POSTERN_REPLY_CLIENT_OVERLOADED);
        return;
    }
    if (accept->accepted(accept, acceptor->listener, fd, peer, is_counted))
        return;
    limits_leave(limits, peer, is_counted);
    refuse(accept, fd, POSTERN_REPLY_OUT_OF_MEMORY);
}

static void
ready(struct net_watch *watch, unsigned events)
{
    struct acceptor *acceptor = (struct acceptor *)(void *)watch;
    struct accept *accept = acceptor->accept;
    int socket = socket_of(acceptor);

    (void)events;
    for (int i = 0; i < TURN_MAX; i++) {
        struct net_end peer;
        int fd;

        switch (net_accept(socket, &fd, &peer)) {
        case NET_OK:
            accept->is_paused = false;
            admit(acceptor, fd, &peer);
            break;
        case NET_FULL:
            answer_with_spare(accept, socket);
            pause_accepting(accept);
            return;
        case NET_AGAIN:
            return;
        case NET_EOF:
        case NET_LOST:
            break; /* that one is gone; try the next */
        }
    }
}

/* ---- start and end ---- */

void
accept_init(struct accept *accept, struct service *service, unsigned number,
            struct stats *stats)
{
    memset(accept, 0, sizeof(*accept));
    accept->service = service;
    accept->stats = stats;
    accept->number = number;
    accept->spare_fd = open_spare();
}

bool
accept_start(struct accept *accept, struct net_loop *loop,
             bool (*accepted)(struct accept *accept, size_t listener, int fd,
                              const struct net_end *peer, bool is_counted))
{
    accept->accepted = accepted;
    net_timer_open(loop, &accept->resume, resume_due);
    for (size_t i = 0; i < accept->service->settings->listener_count; i++) {
        struct acceptor *acceptor = &accept->acceptors[i];

        acceptor->accept = accept;
        acceptor->listener = i;
        if (!net_watch_open(loop, &acceptor->watch, socket_of(acceptor), NET_READABLE,
                            ready))
            return false;
        acceptor->is_open = true;
    }
    return true;
}

static void
closed(struct net_watch *watch)
{
    (void)watch; /* the memory is the reactor's */
}

void
accept_stop(struct accept *accept)
{
    for (size_t i = 0; i < accept->service->settings->listener_count; i++) {
        if (!accept->acceptors[i].is_open)
            continue;
        accept->acceptors[i].is_open = false;
        net_watch_close(&accept->acceptors[i].watch, closed);
    }
    net_timer_stop(&accept->resume);
}

void
accept_close(struct accept *accept)
{
    net_timer_close(&accept->resume);
}

void
accept_clear(struct accept *accept)
{
    if (accept->spare_fd >= 0)
        close(accept->spare_fd);
}
