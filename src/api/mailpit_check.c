/* mailpit_check.c - checks of a message, and releasing it
 *
 * This server opens no outgoing connections: links are listed but not visited, and
 * nothing is relayed.
 */
#include "api/mailpit.h"

#include "http/web.h"
#include "inbox/view.h"
#include "json/jsonout.h"
#include "mime/html_check.h"
#include "mime/markup.h"

void
mailpit_html_check(struct web *web, const struct request *request, struct reply *reply)
{
    struct view view;
    struct buf html;

    if (!view_open(&view, web->inbox, request, reply))
        return;
    buf_init(&html, MARKUP_MAX);
    mime_html(view.message.mime, &html);
    if (html.len == 0)
        reply_text(reply, 400, "message does not contain HTML");
    else
        reply_json(reply, html_check(buf_slice(&html)));
    buf_clear(&html);
    view_close(&view);
}

/* Each link is compared with all before it: their number needs a limit. */
enum { LINKS_MAX = 1000 };

struct links {
    json_t *list;
};

static void
add_link(void *context, const char *kind, struct slice url)
{
    struct links *links = context;
    json_t *text, *link;
    size_t i;

    (void)kind;
    if (json_array_size(links->list) == LINKS_MAX ||
        (!slice_has_prefix_fold(url, SLICE("http://")) &&
         !slice_has_prefix_fold(url, SLICE("https://"))))
        return;
    text = jsonout_text(url);
    json_array_foreach(links->list, i, link)
    {
        if (json_equal(json_object_get(link, "URL"), text)) {
            json_decref(text);
            return;
        }
    }
    link = jsonout_object();
    jsonout_set(link, "URL", text);
    jsonout_set(link, "StatusCode", jsonout_number(0));
    jsonout_set(link, "Status", json_string("not visited"));
    jsonout_append(links->list, link);
}

static void
add_links_of_text(struct links *links, struct slice text)
{
    while (text.len > 0) {
        size_t len = 0;

        if (!slice_has_prefix_fold(text, SLICE("http://")) &&
            !slice_has_prefix_fold(text, SLICE("https://"))) {
            text = slice_skip(text, 1);
            continue;
        }
        while (len < text.len && memchr(" \t\r\n<>\"'()", text.ptr[len], 10) == NULL)
            len++;
        add_link(links, "text", slice_of(text.ptr, len));
        text = slice_skip(text, len);
    }
}

void
mailpit_link_check(struct web *web, const struct request *request, struct reply *reply)
{
    struct links links = {.list = jsonout_array()};
    struct view view;
    struct buf html, text;
    json_t *object;

    if (!view_open(&view, web->inbox, request, reply)) {
        json_decref(links.list);
        return;
    }
    buf_init(&html, MARKUP_MAX);
    mime_html(view.message.mime, &html);
    markup_links(buf_slice(&html), add_link, &links);
    buf_init(&text, MARKUP_MAX);
    mime_text(view.message.mime, &text);
    add_links_of_text(&links, buf_slice(&text));
    buf_clear(&text);
    object = jsonout_object();
    jsonout_set(object, "Errors", jsonout_number(0));
    jsonout_set(object, "Links", links.list);
    reply_json(reply, object);
    buf_clear(&html);
    view_close(&view);
}

void
mailpit_no_sa_check(struct web *web, const struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    reply_text(reply, 404, "404 page not found");
}

void
mailpit_release(struct web *web, const struct request *request, struct reply *reply)
{
    struct view view;

    if (!view_open(&view, web->inbox, request, reply))
        return;
    view_close(&view);
    reply_text(reply, 400, "SMTP relay is not configured");
}
