/* router - which handler answers an address */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "http/http.h"

struct router {
    const struct http_route *routes; /* the first that fits is taken */
    size_t count;
};

/* The route of a path and method; the segments of request are filled. NULL: none;
 * *is_known_out tells whether the path has one with another method. */
const struct http_route *router_find(const struct router *router,
                                     struct request *request, bool *is_known_out);

#endif
