/* markup.c - see markup.h
 *
 * The parser's events are enough: no tree is built, so memory does not grow with what a
 * mail nests.
 */
#include "web/markup.h"

#include "base/ascii.h"
#include "base/memory.h"

#include <libxml/HTMLparser.h>
#include <string.h>

struct walk {
    struct buf *text; /* or NULL */
    void (*each)(void *context, const char *kind, struct slice url);
    void *context;
    unsigned hidden;  /* inside so many elements whose text is not shown */
    bool is_at_start; /* of a line */
};

void
markup_start(void)
{
    xmlInitParser();
}

static bool
is_one_of(const char *name, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(name, *list) == 0)
            return true;
    }
    return false;
}

static const char *const hidden_elements[] = {"script",   "style",    "title",
                                              "template", "noscript", NULL};
static const char *const block_elements[] = {
    "p",       "div",     "br",     "tr",         "li",  "h1", "h2",
    "h3",      "h4",      "h5",     "h6",         "hr",  "ul", "table",
    "section", "article", "header", "blockquote", "pre", NULL};
static const char *const address_attributes[] = {
    "href", "src", "background", "poster", "action", "formaction", "data", NULL};

/* No room is the end of the text, not of the walk. */
static void
put(struct walk *walk, struct slice text)
{
    if (text.len > walk->text->max - walk->text->len)
        text.len = walk->text->max - walk->text->len;
    if (!buf_append(walk->text, text))
        memory_fail();
}

static void
on_start(void *context, const xmlChar *name, const xmlChar **attributes)
{
    struct walk *walk = context;

    if (is_one_of((const char *)name, hidden_elements))
        walk->hidden++;
    if (walk->text != NULL && !walk->is_at_start &&
        is_one_of((const char *)name, block_elements)) {
        put(walk, SLICE("\n"));
        walk->is_at_start = true;
    }
    for (; walk->each != NULL && attributes != NULL && attributes[0] != NULL;
         attributes += 2) {
        if (attributes[1] != NULL &&
            is_one_of((const char *)attributes[0], address_attributes))
            walk->each(walk->context, (const char *)attributes[0],
                       slice_from((const char *)attributes[1]));
    }
}

static void
on_end(void *context, const xmlChar *name)
{
    struct walk *walk = context;

    if (walk->hidden > 0 && is_one_of((const char *)name, hidden_elements))
        walk->hidden--;
}

static void
on_text(void *context, const xmlChar *octets, int len)
{
    struct walk *walk = context;
    struct slice text = slice_of((const char *)octets, (size_t)len);

    if (walk->text == NULL || walk->hidden > 0)
        return;
    while (text.len > 0) {
        size_t blanks = 0, words = 0;

        while (blanks < text.len && memchr(" \t\r\n", text.ptr[blanks], 4) != NULL)
            blanks++;
        text = slice_skip(text, blanks);
        while (words < text.len && memchr(" \t\r\n", text.ptr[words], 4) == NULL)
            words++;
        if (blanks > 0 && !walk->is_at_start)
            put(walk, SLICE(" "));
        put(walk, slice_of(text.ptr, words));
        walk->is_at_start = words == 0 ? walk->is_at_start || blanks > 0 : false;
        text = slice_skip(text, words);
    }
}

static void
walk_html(struct walk *walk, struct slice html)
{
    htmlSAXHandler handler = {.startElement = on_start,
                              .endElement = on_end,
                              .characters = on_text,
                              .cdataBlock = NULL,
                              .ignorableWhitespace = on_text};
    htmlParserCtxtPtr parser;

    if (html.len > MARKUP_MAX)
        html.len = MARKUP_MAX;
    parser =
        htmlCreatePushParserCtxt(&handler, walk, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (parser == NULL)
        memory_fail();
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                   HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                   HTML_PARSE_NODEFDTD | HTML_PARSE_NOIMPLIED);
    htmlParseChunk(parser, html.ptr, (int)html.len, 1);
    if (parser->myDoc != NULL)
        xmlFreeDoc(parser->myDoc);
    htmlFreeParserCtxt(parser);
}

void
markup_text(struct slice html, struct buf *out)
{
    struct walk walk = {.text = out, .is_at_start = true};

    walk_html(&walk, html);
}

void
markup_links(struct slice html,
             void (*each)(void *context, const char *kind, struct slice url),
             void *context)
{
    struct walk walk = {.each = each, .context = context};

    walk_html(&walk, html);
}

/* ---- cid: --------------------------------------------------------------------------
 */

/* A Content-ID in a URL is percent-encoded (RFC 2392 2). Returns its length. */
static size_t
decode(struct slice url, char *out)
{
    size_t len = 0;

    for (size_t i = 0; i < url.len; i++) {
        int high = i + 2 < url.len ? ascii_hex_value(url.ptr[i + 1]) : -1;
        int low = i + 2 < url.len ? ascii_hex_value(url.ptr[i + 2]) : -1;

        if (url.ptr[i] == '%' && high >= 0 && low >= 0) {
            out[len++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[len++] = url.ptr[i];
        }
    }
    return len;
}

void
markup_resolve(struct slice html,
               bool (*find)(void *context, struct slice content_id, struct buf *out),
               void *context, struct buf *out)
{
    enum { CONTENT_ID_MAX = 500 };
    char id[CONTENT_ID_MAX];

    while (html.len > 0) {
        const char *colon = memchr(html.ptr, ':', html.len);
        size_t at = colon != NULL ? (size_t)(colon - html.ptr) : html.len, len = 0;
        struct slice url;

        if (at < 3 || at == html.len ||
            !slice_is_equal_fold(slice_of(colon - 3, 3), SLICE("cid"))) {
            at += at < html.len;
            if (!buf_append(out, slice_of(html.ptr, at)))
                return;
            html = slice_skip(html, at);
            continue;
        }
        url = slice_skip(html, at + 1);
        while (len < url.len && len < CONTENT_ID_MAX &&
               memchr("\"'<>() \t\r\n", url.ptr[len], 10) == NULL)
            len++;
        url.len = len;
        if (!buf_append(out, slice_of(html.ptr, at - 3)))
            return;
        if (!find(context, slice_of(id, decode(url, id)), out) &&
            (!buf_append(out, slice_of(colon - 3, 4)) || !buf_append(out, url)))
            return;
        html = slice_skip(html, at + 1 + len);
    }
}
