/* packet.c - see packet.h */
#include "net/packet.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

bool
net_packet_pair(int fds_out[2], int room)
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds_out) <
        0)
        return false;
    /* root may exceed the limit of the system; others get what it allows */
    if (setsockopt(fds_out[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0)
        (void)setsockopt(fds_out[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    return true;
}

bool
net_packet_send(int fd, struct slice packet)
{
    ssize_t sent;

    do
        sent = send(fd, packet.ptr, packet.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)packet.len;
}

long
net_packet_receive(int fd, void *octets, size_t size, int timeout_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    ssize_t len;

    if (timeout_ms != 0 && poll(&wait, 1, timeout_ms) <= 0)
        return 0;
    len = recv(fd, octets, size, MSG_DONTWAIT);
    if (len > 0)
        return (long)len;
    return len < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}
