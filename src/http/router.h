/* router - finds the handler for a path and method */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "http/http.h"

struct router {
    const struct http_route *routes; /* the first match is used */
    size_t count;
};

/* The route for the path and method of request, whose segments are filled. NULL: none;
 * *is_known_out: the path has a route with another method. */
const struct http_route *router_find(const struct router *router,
                                     struct request *request, bool *is_known_out);

#endif
