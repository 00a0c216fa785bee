/* control - the socket beside the store: delete, tag, read, import, stats, shutdown
 *
 * One JSON object a line; each request gets one object back: {"ok":true, …} or
 * {"ok":false, "error":"…"}. The socket is a file only our user can open, but its
 * peers are not trusted: every size is bounded and every step has a time-out.
 *
 *   {"op":"delete",WHICH}                  {"op":"tag",WHICH,"tags":[…]}
 *   {"op":"read",WHICH,"read":BOOL}        {"op":"stats"}    {"op":"shutdown"}
 *   {"op":"import","size":N,"mail_from":…,"rcpt_to":[…],"received_at_us":N,
 *       "login":NAME,"tags":[…]}   (the last three may be left out)
 *       and N octets behind the line -> {"ok":true,"id":ID}
 *   WHICH: "id":ID, or "ids":[ID, …], at most 1000; "count" in the answer tells how
 * many of them there were.
 *
 * Each connection has a thread of its own that may block; the reactors are not
 * touched, and the store is reached through the committer only.
 */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include "server/server.h"

struct control; /* opaque */

/* Listen beside the store file at store_path. shutdown is called (by any thread)
 * when that is asked for. NULL: error says why. */
struct control *control_start(struct server *server, const char *store_path,
                              void (*shutdown)(struct server *server),
                              struct error *error);

/* Take no more requests and wait for those at work; the committer must still run. */
void control_stop(struct control *control);

/* Free it, once the committer has ended. Takes NULL and returns NULL. */
struct control *control_free(struct control *control);

#endif
