/* events - the stream of server-sent events at /api/postern/events */
#ifndef WEB_EVENTS_H
#define WEB_EVENTS_H

#include "web/web.h"

http_handler events_stream;

/* Mailpit's "stats" data; a new object. */
json_t *web_stats_event(struct web *web);

/* Tell clients of Mailpit's websocket; data is taken over. */
void web_tell(struct web *web, const char *type, json_t *data);

#endif
