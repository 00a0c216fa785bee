/* address - where a socket listens and who is its peer, as numbers and as text
 *
 * Names are never looked up: an address is written in digits, so starting neither
 * waits for a resolver nor depends on one.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include "base/attr.h"
#include "base/error.h"
#include "base/slice.h"

enum net_family { NET_UNIX, NET_IP4, NET_IP6 };

/* One end of a connection; small, since every session keeps one. */
struct net_end {
    uint8_t family; /* enum net_family */
    uint16_t port;
    uint32_t scope;     /* IPv6 link-local: interface index */
    uint8_t octets[16]; /* 4 used for NET_IP4, none for NET_UNIX */
};

enum {
    NET_PATH_SIZE = 108, /* of sun_path, closing NUL included */
    NET_TEXT_SIZE = 128, /* room for any address as text, with its NUL */
};

/* An address to listen on. */
struct net_address {
    struct net_end end;
    char path[NET_PATH_SIZE]; /* NET_UNIX; else empty */
};

/* Parse "127.0.0.1:25", "[::1]:25", "localhost:25" (127.0.0.1) or "unix:/path".
 * Port 0 lets the system choose. False: error names what is wrong (ERROR_USAGE). */
MUST_USE bool net_address_parse(struct slice text, struct net_address *address_out,
                                struct error *error);

/* The address in the form net_address_parse reads. */
void net_address_format(const struct net_address *address, char out[NET_TEXT_SIZE]);

/* "127.0.0.1:40112", "[::1]:40112" or "unix". */
void net_end_format(const struct net_end *end, char out[NET_TEXT_SIZE]);

/* Reached from this machine only: 127.0.0.0/8, ::1, or a unix socket. */
bool net_end_is_loopback(const struct net_end *end);

/* Same client: equal IPv4 address, equal IPv6 /64 (one household), both unix. */
bool net_end_is_same_client(const struct net_end *a, const struct net_end *b);

#endif
