/* accept - the listening sockets of one reactor: each connection is counted, then
 * handed on or refused
 */
#ifndef SERVER_ACCEPT_H
#define SERVER_ACCEPT_H

#include "net/loop.h"
#include "net/socket.h"
#include "server/service.h"
#include "server/stats.h"

/* One listening socket. */
struct acceptor {
    struct net_watch watch; /* first: the loop hands it back */
    struct accept *accept;
    size_t listener; /* index in settings and service->configs */
    bool is_open;
};

struct accept {
    struct service *service;
    struct stats *stats; /* of the reactor */
    unsigned number;     /* of the reactor: which sockets are its own */
    bool (*accepted)(struct accept *accept, size_t listener, int fd,
                     const struct net_end *peer, bool is_counted);
    struct acceptor acceptors[LISTENERS_MAX];
    struct net_timer resume;  /* accepting again after a pause */
    bool is_paused;           /* acceptors wait for resume */
    uint64_t pause_logged_us; /* when the log last reported a pause */
    int spare_fd; /* given up to answer when descriptors run out; -1: used */
};

/* service and stats are borrowed. */
void accept_init(struct accept *accept, struct service *service, unsigned number,
                 struct stats *stats);

/* Watch the sockets of this reactor. accepted gets each connection that is within the
 * limits and returns false when there is no memory for it: then it is refused here.
 * False: the system refused a watch. */
MUST_USE bool accept_start(struct accept *accept, struct net_loop *loop,
                           bool (*accepted)(struct accept *accept, size_t listener,
                                            int fd, const struct net_end *peer,
                                            bool is_counted));

/* Accept no more connections. */
void accept_stop(struct accept *accept);

/* Close what the loop still holds, after accept_stop. */
void accept_close(struct accept *accept);

/* Free the rest, when the loop has ended. */
void accept_clear(struct accept *accept);

#endif
