/* change - changes to messages: requested from the mail role, then announced
 *
 * The mail role is the only writer of the store. What it has done is written to the
 * index at once, so that the next request sees it, and announced to the listeners.
 *
 * Every function blocks until the mail role has answered, and may be called by any
 * thread. One that returns false has filled reply (unless it is NULL) with the reason:
 * 503 if the mail role does not answer, else 500.
 */
#ifndef LIVE_CHANGE_H
#define LIVE_CHANGE_H

#include "control/client.h"
#include "http/http.h"
#include "inbox/ids.h"

#include <pthread.h>
#include <stdatomic.h>

struct hub;
struct live;

enum { CHANGE_OWN_MAX = 4096 };

struct change {
    const char *store_file; /* names the control socket */
    struct inbox *inbox;
    struct hub *hub;
    struct live *live;
    atomic_ullong deleted; /* messages, since the start */
    pthread_mutex_t own_lock;
    struct id own[CHANGE_OWN_MAX]; /* our deletions that the feed has not reported yet;
                                      under own_lock */
    size_t own_count;              /* under own_lock */
};

void change_init(struct change *change, const char *store_file, struct inbox *inbox,
                 struct hub *hub, struct live *live);

/* Delete messages. One that no longer exists counts as deleted. */
bool change_delete(struct change *change, const struct ids *ids, struct reply *reply);
bool change_delete_all(struct change *change, struct reply *reply);

bool change_read(struct change *change, const struct ids *ids, bool is_read,
                 struct reply *reply);

/* Mark the message of a view as read, unless it is already. This ends its parsed form:
 * the request to the mail role may take long, and other messages must not wait. */
struct view;
void change_mark_read(struct change *change, struct view *view);

/* Replace the tags of messages. tags: comma-separated, of inbox/tag.h. */
bool change_tags(struct change *change, const struct ids *ids, struct slice tags,
                 struct reply *reply);

/* The same with different tags for each message: tags[i] for ids->list[i]. */
bool change_each_tags(struct change *change, const struct ids *ids, char *const *tags,
                      struct reply *reply);

/* Put a message into the store; *id_out is its id if that succeeds. */
bool change_import(struct change *change, struct slice source,
                   const struct control_envelope *envelope, struct id *id_out,
                   struct reply *reply);

/* The feed reports that a message was deleted: announce it. Our own deletions are
 * announced by the functions above and not again here. */
void change_on_deleted(struct change *change, const struct id *id);

/* The counters of the mail role, a new object; NULL: it does not answer. */
json_t *change_stats(struct change *change);

#endif
