/* request - what may be asked of a running server: one table, written and read here
 *
 * The control socket is the file <store>.control. A client sends one JSON object on a
 * line, and perhaps octets after it; the server answers with one JSON object on a line
 * (control/answer.h). Both ends use this header, so neither builds JSON by itself:
 *
 *   {"op":"delete",IDS}   {"op":"read",IDS,"read":BOOL}   {"op":"tag",IDS,"tags":[…]}
 *   {"op":"stats"}        {"op":"shutdown"}
 *   {"op":"import","size":N,"mail_from":…,"rcpt_to":[…],"received_at_us":N,
 *       "login":NAME,"tags":[…]}   and N octets after the line; the last three may be
 *       left out
 *   IDS: "ids":[ID, …], at most CONTROL_IDS_MAX, or "id":ID for one
 *
 * A new operation: an enumerator here and its row in the table of request.c, which
 * names the fields it takes; a function that calls it in control/client.h; its handler
 * in server/control_ops.c. A new field: a member here and its row in request.c.
 */
#ifndef CONTROL_REQUEST_H
#define CONTROL_REQUEST_H

#include "base/attr.h"
#include "base/id.h"
#include "base/slice.h"
#include "json/json.h"

enum control_op {
    CONTROL_DELETE,   /* messages leave the store */
    CONTROL_MARK,     /* messages are marked as read, or as unread */
    CONTROL_TAG,      /* the tags of messages are replaced */
    CONTROL_IMPORT,   /* a message is stored as if it had been received */
    CONTROL_STATS,    /* the counters of the server */
    CONTROL_SHUTDOWN, /* it ends as by SIGTERM */
    CONTROL_OP_COUNT
};

enum {
    CONTROL_IDS_MAX = 1000,     /* messages of one request; clients send larger sets in
                                   parts */
    CONTROL_TAGS_MAX = 2000,    /* octets of all tags, with a comma between two */
    CONTROL_ADDRESS_MAX = 1024, /* octets of an address */
    CONTROL_LOGIN_MAX = 200,    /* octets of the name of a login */
};

struct control_request {
    enum control_op op;
    const struct id *ids; /* delete, read, tag */
    size_t id_count;
    bool is_read;             /* read */
    struct slice tags;        /* tag, import: comma-separated */
    uint64_t size;            /* import: octets after the line */
    struct slice mail_from;   /* import: "" is the null path */
    const struct slice *rcpt; /* import */
    size_t rcpt_count;
    uint64_t received_at_us; /* import; 0: now */
    struct slice login;      /* import: who sent it; empty: nobody logged in */

    /* what a request that was read owns */
    void *memory[3];
    json_t *document;
};

/* The line for request, without its LF; freed with free(). Ends the program when there
 * is no memory (json/jsonout.h). Addresses that are not UTF-8 are repaired. */
char *control_request_write(const struct control_request *request);

/* Read a line, without its LF, that a peer has sent. Everything is checked: the values
 * of the fields that op takes are as this header says. NULL, or what is wrong with it,
 * a text that lives as long as request; op is CONTROL_OP_COUNT then if it was not
 * understood, and size is that of the request if it could be read.
 * Call control_request_clear in any case: the members borrow from request. */
const char *control_request_read(struct control_request *request, struct slice line);

void control_request_clear(struct control_request *request);

#endif
