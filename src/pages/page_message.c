/* page_message.c - the page of one message, and the changes its forms make */
#include "pages/page.h"

#include "base/memory.h"
#include "http/web.h"
#include "inbox/tag.h"
#include "inbox/view.h"
#include "json/jsonout.h"
#include "live/change.h"
#include "pages/message_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the head ---- */

static void
put_address(struct html *html, const struct mime_address *address)
{
    if (address->name[0] != '\0') {
        html_string(html, address->name);
        html_markup(html, " &lt;");
        html_string(html, address->address);
        html_markup(html, "&gt;");
    } else {
        html_string(html, address->address);
    }
}

static void
put_addresses(struct html *html, enum word word, const struct mime_addresses *list)
{
    enum { SHOWN = 50 };

    if (list->count == 0)
        return;
    html_markup(html, "<div><dt>");
    html_word(html, word);
    html_markup(html, "</dt><dd>");
    for (size_t i = 0; i < list->count && i < SHOWN; i++) {
        html_markup(html, i > 0 ? ", " : "");
        put_address(html, &list->list[i]);
    }
    if (list->count > SHOWN)
        html_format(html, " … +%zu", list->count - SHOWN);
    html_markup(html, "</dd></div>");
}

static void
put_head(struct shown *shown)
{
    const struct mime *mime = shown->view->message.mime;
    struct html *html = shown->html;

    html_markup(html, "<dl class=\"facts\">");
    put_addresses(html, WORD_FROM, &mime->from);
    put_addresses(html, WORD_TO, &mime->to);
    put_addresses(html, WORD_CC, &mime->cc);
    put_addresses(html, WORD_BCC, &mime->bcc);
    put_addresses(html, WORD_REPLY_TO, &mime->reply_to);
    if (mime->date_us > 0) {
        html_markup(html, "<div><dt>");
        html_word(html, WORD_DATE);
        html_markup(html, "</dt><dd>");
        page_time(html, (uint64_t)mime->date_us);
        html_markup(html, "</dd></div>");
    }
    html_markup(html, "</dl>");
}

/* ---- attachments ---- */

static void
put_attachments(struct shown *shown)
{
    const struct mime *mime = shown->view->message.mime;
    struct html *html = shown->html;
    bool has_any = false;

    for (size_t i = 0; i < mime->part_count; i++) {
        const struct mime_part *part = &mime->parts[i];

        if (!mime_is_listed(part))
            continue;
        if (!has_any) {
            html_markup(html, "<section class=\"attachments\"><h2>");
            html_word(html, WORD_ATTACHMENTS);
            html_markup(html, "</h2><ul>");
        }
        has_any = true;
        html_format(html, "<li><a href=\"/api/v1/message/%s/part/%s\" download=\"",
                    shown->id, part->id);
        html_string(html, part->file_name);
        html_markup(html, "\">");
        if (strncmp(part->type, "image/", 6) == 0)
            html_format(html,
                        "<img src=\"/api/v1/message/%s/part/%s/thumb\" width=\"90\" "
                        "height=\"60\" alt=\"\" loading=\"lazy\">",
                        shown->id, part->id);
        html_string(html,
                    part->file_name[0] != '\0' ? part->file_name : part->content_id);
        html_markup(html, "</a> <small>");
        html_string(html, part->type);
        html_markup(html, ", ");
        page_size(html, mime_size(mime, part));
        html_markup(html, "</small></li>");
    }
    html_markup(html, has_any ? "</ul></section>" : "");
}

/* ---- changes ---- */

/* A form of its own, so that Enter in its field saves the tags. */
static void
put_tagging(struct shown *shown)
{
    struct html *html = shown->html;

    html_format(html,
                "<form class=\"tagging\" action=\"/message/%s\" method=\"post\">"
                "<label for=\"tags\">",
                shown->id);
    html_word(html, WORD_TAGS);
    html_markup(html, "</label> <input id=\"tags\" name=\"tags\" value=\"");
    html_text(html, shown->view->message.row.tags);
    html_markup(html, "\"> <button name=\"action\" value=\"tag\">");
    html_word(html, WORD_SAVE_TAGS);
    html_markup(html, "</button></form>");
}

static void
put_changes(struct shown *shown)
{
    struct html *html = shown->html;

    html_format(html,
                "<div class=\"changes\"><form action=\"/message/%s\" method=\"post\">"
                "<a class=\"button\" href=\"/\" data-key=\"Escape\">",
                shown->id);
    html_word(html, WORD_BACK);
    html_format(html,
                "</a> <a class=\"button\" href=\"/api/postern/message/%s/raw\" "
                "data-key=\"e\" download=\"%s.eml\">",
                shown->id, shown->id);
    html_word(html, WORD_EXPORT);
    html_markup(html, "</a> <button name=\"action\" value=\"unread\" data-key=\"M\">");
    html_word(html, WORD_MARK_UNREAD);
    html_markup(html,
                "</button> <button name=\"action\" value=\"delete\" class=\"danger\" "
                "data-key=\"#\">");
    html_word(html, WORD_DELETE);
    html_markup(html, "</button></form>");
    put_tagging(shown);
    html_markup(html, "</div>");
}

/* ---- the page ---- */

static void
put_refusal(struct shown *shown)
{
    enum word why = view_refusal(&shown->view->message);

    if (why == WORD_COUNT)
        return;
    html_markup(shown->html, "<p class=\"warning\" role=\"alert\">");
    html_word(shown->html, why);
    html_markup(shown->html, "</p>");
}

static void
put_page(struct shown *shown)
{
    const struct mime *mime = shown->view->message.mime;
    struct html *html = shown->html;
    struct slice subject = slice_from(mime->subject);
    struct html_page page = {
        .title = subject.len > 0 ? subject : word_text(WORD_NO_SUBJECT, html->language),
        .place = HTML_INBOX,
        .path = shown->request->target,
    };

    html_begin(html, &page);
    html_markup(html, "<h1>");
    html_text(html, page.title);
    html_markup(html, "</h1>");
    put_changes(shown);
    put_refusal(shown);
    html_markup(html, "<div class=\"message-page\"><div>");
    put_head(shown);
    message_tabs(shown);
    message_side(shown);
    put_attachments(shown);
    html_markup(html, "</div><aside>");
    message_envelope(shown);
    html_markup(html, "</aside></div>");
    html_end(html);
}

static void
put_missing(struct html *html, const struct request *request)
{
    struct html_page page = {.title = word_text(WORD_NO_MESSAGE, html->language),
                             .place = HTML_INBOX,
                             .path = request->target};

    html_begin(html, &page);
    html_markup(html, "<h1>");
    html_word(html, WORD_NO_MESSAGE);
    html_markup(html, "</h1><p>");
    html_word(html, WORD_NO_MESSAGE_WHY);
    html_markup(html, " ");
    page_link(html, "/", WORD_NAV_INBOX);
    html_markup(html, "</p>");
    html_end(html);
}

void
page_message(struct web *web, const struct request *request, struct reply *reply)
{
    struct view view;
    struct html html;
    struct shown shown = {.html = &html, .view = &view, .request = request};

    html_init(&html, request->language);
    if (view_open(&view, web->inbox, request, reply)) {
        id_format(&view.message.row.id, shown.id);
        message_choose_side(&shown);
        put_page(&shown);
        change_mark_read(web->change, &view);
        view_close(&view);
    } else {
        put_missing(&html, request);
    }
    page_send(&html, reply);
}

/* Read the field of tags into a comma-separated list. */
static void
read_tags(const struct request *request, struct buf *out)
{
    struct buf value;
    struct slice left, tag;

    buf_init(&value, TAGS_MAX);
    (void)page_field(request, "tags", &value);
    left = buf_slice(&value);
    while (left.len > 0) {
        slice_cut(left, ',', &tag, &left);
        tag = slice_trim(tag, SLICE(" "));
        if (tag.len > 0 &&
            ((out->len > 0 && !buf_append(out, SLICE(","))) || !buf_append(out, tag)))
            break;
    }
    buf_clear(&value);
}

/* POST /message/ID: action, from a form. */
void
page_change_message(struct web *web, const struct request *request, struct reply *reply)
{
    struct id id;
    struct ids one = {.list = &id, .count = 1};
    struct buf action, tags;
    char path[64] = "/", text[ID_TEXT_LEN + 1];
    bool is_done = true;

    if (!id_parse(request->segments[0], &id)) {
        reply_text(reply, 404, "404 page not found");
        return;
    }
    id_format(&id, text);
    buf_init(&action, 64);
    buf_init(&tags, TAGS_MAX);
    (void)page_field(request, "action", &action);
    if (slice_is_equal(buf_slice(&action), SLICE("delete"))) {
        is_done = change_delete(web->change, &one, reply);
    } else if (slice_is_equal(buf_slice(&action), SLICE("unread"))) {
        is_done = change_read(web->change, &one, false, reply);
    } else if (slice_is_equal(buf_slice(&action), SLICE("tag"))) {
        read_tags(request, &tags);
        is_done = change_tags(web->change, &one, buf_slice(&tags), reply);
        snprintf(path, sizeof(path), "/message/%s", text);
    }
    if (is_done)
        page_go(reply, path);
    buf_clear(&tags);
    buf_clear(&action);
}
