/* daemon.c - libmicrohttpd behind one door: from a connection to a handler and back
 *
 * The socket is made by the supervisor, so nothing here chooses an address. Bodies of
 * requests are gathered up to the limit of their route; what is longer is read and
 * thrown away, so that the client hears why.
 */
#include "http/daemon.h"

#include "base/ascii.h"
#include "base/log.h"
#include "base/memory.h"
#include "http/guard.h"
#include "http/web.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    THREADS = 4,
    CONNECTIONS_MAX = 1100,
    CONNECTION_MEMORY = 24 * 1024,
    TIMEOUT_S = 30,
    SEND_BODY_MAX = 80 << 20,
    BODIES_MAX = 256 << 20, /* octets of all bodies at once */
    REPLY_MAX = 128 << 20,
    COMPRESS_MIN = 1000,
    DRAINED_MAX = 16 << 20, /* octets of a body too large that are read for an answer */
};

/* What a page of ours may load: its own files, and mail in a frame of its own. */
static const char our_policy[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

struct daemon {
    struct web *web;
    const struct router *router;
    struct MHD_Daemon *library;
};

/* A request in progress. */
struct call {
    struct daemon *daemon;
    struct request request;
    struct reply reply; /* filled early when the request is refused */
    const struct http_route *route;
    struct buf body;
    char *target;
    bool is_refused, is_too_large;
    bool is_crowded;  /* there was no room for its body beside the others */
    bool is_answered; /* a reply is queued */
    size_t counted;   /* octets of the body in the sum of all */
    size_t wasted;    /* octets of a body that were thrown away */
    struct request_state state;
};

/* ---- the request ---- */

static const struct {
    const char *name;
    enum http_method method;
} methods[] = {
    {"GET", HTTP_GET}, {"HEAD", HTTP_GET},      {"POST", HTTP_POST},
    {"PUT", HTTP_PUT}, {"DELETE", HTTP_DELETE}, {"OPTIONS", HTTP_OPTIONS},
};

/* "ja;q=0.5" weighs 500, "ja" 1000 (RFC 9110 12.4.2). */
static int
weight_of(struct slice range)
{
    struct slice name, parameters, digits;
    int weight = 0, place = 1000;

    if (!slice_cut(range, ';', &name, &parameters) ||
        !slice_cut(parameters, '=', &name, &digits))
        return 1000;
    for (size_t i = 0; i < digits.len && place > 0; i++) {
        if (!ascii_is_digit(digits.ptr[i]))
            continue;
        weight += (digits.ptr[i] - '0') * place;
        place /= 10;
    }
    return weight;
}

/* The one of our languages that weighs most; the first of equals. */
static enum postern_language
preferred(struct slice ranges)
{
    enum postern_language best = POSTERN_EN;
    int most = 0;
    struct slice range;

    while (ranges.len > 0) {
        bool is_japanese;

        slice_cut(ranges, ',', &range, &ranges);
        while (range.len > 0 && range.ptr[0] == ' ')
            range = slice_skip(range, 1);
        is_japanese = slice_has_prefix_fold(range, SLICE("ja"));
        if ((!is_japanese && !slice_has_prefix_fold(range, SLICE("en"))) ||
            weight_of(range) <= most)
            continue;
        most = weight_of(range);
        best = is_japanese ? POSTERN_JA : POSTERN_EN;
    }
    return best;
}

/* ?lang=, then the cookie, then what the browser prefers. */
static void
choose_language(struct request *request)
{
    struct slice wish = request_parameter(request, "lang", NULL);
    const char *cookie =
        MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND, "lang");

    request->is_language_chosen = true;
    if (slice_is_equal(wish, SLICE("ja")) || slice_is_equal(wish, SLICE("en"))) {
        request->language = wish.ptr[0] == 'j' ? POSTERN_JA : POSTERN_EN;
        return;
    }
    request->is_language_chosen = false;
    if (cookie != NULL && (strcmp(cookie, "ja") == 0 || strcmp(cookie, "en") == 0)) {
        request->language = cookie[0] == 'j' ? POSTERN_JA : POSTERN_EN;
        return;
    }
    request->language = preferred(request_header(request, "Accept-Language"));
}

static void
refuse(struct call *call, unsigned status, const char *text)
{
    reply_text(&call->reply, status, text);
    call->is_refused = true;
}

static void
find_route(struct call *call)
{
    bool is_known;

    call->route = router_find(call->daemon->router, &call->request, &is_known);
    if (call->route != NULL)
        return;
    if (is_known && call->request.method == HTTP_OPTIONS)
        refuse(call, 200, "");
    else if (is_known)
        refuse(call, 405, "This address does not take that method.\n");
    else
        refuse(call, 404, "404 page not found");
}

/* What a sloppy reader could take for something else: two lengths, a length and chunks,
 * names that are no tokens, a NUL (RFC 9112 5.1, 6.3, 3.2). */
struct header_facts {
    unsigned hosts, lengths, encodings;
    bool is_bad;
};

static enum MHD_Result
look_at_field(void *context, enum MHD_ValueKind kind, const char *name, size_t name_len,
              const char *value, size_t value_len)
{
    struct header_facts *facts = context;
    struct slice field = slice_of(name, name_len);

    (void)kind;
    for (size_t i = 0; i < name_len; i++) {
        if (!ascii_is_alnum(name[i]) && strchr("!#$%&'*+-.^_`|~", name[i]) == NULL)
            facts->is_bad = true;
    }
    facts->is_bad = facts->is_bad || name_len == 0 ||
                    (value_len > 0 && memchr(value, '\0', value_len) != NULL);
    facts->hosts += slice_is_equal_fold(field, SLICE("Host"));
    facts->lengths += slice_is_equal_fold(field, SLICE("Content-Length"));
    facts->encodings += slice_is_equal_fold(field, SLICE("Transfer-Encoding"));
    return MHD_YES;
}

static bool
is_well_formed(struct call *call, const char *version)
{
    struct header_facts facts = {0};

    MHD_get_connection_values_n(call->request.connection, MHD_HEADER_KIND,
                                look_at_field, &facts);
    if (facts.hosts > 1 || (facts.hosts == 0 && strcmp(version, "HTTP/1.1") == 0) ||
        facts.lengths > 1 || facts.encodings > 1 ||
        (facts.lengths > 0 && facts.encodings > 0) ||
        strstr(call->target, "%00") != NULL || call->target[0] != '/')
        facts.is_bad = true;
    return !facts.is_bad;
}

static bool
has_body(const struct call *call)
{
    struct slice length = request_header(&call->request, "Content-Length");

    return (length.len > 0 && !slice_is_equal(length, SLICE("0"))) ||
           request_header(&call->request, "Transfer-Encoding").len > 0;
}

/* So much more than its route takes that it is not worth reading. */
static bool
is_announced_too_large(const struct call *call)
{
    struct slice length = request_header(&call->request, "Content-Length");
    uint64_t octets;

    return call->route != NULL && slice_parse_number(length, &octets) &&
           octets > call->body.max + DRAINED_MAX;
}

static void
begin(struct call *call, struct MHD_Connection *connection, const char *url,
      const char *method, const char *version)
{
    struct request *request = &call->request;

    buf_init(&call->reply.body, REPLY_MAX);
    call->reply.status = 200;
    call->reply.type = "text/plain; charset=utf-8";
    request->connection = connection;
    request->path = slice_from(url);
    while (request->path.len > 1 && request->path.ptr[1] == '/')
        request->path = slice_skip(request->path, 1); /* "//view/…" is "/view/…" */
    request->target = slice_from(call->target != NULL ? call->target : url);
    request->host = request_header(request, "Host");
    choose_language(request);
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (strcmp(method, methods[i].name) == 0)
            request->method = methods[i].method;
    }
    if (!is_well_formed(call, version)) {
        refuse(call, 400, "This request is malformed.\n");
        reply_header(&call->reply, "Connection", SLICE("close"));
    } else if (!guard_check(call->daemon->web->guard, request, &call->reply))
        call->is_refused = true;
    else if (request->method == 0)
        refuse(call, 405, "This server does not know that method.\n");
    else
        find_route(call);
    buf_init(&call->body, call->route != NULL && call->route->max_body > 0
                              ? call->route->max_body
                              : HTTP_BODY_MAX);
    if (!call->is_refused && is_announced_too_large(call))
        call->is_too_large = true;
}

/* ---- the reply ----------------------------------------------------------------------
 */

/* ";q=0", ";q=0.000": not wanted (RFC 9110 12.4.2). */
static bool
is_refused(struct slice parameters)
{
    for (size_t i = 0; i + 1 < parameters.len; i++) {
        if (ascii_lower(parameters.ptr[i]) != 'q' || parameters.ptr[i + 1] != '=')
            continue;
        for (i += 2; i < parameters.len; i++) {
            if (parameters.ptr[i] != '0' && parameters.ptr[i] != '.')
                return false;
        }
        return true;
    }
    return false;
}

static bool
wants_gzip(const struct call *call)
{
    struct slice accepted = request_header(&call->request, "Accept-Encoding"), word;

    while (accepted.len > 0) {
        slice_cut(accepted, ',', &word, &accepted);
        while (word.len > 0 && word.ptr[0] == ' ')
            word = slice_skip(word, 1);
        if (slice_has_prefix_fold(word, SLICE("gzip")) &&
            (word.len == 4 || word.ptr[4] == ';' || word.ptr[4] == ' '))
            return !is_refused(slice_skip(word, 4));
    }
    return false;
}

static bool
is_compressible(const char *type)
{
    return strncmp(type, "text/", 5) == 0 || strstr(type, "json") != NULL ||
           strstr(type, "javascript") != NULL || strstr(type, "svg") != NULL ||
           strstr(type, "wasm") != NULL;
}

/* Compress the body in its place. False: it stays as it is. */
static bool
compress_body(struct reply *reply)
{
    enum { GZIP_WINDOW = 15 + 16, LEVEL = 5 };
    z_stream stream = {.next_in = (Bytef *)reply->body.ptr,
                       .avail_in = (uInt)reply->body.len};
    size_t size;
    char *out;

    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return false;
    size = deflateBound(&stream, (uLong)reply->body.len);
    out = memory_new(size);
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)size;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        deflateEnd(&stream);
        free(out);
        return false;
    }
    size = stream.total_out;
    deflateEnd(&stream);
    free(buf_take(&reply->body));
    reply->body.ptr = out;
    reply->body.len = reply->body.size = size;
    return true;
}

static void
put_headers(const struct call *call, struct MHD_Response *response)
{
    const struct reply *reply = &call->reply;

    MHD_add_response_header(response, "Content-Type", reply->type);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Cross-Origin-Resource-Policy",
                            reply->is_picture ? "cross-origin" : "same-origin");
    MHD_add_response_header(response, "Content-Security-Policy",
                            reply->policy != NULL ? reply->policy : our_policy);
    MHD_add_response_header(response, "Cache-Control",
                            reply->is_cacheable ? "no-cache" : "no-store");
    for (size_t i = 0; i < reply->header_count; i++)
        MHD_add_response_header(response, reply->headers[i].name,
                                reply->headers[i].value);
    if (call->request.is_language_chosen)
        MHD_add_response_header(
            response, "Set-Cookie",
            call->request.language == POSTERN_JA
                ? "lang=ja; Path=/; Max-Age=31536000; SameSite=Lax"
                : "lang=en; Path=/; Max-Age=31536000; SameSite=Lax");
}

/* An asset that has not changed is not sent again. */
static bool
is_known_to_client(struct call *call)
{
    char tag[40];
    bool is_known;

    snprintf(tag, sizeof(tag), "\"%08lx-%zx\"",
             crc32(0, (const Bytef *)call->reply.body.ptr, (uInt)call->reply.body.len),
             call->reply.body.len);
    is_known = slice_is_equal(request_header(&call->request, "If-None-Match"),
                              slice_from(tag));
    reply_header(&call->reply, "ETag", slice_from(tag));
    return is_known;
}

/* What it was to say does not fit: a part of it would say something else. */
static void
reply_failed(struct reply *reply)
{
    reply->is_too_long = false;
    reply->is_cacheable = false;
    reply_text(
        reply, 500,
        "The answer is larger than this server sends: ask for fewer messages, or "
        "for the source of this one.\n");
}

static enum MHD_Result
send_reply(struct call *call)
{
    struct reply *reply = &call->reply;
    struct MHD_Response *response;
    enum MHD_Result result;
    size_t len;
    char *octets;
    bool is_gzip = false;

    if (reply->is_too_long)
        reply_failed(reply);
    if (reply->is_cacheable && reply->status == 200 && is_known_to_client(call)) {
        reply->status = 304;
        reply->body.len = 0;
    }
    if (reply->body.len >= COMPRESS_MIN && is_compressible(reply->type) &&
        wants_gzip(call))
        is_gzip = compress_body(reply);
    len = reply->body.len;
    octets = buf_take(&reply->body);
    if (octets == NULL)
        octets = memory_new(1);
    response = MHD_create_response_from_buffer(len, octets, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(octets);
        return MHD_NO;
    }
    put_headers(call, response);
    if (is_gzip) {
        MHD_add_response_header(response, "Content-Encoding", "gzip");
        MHD_add_response_header(response, "Vary", "Accept-Encoding");
    }
    result = MHD_queue_response(call->request.connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- what the library calls ---- */

static enum MHD_Result
gather(struct call *call, const char *octets, size_t *len)
{
    size_t more = *len;

    *len = 0;
    if (!call->is_refused && !call->is_too_large && !call->is_crowded) {
        call->counted += more;
        call->is_crowded =
            atomic_fetch_add(&call->daemon->web->body_octets, more) + more > BODIES_MAX;
        call->is_too_large = !buf_append(&call->body, slice_of(octets, more));
    }
    call->wasted += call->is_too_large || call->is_crowded ? more : 0;
    return call->wasted < DRAINED_MAX ? MHD_YES : MHD_NO; /* enough: hang up */
}

static enum MHD_Result
answer(struct call *call)
{
    struct web *web = call->daemon->web;

    call->is_answered = true;
    if (call->state.memory == NULL)
        atomic_fetch_add(&web->requests, 1);
    call->request.body = buf_slice(&call->body);
    call->request.state = &call->state;
    call->reply.is_asleep = false;
    if (call->is_crowded) {
        reply_text(&call->reply, 503,
                   "Too many large requests at once: try again in a moment.\n");
        reply_header(&call->reply, "Retry-After", SLICE("1"));
    } else if (call->is_too_large) {
        call->reply.status = 413;
        if (call->route->max_body > 0)
            reply_json(&call->reply,
                       json_pack("{s:s}", "Error", "request body too large"));
        else
            reply_text(&call->reply, 413, "The request is too large.\n");
    } else if (!call->is_refused) {
        call->route->handler(web, &call->request, &call->reply);
    }
    if (call->reply.is_asleep)
        call->is_answered = false;
    return call->reply.is_streaming || call->reply.is_asleep ? MHD_YES
                                                             : send_reply(call);
}

/* The first call only brings the header; the library waits for the body then. */
static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *url,
           const char *method, const char *version, const char *octets, size_t *len,
           void **state)
{
    struct call *call = *state;

    (void)context;
    if (call->request.connection == NULL) {
        begin(call, connection, url, method, version);
        /* what is refused whatever the body says is answered before it comes */
        return (call->is_refused && has_body(call)) || call->is_too_large ? answer(call)
                                                                          : MHD_YES;
    }
    if (call->is_answered) {
        *len = 0;
        return MHD_YES;
    }
    if (*len > 0)
        return gather(call, octets, len);
    return answer(call);
}

/* The request line is known: path and query as they were sent. */
static void *
on_line(void *context, const char *target, struct MHD_Connection *connection)
{
    struct call *call = memory_new(sizeof(*call));

    (void)connection;
    call->daemon = context;
    call->target = memory_copy(slice_from(target));
    return call;
}

static void
on_end(void *context, struct MHD_Connection *connection, void **state,
       enum MHD_RequestTerminationCode why)
{
    struct call *call = *state;

    (void)context;
    (void)connection;
    (void)why;
    if (call == NULL)
        return;
    if (call->state.release != NULL)
        call->state.release(call->state.memory);
    for (size_t i = 0; i < call->reply.header_count; i++)
        free(call->reply.headers[i].value);
    buf_clear(&call->reply.body);
    buf_clear(&call->body);
    atomic_fetch_sub(&call->daemon->web->body_octets, call->counted);
    free(call->reply.policy_memory);
    free(call->target);
    free(call);
    *state = NULL;
}

static void
on_log(void *context, const char *format, va_list values)
{
    (void)context;
    (void)format;
    (void)values; /* one line for each client that goes away: nobody's news */
}

struct daemon *
daemon_start(struct web *web, const struct router *router, struct error *error)
{
    struct daemon *daemon = memory_new(sizeof(*daemon));

    daemon->web = web;
    daemon->router = router;
    daemon->library = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, on_request, NULL, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, (MHD_socket)web->settings->given.web_place.socket,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
        MHD_OPTION_URI_LOG_CALLBACK, on_line, daemon, MHD_OPTION_NOTIFY_COMPLETED,
        on_end, NULL, MHD_OPTION_END);
    if (daemon->library != NULL)
        return daemon;
    error_set(error, ERROR_SYSTEM,
              "web: cannot answer on its socket: no threads or descriptors left: "
              "free some");
    free(daemon);
    return NULL;
}

void
daemon_stop(struct daemon *daemon)
{
    if (daemon == NULL)
        return;
    MHD_stop_daemon(daemon->library);
    free(daemon);
}
