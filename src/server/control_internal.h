/* control_internal - what the files of the control socket share
 *
 *   control.c        connections: a thread each, a request, an answer
 *     control_ops.c    what each operation does, a table of them
 *       control_import.c   the one with octets after its line
 *         control_work.c     having something committed, announced and answered
 *
 * Each calls only those below it.
 */
#ifndef SERVER_CONTROL_INTERNAL_H
#define SERVER_CONTROL_INTERNAL_H

#include "control/answer.h"
#include "control/request.h"
#include "journal/feed.h"
#include "net/stream.h"
#include "server/server.h"

enum { CONTROL_NUMBERS_MAX = STAT_COUNT + 10 };

struct control_numbers {
    struct control_stat list[CONTROL_NUMBERS_MAX];
    size_t count;
};

/* One connection and its thread. */
struct control_client {
    struct control *control;
    struct control_client *next; /* under control->lock */
    unsigned pending;            /* works not back yet; under control->lock */
    struct net_stream stream;

    /* of the request at hand */
    uint64_t body_left; /* octets after its line that are not read yet */
    struct id *left;    /* what its answer names: these three; left is allocated */
    struct control_numbers numbers;
    struct id imported;
    bool is_last; /* what follows it may be octets of a mail, not a request */
};

struct control {
    struct server *server;
    void (*shutdown)(struct server *server);
    char *path;
    int listener;
    pthread_t thread;
    struct completion_queue completions; /* of all clients */

    pthread_mutex_t lock;
    pthread_cond_t changed;         /* generation, pending or clients */
    struct feed_writer feed;        /* under lock */
    uint64_t generation;            /* under lock: times the committer has called */
    struct control_client *clients; /* under lock */
    unsigned client_count;          /* under lock */
    atomic_bool is_stopping;
};

/* ---- control_work.c ---- */

/* A work of a client. */
struct control_work {
    struct work work; /* first */
    struct control_client *client;
};

void control_work_init(struct control *control);
void control_work_clear(struct control *control);

/* Submit count works, an array, and wait until all are done. */
void control_commit(struct control_client *client, struct control_work *works,
                    size_t count);

/* Announce to the web role what became of these messages. */
void control_announce(struct control *control, enum feed_kind kind,
                      const struct id *ids, size_t count);

/* What a result of the store means to the client. */
void control_set_result(struct control_answer *answer, enum store_result result);

/* Set answer to CONTROL_REFUSED because of why. */
void control_refuse(struct control_answer *answer, const char *why);

/* ---- control_ops.c ---- */

/* Carry out the request in line. Returns the line of the answer, freed by the caller;
 * NULL: no memory. client->body_left and is_last say what to do with what follows. */
char *control_do(struct control_client *client, struct slice line);

/* ---- control_import.c ---- */

void control_import_run(struct control_client *client,
                        const struct control_request *request,
                        struct control_answer *answer);

#endif
