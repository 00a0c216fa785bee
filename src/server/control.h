/* control - the socket beside the store, over which a running server is asked to do
 * something
 *
 * control/request.h says what may be asked, control/answer.h what is answered. The
 * socket is a file only our user can open, but its peers are not trusted: every size is
 * bounded and every step has a time-out.
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

/* Accept no more requests and wait for those in progress; the committer must still run.
 */
void control_stop(struct control *control);

/* Free it, once the committer has ended. Takes NULL and returns NULL. */
struct control *control_free(struct control *control);

#endif
