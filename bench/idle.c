/* idle.c - see idle.h */
#include "idle.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    REPLY_MAX = 2048,
    READY_MAX = 512,
    OPENING_MAX = 128, /* connections opened at a time: a listener's queue is short */
    SHOWN_MAX = 3,
};

#define NOOP_PATIENCE_NS 10000000000u

enum state {
    STATE_NEW,
    STATE_CONNECT,
    STATE_GREETING,
    STATE_EHLO,
    STATE_UP,
    STATE_DEAD
};

struct waiter {
    int socket;
    enum state state;
    size_t length;
    char input[REPLY_MAX];
};

struct holder {
    const struct idle_plan *plan;
    struct waiter *waiters;
    int events;
    uint64_t next, opening, up, refused, closed;
    uint64_t begin_ns, progress_ns;
};

static void
waiter_end(struct holder *holder, struct waiter *waiter)
{
    if (waiter->state == STATE_UP) {
        holder->up--;
        holder->closed++;
    } else {
        holder->refused++;
        holder->opening--;
    }
    close(waiter->socket);
    waiter->state = STATE_DEAD;
    holder->progress_ns = measure_now_ns();
}

static bool
waiter_dial(struct holder *holder, struct waiter *waiter)
{
    const struct sockaddr_in *server = &holder->plan->server;

    waiter->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (waiter->socket < 0)
        return false;
    if (connect(waiter->socket, (const struct sockaddr *)server, sizeof(*server)) !=
            0 &&
        errno != EINPROGRESS) {
        close(waiter->socket);
        return false;
    }
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = waiter};
    epoll_ctl(holder->events, EPOLL_CTL_ADD, waiter->socket, &event);
    waiter->state = STATE_CONNECT;
    return true;
}

static void
dial_more(struct holder *holder)
{
    while (holder->next < holder->plan->connections && holder->opening < OPENING_MAX) {
        struct waiter *waiter = &holder->waiters[holder->next++];
        if (waiter_dial(holder, waiter)) {
            holder->opening++;
        } else {
            waiter->state = STATE_DEAD;
            holder->refused++;
        }
    }
}

static void
waiter_connected(struct holder *holder, struct waiter *waiter)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = waiter};
    int fault = 0;
    socklen_t size = sizeof(fault);

    getsockopt(waiter->socket, SOL_SOCKET, SO_ERROR, &fault, &size);
    if (fault != 0) {
        waiter_end(holder, waiter);
        return;
    }
    waiter->state = STATE_GREETING;
    epoll_ctl(holder->events, EPOLL_CTL_MOD, waiter->socket, &event);
}

/* The reply in the input is complete: its last line has arrived, without "-". */
static bool
reply_is_whole(const struct waiter *waiter)
{
    const char *end = waiter->input + waiter->length;

    if (waiter->length < 4 || end[-1] != '\n')
        return false;
    const char *before = memrchr(waiter->input, '\n', waiter->length - 1);
    const char *line = before ? before + 1 : waiter->input;
    return end - line >= 4 && line[3] != '-';
}

static void
waiter_is_up(struct holder *holder, struct waiter *waiter)
{
    waiter->state = STATE_UP;
    waiter->length = 0;
    holder->up++;
    holder->opening--;
    holder->progress_ns = measure_now_ns();
}

static void
waiter_read(struct holder *holder, struct waiter *waiter)
{
    ssize_t got = recv(waiter->socket, waiter->input + waiter->length,
                       sizeof(waiter->input) - waiter->length, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        waiter_end(holder, waiter);
        return;
    }
    waiter->length += (size_t)got;
    if (!reply_is_whole(waiter))
        return;

    bool is_good =
        memcmp(waiter->input, waiter->state == STATE_GREETING ? "220" : "250", 3) == 0;
    if (waiter->state == STATE_UP) {
        waiter->length = 0;
    } else if (!is_good) {
        if (holder->refused < SHOWN_MAX)
            fprintf(stderr, "smtpload: refused: %.*s", (int)waiter->length,
                    waiter->input);
        waiter_end(holder, waiter);
    } else if (waiter->state == STATE_GREETING && holder->plan->says_ehlo) {
        waiter->length = 0;
        waiter->state = STATE_EHLO;
        (void)!send(waiter->socket, "EHLO load.test\r\n", 16, MSG_NOSIGNAL);
    } else {
        waiter_is_up(holder, waiter);
    }
}

static void
open_all(struct holder *holder)
{
    struct epoll_event ready[READY_MAX];
    uint64_t patience = (uint64_t)(holder->plan->give_up_s * 1e9);

    while (holder->up + holder->refused + holder->closed < holder->plan->connections &&
           measure_now_ns() - holder->progress_ns < patience) {
        dial_more(holder);
        int count = epoll_wait(holder->events, ready, READY_MAX, 100);
        for (int i = 0; i < count; i++) {
            struct waiter *waiter = ready[i].data.ptr;
            if (waiter->state == STATE_CONNECT)
                waiter_connected(holder, waiter);
            else
                waiter_read(holder, waiter);
        }
    }
}

static void
hold_until_input_ends(void)
{
    char unused[256];

    while (read(STDIN_FILENO, unused, sizeof(unused)) > 0)
        continue;
}

static uint64_t
send_noops(struct holder *holder)
{
    uint64_t sent = 0;
    char old[REPLY_MAX];

    for (uint64_t i = 0; i < holder->next; i++) {
        struct waiter *waiter = &holder->waiters[i];
        if (waiter->state != STATE_UP)
            continue;
        while (recv(waiter->socket, old, sizeof(old), MSG_DONTWAIT) > 0)
            continue;
        if (send(waiter->socket, "NOOP\r\n", 6, MSG_NOSIGNAL) == 6)
            sent++;
    }
    return sent;
}

static uint64_t
count_answers(struct holder *holder, uint64_t expected)
{
    struct epoll_event ready[READY_MAX];
    uint64_t answered = 0;
    uint64_t begin = measure_now_ns();

    while (answered < expected && measure_now_ns() - begin < NOOP_PATIENCE_NS) {
        int count = epoll_wait(holder->events, ready, READY_MAX, 100);
        for (int i = 0; i < count; i++) {
            struct waiter *waiter = ready[i].data.ptr;
            char reply[REPLY_MAX];
            ssize_t got = recv(waiter->socket, reply, sizeof(reply), 0);
            if (got <= 0)
                waiter_end(holder, waiter);
            else if (waiter->state == STATE_UP && got >= 3 &&
                     memcmp(reply, "250", 3) == 0)
                answered++;
        }
    }
    return answered;
}

bool
idle_hold(const struct idle_plan *plan)
{
    struct holder holder = {.plan = plan, .begin_ns = measure_now_ns()};

    holder.progress_ns = holder.begin_ns;
    holder.waiters = calloc(plan->connections, sizeof(*holder.waiters));
    holder.events = epoll_create1(EPOLL_CLOEXEC);
    if (holder.waiters == NULL || holder.events < 0) {
        fprintf(stderr, "smtpload: cannot hold so many connections: ask for fewer\n");
        return false;
    }
    open_all(&holder);
    uint64_t waiting = plan->connections - holder.up - holder.refused - holder.closed;
    printf("READY asked=%llu up=%llu refused=%llu waiting=%llu closed=%llu secs=%.3f\n",
           (unsigned long long)plan->connections, (unsigned long long)holder.up,
           (unsigned long long)holder.refused, (unsigned long long)waiting,
           (unsigned long long)holder.closed,
           (double)(holder.progress_ns - holder.begin_ns) / 1e9);
    fflush(stdout);
    hold_until_input_ends();

    uint64_t begin = measure_now_ns();
    uint64_t sent = send_noops(&holder);
    uint64_t answered = count_answers(&holder, sent);
    printf("NOOP sent=%llu answered=%llu secs=%.3f\n", (unsigned long long)sent,
           (unsigned long long)answered, (double)(measure_now_ns() - begin) / 1e9);
    free(holder.waiters);
    close(holder.events);
    return answered == plan->connections;
}

/* One attempt: connect, read the greeting, send QUIT. */
static bool
is_greeted(const struct sockaddr_in *server)
{
    struct timeval patience = {.tv_sec = 5};
    char reply[512];
    bool is_good = false;
    int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (connect(peer, (const struct sockaddr *)server, sizeof(*server)) == 0) {
        ssize_t got = recv(peer, reply, sizeof(reply), 0);
        is_good = got > 3 && memcmp(reply, "220", 3) == 0;
    }
    if (is_good)
        (void)!send(peer, "QUIT\r\n", 6, MSG_NOSIGNAL);
    close(peer);
    return is_good;
}

bool
idle_wait_greeting(const struct idle_plan *plan)
{
    static const struct timespec pause = {.tv_nsec = 200000};
    uint64_t begin = measure_now_ns();

    while ((double)(measure_now_ns() - begin) < plan->give_up_s * 1e9) {
        if (is_greeted(&plan->server)) {
            struct timespec now;
            uint64_t taken = measure_now_ns() - begin;
            clock_gettime(CLOCK_REALTIME, &now);
            printf("greet_ms=%.1f at_ns=%lld%09ld\n", (double)taken / 1e6,
                   (long long)now.tv_sec, now.tv_nsec);
            return true;
        }
        nanosleep(&pause, NULL);
    }
    printf("greet_ms=none\n");
    return false;
}
