/* call_send.c - sending a reply: security headers, tags of assets, compression */
#include "http/call.h"

#include "base/ascii.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { COMPRESS_MIN = 1000 };

/* What a page of ours may load: its own files, and mail in a sandboxed frame. */
static const char our_policy[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/* ";q=0", ";q=0.000": not acceptable (RFC 9110 12.4.2). */
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

/* Replace the body by its compressed form. False: it is unchanged. */
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

/* The body did not fit: a truncated one must not be sent. */
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

enum MHD_Result
call_send(struct call *call)
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
