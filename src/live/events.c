/* events.c - one endless response for each listener
 *
 * ?topics=inbox,sessions,lines (inbox and sessions without it) and ?session=ID. The
 * library calls for octets; if there are none, the connection is suspended until the
 * hub wakes it. A comment every 15 seconds detects clients that have gone.
 */
#include "live/events.h"

#include "base/memory.h"
#include "http/web.h"
#include "live/hub.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stream {
    struct hub_listener listener; /* first */
    struct web *web;
    struct MHD_Connection *connection;
    bool is_asleep;  /* under the hub's lock */
    bool was_woken;  /* … with no event for it: send a comment */
    struct buf rest; /* of an event longer than the library's buffer */
};

static const char *
name_of(unsigned topic)
{
    return topic == HUB_INBOX ? "inbox" : topic == HUB_SESSION ? "session" : "lines";
}

static void
wake(struct hub_listener *listener)
{
    struct stream *stream = (struct stream *)(void *)listener;

    stream->was_woken = true;
    if (!stream->is_asleep)
        return;
    stream->is_asleep = false;
    MHD_resume_connection(stream->connection);
}

static void
put(struct stream *stream, const char *text, size_t len)
{
    if (!buf_append(&stream->rest, slice_of(text, len)))
        memory_fail();
}

/* With the hub's lock held: append the next event, in the form of the stream, to rest.
 */
static bool
fill(struct stream *stream)
{
    const struct hub_event *event = NULL;
    char head[64];
    int len;

    switch (hub_next(stream->web->hub, &stream->listener, &event)) {
    case HUB_OK:
        break;
    case HUB_MISSED:
        len = snprintf(head, sizeof(head), "event: missed\ndata: {}\n\n");
        put(stream, head, (size_t)len);
        return true;
    case HUB_NOTHING:
        if (!stream->was_woken)
            return false;
        stream->was_woken = false;
        put(stream, ":\n\n", 3);
        return true;
    }
    stream->was_woken = false;
    len = snprintf(head, sizeof(head), "id: %llu\nevent: %s\ndata: ",
                   (unsigned long long)stream->listener.place, name_of(event->topic));
    put(stream, head, (size_t)len);
    put(stream, event->text, event->len);
    put(stream, "\n\n", 2);
    return true;
}

static ssize_t
read_some(void *context, uint64_t at, char *out, size_t size)
{
    struct stream *stream = context;
    size_t len = 0;

    (void)at;
    if (atomic_load(&stream->web->is_stopping))
        return MHD_CONTENT_READER_END_OF_STREAM;
    pthread_mutex_lock(&stream->web->hub->lock);
    while (len < size) {
        size_t piece = stream->rest.len < size - len ? stream->rest.len : size - len;

        if (piece == 0 && !fill(stream))
            break;
        if (piece > 0) {
            memcpy(out + len, stream->rest.ptr, piece);
            buf_consume(&stream->rest, piece);
            len += piece;
        }
    }
    if (len == 0) {
        stream->is_asleep = true;
        MHD_suspend_connection(stream->connection);
    }
    pthread_mutex_unlock(&stream->web->hub->lock);
    return (ssize_t)len;
}

static void
end(void *context)
{
    struct stream *stream = context;

    hub_leave(stream->web->hub, &stream->listener);
    buf_clear(&stream->rest);
    free(stream);
}

static unsigned
topics_of(const struct request *request)
{
    struct slice words = request_parameter(request, "topics", NULL), word;
    unsigned topics = 0;

    while (words.len > 0) {
        slice_cut(words, ',', &word, &words);
        topics |= slice_is_equal(word, SLICE("inbox")) ? HUB_INBOX : 0;
        topics |= slice_is_equal(word, SLICE("sessions")) ? HUB_SESSION : 0;
        topics |= slice_is_equal(word, SLICE("lines")) ? HUB_LINES : 0;
    }
    return topics != 0 ? topics : HUB_INBOX | HUB_SESSION;
}

void
events_stream(struct web *web, const struct request *request, struct reply *reply)
{
    enum { BLOCK = 1024, EVENT_MAX = HUB_OCTETS_MAX + 200 };
    struct stream *stream = memory_new(sizeof(*stream));
    struct slice session = request_parameter(request, "session", NULL);
    struct MHD_Response *response;

    if (session.len > 0 && !id_parse(session, &stream->listener.session)) {
        reply_text(reply, 400, "session: not an id\n");
        free(stream);
        return;
    }
    stream->web = web;
    stream->connection = request->connection;
    stream->listener.topics = topics_of(request);
    stream->listener.has_session = session.len > 0;
    stream->listener.wake = wake;
    stream->was_woken =
        true; /* a first comment shows the client that the stream is open */
    buf_init(&stream->rest, EVENT_MAX);
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_some,
                                                 stream, end);
    if (response == NULL)
        memory_fail();
    hub_join(web->hub, &stream->listener);
    MHD_add_response_header(response, "Content-Type", "text/event-stream");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "X-Accel-Buffering", "no");
    reply->is_streaming =
        MHD_queue_response(request->connection, MHD_HTTP_OK, response) == MHD_YES;
    MHD_destroy_response(response);
    if (!reply->is_streaming)
        reply_text(reply, 500, "The stream could not be started.\n");
}
