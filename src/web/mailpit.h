/* mailpit - Mailpit's API v1: paths, shapes and manners as its clients know them
 *
 * Keys, their case and the plain "ok" are a contract with programs of others; nothing
 * is added to these objects. What is Postern's own has paths of its own.
 */
#ifndef WEB_MAILPIT_H
#define WEB_MAILPIT_H

#include "web/web.h"

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

/* A list of ids that grows. */
struct id_list {
    struct id *ids;
    size_t count, size;
};
void id_list_add(struct id_list *list, const struct id *id);
void id_list_clear(struct id_list *list);

/* The ids of a JSON array; what is no id is passed over. */
void id_list_read(struct id_list *list, const json_t *array);

/* The ids of all messages of the store. */
void id_list_all(struct web *web, struct id_list *list);

/* Every message the API changed is told: one event each, or one for all. */
void mailpit_tell_each(struct web *web, const struct id_list *list, const char *type,
                       const char *key, json_t *value);

/* A tag made fit to be one; "" if nothing is left. Freed by the caller. */
char *mailpit_tag(const char *text);

/* Say "ok". */
void mailpit_ok(struct reply *reply);

#endif
