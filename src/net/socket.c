/* socket.c - socket.h on system calls
 *
 * SO_REUSEPORT would let a second server share our port silently and get half of the
 * mail. So each address is first bound once without it: that bind fails when another
 * program listens there.
 */
#include "net/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096, FIRST_FREE_PORT = 1024 };

union any_address {
    struct sockaddr any;
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;
    struct sockaddr_un path;
};

/* ---- struct sockaddr and struct net_address ---- */

static socklen_t
to_system(const struct net_address *address, union any_address *out)
{
    memset(out, 0, sizeof(*out));
    switch ((enum net_family)address->end.family) {
    case NET_IP4:
        out->ip4.sin_family = AF_INET;
        out->ip4.sin_port = htons(address->end.port);
        memcpy(&out->ip4.sin_addr, address->end.octets, 4);
        return sizeof(out->ip4);
    case NET_IP6:
        out->ip6.sin6_family = AF_INET6;
        out->ip6.sin6_port = htons(address->end.port);
        out->ip6.sin6_scope_id = address->end.scope;
        memcpy(&out->ip6.sin6_addr, address->end.octets, 16);
        return sizeof(out->ip6);
    case NET_UNIX:
        break;
    }
    out->path.sun_family = AF_UNIX;
    memcpy(out->path.sun_path, address->path, sizeof(out->path.sun_path));
    return sizeof(out->path);
}

static void
from_system(const union any_address *from, struct net_end *out)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    memset(out, 0, sizeof(*out));
    if (from->any.sa_family == AF_INET) {
        out->family = NET_IP4;
        out->port = ntohs(from->ip4.sin_port);
        memcpy(out->octets, &from->ip4.sin_addr, 4);
    } else if (from->any.sa_family == AF_INET6) {
        const uint8_t *octets = from->ip6.sin6_addr.s6_addr;
        bool is_mapped = memcmp(octets, mapped, sizeof(mapped)) == 0;

        out->family = is_mapped ? NET_IP4 : NET_IP6;
        out->port = ntohs(from->ip6.sin6_port);
        out->scope = from->ip6.sin6_scope_id;
        memcpy(out->octets, octets + (is_mapped ? 12 : 0), is_mapped ? 4 : 16);
    }
}

/* ---- listening ---- */

static void
explain_bind(const struct net_address *address, int number, struct error *error)
{
    char text[NET_TEXT_SIZE];

    net_address_format(address, text);
    if (number == EADDRINUSE)
        error_set(error, ERROR_BUSY,
                  "%s: another program listens there: stop it, or choose another port "
                  "(port 0 takes a free one)",
                  text);
    else if (number == EACCES && address->end.port < FIRST_FREE_PORT &&
             address->end.family != NET_UNIX)
        error_set(error, ERROR_SYSTEM,
                  "%s: no right to a port below %d: start as root with --user NAME, or "
                  "choose a port such as 1025",
                  text, FIRST_FREE_PORT);
    else if (number == EADDRNOTAVAIL)
        error_set(error, ERROR_SYSTEM,
                  "%s: this machine does not have that address: choose one that "
                  "\"ip address\" lists",
                  text);
    else
        error_set(error, ERROR_SYSTEM, "%s: cannot listen: %s: choose another address",
                  text, strerror(number));
}

/* One socket bound to address. -1 with errno set. */
static int
bind_one(const struct net_address *address, bool is_shared)
{
    union any_address system;
    socklen_t len = to_system(address, &system);
    int fd =
        socket(system.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1, saved;

    if (fd < 0)
        return -1;
    if (address->end.family != NET_UNIX) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (is_shared)
            setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
        if (address->end.family == NET_IP6)
            setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    }
    if (bind(fd, &system.any, len) == 0)
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* The address is free, and we may bind to it. A server that was killed a moment ago may
 * still be ending: wait a little for it. */
static bool
probe(const struct net_address *address, struct error *error)
{
    for (int tries = 0;; tries++) {
        int fd = bind_one(address, false);
        bool is_free = fd >= 0 && listen(fd, 1) == 0;
        int number = errno;

        if (fd >= 0)
            close(fd);
        if (is_free)
            return true;
        if (number != EADDRINUSE || tries == 10) {
            explain_bind(address, number, error);
            return false;
        }
        usleep(20 * 1000);
    }
}

static bool
listen_ip(const struct net_address *address, unsigned count, int *fds_out,
          struct net_address *bound_out, struct error *error)
{
    unsigned opened = 0;

    if (address->end.port != 0 && !probe(address, error))
        return false;
    *bound_out = *address;
    while (opened < count) {
        int fd = bind_one(bound_out, true);

        if (fd < 0)
            goto failed;
        fds_out[opened++] = fd;
        if (listen(fd, BACKLOG) < 0 || !net_listen_address(fd, bound_out))
            goto failed;
    }
    return true;

failed:
    explain_bind(bound_out, errno, error);
    while (opened > 0)
        close(fds_out[--opened]);
    return false;
}

/* A server accepts on the socket file. One that was killed a moment ago does so until
 * its last thread is gone: wait for that. error_out: why none does. */
static bool
is_answered(const struct net_address *address, int *error_out)
{
    enum { TRIES = 25, PAUSE_US = 20 * 1000 };
    union any_address system;
    socklen_t len = to_system(address, &system);

    for (int i = 0; i < TRIES; i++) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int answer = fd < 0 ? -1 : connect(fd, &system.any, len);

        *error_out = errno;
        if (fd >= 0)
            close(fd);
        if (answer < 0)
            return false;
        usleep(PAUSE_US);
    }
    return true;
}

/* Remove a socket file on which no server answers; leave anything else, and bind
 * reports what is wrong. */
static bool
clear_path(const struct net_address *address, struct error *error)
{
    struct stat file;
    int why;

    if (lstat(address->path, &file) < 0)
        return true;
    if (!S_ISSOCK(file.st_mode)) {
        error_set(error, ERROR_USAGE,
                  "unix:%s: a file that is not a socket is there: choose another path",
                  address->path);
        return false;
    }
    if (is_answered(address, &why)) {
        error_set(
            error, ERROR_BUSY,
            "unix:%s: another server answers there: stop it, or choose another path",
            address->path);
        return false;
    }
    if (why == ECONNREFUSED)
        unlink(address->path);
    return true;
}

static bool
listen_unix(const struct net_address *address, unsigned count, int *fds_out,
            struct net_address *bound_out, struct error *error)
{
    int fd;

    if (!clear_path(address, error))
        return false;
    fd = bind_one(address, false);
    if (fd < 0 || listen(fd, BACKLOG) < 0) {
        explain_bind(address, errno, error);
        if (fd >= 0)
            close(fd);
        return false;
    }
    *bound_out = *address;
    fds_out[0] = fd;
    for (unsigned i = 1; i < count; i++) {
        fds_out[i] = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        if (fds_out[i] >= 0)
            continue;
        explain_bind(address, errno, error);
        while (i > 0)
            close(fds_out[--i]);
        return false;
    }
    return true;
}

bool
net_listen(const struct net_address *address, unsigned count, int *fds_out,
           struct net_address *bound_out, struct error *error)
{
    if (address->end.family == NET_UNIX)
        return listen_unix(address, count, fds_out, bound_out, error);
    return listen_ip(address, count, fds_out, bound_out, error);
}

bool
net_listen_address(int fd, struct net_address *bound_out)
{
    union any_address system;
    socklen_t len = sizeof(system), value_len = sizeof(int);
    int type = 0, is_listening = 0;

    memset(&system, 0, sizeof(system));
    if (getsockname(fd, &system.any, &len) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &value_len) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &value_len) < 0)
        return false;
    if (type != SOCK_STREAM || !is_listening)
        return false;
    memset(bound_out, 0, sizeof(*bound_out));
    from_system(&system, &bound_out->end);
    if (system.any.sa_family == AF_UNIX)
        memcpy(bound_out->path, system.path.sun_path, sizeof(bound_out->path) - 1);
    return true;
}

/* ---- connections ---- */

enum net_result
net_accept(int listener, int *fd_out, struct net_end *peer_out)
{
    union any_address system;
    socklen_t len = sizeof(system);
    int on = 1, fd;

    memset(&system, 0, sizeof(system));
    fd = accept4(listener, &system.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        from_system(&system, peer_out);
        if (peer_out->family != NET_UNIX)
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        *fd_out = fd;
        return NET_OK;
    }
    switch (errno) {
    case EAGAIN:
        return NET_AGAIN;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return NET_FULL;
    default:
        return NET_LOST; /* ECONNABORTED and the network's own errors, accept(2) */
    }
}

bool
net_has_input(int fd)
{
    char octet;

    return recv(fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

enum net_result
net_receive(int fd, void *octets, size_t size, size_t *len_out)
{
    ssize_t len;

    do
        len = recv(fd, octets, size, MSG_DONTWAIT);
    while (len < 0 && errno == EINTR);
    if (len > 0) {
        *len_out = (size_t)len;
        return NET_OK;
    }
    *len_out = 0;
    if (len == 0)
        return NET_EOF;
    return errno == EAGAIN ? NET_AGAIN : NET_LOST;
}

enum net_result
net_send(int fd, struct slice octets, size_t *sent_out)
{
    *sent_out = 0;
    while (*sent_out < octets.len) {
        ssize_t len = send(fd, octets.ptr + *sent_out, octets.len - *sent_out,
                           MSG_DONTWAIT | MSG_NOSIGNAL);

        if (len >= 0)
            *sent_out += (size_t)len;
        else if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM)
            return NET_AGAIN;
        else if (errno != EINTR)
            return NET_LOST;
    }
    return NET_OK;
}

void
net_finish(int fd)
{
    shutdown(fd, SHUT_WR);
}

enum net_result
net_drain(int fd)
{
    char discarded[16384];

    /* a peer that never stops sending must not keep us in this event for ever */
    for (int i = 0; i < 16; i++) {
        size_t len;
        enum net_result result = net_receive(fd, discarded, sizeof(discarded), &len);

        if (result != NET_OK)
            return result;
    }
    return NET_AGAIN;
}

void
net_close(int fd)
{
    close(fd);
}

void
net_keep_on_exec(int fd, bool is_kept)
{
    fcntl(fd, F_SETFD, is_kept ? 0 : FD_CLOEXEC);
}

bool
net_local_end(int fd, struct net_end *end_out)
{
    union any_address system;
    socklen_t len = sizeof(system);

    memset(&system, 0, sizeof(system));
    if (getsockname(fd, &system.any, &len) < 0)
        return false;
    from_system(&system, end_out);
    return true;
}
