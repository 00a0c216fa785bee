/* daemon.c - the door to libmicrohttpd: from a connection to a handler
 *
 * The supervisor made the socket, so no address is chosen here. The body of a request
 * is collected up to the limit of its route. A longer one is read and dropped, so that
 * the client can read the reply that says why.
 */
#include "http/daemon.h"

#include "base/memory.h"
#include "http/call.h"

#include <stdlib.h>

enum {
    THREADS = 4,
    CONNECTIONS_MAX = 1100,
    CONNECTION_MEMORY = 24 * 1024,
    TIMEOUT_S = 30,
    BODIES_MAX = 256 << 20, /* octets of all bodies in memory at once */
};

/* ---- callbacks of the library ---- */

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
    call->dropped += call->is_too_large || call->is_crowded ? more : 0;
    return call->dropped < CALL_DRAINED_MAX ? MHD_YES : MHD_NO; /* NO: disconnect */
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
                                                             : call_send(call);
}

/* The first call has only the header; the library reads the body after it. */
static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *url,
           const char *method, const char *version, const char *octets, size_t *len,
           void **state)
{
    struct call *call = *state;

    (void)context;
    if (call->request.connection == NULL) {
        call_begin(call, connection, url, method, version);
        /* a refusal does not depend on the body: reply before it arrives */
        return (call->is_refused && call_has_body(call)) || call->is_too_large
                   ? answer(call)
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
    (void)values; /* a line for each client that disconnects: not worth logging */
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
