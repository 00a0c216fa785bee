/* client - connecting to a port of this machine, for tools that probe it */
#ifndef NET_CLIENT_H
#define NET_CLIENT_H

#include <stdint.h>

/* Connect to 127.0.0.1:port. The descriptor blocks; give it to net_stream_init.
 * -1: nothing answers there within timeout_ms. */
int net_connect_local(uint16_t port, int timeout_ms);

#endif
