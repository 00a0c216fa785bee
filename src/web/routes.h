/* routes - the routes of all handlers */
#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include "http/router.h"

extern const struct router web_routes;

#endif
