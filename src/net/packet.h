/* packet - whole packets between two processes of ours, dropped when nobody takes them
 *
 * A pair of connected local sockets that keep the bounds of packets. Sending never
 * waits: what finds no room is not sent.
 */
#ifndef NET_PACKET_H
#define NET_PACKET_H

#include "base/attr.h"
#include "base/slice.h"

/* Open both ends (close-on-exec, not blocking); room: octets that may wait on the way,
 * as far as the system grants them. False: no descriptors. */
MUST_USE bool net_packet_pair(int fds_out[2], int room);

/* False: there is no room, or nobody at the other end. Nothing was sent then. */
bool net_packet_send(int fd, struct slice packet);

/* Wait up to timeout_ms for a packet (-1: for ever) and read it. A packet longer than
 * size is cut. Octets read; 0: none came; -1: the other end is gone. */
long net_packet_receive(int fd, void *octets, size_t size, int timeout_ms);

#endif
