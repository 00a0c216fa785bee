/* limit.c - the least that an SMTP server must do, to compare a real one with it
 *
 *   limit [-m discard|durable|flusher] [-f FILE] [-p MB] HOST PORT
 *
 * discard  one thread; a fixed reply to each command by its first letter; the body is
 *          discarded
 * durable  the same thread writes the bodies of all finished messages to FILE with one
 *          gathered write and one fdatasync, then gives each its 250
 * flusher  as durable, but a second thread writes and syncs while the first reads
 * -p MB    FILE is filled with zeros first and used as a ring: its size does not
 * change, so the file system has no journal to commit. Without -p FILE grows, and is
 *          truncated at 1 GiB
 *
 * For port 0 the system chooses one. "ready PORT" is printed once it listens.
 *
 * 1. A connection is "held" from the end of its message to its 250: it gets no replies
 *    meanwhile.
 * 2. A held connection belongs to the thread that commits ("away"); the reader does not
 *    touch it until it comes back, whatever arrives.
 * 3. What a client sends after the end of a message stays in its buffer and is answered
 *    after the 250, so pipelined commands are served correctly.
 */
#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum mode { MODE_DISCARD, MODE_DURABLE, MODE_FLUSHER };

enum {
    READ_ROOM = 128 * 1024, /* free octets before a read, at least */
    GATHER_MAX = 512,       /* bodies in one write */
    FILE_MAX = 1 << 30,     /* a growing file is truncated there */
    READY_MAX = 1024,
    REPLIES_MAX =
        8192, /* replies to one read; a client that pipelines more is cut off */
};

struct connection {
    int socket;
    atomic_bool is_away;
    bool is_held, is_in_body;
    bool is_cut; /* the start of this body was discarded */
    char *input; /* not yet answered; a body starts at body_start */
    size_t length, size;
    size_t body_length; /* when held */
    struct connection *next;
};

struct queue {
    struct connection *first, **last;
};

struct spool {
    int file;
    off_t at, ring; /* ring: size of the prepared file, or 0 */
};

static enum mode mode;
static struct spool spool = {.file = -1};
static struct queue finished = {.last = &finished.first};
static pthread_mutex_t finished_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t finished_signal = PTHREAD_COND_INITIALIZER;

static _Noreturn void
die(const char *what)
{
    fprintf(stderr, "limit: %s: %s: the measurement is void\n", what, strerror(errno));
    exit(1);
}

/* ---- the file -------------------------------------------------------------- */

static void
spool_rewind(size_t coming)
{
    if (spool.ring > 0) {
        if (spool.at + (off_t)coming > spool.ring)
            spool.at = 0;
    } else if (spool.at > FILE_MAX) {
        if (ftruncate(spool.file, 0) != 0)
            die("truncate");
        spool.at = 0;
    }
}

/* Write all parts; a short write is continued. */
static void
spool_write(struct iovec *parts, int count)
{
    while (count > 0) {
        ssize_t written = pwritev(spool.file, parts, count, spool.at);
        if (written < 0)
            die("write");
        spool.at += written;
        size_t left = (size_t)written;
        while (count > 0 && left >= parts->iov_len) {
            left -= parts->iov_len;
            parts++;
            count--;
        }
        if (count > 0) {
            parts->iov_base = (char *)parts->iov_base + left;
            parts->iov_len -= left;
        }
    }
}

static void
spool_commit(struct connection *list)
{
    struct iovec parts[GATHER_MAX];
    size_t total = 0;

    for (struct connection *c = list; c != NULL; c = c->next)
        total += c->body_length;
    spool_rewind(total);
    while (list != NULL) {
        int count = 0;
        for (; list != NULL && count < GATHER_MAX; list = list->next)
            parts[count++] = (struct iovec){list->input, list->body_length};
        spool_write(parts, count);
    }
    if (fdatasync(spool.file) != 0)
        die("fdatasync");
}

static void
spool_open(const char *path, uint64_t ring_mb)
{
    static char zeros[1 << 20];

    spool.file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (spool.file < 0)
        die(path);
    for (uint64_t i = 0; i < ring_mb; i++) {
        if (write(spool.file, zeros, sizeof(zeros)) != (ssize_t)sizeof(zeros))
            die("fill");
    }
    if (fsync(spool.file) != 0)
        die("fsync");
    spool.ring = (off_t)ring_mb << 20;
}

/* ---- the dialogue ----------------------------------------------------------- */

struct replies {
    char text[REPLIES_MAX];
    size_t length;
};

static bool
reply(struct replies *replies, const char *text)
{
    size_t length = strlen(text);

    if (length > sizeof(replies->text) - replies->length)
        return false;
    memcpy(replies->text + replies->length, text, length);
    replies->length += length;
    return true;
}

static void
connection_drop_input(struct connection *c, size_t n)
{
    c->length -= n;
    memmove(c->input, c->input + n, c->length);
}

/* The length of the body with its final dot, or 0 if that has not arrived yet.
 * Dots are rare, so looking for them first is fast. The line before the first one of
 * the body ended with CRLF too, so a body may be the final dot alone. */
static size_t
body_end(const struct connection *c, size_t from)
{
    const char *at = c->input + from;
    const char *end = c->input + c->length;

    while (at < end && (at = memchr(at, '.', (size_t)(end - at))) != NULL) {
        bool is_line_start = at - c->input >= 2 ? memcmp(at - 2, "\r\n", 2) == 0
                                                : at == c->input && !c->is_cut;
        if (is_line_start && end - at >= 3 && memcmp(at, ".\r\n", 3) == 0)
            return (size_t)(at - c->input) + 3;
        at++;
    }
    return 0;
}

/* The body is complete: discard it, or queue the connection for the commit. */
static bool
connection_finish_body(struct connection *c, size_t body_length,
                       struct replies *replies)
{
    c->is_in_body = c->is_cut = false;
    if (mode == MODE_DISCARD) {
        connection_drop_input(c, body_length);
        return reply(replies, "250 ok\r\n");
    }
    c->body_length = body_length;
    c->is_held = true;
    return true;
}

/* Answer the command line at the start of the input. False: it was QUIT. */
static bool
connection_command(struct connection *c, struct replies *replies)
{
    switch (c->input[0] | 0x20) {
    case 'e':
        return reply(replies, "250-limit.test\r\n250 PIPELINING\r\n");
    case 'd':
        c->is_in_body = true;
        return reply(replies, "354 go\r\n");
    case 'q':
        (void)reply(replies, "221 bye\r\n");
        return false;
    default:
        return reply(replies, "250 ok\r\n");
    }
}

/* Process the input; looked: how much of a body was searched before.
 * False: close the connection. */
static bool
connection_work(struct connection *c, size_t looked)
{
    struct replies replies;
    bool goes_on = true;

    replies.length = 0;
    while (goes_on && c->length > 0 && !c->is_held) {
        if (c->is_in_body) {
            size_t end = body_end(c, looked < 4 ? 0 : looked - 4);
            if (end == 0)
                break;
            goes_on = connection_finish_body(c, end, &replies);
        } else {
            char *newline = memchr(c->input, '\n', c->length);
            if (newline == NULL)
                break;
            goes_on = connection_command(c, &replies);
            connection_drop_input(c, (size_t)(newline - c->input) + 1);
        }
        looked = 0;
    }
    if (replies.length > 0 &&
        send(c->socket, replies.text, replies.length, MSG_NOSIGNAL) < 0)
        return false;
    return goes_on;
}

/* A body that is discarded needs no memory: its last octets are enough to find the
 * final dot. */
static void
connection_forget_body(struct connection *c)
{
    if (mode == MODE_DISCARD && c->is_in_body && c->length > 4) {
        connection_drop_input(c, c->length - 4);
        c->is_cut = true;
    }
}

static void
connection_close(struct connection *c)
{
    close(c->socket);
    free(c->input);
    free(c);
}

static bool
connection_reserve(struct connection *c)
{
    if (c->size - c->length >= READ_ROOM)
        return true;
    size_t size = c->size == 0 ? 2 * READ_ROOM : 2 * c->size;
    char *input = realloc(c->input, size);
    if (input == NULL)
        return false;
    c->input = input;
    c->size = size;
    return true;
}

/* ---- finished messages -------------------------------------------------------- */

static struct connection *
finished_take(void)
{
    struct connection *list = finished.first;

    finished.first = NULL;
    finished.last = &finished.first;
    return list;
}

static void
finished_put(struct connection *c)
{
    c->next = NULL;
    atomic_store_explicit(&c->is_away, true, memory_order_relaxed);
    pthread_mutex_lock(&finished_lock);
    *finished.last = c;
    finished.last = &c->next;
    pthread_cond_signal(&finished_signal);
    pthread_mutex_unlock(&finished_lock);
}

/* Answer a message that is durable now, then what the client pipelined. The reader
 * notices a lost client. */
static void
connection_release(struct connection *c)
{
    connection_drop_input(c, c->body_length);
    c->is_held = false;
    (void)!send(c->socket, "250 ok\r\n", 8, MSG_NOSIGNAL);
    if (c->length > 0 && !connection_work(c, 0))
        shutdown(c->socket, SHUT_RDWR);
    if (c->is_held)
        finished_put(c);
    else
        atomic_store_explicit(&c->is_away, false, memory_order_release);
}

/* Make the messages of the list durable, then answer them. */
static void
commit_and_answer(struct connection *list)
{
    spool_commit(list);
    while (list != NULL) {
        struct connection *c = list;
        list = c->next;
        connection_release(c);
    }
}

static void *
flush_for_ever(void *unused)
{
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&finished_lock);
        while (finished.first == NULL)
            pthread_cond_wait(&finished_signal, &finished_lock);
        struct connection *list = finished_take();
        pthread_mutex_unlock(&finished_lock);
        commit_and_answer(list);
    }
    return NULL;
}

/* ---- the loop ------------------------------------------------------------------ */

/* Read once and answer. False: not possible, the connection is away. */
static bool
connection_read(struct connection *c)
{
    if (atomic_load_explicit(&c->is_away, memory_order_acquire))
        return false;
    if (!connection_reserve(c)) {
        connection_close(c);
        return true;
    }
    ssize_t got = recv(c->socket, c->input + c->length, c->size - c->length, 0);
    if (got < 0 && errno == EAGAIN)
        return true;
    if (got <= 0) {
        connection_close(c);
        return true;
    }
    size_t looked = c->length;
    c->length += (size_t)got;
    if (!connection_work(c, looked)) {
        connection_close(c);
        return true;
    }
    connection_forget_body(c);
    if (c->is_held)
        finished_put(c);
    return true;
}

static void
accept_all(int listener, int events)
{
    static const char greeting[] = "220 limit.test ESMTP\r\n";
    int on = 1;

    for (;;) {
        int peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (peer < 0)
            return;
        struct connection *c = calloc(1, sizeof(*c));
        if (c == NULL) {
            close(peer);
            return;
        }
        c->socket = peer;
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        (void)!send(peer, greeting, sizeof(greeting) - 1, MSG_NOSIGNAL);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(events, EPOLL_CTL_ADD, peer, &event);
    }
}

static _Noreturn void
serve(int listener, int events)
{
    struct epoll_event ready[READY_MAX];

    for (;;) {
        bool is_waiting = mode == MODE_DURABLE && finished.first != NULL;
        int count = epoll_wait(events, ready, READY_MAX, is_waiting ? 0 : -1);
        int useful = 0;

        for (int i = 0; i < count; i++) {
            if (ready[i].data.ptr == NULL) {
                accept_all(listener, events);
                useful++;
            } else if (connection_read(ready[i].data.ptr)) {
                useful++;
            }
        }
        /* No more input: the messages held so far are the batch. */
        if (is_waiting && useful == 0)
            commit_and_answer(finished_take());
    }
}

static int
listen_at(struct sockaddr_in address)
{
    socklen_t size = sizeof(address);
    int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (listener < 0)
        die("socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(listener, (struct sockaddr *)&address, size) != 0 ||
        listen(listener, 4096) != 0)
        die("bind");
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("ready %u\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static _Noreturn void
usage(void)
{
    fprintf(stderr,
            "usage: limit [-m discard|durable|flusher] [-f FILE] [-p MB] HOST PORT\n");
    exit(64);
}

static enum mode
mode_named(const char *name)
{
    static const char *const names[] = {"discard", "durable", "flusher"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0)
            return (enum mode)i;
    }
    usage();
}

int
main(int argc, char **argv)
{
    const char *path = NULL;
    uint64_t ring_mb = 0;
    int option;

    while ((option = getopt(argc, argv, "m:f:p:")) > 0) {
        if (option == 'm')
            mode = mode_named(optarg);
        else if (option == 'f')
            path = optarg;
        else if (option == 'p')
            ring_mb = argument_count("limit", optarg, 1 << 20);
        else
            usage();
    }
    if (argc - optind != 2 || (mode != MODE_DISCARD && path == NULL))
        usage();

    measure_raise_descriptors();
    signal(SIGPIPE, SIG_IGN);
    if (path != NULL)
        spool_open(path, ring_mb);
    int listener = listen_at(argument_address("limit", argv[optind], argv[optind + 1]));
    int events = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(events, EPOLL_CTL_ADD, listener, &event);

    pthread_t flusher;
    if (mode == MODE_FLUSHER &&
        pthread_create(&flusher, NULL, flush_for_ever, NULL) != 0)
        die("thread");
    serve(listener, events);
}
