/* control.c - connections of the control socket
 *
 * Each has a thread, which reads a request, has it carried out (control_ops.c) and
 * writes the answer, one after the other. Octets of a body that nobody read are read
 * here and thrown away, so that they are never taken for the next request.
 */
#include "server/control.h"

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
    SKIP_PIECE = 16 * 1024,
};

/* ---- one connection ---- */

static bool
send_line(struct control_client *client, const char *text)
{
    return net_stream_write(&client->stream, slice_from(text)) &&
           net_stream_write(&client->stream, SLICE("\n"));
}

/* Read what is left of a body. False: it does not come. */
static bool
skip_body(struct control_client *client)
{
    char piece[SKIP_PIECE];

    while (client->body_left > 0) {
        size_t len = client->body_left < sizeof(piece) ? (size_t)client->body_left
                                                       : sizeof(piece);

        if (!net_stream_read(&client->stream, piece, len))
            return false;
        client->body_left -= len;
    }
    return true;
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

static void *
client_main(void *context)
{
    struct control_client *client = context;
    struct slice line;
    bool is_open = true;

    while (is_open && !atomic_load(&client->control->is_stopping) &&
           net_stream_read_line(&client->stream, &line)) {
        char *answer = control_do(client, line);

        is_open = skip_body(client) && !client->is_last;
        is_open = answer != NULL && send_line(client, answer) && is_open;
        free(answer);
    }
    leave(client);
    return NULL;
}

/* Give the connection a thread; if that is not possible it is closed. */
static void
serve(struct control *control, int fd)
{
    struct control_client *client = calloc(1, sizeof(*client));
    pthread_attr_t attributes;
    pthread_t thread;

    if (client == NULL) {
        net_close(fd);
        return;
    }
    client->control = control;
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
    control_work_init(control);
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
    control_work_clear(control);
    free(control->path);
    free(control);
    return NULL;
}
