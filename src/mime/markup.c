/* markup.c - see markup.h
 *
 * Only the events of the parser are used. No tree is built, so memory does not grow
 * with the nesting of a mail.
 */
#include "mime/markup.h"

#include "base/ascii.h"
#include "base/memory.h"

#include <libxml/HTMLparser.h>
#include <string.h>

enum {
    ATTRIBUTES_MAX = 2000
}; /* blanks in one start tag, as a measure of its attributes */

struct walk {
    struct buf *text; /* or NULL */
    void (*each)(void *context, const char *kind, struct slice url);
    void *context;
    void (*element)(void *context, struct slice name,
                    const struct markup_attribute *attributes, size_t count);
    void (*sheet)(void *context, struct slice text);
    struct buf style; /* text of the <style> we are in */
    bool is_in_style; /* and sheet is set */
    unsigned hidden;  /* number of enclosing elements whose text is not shown */
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

/* A full buffer ends the text, not the walk. */
static void
put(struct walk *walk, struct slice text)
{
    if (text.len > walk->text->max - walk->text->len)
        text.len = walk->text->max - walk->text->len;
    if (!buf_append(walk->text, text))
        memory_fail();
}

/* An attribute without a value has the empty one. */
static void
report_element(const struct walk *walk, const xmlChar *name, const xmlChar **attributes)
{
    struct markup_attribute list[MARKUP_ATTRIBUTES_MAX];
    size_t count = 0;

    for (; attributes != NULL && attributes[0] != NULL && count < ARRAY_LEN(list);
         attributes += 2)
        list[count++] =
            (struct markup_attribute){.name = slice_from((const char *)attributes[0]),
                                      .value = slice_from((const char *)attributes[1])};
    walk->element(walk->context, slice_from((const char *)name), list, count);
}

static void
on_start(void *context, const xmlChar *name, const xmlChar **attributes)
{
    struct walk *walk = context;

    if (walk->element != NULL)
        report_element(walk, name, attributes);
    walk->is_in_style = walk->sheet != NULL && strcmp((const char *)name, "style") == 0;
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
    if (walk->is_in_style) {
        walk->sheet(walk->context, buf_slice(&walk->style));
        walk->style.len = 0;
        walk->is_in_style = false;
    }
}

static void
on_text(void *context, const xmlChar *octets, int len)
{
    struct walk *walk = context;
    struct slice text = slice_of((const char *)octets, (size_t)len);

    if (walk->is_in_style && !buf_append(&walk->style, text))
        memory_fail(); /* its ceiling exceeds what is parsed */
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

/* html up to the first element with more attributes than any real one has: the parser
 * compares each attribute of an element with all others. */
static struct slice
before_huge_element(struct slice html)
{
    size_t element = 0;
    unsigned attributes = 0;
    bool is_inside = false;
    char quote = '\0';

    for (size_t i = 0; i < html.len; i++) {
        char c = html.ptr[i];

        if (!is_inside) {
            is_inside = c == '<' && i + 1 < html.len && ascii_is_alpha(html.ptr[i + 1]);
            element = i;
            attributes = 0;
        } else if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            is_inside = false;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '/') {
            if (++attributes > ATTRIBUTES_MAX)
                return slice_of(html.ptr, element);
        }
    }
    return html;
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
    html = before_huge_element(html);
    parser =
        htmlCreatePushParserCtxt(&handler, walk, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (parser == NULL)
        memory_fail();
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                   HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                   HTML_PARSE_NODEFDTD);
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

void
markup_elements(struct slice html,
                void (*element)(void *context, struct slice name,
                                const struct markup_attribute *attributes,
                                size_t count),
                void (*sheet)(void *context, struct slice text), void *context)
{
    struct walk walk = {.element = element, .sheet = sheet, .context = context};

    /* an octet of HTML becomes at most three of UTF-8 (U+FFFD) */
    buf_init(&walk.style, 3 * (size_t)MARKUP_MAX);
    walk_html(&walk, html);
    buf_clear(&walk.style);
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

/* Elements that make a browser connect before it checks the policy, or navigate by
 * themselves. */
static const char *const unwanted[] = {"iframe", "frame",  "frameset", "fencedframe",
                                       "portal", "object", "embed",    "applet",
                                       "link",   "meta",   "base",     NULL};

/* html begins after "<" or "</". Append a replacement for the name of an unwanted
 * element, or a prefix for it, to out; returns the octets of html it replaces. A script
 * becomes a template, whose content is not shown. */
static size_t
rename_unwanted(struct slice html, struct buf *out)
{
    struct slice name;
    size_t len = 0;

    while (len < html.len && ascii_is_alnum(html.ptr[len]))
        len++;
    name = slice_of(html.ptr, len);
    if (slice_is_equal_fold(name, SLICE("script")))
        return buf_append(out, SLICE("template")) ? len : 0;
    for (size_t i = 0; unwanted[i] != NULL; i++) {
        if (slice_is_equal_fold(name, slice_from(unwanted[i])))
            return buf_append(out, SLICE("x-")) ? 0 : html.len;
    }
    return 0;
}

/* Replace a "cid:…" that html begins with; returns the octets of html it replaces. */
static size_t
resolve_one(struct slice html,
            bool (*find)(void *context, struct slice content_id, struct buf *out),
            void *context, struct buf *out)
{
    enum { CONTENT_ID_MAX = 500, SCHEME = 4 };
    char id[CONTENT_ID_MAX];
    struct slice url;
    size_t len = 0;

    if (!slice_has_prefix_fold(html, SLICE("cid:")))
        return 0;
    url = slice_skip(html, SCHEME);
    while (len < url.len && len < CONTENT_ID_MAX &&
           memchr("\"'<>() \t\r\n", url.ptr[len], 10) == NULL)
        len++;
    url.len = len;
    return find(context, slice_of(id, decode(url, id)), out) ? SCHEME + len : 0;
}

void
markup_resolve(struct slice html,
               bool (*find)(void *context, struct slice content_id, struct buf *out),
               void *context, struct buf *out)
{
    while (html.len > 0) {
        size_t plain = 0, used;

        while (plain < html.len && html.ptr[plain] != '<' &&
               ascii_lower(html.ptr[plain]) != 'c')
            plain++;
        if (!buf_append(out, slice_of(html.ptr, plain)))
            return;
        html = slice_skip(html, plain);
        if (html.len == 0)
            return;
        used = resolve_one(html, find, context, out);
        if (used == 0) {
            struct slice rest = slice_skip(html, 1);

            used = 1;
            if (!buf_append(out, slice_of(html.ptr, 1)))
                return;
            if (html.ptr[0] == '<' && rest.len > 0 && rest.ptr[0] == '/') {
                if (!buf_append(out, SLICE("/")))
                    return;
                rest = slice_skip(rest, 1);
                used = 2;
            }
            if (html.ptr[0] == '<')
                used += rename_unwanted(rest, out);
        }
        html = slice_skip(html, used);
    }
}
