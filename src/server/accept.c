/* accept.c - connections come in: those over a limit get one line, the others a session
 *
 * When descriptors or memory run out, accepting pauses and starts again by itself.
 * A spare descriptor is kept for that moment: given up, it lets us take the waiting
 * connection, say 421 and close, so that the client learns what is the matter.
 */
#include "base/clock.h"
#include "base/log.h"
#include "net/socket.h"
#include "server/reactor.h"
#include "server/session.h"

#include <fcntl.h>
#include <unistd.h>

enum {
    PAUSE_MS = 100,
    TURN_MAX = 64, /* connections before other events get their turn */
    SAY_AGAIN_US =
        10 * 1000000, /* an attack may go on for hours: log it now and then */
};

#define REACTOR_OF(member_ptr, member)                                                 \
    ((struct reactor *)(void *)((char *)(member_ptr)-offsetof(struct reactor, member)))

/* ---- refusing cheaply ---- */

static void
refuse(struct reactor *reactor, int fd, enum postern_reply reply)
{
    char line[SERVER_LINE_SIZE];
    size_t len = server_format_reply(reactor->server, reply, line), sent;

    stats_add(&reactor->stats, STAT_SESSIONS_REFUSED, 1);
    if (net_send(fd, slice_of(line, len), &sent) == NET_OK) {
        net_finish(fd);
        net_drain(fd); /* closing over unread input would take the line back */
    }
    net_close(fd);
}

/* No descriptor is left for the connection that waits: answer it with the spare one. */
static void
answer_with_spare(struct reactor *reactor, int listener)
{
    struct net_end peer;
    int fd;

    if (reactor->spare_fd < 0)
        return;
    close(reactor->spare_fd);
    if (net_accept(listener, &fd, &peer) == NET_OK)
        refuse(reactor, fd, POSTERN_REPLY_OVERLOADED);
    reactor->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* ---- pausing ---- */

static void
want_all(struct reactor *reactor, unsigned wanted)
{
    for (size_t i = 0; i < reactor->server->settings->listener_count; i++) {
        if (reactor->acceptors[i].is_open)
            net_watch_want(&reactor->acceptors[i].watch, wanted);
    }
}

static void
pause_accepting(struct reactor *reactor)
{
    uint64_t now = clock_monotonic_us();

    if (!reactor->is_pausing && now - reactor->pause_told_us > SAY_AGAIN_US) {
        reactor->pause_told_us = now;
        log_event(LOG_LEVEL_WARNING, NULL, "accept.paused",
                  " reactor=%u why=\"no descriptors or memory left\" todo=\"raise "
                  "ulimit -n\"",
                  reactor->number);
    }
    reactor->is_pausing = true;
    stats_add(&reactor->stats, STAT_ACCEPT_PAUSES, 1);
    want_all(reactor, 0);
    net_timer_start(&reactor->resume, PAUSE_MS, 0);
}

static void
resume_due(struct net_timer *timer)
{
    struct reactor *reactor = REACTOR_OF(timer, resume);

    if (reactor->spare_fd < 0)
        reactor->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    want_all(reactor, NET_READABLE);
}

/* ---- one connection ---- */

static void
take(struct acceptor *acceptor, int fd, const struct net_end *peer)
{
    struct reactor *reactor = acceptor->reactor;
    struct limits *limits = &reactor->server->limits;
    const struct listener *listener =
        &reactor->server->settings->listeners[acceptor->listener];
    bool is_counted, is_trusted = listener->profile == POSTERN_PROFILE_TEST ||
                                  net_end_is_loopback(peer);

    stats_add(&reactor->stats, STAT_SESSIONS, 1);
    switch (limits_enter(limits, peer, is_trusted, &is_counted)) {
    case LIMITS_OK:
        break;
    case LIMITS_TOO_MANY:
        refuse(reactor, fd, POSTERN_REPLY_OVERLOADED);
        return;
    case LIMITS_CLIENT_TOO_MANY:
        refuse(reactor, fd, POSTERN_REPLY_CLIENT_OVERLOADED);
        return;
    }
    if (session_open(reactor, acceptor->listener, fd, peer, is_counted))
        return;
    limits_leave(limits, peer, is_counted);
    refuse(reactor, fd, POSTERN_REPLY_OUT_OF_MEMORY);
}

static void
ready(struct net_watch *watch, unsigned events)
{
    struct acceptor *acceptor = (struct acceptor *)(void *)watch;
    struct reactor *reactor = acceptor->reactor;
    const struct listener *listener =
        &reactor->server->settings->listeners[acceptor->listener];
    int socket = listener->sockets[reactor->number % listener->socket_count];

    (void)events;
    for (int i = 0; i < TURN_MAX; i++) {
        struct net_end peer;
        int fd;

        switch (net_accept(socket, &fd, &peer)) {
        case NET_OK:
            reactor->is_pausing = false;
            take(acceptor, fd, &peer);
            break;
        case NET_FULL:
            answer_with_spare(reactor, socket);
            pause_accepting(reactor);
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

bool
accept_start(struct reactor *reactor)
{
    const struct settings *settings = reactor->server->settings;

    net_timer_open(reactor->loop, &reactor->resume, resume_due);
    for (size_t i = 0; i < settings->listener_count; i++) {
        const struct listener *listener = &settings->listeners[i];
        struct acceptor *acceptor = &reactor->acceptors[i];

        acceptor->reactor = reactor;
        acceptor->listener = i;
        if (!net_watch_open(reactor->loop, &acceptor->watch,
                            listener->sockets[reactor->number % listener->socket_count],
                            NET_READABLE, ready))
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
accept_stop(struct reactor *reactor)
{
    for (size_t i = 0; i < reactor->server->settings->listener_count; i++) {
        if (!reactor->acceptors[i].is_open)
            continue;
        reactor->acceptors[i].is_open = false;
        net_watch_close(&reactor->acceptors[i].watch, closed);
    }
    net_timer_stop(&reactor->resume);
}
