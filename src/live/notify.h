/* notify - the events that clients of Mailpit's websocket receive
 *
 * Each is {"Type": type, "Data": data}, put into the hub for its listeners.
 */
#ifndef LIVE_NOTIFY_H
#define LIVE_NOTIFY_H

#include "http/web.h"
#include "json/json.h"
#include "live/hub.h"
#include "store/index.h"

/* Send an event at once; data is taken over. */
void notify(struct hub *hub, const char *type, json_t *data);

/* The data of a "stats" event: a new object. */
json_t *notify_stats_data(struct web *web);

/* Callbacks whose context is a struct web: a new message is in the index; the counts
 * are due. */
void notify_new(void *web, const struct index_entry *entry);
void notify_stats(void *web);

#endif
