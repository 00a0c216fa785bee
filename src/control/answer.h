/* answer - what a running server answers, written and read here
 *
 *   {"ok":true, …}   {"ok":false,"result":"refused","error":"why: what to do"}
 *   delete, read, tag: "count":N messages that were there; and, if some were not
 * changed, "left":[ID, …] names them, in the order of the request import: "id":ID of
 * the message      stats: "stats":{"sessions":N, …}
 *
 * "result" is for programs, "error" for people: nobody decides by the words of an
 * error.
 */
#ifndef CONTROL_ANSWER_H
#define CONTROL_ANSWER_H

#include "base/attr.h"
#include "base/id.h"
#include "base/slice.h"
#include "json/json.h"

enum control_result {
    CONTROL_OK = 0,
    CONTROL_NO_MESSAGE, /* none of the messages is there (any more) */
    CONTROL_REFUSED,    /* the server did not do it, or not all of it, and said why */

    /* never in an answer: what a client finds out by itself (control/client.h) */
    CONTROL_NO_SERVER, /* no server has this store */
    CONTROL_NO_ANSWER, /* the server was asked; whether it did it is not known */
};

/* One number of the stats, or with is_flag true (1) or false (0). */
struct control_stat {
    const char *name;
    uint64_t value;
    bool is_flag;
};

/* Only what op answers is set, the rest is zeros. Everything is borrowed. */
struct control_answer {
    enum control_result result;
    const char *why; /* if not CONTROL_OK: what: why: what to do */
    bool has_count;  /* delete, read, tag */
    size_t count;
    const struct id *left;
    size_t left_count;
    const struct id *id;              /* import */
    const struct control_stat *stats; /* stats */
    size_t stat_count;
};

/* The line for answer, without its LF; freed with free(). NULL: no memory. */
char *control_answer_write(const struct control_answer *answer);

/* Read a line, without its LF, that a server has sent. *why_out: for a person, borrowed
 * from the document; never NULL unless CONTROL_OK is returned.
 * document_out: the whole answer, NULL when line is none; freed with json_decref. What
 * more is in it is read by the three functions below. */
enum control_result control_answer_read(struct slice line, json_t **document_out,
                                        const char **why_out);

/* done_out[i]: ids[i] of the request was changed. */
void control_answer_done(const json_t *document, const struct id *ids, size_t count,
                         bool *done_out);

/* The id of the message. False: there is none. */
MUST_USE bool control_answer_id(const json_t *document, struct id *out);

/* The stats, an object of numbers and booleans, borrowed. NULL: there are none. */
json_t *control_answer_stats(const json_t *document);

#endif
