/* stream.c - see stream.h
 *
 * A socket address has room for 107 octets of path. Longer paths are reached through
 * /proc/self/fd/N/name, where N is the open folder: chdir would change the whole
 * process.
 */
#include "net/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

struct place {
    int folder; /* -1: the path fits */
    struct sockaddr_un address;
};

static bool
place_open(const char *path, struct place *out)
{
    const char *name = strrchr(path, '/');
    char *folder;
    int len;

    *out = (struct place){.folder = -1, .address = {.sun_family = AF_UNIX}};
    if (strlen(path) < sizeof(out->address.sun_path)) {
        memcpy(out->address.sun_path, path, strlen(path));
        return true;
    }
    if (name == NULL)
        return false;
    folder = strndup(path, (size_t)(name - path) + 1);
    if (folder == NULL)
        return false;
    out->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (out->folder < 0)
        return false;
    len = snprintf(out->address.sun_path, sizeof(out->address.sun_path),
                   "/proc/self/fd/%d%s", out->folder, name);
    if (len > 0 && (size_t)len < sizeof(out->address.sun_path))
        return true;
    close(out->folder);
    out->folder = -1;
    errno = ENAMETOOLONG;
    return false;
}

static void
place_close(struct place *place)
{
    if (place->folder >= 0)
        close(place->folder);
}

int
net_stream_listen(const char *path, struct error *error)
{
    struct place place;
    int fd = -1;
    mode_t before;

    if (!place_open(path, &place))
        goto failed;
    unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    before = umask(0177);
    if (fd < 0 ||
        bind(fd, (struct sockaddr *)&place.address, sizeof(place.address)) < 0 ||
        listen(fd, 16) < 0) {
        umask(before);
        goto failed;
    }
    umask(before);
    place_close(&place);
    return fd;

failed:
    error_set(
        error, ERROR_SYSTEM,
        "%s: cannot make the control socket: %s: choose a store in another folder",
        path, strerror(errno));
    if (fd >= 0)
        close(fd);
    place_close(&place);
    return -1;
}

int
net_stream_accept(int listener, int timeout_ms)
{
    struct pollfd wait = {.fd = listener, .events = POLLIN};

    if (poll(&wait, 1, timeout_ms) <= 0)
        return -1;
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

int
net_stream_connect(const char *path, struct error *error)
{
    struct place place;
    int fd = -1;

    if (!place_open(path, &place))
        goto failed;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 ||
        connect(fd, (struct sockaddr *)&place.address, sizeof(place.address)) < 0)
        goto failed;
    place_close(&place);
    return fd;

failed:
    error_set(error,
              errno == ENOENT || errno == ECONNREFUSED ? ERROR_NOT_FOUND : ERROR_SYSTEM,
              "%s: no server answers: %s: start one with \"postern serve\"", path,
              strerror(errno));
    if (fd >= 0)
        close(fd);
    place_close(&place);
    return -1;
}

void
net_stream_init(struct net_stream *stream, int fd, int timeout_ms)
{
    struct timeval limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

    stream->fd = fd;
    stream->start = stream->end = 0;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

static bool
receive(int fd, char *octets, size_t size, size_t *len_out)
{
    ssize_t len;

    do
        len = recv(fd, octets, size, 0);
    while (len < 0 && errno == EINTR);
    *len_out = len > 0 ? (size_t)len : 0;
    return len > 0;
}

bool
net_stream_read_line(struct net_stream *stream, struct slice *line_out)
{
    for (;;) {
        char *from = stream->room + stream->start;
        size_t have = stream->end - stream->start, len;
        char *end = memchr(from, '\n', have);

        if (end != NULL) {
            *line_out = slice_of(from, (size_t)(end - from));
            stream->start += (unsigned)line_out->len + 1;
            return true;
        }
        memmove(stream->room, from, have);
        stream->start = 0;
        stream->end = (unsigned)have;
        if (have == sizeof(stream->room) || !receive(stream->fd, stream->room + have,
                                                     sizeof(stream->room) - have, &len))
            return false;
        stream->end += (unsigned)len;
    }
}

bool
net_stream_read(struct net_stream *stream, char *octets, size_t len)
{
    size_t have = stream->end - stream->start;

    if (have > len)
        have = len;
    memcpy(octets, stream->room + stream->start, have);
    stream->start += (unsigned)have;
    while (have < len) {
        size_t more;

        if (!receive(stream->fd, octets + have, len - have, &more))
            return false;
        have += more;
    }
    return true;
}

bool
net_stream_write(struct net_stream *stream, struct slice octets)
{
    while (octets.len > 0) {
        ssize_t len = send(stream->fd, octets.ptr, octets.len, MSG_NOSIGNAL);

        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            return false;
        octets = slice_skip(octets, (size_t)len);
    }
    return true;
}

void
net_stream_shut(int fd)
{
    shutdown(fd, SHUT_RDWR);
}
