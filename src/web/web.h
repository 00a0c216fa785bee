/* web - the web role: pages and API of one store, in a process of its own
 *
 * Threads: a few for requests (libmicrohttpd), one that fills the index (box), one that
 * hears the mail role (live), one for websockets. A failure that cannot be handled ends
 * the process; the supervisor starts it again, and mail never notices.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "web/box.h"
#include "web/guard.h"
#include "web/http.h"
#include "web/hub.h"
#include "web/live.h"

#include <stdatomic.h>

struct websockets;

enum { WEB_OWN_MAX = 4096 };

struct web {
    struct web_settings settings;
    struct box box;
    struct hub hub;
    struct live live;
    struct guard guard;
    struct websockets *websockets;
    uint64_t started_us; /* realtime */
    atomic_ullong requests, deleted;
    atomic_ullong body_octets; /* of the bodies of requests that are held */
    pthread_mutex_t own_lock;
    struct id own[WEB_OWN_MAX]; /* deleted by us, not heard back yet; under own_lock */
    size_t own_count;           /* under own_lock */
    atomic_bool is_stopping;
};

extern const char web_version[];

/* Serve as the settings in settings_fd say, until told to end. "ready" is written to
 * ready_fd. Returns the exit status. */
int web_run(int settings_fd, int ready_fd);

/* daemon.c: start and stop answering on the socket of the settings. */
struct MHD_Daemon *daemon_start(struct web *web, struct error *error);
void daemon_stop(struct web *web, struct MHD_Daemon *daemon);

/* ---- asking the mail role (control.c) ---- */

/* Delete, mark or tag messages, in as many requests as it takes, and change the index
 * at once. tags: comma-separated. False: reply says why. */
bool change_delete(struct web *web, const struct id *ids, size_t count,
                   struct reply *reply);
bool change_read(struct web *web, const struct id *ids, size_t count, bool is_read,
                 struct reply *reply);
bool change_tags(struct web *web, const struct id *ids, size_t count, struct slice tags,
                 struct reply *reply);

/* Put a message into the store. envelope, which is taken over: {mail_from, rcpt_to} and
 * perhaps login and tags. */
bool change_import(struct web *web, struct slice source, json_t *envelope,
                   struct id *id_out, struct reply *reply);

/* The message was deleted by change_delete, and this is the first time its end is heard
 * of. */
bool change_is_own(struct web *web, const struct id *id);

/* The numbers of the mail role; NULL: it does not answer. */
json_t *change_stats(struct web *web);

#endif
