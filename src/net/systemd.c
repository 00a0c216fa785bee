/* systemd.c - see systemd.h */
#include "net/systemd.h"

#include "net/socket.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_FD = 3 };

static bool
read_number(const char *name, uint64_t *number_out)
{
    return slice_parse_number(slice_from(getenv(name)), number_out);
}

static bool
take_one(int fd, struct net_activated *out, struct error *error)
{
    if (!net_listen_address(fd, &out->address)) {
        error_set(
            error, ERROR_USAGE,
            "descriptor %d given by LISTEN_FDS: not a listening stream socket: use "
            "ListenStream= in the socket unit",
            fd);
        return false;
    }
    out->fd = fd;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    net_keep_on_exec(fd, false);
    return true;
}

bool
net_activation_take(struct net_activated out[NET_ACTIVATED_MAX], size_t *count_out,
                    struct error *error)
{
    struct slice names = slice_from(getenv("LISTEN_FDNAMES"));
    uint64_t pid, count;
    bool is_ours = read_number("LISTEN_PID", &pid) && pid == (uint64_t)getpid() &&
                   read_number("LISTEN_FDS", &count);

    *count_out = 0;
    if (is_ours && count > NET_ACTIVATED_MAX) {
        error_set(error, ERROR_USAGE, "LISTEN_FDS: more than %d sockets: use fewer",
                  NET_ACTIVATED_MAX);
        return false;
    }
    for (uint64_t i = 0; is_ours && i < count; i++) {
        struct slice name;

        memset(&out[i], 0, sizeof(out[i]));
        slice_cut(names, ':', &name, &names);
        if (name.len < NET_NAME_SIZE && name.len > 0)
            memcpy(out[i].name, name.ptr, name.len);
        if (!take_one(FIRST_FD + (int)i, &out[i], error))
            return false;
        *count_out = (size_t)i + 1;
    }
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return true;
}

void
net_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = path != NULL ? strlen(path) : 0;
    int fd;

    if (len < 2 || len >= sizeof(to.sun_path) || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(to.sun_path, path, len);
    if (path[0] == '@')
        to.sun_path[0] = '\0'; /* the abstract name space */
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0) {
        /* readiness is a courtesy; a server runs without it */
    }
    close(fd);
}
