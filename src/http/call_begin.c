/* call_begin.c - the header of a request: well-formed, allowed, routed
 *
 * Everything that can be refused without the body is refused here, before it is read.
 */
#include "http/call.h"

#include "base/ascii.h"
#include "http/guard.h"

#include <string.h>

enum { REPLY_MAX = 128 << 20 };

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

/* The one of our languages with the highest weight; the first of equals. */
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

/* ?lang=, else the cookie, else the preference of the browser. */
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

/* What a proxy could read differently (request smuggling): two lengths, a length and
 * chunks, field names that are not tokens, a NUL (RFC 9112 5.1, 6.3, 3.2). */
struct header_facts {
    unsigned hosts, lengths, encodings;
    bool is_bad;
};

static enum MHD_Result
check_field(void *context, enum MHD_ValueKind kind, const char *name, size_t name_len,
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

    MHD_get_connection_values_n(call->request.connection, MHD_HEADER_KIND, check_field,
                                &facts);
    if (facts.hosts > 1 || (facts.hosts == 0 && strcmp(version, "HTTP/1.1") == 0) ||
        facts.lengths > 1 || facts.encodings > 1 ||
        (facts.lengths > 0 && facts.encodings > 0) ||
        strstr(call->target, "%00") != NULL || call->target[0] != '/')
        facts.is_bad = true;
    return !facts.is_bad;
}

bool
call_has_body(const struct call *call)
{
    struct slice length = request_header(&call->request, "Content-Length");

    return (length.len > 0 && !slice_is_equal(length, SLICE("0"))) ||
           request_header(&call->request, "Transfer-Encoding").len > 0;
}

/* So much larger than its route allows that it is not even read and dropped. */
static bool
is_announced_too_large(const struct call *call)
{
    struct slice length = request_header(&call->request, "Content-Length");
    uint64_t octets;

    return call->route != NULL && slice_parse_number(length, &octets) &&
           octets > call->body.max + CALL_DRAINED_MAX;
}

void
call_begin(struct call *call, struct MHD_Connection *connection, const char *url,
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
