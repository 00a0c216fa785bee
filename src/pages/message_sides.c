/* message_sides.c - the sides of a message: HTML, text, header fields, source, tree */
#include "pages/message_view.h"

#include "base/memory.h"
#include "inbox/summary.h"
#include "message/header.h"
#include "mime/markup.h"
#include "pages/page.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_SHOWN = 2 << 20 };

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

void
message_tabs(struct shown *shown)
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
        return; /* not a link: a resource, which is not loaded */
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

void
message_side(struct shown *shown)
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

void
message_choose_side(struct shown *shown)
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
