/* path - "<…>" of MAIL and RCPT (RFC 5321 4.1.2, RFC 6531 3.3) */
#ifndef ENGINE_PATH_H
#define ENGINE_PATH_H

#include "postern/server.h"

enum path_result {
    PATH_OK,
    PATH_NONE, /* input does not begin with "<" */
    PATH_MALFORMED,
    PATH_TOO_LONG,      /* above 1024 octets */
    PATH_DOTTED_NUMBER, /* the domain is an IP address without brackets */
};

/* What is allowed besides a mailbox with a domain. */
enum {
    PATH_MAY_BE_NULL = 1 << 0,       /* "<>" */
    PATH_MAY_BE_POSTMASTER = 1 << 1, /* "<Postmaster>", any case */
    PATH_MAY_LACK_DOMAIN = 1 << 2,   /* "<a>" */
};

/* Take a path from the front of input. A source route is checked and dropped
 * (protocol 2.6.14). Octets above 7F must be well-formed UTF-8; address_out tells
 * that there are any, and the caller decides whether they may be.
 * used_out: octets of the path, "<" and ">" included; set for PATH_OK only.
 * address_out: slices borrow from input. */
enum path_result path_take(struct slice input, unsigned allowed, size_t *used_out,
                           struct postern_address *address_out);

/* s is an Atom: one or more atext, ASCII only (RFC 5321 4.1.2). */
bool atom_is_valid(struct slice s);

/* mailbox is local-part "@" domain, ASCII. For parameters that hold one. */
bool mailbox_is_valid(struct slice mailbox);

#endif
