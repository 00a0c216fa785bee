/* systemd - sockets passed at start, and reporting our state to the service manager
 *
 * Both protocols are a few environment variables and one datagram, so no library is
 * needed (sd_listen_fds(3), sd_notify(3)).
 */
#ifndef NET_SYSTEMD_H
#define NET_SYSTEMD_H

#include "net/address.h"

enum { NET_ACTIVATED_MAX = 32, NET_NAME_SIZE = 64 };

struct net_activated {
    int fd;
    char name[NET_NAME_SIZE]; /* FileDescriptorName= of the unit, or empty */
    struct net_address address;
};

/* Take over the sockets that LISTEN_FDS announces, if LISTEN_PID is our process, and
 * unset these variables so that no child process uses them.
 * count_out: how many, at most NET_ACTIVATED_MAX. False: one of them is not a
 * listening stream socket, or there are too many; error says which. */
MUST_USE bool net_activation_take(struct net_activated out[NET_ACTIVATED_MAX],
                                  size_t *count_out, struct error *error);

/* Send state ("READY=1") to NOTIFY_SOCKET; without that variable do nothing. */
void net_notify(const char *state);

#endif
