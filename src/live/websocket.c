/* websocket.c - one thread and poll for all websockets; frames by wslay
 *
 * A client gets the next event only after the one before is sent: it has no queue here,
 * and if it is too slow it loses events of the hub's ring and gets "prune", which makes
 * it reload.
 */
#include "live/websocket.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "live/notify.h"
#include "net/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wslay/wslay.h>

enum { CLIENTS_MAX = 600, PING_S = 30, MESSAGE_MAX = 4096 };

struct client {
    struct hub_listener listener; /* first */
    struct client *next;
    struct web *web;
    struct MHD_UpgradeResponseHandle *handle;
    int fd;
    wslay_event_context_ptr frames;
    char *extra; /* octets that came with the request */
    size_t extra_len, extra_at;
    bool is_over;
    bool is_greeted;
};

struct websockets {
    struct web *web;
    pthread_t thread;
    pthread_mutex_t lock;
    struct client *joining; /* under lock */
    int wake[2];            /* a pipe: any octet wakes the thread */
    atomic_bool is_stopping;
    struct client *clients; /* the thread's … */
    uint64_t pinged_us;     /* the thread's: when all were pinged last */
    atomic_size_t count;    /* … and their number, read by upgrades too */
};

static void
wake_thread(struct websockets *websockets)
{
    ssize_t sent = write(websockets->wake[1], "x", 1);

    (void)sent; /* a full pipe wakes it too */
}

static void
wake_one(struct hub_listener *listener)
{
    wake_thread(((struct client *)(void *)listener)->web->websockets);
}

/* ---- wslay's octets ---- */

static ssize_t
receive(wslay_event_context_ptr frames, uint8_t *out, size_t size, int flags,
        void *context)
{
    struct client *client = context;
    size_t len = 0;

    (void)flags;
    if (client->extra_at < client->extra_len) {
        len = client->extra_len - client->extra_at;
        len = len < size ? len : size;
        memcpy(out, client->extra + client->extra_at, len);
        client->extra_at += len;
        return (ssize_t)len;
    }
    switch (net_receive(client->fd, out, size, &len)) {
    case NET_OK:
        return (ssize_t)len;
    case NET_AGAIN:
    case NET_FULL:
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
        return -1;
    case NET_EOF:
    case NET_LOST:
        break;
    }
    wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static ssize_t
transmit(wslay_event_context_ptr frames, const uint8_t *octets, size_t len, int flags,
         void *context)
{
    struct client *client = context;
    size_t sent = 0;

    (void)flags;
    switch (net_send(client->fd, slice_of((const char *)octets, len), &sent)) {
    case NET_OK:
        return (ssize_t)len;
    case NET_AGAIN:
    case NET_FULL:
        if (sent > 0)
            return (ssize_t)sent;
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
        return -1;
    case NET_EOF:
    case NET_LOST:
        break;
    }
    wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static const struct wslay_event_callbacks callbacks = {
    .recv_callback = receive,
    .send_callback = transmit,
};

/* ---- one client ---- */

/* Nothing may follow a close frame: the text is dropped then, and the client is removed
 * once the close frame is sent. */
static void
queue(struct client *client, const char *text, size_t len)
{
    struct wslay_event_msg message = {
        .opcode = WSLAY_TEXT_FRAME, .msg = (const uint8_t *)text, .msg_length = len};
    int result = wslay_event_queue_msg(client->frames, &message);

    if (result != 0 && result != WSLAY_ERR_NO_MORE_MSG)
        client->is_over = true;
}

static void
greet(struct client *client)
{
    json_t *event = json_pack("{s:s, s:o}", "Type", "stats", "Data",
                              notify_stats_data(client->web));
    char *text = json_dumps(event, JSON_COMPACT);

    client->is_greeted = true;
    if (text != NULL)
        queue(client, text, strlen(text));
    free(text);
    json_decref(event);
}

/* Send the next events for as long as the socket accepts them. */
static void
send_events(struct client *client)
{
    static const char reload[] = "{\"Type\":\"prune\",\"Data\":null}";
    struct hub *hub = client->web->hub;
    bool has_more = true;

    if (!client->is_greeted)
        greet(client);
    while (has_more && !client->is_over) {
        const struct hub_event *event = NULL;

        if (wslay_event_want_write(client->frames) &&
            wslay_event_send(client->frames) != 0)
            client->is_over = true;
        if (wslay_event_get_close_sent(client->frames))
            client->is_over = true;
        if (client->is_over || wslay_event_want_write(client->frames))
            return; /* the last one is not sent yet */
        pthread_mutex_lock(&hub->lock);
        switch (hub_next(hub, &client->listener, &event)) {
        case HUB_OK:
            queue(client, event->text, event->len);
            break;
        case HUB_MISSED:
            queue(client, reload, sizeof(reload) - 1);
            break;
        case HUB_NOTHING:
            has_more = false;
            break;
        }
        pthread_mutex_unlock(&hub->lock);
    }
}

static void
read_frames(struct client *client)
{
    if (wslay_event_recv(client->frames) != 0 ||
        (wslay_event_get_close_received(client->frames) &&
         !wslay_event_want_write(client->frames)))
        client->is_over = true;
}

static void
close_client(struct client *client)
{
    hub_leave(client->web->hub, &client->listener);
    wslay_event_context_free(client->frames);
    MHD_upgrade_action(client->handle, MHD_UPGRADE_ACTION_CLOSE);
    free(client->extra);
    free(client);
}

/* ---- the thread ---- */

static void
add_joining(struct websockets *websockets)
{
    struct client *client;

    pthread_mutex_lock(&websockets->lock);
    client = websockets->joining;
    websockets->joining = NULL;
    pthread_mutex_unlock(&websockets->lock);
    while (client != NULL) {
        struct client *next = client->next;

        client->next = websockets->clients;
        websockets->clients = client;
        atomic_fetch_add(&websockets->count, 1);
        hub_join(websockets->web->hub, &client->listener);
        read_frames(client); /* frames that came with the request */
        if (!client->is_over)
            send_events(client);
        client = next;
    }
}

static void
remove_closed(struct websockets *websockets, bool is_all)
{
    struct client **place = &websockets->clients;

    while (*place != NULL) {
        struct client *client = *place;

        if (!client->is_over && !is_all) {
            place = &client->next;
            continue;
        }
        *place = client->next;
        atomic_fetch_sub(&websockets->count, 1);
        close_client(client);
    }
}

static void
ping_all(struct websockets *websockets)
{
    static const struct wslay_event_msg ping = {.opcode = WSLAY_PING};

    for (struct client *client = websockets->clients; client != NULL;
         client = client->next) {
        if (wslay_event_queue_msg(client->frames, &ping) != 0)
            client->is_over =
                true; /* even if its close frame has waited a whole interval */
    }
}

static void
wait_and_serve(struct websockets *websockets)
{
    struct pollfd *wait =
        memory_new((atomic_load(&websockets->count) + 1) * sizeof(*wait));
    char octets[64];
    size_t n = 1;

    wait[0] = (struct pollfd){.fd = websockets->wake[0], .events = POLLIN};
    for (struct client *client = websockets->clients; client != NULL;
         client = client->next)
        wait[n++] = (struct pollfd){
            .fd = client->fd,
            .events = (short)(POLLIN |
                              (wslay_event_want_write(client->frames) ? POLLOUT : 0))};
    (void)poll(wait, (nfds_t)n, PING_S * 1000);
    while (read(websockets->wake[0], octets, sizeof(octets)) > 0)
        ;
    if (clock_monotonic_us() - websockets->pinged_us > PING_S * 1000000ull) {
        websockets->pinged_us = clock_monotonic_us();
        ping_all(websockets);
    }
    n = 1;
    for (struct client *client = websockets->clients; client != NULL;
         client = client->next) {
        if ((wait[n++].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
            read_frames(client);
        if (!client->is_over)
            send_events(client);
    }
    free(wait);
}

static void *
serve(void *context)
{
    struct websockets *websockets = context;

    while (!atomic_load(&websockets->is_stopping)) {
        add_joining(websockets);
        remove_closed(websockets, false);
        wait_and_serve(websockets);
    }
    add_joining(websockets);
    remove_closed(websockets, true);
    return NULL;
}

struct websockets *
websockets_start(struct web *web, struct error *error)
{
    struct websockets *websockets = memory_new(sizeof(*websockets));

    websockets->web = web;
    pthread_mutex_init(&websockets->lock, NULL);
    if (pipe2(websockets->wake, O_CLOEXEC | O_NONBLOCK) == 0 &&
        pthread_create(&websockets->thread, NULL, serve, websockets) == 0)
        return websockets;
    error_set(error, ERROR_SYSTEM, "web: no threads or descriptors left: free some");
    free(websockets);
    return NULL;
}

void
websockets_stop(struct websockets *websockets)
{
    atomic_store(&websockets->is_stopping, true);
    wake_thread(websockets);
    pthread_join(websockets->thread, NULL);
}

void
websockets_free(struct websockets *websockets)
{
    close(websockets->wake[0]);
    close(websockets->wake[1]);
    free(websockets);
}

/* ---- the upgrade ---- */

static void
upgraded(void *context, struct MHD_Connection *connection, void *state,
         const char *extra, size_t extra_len, MHD_socket fd,
         struct MHD_UpgradeResponseHandle *handle)
{
    struct web *web = context;
    struct client *client = memory_new(sizeof(*client));
    int flags = fcntl(fd, F_GETFL);

    (void)connection;
    (void)state;
    (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    client->web = web;
    client->handle = handle;
    client->fd = fd;
    client->listener.topics = HUB_MAILPIT;
    client->listener.wake = wake_one;
    client->extra = memory_copy(slice_of(extra, extra_len));
    client->extra_len = extra_len;
    if (wslay_event_context_server_init(&client->frames, &callbacks, client) != 0)
        memory_fail();
    wslay_event_config_set_max_recv_msg_length(client->frames, MESSAGE_MAX);
    pthread_mutex_lock(&web->websockets->lock);
    client->next = web->websockets->joining;
    web->websockets->joining = client;
    pthread_mutex_unlock(&web->websockets->lock);
    wake_thread(web->websockets);
}

/* RFC 6455 4.2.2: the key and a constant, hashed. */
static char *
accept_value(struct slice key)
{
    static const char constant[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    guint8 digest[20];
    gsize len = sizeof(digest);
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA1);
    char *value;

    g_checksum_update(sum, (const guchar *)key.ptr, (gssize)key.len);
    g_checksum_update(sum, (const guchar *)constant, sizeof(constant) - 1);
    g_checksum_get_digest(sum, digest, &len);
    g_checksum_free(sum);
    value = g_base64_encode(digest, len);
    return value;
}

void
websocket_open(struct web *web, const struct request *request, struct reply *reply)
{
    struct slice key = request_header(request, "Sec-WebSocket-Key");
    struct MHD_Response *response;
    char *value;

    if (key.len == 0 || key.len > 100 ||
        !slice_is_equal_fold(request_header(request, "Upgrade"), SLICE("websocket"))) {
        reply_text(reply, 400, "Bad Request\n");
        return;
    }
    if (!slice_is_equal(request_header(request, "Sec-WebSocket-Version"),
                        SLICE("13"))) {
        reply_text(reply, 426, "Upgrade Required\n");
        reply_header(reply, "Sec-WebSocket-Version", SLICE("13")); /* RFC 6455 4.4 */
        return;
    }
    if (atomic_load(&web->is_stopping) ||
        atomic_load(&web->websockets->count) >= CLIENTS_MAX) {
        reply_text(reply, 503, "Too many listeners: close some.\n");
        return;
    }
    response = MHD_create_response_for_upgrade(upgraded, web);
    if (response == NULL)
        memory_fail();
    value = accept_value(key);
    MHD_add_response_header(response, "Upgrade", "websocket");
    MHD_add_response_header(response, "Sec-WebSocket-Accept", value);
    reply->is_streaming =
        MHD_queue_response(request->connection, MHD_HTTP_SWITCHING_PROTOCOLS,
                           response) == MHD_YES;
    MHD_destroy_response(response);
    g_free(value);
    if (!reply->is_streaming)
        reply_text(reply, 500, "The connection could not be upgraded.\n");
}
