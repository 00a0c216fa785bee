/* page_message.c - one message, seen from every side */
#include "pages/page.h"

#include "base/memory.h"
#include "http/web.h"
#include "inbox/source.h"
#include "inbox/summary.h"
#include "inbox/tag.h"
#include "inbox/view.h"
#include "json/jsonout.h"
#include "live/change.h"
#include "message/header.h"
#include "mime/markup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SHOWN = 2 << 20, LINKS_SHOWN = 200 };

enum side { SIDE_HTML, SIDE_TEXT, SIDE_HEADERS, SIDE_RAW, SIDE_TREE, SIDE_COUNT };

static const struct {
    const char *name;
    enum word word;
} sides[SIDE_COUNT] = {
    [SIDE_HTML] = {"html", WORD_SIDE_HTML},
    [SIDE_TEXT] = {"text", WORD_SIDE_TEXT},
    [SIDE_HEADERS] = {"headers", WORD_SIDE_HEADERS},
    [SIDE_RAW] = {"raw", WORD_SIDE_RAW},
    [SIDE_TREE] = {"tree", WORD_SIDE_TREE},
};

struct shown {
    struct html *html;
    struct view *view;
    const struct request *request;
    char id[ID_TEXT_LEN + 1];
    bool has_html;
    enum side side;
};

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

/* ---- the envelope, and how it differs ---- */

static bool
names(const struct mime_addresses *list, struct slice address)
{
    for (size_t i = 0; i < list->count; i++) {
        if (slice_is_equal_fold(slice_from(list->list[i].address), address))
            return true;
    }
    return false;
}

static bool
is_recipient(const struct store_message *row, struct slice address)
{
    for (size_t i = 0; i < row->recipient_count; i++) {
        if (slice_is_equal_fold(row->recipients[i].address, address))
            return true;
    }
    return false;
}

static void
put_difference(struct html *html, enum word word, struct slice value)
{
    html_markup(html, "<li>");
    html_word_with(html, word, &value, 1);
    html_markup(html, "</li>");
}

/* Those a field names though the envelope does not. */
static void
put_not_sent_to(struct html *html, const struct store_message *row,
                const struct mime_addresses *list)
{
    for (size_t i = 0; i < list->count && i < 50; i++) {
        struct slice address = slice_from(list->list[i].address);

        if (address.len > 0 && !is_recipient(row, address))
            put_difference(html, WORD_DIFFERS_NOT_SENT, address);
    }
}

static void
put_differences(struct shown *shown)
{
    const struct store_message *row = &shown->view->message.row;
    const struct mime *mime = shown->view->message.mime;
    struct html *html = shown->html;
    size_t before;

    html_markup(html, "<ul class=\"differences\">");
    before = html->out.len;
    if (row->mail_from.len == 0)
        put_difference(html, WORD_DIFFERS_NULL_PATH, (struct slice){0});
    else if (mime->from.count > 0 && !names(&mime->from, row->mail_from))
        put_difference(html, WORD_DIFFERS_SENDER, row->mail_from);
    for (size_t i = 0; i < row->recipient_count && i < 100; i++) {
        struct slice address = row->recipients[i].address;

        if (names(&mime->bcc, address))
            put_difference(html, WORD_DIFFERS_BCC_SHOWN, address);
        else if (!names(&mime->to, address) && !names(&mime->cc, address))
            put_difference(html, WORD_DIFFERS_HIDDEN, address);
    }
    put_not_sent_to(html, row, &mime->to);
    put_not_sent_to(html, row, &mime->cc);
    if (html->out.len == before) {
        html_markup(html, "<li class=\"good\">");
        html_word(html, WORD_DIFFERS_NOT);
        html_markup(html, "</li>");
    }
    html_markup(html, "</ul>");
}

static void
put_recipients(struct html *html, const struct store_message *row)
{
    html_markup(html, "<div><dt>RCPT TO</dt><dd>");
    for (size_t i = 0; i < row->recipient_count && i < 100; i++) {
        html_markup(html, i > 0 ? "<br>&lt;" : "&lt;");
        html_text(html, row->recipients[i].address);
        html_markup(html, "&gt; ");
        html_text(html, row->recipients[i].parameters);
    }
    if (row->recipient_count > 100)
        html_format(html, " … +%zu", row->recipient_count - 100);
    html_markup(html, "</dd></div>");
}

static const char *
durability_class(struct slice durable)
{
    return slice_is_equal(durable, SLICE("none")) ? "warn" : "good";
}

static void
put_envelope(struct shown *shown)
{
    static const struct id none;
    const struct store_message *row = &shown->view->message.row;
    struct html *html = shown->html;
    char session[ID_TEXT_LEN + 1];

    html_markup(html, "<section class=\"panel envelope\"><h2>");
    html_word(html, WORD_ENVELOPE);
    html_markup(html, "</h2><dl class=\"facts\"><div><dt>MAIL FROM</dt><dd>&lt;");
    html_text(html, row->mail_from);
    html_markup(html, "&gt; ");
    html_text(html, row->parameters);
    html_markup(html, "</dd></div>");
    put_recipients(html, row);
    html_markup(html, "<div><dt>");
    html_word(html, WORD_RECEIVED);
    html_markup(html, "</dt><dd>");
    page_time(html, row->received_at_us);
    html_markup(html, "</dd></div><div><dt>");
    html_word(html, WORD_SIZE);
    html_markup(html, "</dt><dd>");
    page_size(html, row->size);
    html_format(html, "</dd></div><div><dt>250</dt><dd><span class=\"%s\">durable=",
                durability_class(row->durable));
    html_text(html, row->durable);
    html_markup(html, "</span> ");
    html_word(html, slice_is_equal(row->durable, SLICE("none")) ? WORD_DURABLE_NONE
                    : slice_is_equal(row->durable, SLICE("quorum"))
                        ? WORD_DURABLE_QUORUM
                        : WORD_DURABLE_DISK);
    html_markup(html, "</dd></div>");
    if (!id_is_equal(&row->session_id, &none)) {
        id_format(&row->session_id, session);
        html_markup(html, "<div><dt>");
        html_word(html, WORD_SESSION);
        html_format(html, "</dt><dd><a href=\"/sessions/%s\">%s</a></dd></div>",
                    session, session);
    }
    html_markup(html, "</dl><h3>");
    html_word(html, WORD_DIFFERS);
    html_markup(html, "</h3>");
    put_differences(shown);
    html_markup(html, "</section>");
}

/* ---- sides
 * ---------------------------------------------------------------------------------------
 */

static void
put_sides(struct shown *shown)
{
    struct html *html = shown->html;

    html_markup(html, "<nav class=\"sides\" aria-label=\"");
    html_word(html, WORD_SIDES);
    html_markup(html, "\">");
    for (int i = 0; i < SIDE_COUNT; i++) {
        if (i == SIDE_HTML && !shown->has_html)
            continue;
        html_format(html, "<a href=\"/message/%s?view=%s\" data-key=\"%d\"%s>",
                    shown->id, sides[i].name, i + 1,
                    (enum side)i == shown->side ? " aria-current=\"page\"" : "");
        html_word(html, sides[i].word);
        html_markup(html, "</a> ");
    }
    html_markup(html, "</nav>");
}

static void
put_link(void *context, const char *kind, struct slice url)
{
    struct html *html = context;

    if (!slice_has_prefix_fold(url, SLICE("http://")) &&
        !slice_has_prefix_fold(url, SLICE("https://")) &&
        !slice_has_prefix_fold(url, SLICE("mailto:")))
        return;
    if (strcmp(kind, "href") != 0)
        return; /* what would be loaded: it stays off */
    html_markup(html, "<li><code>");
    html_text(html, url);
    html_markup(html, "</code></li>");
}

static void
put_html(struct shown *shown)
{
    struct html *html = shown->html;
    struct buf source;

    html_format(html, "<iframe class=\"mail\" sandbox src=\"/view/%s.html\" title=\"",
                shown->id);
    html_word(html, WORD_SIDE_HTML);
    html_markup(html, "\"></iframe><p class=\"note\">");
    html_word(html, WORD_HTML_NOTE);
    html_markup(html, "</p><details class=\"links\"><summary>");
    html_word(html, WORD_LINKS);
    html_markup(html, "</summary><ul>");
    buf_init(&source, MARKUP_MAX);
    mime_html(shown->view->message.mime, &source);
    markup_links(buf_slice(&source), put_link, html);
    buf_clear(&source);
    html_markup(html, "</ul></details>");
}

static void
put_cut(struct html *html)
{
    html_markup(html, "<p class=\"note\">");
    html_word(html, WORD_CUT);
    html_markup(html, "</p>");
}

static void
put_pre(struct html *html, struct slice text)
{
    bool is_cut = text.len > TEXT_SHOWN;

    html_markup(html, "<pre class=\"source\" tabindex=\"0\">");
    html_text(html, is_cut ? slice_of(text.ptr, TEXT_SHOWN) : text);
    html_markup(html, "</pre>");
    if (is_cut)
        put_cut(html);
}

static void
put_text(struct shown *shown)
{
    struct buf text;

    buf_init(&text, TEXT_SHOWN + 1);
    summary_text(shown->view->message.mime, &text);
    put_pre(shown->html, buf_slice(&text));
    buf_clear(&text);
}

static void
put_headers(struct shown *shown)
{
    struct slice block = header_block(buf_slice(&shown->view->message.source));
    struct html *html = shown->html;
    struct header_field field;
    char *text = memory_new(64 * 1024);
    size_t shown_octets = 0;
    unsigned count = 0;

    html_markup(html, "<table class=\"headers\"><caption>");
    html_word(html, WORD_HEADERS_NOTE);
    html_markup(html, "</caption><tbody>");
    while (shown_octets < TEXT_SHOWN && header_take(&block, &field) && count++ < 2000) {
        size_t len = header_decode(field.value, text, 64 * 1024);

        shown_octets += len + field.name.len;
        html_markup(html, "<tr><th scope=\"row\">");
        html_text(html, field.name);
        html_markup(html, "</th><td>");
        html_text(html, slice_of(text, len));
        html_markup(html, "</td></tr>\n");
    }
    html_markup(html, "</tbody></table>");
    if (shown_octets >= TEXT_SHOWN)
        put_cut(html);
    free(text);
}

static const enum word role_words[] = {
    [MIME_CONTAINER] = WORD_ROLE_CONTAINER,
    [MIME_BODY] = WORD_ROLE_BODY,
    [MIME_INLINE] = WORD_ROLE_INLINE,
    [MIME_ATTACHMENT] = WORD_ROLE_ATTACHMENT,
};

static void
put_part(struct shown *shown, const struct mime_part *part)
{
    struct html *html = shown->html;
    bool is_leaf = part->role != MIME_CONTAINER;

    html_format(html, "<tr><td><span class=\"depth d%u\"></span>",
                part->depth < 12 ? part->depth : 12);
    if (is_leaf)
        html_format(html, "<a href=\"/api/v1/message/%s/part/%s\" rel=\"noreferrer\">",
                    shown->id, part->id);
    html_markup(html, "<code>");
    html_string(html, part->type);
    html_markup(html, is_leaf ? "</code></a></td><td>" : "</code></td><td>");
    html_string(html, part->file_name[0] != '\0' ? part->file_name : part->content_id);
    html_markup(html, "</td><td>");
    html_word(html, role_words[part->role]);
    html_markup(html, "</td><td>");
    html_string(html, part->charset);
    html_markup(html,
                part->charset[0] != '\0' && part->encoding[0] != '\0' ? ", " : "");
    html_string(html, part->encoding);
    html_markup(html, "</td><td class=\"number\">");
    if (is_leaf)
        page_size(html, mime_size(shown->view->message.mime, part));
    html_markup(html, "</td></tr>\n");
}

static void
put_tree(struct shown *shown)
{
    static const enum word heads[] = {WORD_PART_TYPE, WORD_PART_NAME, WORD_PART_ROLE,
                                      WORD_PART_ENCODING, WORD_SIZE};
    const struct mime *mime = shown->view->message.mime;
    struct html *html = shown->html;

    html_markup(html,
                "<div class=\"wide\" tabindex=\"0\"><table class=\"tree\"><caption "
                "class=\"hidden\">");
    html_word(html, WORD_SIDE_TREE);
    html_markup(html, "</caption><thead><tr>");
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        html_format(html, "<th scope=\"col\"%s>",
                    heads[i] == WORD_SIZE ? " class=\"number\"" : "");
        html_word(html, heads[i]);
        html_markup(html, "</th>");
    }
    html_markup(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < mime->part_count; i++)
        put_part(shown, &mime->parts[i]);
    html_markup(html, "</tbody></table></div>");
}

static void
put_side(struct shown *shown)
{
    html_markup(shown->html, "<div class=\"side\">");
    switch (shown->side) {
    case SIDE_HTML:
        put_html(shown);
        break;
    case SIDE_TEXT:
        put_text(shown);
        break;
    case SIDE_HEADERS:
        put_headers(shown);
        break;
    case SIDE_RAW:
        put_pre(shown->html, buf_slice(&shown->view->message.source));
        break;
    case SIDE_TREE:
        put_tree(shown);
        break;
    case SIDE_COUNT:
        break;
    }
    html_markup(shown->html, "</div>");
}

/* ---- attachments
 * ------------------------------------------------------------------------------------
 */

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

/* ---- what one does with it ---- */

/* A form of its own: Enter in its field is its button. */
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

/* ---- the page
 * ----------------------------------------------------------------------------------------------
 */

static void
choose_side(struct shown *shown)
{
    struct slice wish = request_parameter(shown->request, "view", NULL);
    struct buf html;

    buf_init(&html, 64);
    mime_html(shown->view->message.mime, &html);
    shown->has_html = html.len > 0;
    buf_clear(&html);
    shown->side = shown->has_html ? SIDE_HTML : SIDE_TEXT;
    for (int i = 0; i < SIDE_COUNT; i++) {
        if (slice_is_equal(wish, slice_from(sides[i].name)) &&
            (i != SIDE_HTML || shown->has_html))
            shown->side = (enum side)i;
    }
}

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
    put_sides(shown);
    put_side(shown);
    put_attachments(shown);
    html_markup(html, "</div><aside>");
    put_envelope(shown);
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
        choose_side(&shown);
        put_page(&shown);
        change_mark_read(web->change, &view);
        view_close(&view);
    } else {
        put_missing(&html, request);
    }
    page_send(&html, reply);
}

/* Words with commas or blanks between them, as the server takes them. */
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
