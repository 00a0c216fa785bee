/* call - a request in progress, from its header to its reply
 *
 * What the files around daemon.c share; handlers see only its request and its reply.
 */
#ifndef HTTP_CALL_H
#define HTTP_CALL_H

#include "http/router.h"
#include "http/web.h"

#include <microhttpd.h>

enum {
    CALL_DRAINED_MAX =
        16 << 20, /* octets of a body too large that are read and dropped */
};

struct daemon {
    struct web *web;
    const struct router *router;
    struct MHD_Daemon *library;
};

struct call {
    struct daemon *daemon;
    struct request request;
    struct reply reply; /* filled early when the request is refused */
    const struct http_route *route;
    struct buf body;
    char *target;
    bool is_refused, is_too_large;
    bool is_crowded;  /* the bodies of all requests together are too large */
    bool is_answered; /* a reply is queued */
    size_t counted;   /* octets of the body in the sum of all */
    size_t dropped;   /* octets of the body that were read and dropped */
    struct request_state state;
};

/* call_begin.c: the header has arrived: fill the request, check it and find its route.
 * Sets is_refused, with the reply, or is_too_large. */
void call_begin(struct call *call, struct MHD_Connection *connection, const char *url,
                const char *method, const char *version);

/* The header announces a body. */
bool call_has_body(const struct call *call);

/* call_send.c: queue the reply, compressed if the client accepts that. */
enum MHD_Result call_send(struct call *call);

#endif
