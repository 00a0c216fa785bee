/* http - requests and replies, without the library that carries them (libmicrohttpd)
 *
 * A handler gets a complete request that has passed the guard (host, origin, login),
 * and fills a reply. It may block: each of a few threads serves its own connections.
 * Streams (events, the websocket) queue their own responses.
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
    struct slice segments[HTTP_SEGMENTS_MAX]; /* what matched each * of the route */
    struct slice body;
    struct slice host; /* as sent, checked */
    struct slice user; /* who logged in, or empty */
    enum postern_language language;
    bool is_language_chosen; /* by ?lang=: remembered in a cookie */
    struct request_state *state;
};

/* What a handler keeps when it suspends a connection: it is called again with the same
 * request when the connection is resumed. */
struct request_state {
    void *memory; /* NULL at the first call */
    void (*release)(
        void *memory); /* called at the end of the request, however it ends */
};

/* A parameter of the query, decoded; empty if absent. has_out (whether it is present)
 * may be NULL. */
struct slice request_parameter(const struct request *request, const char *name,
                               bool *has_out);

/* A header field; empty if absent. */
struct slice request_header(const struct request *request, const char *name);

/* A parameter that is a number; standard if it is absent or not a number. */
uint64_t request_number(const struct request *request, const char *name,
                        uint64_t standard);

/* The body as a JSON object, its top-level keys in lower case; NULL: not an object. */
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
    bool is_picture;   /* of a mail: its frame has another origin and may show it */
    bool is_cacheable; /* an asset: revalidated by its tag */
    bool is_streaming; /* the handler has queued a response itself */
    bool is_asleep;    /* the handler has suspended the connection: no reply yet */
    bool is_too_long;  /* the body has reached its ceiling: 500 is sent instead */
};

/* Append to the body; past its ceiling it becomes too long. */
void reply_put(struct reply *reply, struct slice octets);

/* Add a header; value is copied without octets that are not allowed in one. */
void reply_header(struct reply *reply, const char *name, struct slice value);

/* Make the whole reply a text, or JSON, which is taken over. */
void reply_text(struct reply *reply, unsigned status, const char *text);
void reply_json(struct reply *reply, json_t *json);

typedef void http_handler(struct web *web, const struct request *request,
                          struct reply *reply);

/* One route; in pattern, "*" matches one segment, "**" at the end all that follow. */
struct http_route {
    unsigned methods;
    const char *pattern;
    http_handler *handler;
    size_t max_body; /* 0: HTTP_BODY_MAX */
};

#endif
