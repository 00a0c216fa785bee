/* http - requests and replies, without the library that carries them (libmicrohttpd)
 *
 * A handler gets a request that is read in full and checked (host, origin, login), and
 * fills a reply. It may block: each of a few threads has its own connections. What
 * streams (events, the websocket) has its own files.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/buf.h"
#include "base/id.h"
#include "base/slice.h"
#include "json/json.h"
#include "postern/catalog.h"

#include <stdbool.h>
#include <stdint.h>

struct MHD_Connection;
struct web;

enum http_method {
    HTTP_GET = 1 << 0, /* HEAD too */
    HTTP_POST = 1 << 1,
    HTTP_PUT = 1 << 2,
    HTTP_DELETE = 1 << 3,
    HTTP_OPTIONS = 1 << 4,
};

enum { HTTP_SEGMENTS_MAX = 4, HTTP_BODY_MAX = 5 << 20 };

struct request {
    struct MHD_Connection *connection;
    enum http_method method;
    struct slice path;                        /* decoded, without the query */
    struct slice target;                      /* as sent: path and query */
    struct slice segments[HTTP_SEGMENTS_MAX]; /* what stood for each * of the route */
    struct slice body;
    struct slice host; /* as sent, checked */
    struct slice user; /* who logged in, or empty */
    enum postern_language language;
    bool is_language_chosen; /* by ?lang=: remembered in a cookie */
    struct request_state *state;
};

/* What a handler keeps when it puts a connection to sleep: it is called again with the
 * same request when somebody wakes the connection. */
struct request_state {
    void *memory;                  /* NULL at the first call */
    void (*release)(void *memory); /* called at the end, whatever it is */
};

/* A parameter of the query, decoded; empty if it is not there. has_out may be NULL. */
struct slice request_parameter(const struct request *request, const char *name,
                               bool *has_out);

/* A field of the header; empty if it is not there. */
struct slice request_header(const struct request *request, const char *name);

/* A parameter that is a number; otherwise standard. */
uint64_t request_number(const struct request *request, const char *name,
                        uint64_t standard);

/* The body as a JSON object whose keys are lower case at the top; NULL if it is none.
 */
json_t *request_json(const struct request *request);

enum { REPLY_HEADERS_MAX = 8 };

struct reply {
    unsigned status; /* 200 at the beginning */
    const char *type;
    struct buf body;
    struct {
        const char *name;
        char *value; /* owned */
    } headers[REPLY_HEADERS_MAX];
    size_t header_count;
    const char *policy; /* Content-Security-Policy, instead of that of our pages */
    char *policy_memory;
    bool is_picture;   /* of a mail: its frame, an origin of its own, may show it */
    bool is_cacheable; /* an asset: revalidated by its tag */
    bool is_streaming; /* the handler has queued a response itself */
    bool is_asleep;    /* the handler has suspended the connection: no reply yet */
    bool is_too_long;  /* the body has reached its ceiling: 500 is sent instead */
};

/* Append to the body; no memory ends the process, its ceiling makes it too long. */
void reply_put(struct reply *reply, struct slice octets);

/* A header; value is copied, octets that may not stand in a header left out. */
void reply_header(struct reply *reply, const char *name, struct slice value);

/* The whole reply: a text, or JSON that is taken over. */
void reply_text(struct reply *reply, unsigned status, const char *text);
void reply_json(struct reply *reply, json_t *json);

typedef void http_handler(struct web *web, const struct request *request,
                          struct reply *reply);

/* One row of the routes; in pattern, "*" stands for one segment, "**" at the end for
 * all that follow. */
struct http_route {
    unsigned methods;
    const char *pattern;
    http_handler *handler;
    size_t max_body; /* 0: HTTP_BODY_MAX */
};

#endif
