/* mailpit - Mailpit's API v1, compatible with its clients
 *
 * Keys, their case and the plain "ok" are a contract with other programs: nothing is
 * added to these objects. Postern's own data has paths of its own (api.h).
 */
#ifndef API_MAILPIT_H
#define API_MAILPIT_H

#include "http/http.h"

/* ---- mailpit_list.c ---- */
http_handler mailpit_list, mailpit_search, mailpit_set_read, mailpit_delete,
    mailpit_delete_search;

/* ---- mailpit_message.c ---- */
http_handler mailpit_message, mailpit_headers, mailpit_raw, mailpit_part, mailpit_thumb,
    mailpit_view;

/* ---- mailpit_check.c ---- */
http_handler mailpit_html_check, mailpit_link_check, mailpit_no_sa_check,
    mailpit_release;

/* ---- mailpit_send.c ---- */
http_handler mailpit_send;

/* ---- mailpit_tags.c ---- */
http_handler mailpit_tags, mailpit_set_tags, mailpit_rename_tag, mailpit_delete_tag;

/* ---- mailpit_info.c ---- */
http_handler mailpit_info, mailpit_webui, mailpit_chaos;

/* Reply "ok". */
void mailpit_ok(struct reply *reply);

#endif
