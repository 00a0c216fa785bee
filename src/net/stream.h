/* stream - a blocking conversation over a local socket, every step with a time-out
 *
 * For the control socket and for tools; reactors never block. A listening socket is a
 * file named by path, and its permissions are the access control.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "base/attr.h"
#include "base/error.h"
#include "base/slice.h"

enum { NET_STREAM_ROOM = 64 * 1024 };

struct net_stream {
    int fd;
    unsigned start, end;        /* received, not yet read by the caller */
    char room[NET_STREAM_ROOM]; /* the longest line that can be read */
};

/* Listen on path (mode 0600), which may be longer than a socket address holds. An
 * existing file is removed: the caller holds a lock that proves it is a leftover. -1
 * with error set. */
int net_stream_listen(const char *path, struct error *error);

/* Wait up to timeout_ms for a client; -1: none connected, or listener was shut. */
int net_stream_accept(int listener, int timeout_ms);

/* Connect to path. -1 with error set; ERROR_NOT_FOUND when nobody answers there. */
int net_stream_connect(const char *path, struct error *error);

/* Use fd, with timeout_ms for each step. */
void net_stream_init(struct net_stream *stream, int fd, int timeout_ms);

/* The next line without its LF, borrowed until the next call. False: time-out, end of
 * input, or a line longer than the room. */
MUST_USE bool net_stream_read_line(struct net_stream *stream, struct slice *line_out);

/* Read exactly len octets. False: they did not arrive. */
MUST_USE bool net_stream_read(struct net_stream *stream, char *octets, size_t len);

/* Write all of octets. False: the peer does not read them. */
MUST_USE bool net_stream_write(struct net_stream *stream, struct slice octets);

/* Wake a thread blocked on fd: its reads and writes end. Any thread. */
void net_stream_shut(int fd);

#endif
