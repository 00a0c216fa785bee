/* router.c - see router.h */
#include "http/router.h"

#include <string.h>

static bool
matches(const char *pattern, struct request *request)
{
    struct slice path = request->path, wanted = slice_from(pattern), part, segment;
    size_t count = 0;

    while (wanted.len > 0) {
        slice_cut(wanted, '/', &part, &wanted);
        if (slice_is_equal(part, SLICE("**"))) {
            request->segments[count] = path;
            return true;
        }
        if (path.ptr == NULL || (path.len == 0 && part.len > 0))
            return false;
        slice_cut(path, '/', &segment, &path);
        if (slice_is_equal(part, SLICE("*")) && segment.len > 0)
            request->segments[count++] = segment;
        else if (!slice_is_equal(part, segment))
            return false;
    }
    return path.len == 0;
}

const struct http_route *
router_find(const struct router *router, struct request *request, bool *is_known_out)
{
    *is_known_out = false;
    for (size_t i = 0; i < router->count; i++) {
        const struct http_route *route = &router->routes[i];

        memset(request->segments, 0, sizeof(request->segments));
        if (!matches(route->pattern, request))
            continue;
        *is_known_out = *is_known_out || route->methods != HTTP_OPTIONS;
        if ((route->methods & request->method) != 0)
            return route;
    }
    return NULL;
}
