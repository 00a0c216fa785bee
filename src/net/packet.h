/* packet - whole packets between two of our processes, dropped when they are not read
 *
 * A pair of connected local sockets that preserve packet boundaries. Sending never
 * waits: a packet for which there is no room is not sent.
 */
#ifndef NET_PACKET_H
#define NET_PACKET_H

#include "base/attr.h"
#include "base/slice.h"

/* Open both ends (close-on-exec, non-blocking); room: octets that may wait to be read,
 * as far as the system allows. False: no descriptors. */
MUST_USE bool net_packet_pair(int fds_out[2], int room);

/* False: there is no room, or no reader. Nothing was sent then. */
bool net_packet_send(int fd, struct slice packet);

/* Wait up to timeout_ms for a packet (-1: for ever) and read it. A packet longer than
 * size is cut. Octets read; 0: none came; -1: the other end is gone. */
long net_packet_receive(int fd, void *octets, size_t size, int timeout_ms);

#endif
