/* socket - listening and connected sockets: open, read, write, close
 *
 * All descriptors opened here are close-on-exec. Those of sessions do not block; that
 * a call would block is an ordinary result.
 */
#ifndef NET_SOCKET_H
#define NET_SOCKET_H

#include "net/address.h"

enum net_result {
    NET_OK = 0,
    NET_AGAIN, /* not now; wait for the loop */
    NET_EOF,   /* the peer will send no more */
    NET_LOST,  /* the connection is gone */
    NET_FULL,  /* accept: no descriptors or no memory left, for now */
};

/* Open count sockets that listen on address, all on the same port (SO_REUSEPORT:
 * the system spreads connections over them). A unix address has only one: with
 * count > 1 the others are copies of it. Leftover unix sockets on which
 * nobody answers are replaced.
 * fds_out: count descriptors, non-blocking. bound_out: address with the real port.
 * False: nothing is open, error says why and what to do. */
MUST_USE bool net_listen(const struct net_address *address, unsigned count,
                         int *fds_out, struct net_address *bound_out,
                         struct error *error);

/* The address a listening socket given to us is bound to. False: fd does not
 * listen on a stream. */
MUST_USE bool net_listen_address(int fd, struct net_address *bound_out);

/* Accept the next connection of a listening socket.
 * NET_OK: *fd_out (non-blocking, TCP_NODELAY) and *peer_out are set.
 * NET_AGAIN: none waits. NET_LOST: that one vanished, try the next. NET_FULL. */
enum net_result net_accept(int listener, int *fd_out, struct net_end *peer_out);

/* Our own end of a connection. False: it is gone. */
MUST_USE bool net_local_end(int fd, struct net_end *end_out);

/* There is input to be read now; none is read. */
bool net_has_input(int fd);

/* Read up to size octets. NET_OK: *len_out > 0. */
enum net_result net_receive(int fd, void *octets, size_t size, size_t *len_out);

/* Write as much as the system accepts now. NET_OK: all; NET_AGAIN: *sent_out octets. */
enum net_result net_send(int fd, struct slice octets, size_t *sent_out);

/* We send no more; the peer sees the end. */
void net_finish(int fd);

/* Read and discard what has arrived. NET_EOF, NET_LOST, or NET_AGAIN when more may
 * come. */
enum net_result net_drain(int fd);

void net_close(int fd);

/* Set or clear close-on-exec. */
void net_keep_on_exec(int fd, bool is_kept);

#endif
