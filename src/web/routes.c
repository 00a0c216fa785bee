/* routes.c - the routes of all handlers; the first row that matches is used */
#include "web/routes.h"

#include "api/api.h"
#include "api/mailhog.h"
#include "api/mailpit.h"
#include "live/events.h"
#include "live/websocket.h"
#include "pages/page.h"

enum { SEND_BODY = 80 << 20, PASTE_BODY = 16 << 20 };

/* clang-format off */
static const struct http_route routes[] = {
    /* Mailpit's API */
    {HTTP_GET, "/api/v1/messages", mailpit_list, 0},
    {HTTP_PUT, "/api/v1/messages", mailpit_set_read, 0},
    {HTTP_DELETE, "/api/v1/messages", mailpit_delete, 0},
    {HTTP_GET, "/api/v1/search", mailpit_search, 0},
    {HTTP_DELETE, "/api/v1/search", mailpit_delete_search, 0},
    {HTTP_GET, "/api/v1/message/*", mailpit_message, 0},
    {HTTP_GET, "/api/v1/message/*/headers", mailpit_headers, 0},
    {HTTP_GET, "/api/v1/message/*/raw", mailpit_raw, 0},
    {HTTP_GET, "/api/v1/message/*/part/*", mailpit_part, 0},
    {HTTP_GET, "/api/v1/message/*/part/*/thumb", mailpit_thumb, 0},
    {HTTP_GET, "/api/v1/message/*/html-check", mailpit_html_check, 0},
    {HTTP_GET, "/api/v1/message/*/link-check", mailpit_link_check, 0},
    {HTTP_GET, "/api/v1/message/*/sa-check", mailpit_no_sa_check, 0},
    {HTTP_POST, "/api/v1/message/*/release", mailpit_release, 0},
    {HTTP_POST, "/api/v1/send", mailpit_send, SEND_BODY},
    {HTTP_GET, "/api/v1/tags", mailpit_tags, 0},
    {HTTP_PUT, "/api/v1/tags", mailpit_set_tags, 0},
    {HTTP_PUT, "/api/v1/tags/*", mailpit_rename_tag, 0},
    {HTTP_DELETE, "/api/v1/tags/*", mailpit_delete_tag, 0},
    {HTTP_GET, "/api/v1/info", mailpit_info, 0},
    {HTTP_GET, "/api/v1/webui", mailpit_webui, 0},
    {HTTP_GET | HTTP_PUT, "/api/v1/chaos", mailpit_chaos, 0},
    {HTTP_GET, "/api/v1/swagger.json", api_openapi, 0},
    {HTTP_GET, "/view/*", mailpit_view, 0},
    {HTTP_GET, "/api/events", websocket_open, 0},
    {HTTP_OPTIONS, "/api/v1/**", api_options, 0},

    /* our own */
    {HTTP_GET, "/api/postern/events", events_stream, 0},
    {HTTP_GET, "/api/postern/sessions", api_sessions, 0},
    {HTTP_GET, "/api/postern/sessions/*", api_session, 0},
    {HTTP_POST, "/api/postern/explain", api_explain, PASTE_BODY},
    {HTTP_GET, "/api/postern/codes", api_codes, 0},
    {HTTP_GET, "/api/postern/codes/*", api_code, 0},
    {HTTP_GET, "/api/postern/compare/*/*", api_compare, 0},
    {HTTP_GET, "/api/postern/wait", api_wait, 0},
    {HTTP_GET, "/api/postern/stats", api_stats, 0},
    {HTTP_GET, "/api/postern/message/*/raw", api_raw, 0},
    {HTTP_GET, "/api/postern/openapi.json", api_openapi, 0},
    {HTTP_OPTIONS, "/api/postern/**", api_options, 0},
    {HTTP_GET, "/metrics", api_metrics, 0},
    {HTTP_GET, "/livez", api_live, 0},
    {HTTP_GET, "/readyz", api_ready, 0},

    /* MailHog's API, as far as its clients use it */
    {HTTP_GET, "/api/v2/messages", mailhog_list, 0},
    {HTTP_GET, "/api/v2/search", mailhog_search, 0},
    {HTTP_GET | HTTP_POST | HTTP_PUT | HTTP_DELETE, "/api/v2/jim", mailhog_jim, 0},
    {HTTP_GET, "/api/v2/outgoing-smtp", mailhog_outgoing, 0},
    {HTTP_GET, "/api/v1/messages/*", mailhog_message, 0},
    {HTTP_DELETE, "/api/v1/messages/*", mailhog_delete, 0},
    {HTTP_GET, "/api/v1/messages/*/download", mailhog_download, 0},
    {HTTP_GET, "/api/v1/messages/*/mime/part/*/download", mailhog_part, 0},
    {HTTP_POST, "/api/v1/messages/*/release", mailhog_release, 0},

    /* pages */
    {HTTP_GET, "/", page_inbox, 0},
    {HTTP_POST, "/messages", page_change_messages, 0},
    {HTTP_GET, "/message/*", page_message, 0},
    {HTTP_POST, "/message/*", page_change_message, 0},
    {HTTP_GET, "/sessions", page_sessions, 0},
    {HTTP_GET, "/sessions/*", page_session, 0},
    {HTTP_GET, "/codes", page_codes, 0},
    {HTTP_GET, "/codes/*", page_code, 0},
    {HTTP_GET, "/compare", page_compare_form, 0},
    {HTTP_GET, "/compare/*/*", page_compare, 0},
    {HTTP_GET, "/explain", page_explain, 0},
    {HTTP_POST, "/explain", page_explain_paste, 3 * PASTE_BODY},
    {HTTP_GET, "/try", page_try, 0},
    {HTTP_GET, "/status", page_status, 0},
    {HTTP_GET, "/ui/*", page_asset, 0},
};
/* clang-format on */

const struct router web_routes = {routes, ARRAY_LEN(routes)};
