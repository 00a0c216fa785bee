/* client - asking a running server to do something with its store
 *
 * For commands and the web role. store_path is the path of the store file, which names
 * the socket. Every function blocks until the server has answered, up to a minute for
 * each request, may be called by any thread, and ends the program when there is no
 * memory (base/memory.h).
 *
 * All of them return a control_result (control/answer.h), and set error unless it is
 * CONTROL_OK: ERROR_NOT_FOUND for CONTROL_NO_SERVER, else ERROR_SYSTEM. The text for
 * CONTROL_REFUSED and CONTROL_NO_MESSAGE is the server's reason and nothing else.
 */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

#include "base/error.h"
#include "base/id.h"
#include "base/slice.h"
#include "control/answer.h"
#include "json/json.h"

/* The path of the socket for a store file. NULL: no memory. Freed by the caller. */
char *control_path(const char *store_path);

/* ---- changes to messages ----
 *
 * Any number of ids; they are sent in parts of CONTROL_IDS_MAX, in their order. With
 * done_out not NULL, done_out[i] says whether message i was changed. CONTROL_NO_MESSAGE
 * only means that a part had no message that was still there, and does not stop the
 * rest; any other failure does: what comes after it was not asked for. */

MUST_USE enum control_result control_delete(const char *store_path,
                                            const struct id *ids, size_t count,
                                            bool *done_out, struct error *error);

MUST_USE enum control_result control_mark(const char *store_path, const struct id *ids,
                                          size_t count, bool is_read,
                                          struct error *error);

/* Replace the tags of the messages. tags: words separated by commas, CONTROL_TAGS_MAX
 * octets at most; empty: they lose theirs. */
MUST_USE enum control_result control_tag(const char *store_path, const struct id *ids,
                                         size_t count, struct slice tags,
                                         struct error *error);

/* ---- the rest ---- */

/* The envelope of a message to be stored; see control/request.h for the limits. */
struct control_envelope {
    struct slice mail_from;   /* "" is the null path */
    const struct slice *rcpt; /* the recipients */
    size_t rcpt_count;
    uint64_t received_at_us; /* 0: now */
    struct slice login;      /* who sent it; empty: nobody logged in */
    struct slice tags;       /* separated by commas; empty: none */
};

/* Store a message, whose octets are content. id_out: what the server calls it, set for
 * CONTROL_OK only. */
MUST_USE enum control_result control_import(const char *store_path,
                                            const struct control_envelope *envelope,
                                            struct slice content, struct id *id_out,
                                            struct error *error);

/* The counters of the server. *stats_out: an object of numbers and booleans, freed with
 * json_decref; NULL unless CONTROL_OK. */
MUST_USE enum control_result control_stats(const char *store_path, json_t **stats_out,
                                           struct error *error);

#endif
