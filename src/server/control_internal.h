/* control_internal - what the files of the control socket share */
#ifndef SERVER_CONTROL_INTERNAL_H
#define SERVER_CONTROL_INTERNAL_H

#include "journal/feed.h"
#include "net/stream.h"
#include "server/control.h"

#include <jansson.h>

/* One connection and its thread. */
struct control_client {
    struct control *control;
    struct control_client *next; /* under control->lock */
    unsigned pending;            /* works not back yet; under control->lock */
    struct net_stream stream;
};

struct control {
    struct server *server;
    void (*shutdown)(struct server *server);
    char *path;
    int listener;
    pthread_t thread;
    struct work_desk desk; /* of all clients */

    pthread_mutex_t lock;
    pthread_cond_t changed;         /* generation, pending or clients */
    struct feed_writer feed;        /* under lock */
    uint64_t generation;            /* under lock: times the committer has called */
    struct control_client *clients; /* under lock */
    unsigned client_count;          /* under lock */
    atomic_bool is_stopping;
};

/* A work of a client. */
struct control_work {
    struct work work; /* first */
    struct control_client *client;
};

/* Submit count works (one behind the other in the array) and wait for them. */
void control_commit(struct control_client *client, struct control_work *works,
                    size_t count);

/* Tell whoever watches what became of these messages. */
void control_tell(struct control *control, enum feed_kind kind, const struct id *ids,
                  size_t count);

/* Carry out a request; the answer is a new object. */
json_t *control_do(struct control_client *client, const json_t *request);

/* import, in control_import.c */
json_t *control_import(struct control_client *client, const json_t *request);

json_t *control_refusal(const char *error);

/* A list of tags as the store keeps them, comma-separated; cleared by the caller.
 * False: not a list of words without commas, or too long; out is empty then. */
bool control_read_tags(const json_t *tags, struct buf *out);

/* "store: …" for a result that is not STORE_OK. */
json_t *control_result(enum store_result result);

#endif
