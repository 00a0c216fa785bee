/* control.c - connections of the control socket, and waiting for the committer
 *
 * All clients share one desk, which lives longer than any of them: the committer may
 * call it a moment after a client has seen its result and gone. Whichever client is
 * awake takes what is on the desk, for all of them.
 */
#include "base/log.h"
#include "control/client.h"
#include "net/socket.h"
#include "server/control_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    CLIENTS_MAX = 16,
    STEP_MS = 10000,  /* for each line, and each piece of a body */
    LOOK_UP_MS = 500, /* how soon the listener sees the end */
    THREAD_STACK = 256 * 1024,
};

/* ---- the committer ---- */

#define CONTROL_OF(desk_ptr)                                                           \
    ((struct control *)(void *)((char *)(desk_ptr)-offsetof(struct control, desk)))

static void
desk_called(struct work_desk *desk)
{
    struct control *control = CONTROL_OF(desk);

    pthread_mutex_lock(&control->lock);
    control->generation++;
    pthread_cond_broadcast(&control->changed);
    pthread_mutex_unlock(&control->lock);
}

static void
work_done(struct work *work)
{
    struct control_client *client = ((struct control_work *)(void *)work)->client;
    struct control *control = client->control;

    pthread_mutex_lock(&control->lock);
    client->pending--;
    pthread_cond_broadcast(&control->changed);
    pthread_mutex_unlock(&control->lock);
}

void
control_commit(struct control_client *client, struct control_work *works, size_t count)
{
    struct control *control = client->control;

    for (size_t i = 0; i < count; i++) {
        works[i].client = client;
        works[i].work.desk = &control->desk;
        works[i].work.finish = work_done;
        works[i].work.next = i + 1 < count ? &works[i + 1].work : NULL;
    }
    pthread_mutex_lock(&control->lock);
    client->pending = (unsigned)count;
    pthread_mutex_unlock(&control->lock);
    committer_submit(&control->server->committer, &works[0].work,
                     &works[count - 1].work);

    pthread_mutex_lock(&control->lock);
    while (client->pending > 0) {
        uint64_t generation = control->generation;
        size_t taken;

        pthread_mutex_unlock(&control->lock);
        taken = work_desk_take(&control->desk);
        pthread_mutex_lock(&control->lock);
        while (taken == 0 && client->pending > 0 && generation == control->generation)
            pthread_cond_wait(&control->changed, &control->lock);
    }
    pthread_mutex_unlock(&control->lock);
}

void
control_tell(struct control *control, enum feed_kind kind, const struct id *ids,
             size_t count)
{
    pthread_mutex_lock(&control->lock);
    for (size_t i = 0; i < count; i++)
        feed_message(&control->feed, kind, &ids[i]);
    feed_flush(&control->feed);
    pthread_mutex_unlock(&control->lock);
}

/* ---- one connection ---- */

static bool
answer(struct control_client *client, json_t *reply)
{
    char *text = reply != NULL ? json_dumps(reply, JSON_COMPACT) : NULL;
    bool is_sent = text != NULL &&
                   net_stream_write(&client->stream, slice_from(text)) &&
                   net_stream_write(&client->stream, SLICE("\n"));

    free(text);
    json_decref(reply);
    return is_sent;
}

static void
leave(struct control_client *client)
{
    struct control *control = client->control;
    struct control_client **place = &control->clients;

    pthread_mutex_lock(&control->lock);
    while (*place != client)
        place = &(*place)->next;
    *place = client->next;
    control->client_count--;
    net_close(client->stream.fd); /* under the lock: control_stop may shut it */
    pthread_cond_broadcast(&control->changed);
    pthread_mutex_unlock(&control->lock);
    free(client);
}

/* A request that was not understood, or an import that was refused, may leave octets
 * of a mail behind it: they are not requests, so nothing is read any more. */
static bool
may_leave_octets(const json_t *request, const json_t *reply)
{
    const char *op = json_string_value(json_object_get(request, "op"));
    bool is_import = op == NULL || strcmp(op, "import") == 0;

    return is_import && !json_is_true(json_object_get(reply, "ok"));
}

static void *
client_main(void *context)
{
    struct control_client *client = context;
    struct slice line;

    while (!atomic_load(&client->control->is_stopping) &&
           net_stream_read_line(&client->stream, &line)) {
        json_t *request = json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, NULL);
        json_t *reply = json_is_object(request)
                            ? control_do(client, request)
                            : control_refusal("not a JSON object on one line");

        bool is_lost = may_leave_octets(request, reply);
        json_decref(request);
        if (!answer(client, reply) || is_lost)
            break;
    }
    leave(client);
    return NULL;
}

/* Give the connection a thread; if that is not possible it is closed. */
static void
serve(struct control *control, int fd)
{
    struct control_client *client = malloc(sizeof(*client));
    pthread_attr_t attributes;
    pthread_t thread;

    if (client == NULL) {
        net_close(fd);
        return;
    }
    client->control = control;
    client->pending = 0;
    net_stream_init(&client->stream, fd, STEP_MS);
    pthread_mutex_lock(&control->lock);
    client->next = control->clients;
    control->clients = client;
    control->client_count++;
    pthread_mutex_unlock(&control->lock);

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, THREAD_STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, client_main, client) != 0)
        leave(client);
    pthread_attr_destroy(&attributes);
}

static void *
control_main(void *context)
{
    struct control *control = context;

    while (!atomic_load(&control->is_stopping)) {
        int fd;

        pthread_mutex_lock(&control->lock);
        while (control->client_count >= CLIENTS_MAX &&
               !atomic_load(&control->is_stopping))
            pthread_cond_wait(&control->changed, &control->lock);
        pthread_mutex_unlock(&control->lock);
        fd = net_stream_accept(control->listener, LOOK_UP_MS);
        if (fd >= 0)
            serve(control, fd);
    }
    return NULL;
}

/* ---- life ---- */

struct control *
control_start(struct server *server, const char *store_path,
              void (*shutdown)(struct server *server), struct error *error)
{
    struct control *control = calloc(1, sizeof(*control));

    if (control == NULL || (control->path = control_path(store_path)) == NULL) {
        error_set(error, ERROR_SYSTEM, "control socket: out of memory: free some");
        free(control);
        return NULL;
    }
    control->server = server;
    control->shutdown = shutdown;
    work_desk_init(&control->desk, desk_called);
    feed_init(&control->feed, server->settings->web_place.feed[0]);
    pthread_mutex_init(&control->lock, NULL);
    pthread_cond_init(&control->changed, NULL);
    control->listener = net_stream_listen(control->path, error);
    if (control->listener >= 0 &&
        pthread_create(&control->thread, NULL, control_main, control) == 0)
        return control;
    error_set(error, ERROR_SYSTEM, "control socket: no threads left: free some");
    if (control->listener >= 0) {
        net_close(control->listener);
        unlink(control->path);
    }
    return control_free(control);
}

void
control_stop(struct control *control)
{
    atomic_store(&control->is_stopping, true);
    unlink(control->path);
    pthread_mutex_lock(&control->lock);
    pthread_cond_broadcast(&control->changed);
    pthread_mutex_unlock(&control->lock);
    net_stream_shut(control->listener);
    pthread_join(control->thread, NULL);
    net_close(control->listener);

    pthread_mutex_lock(&control->lock);
    for (struct control_client *client = control->clients; client != NULL;
         client = client->next)
        net_stream_shut(client->stream.fd);
    while (control->client_count > 0)
        pthread_cond_wait(&control->changed, &control->lock);
    pthread_mutex_unlock(&control->lock);
}

struct control *
control_free(struct control *control)
{
    if (control == NULL)
        return NULL;
    work_desk_clear(&control->desk);
    feed_clear(&control->feed);
    pthread_cond_destroy(&control->changed);
    pthread_mutex_destroy(&control->lock);
    free(control->path);
    free(control);
    return NULL;
}
