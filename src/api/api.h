/* api - Postern's own API: /api/postern/…, /metrics, /livez, /readyz */
#ifndef API_API_H
#define API_API_H

#include "http/http.h"

/* ---- api_sessions.c ---- */
http_handler api_sessions, api_session;

/* ---- api_reference.c ---- */
http_handler api_explain, api_codes, api_code, api_compare;

/* ---- api_wait.c ---- */
http_handler api_wait;

/* ---- api_server.c ---- */
http_handler api_stats, api_raw, api_openapi, api_metrics, api_live, api_ready,
    api_options;

/* Reply {"error": why} with a status. */
void api_refuse(struct reply *reply, unsigned status, const char *why);

#endif
