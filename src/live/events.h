/* events - the stream of server-sent events at /api/postern/events */
#ifndef LIVE_EVENTS_H
#define LIVE_EVENTS_H

#include "http/http.h"

http_handler events_stream;

#endif
