/* page.c - the frame every page has: head, navigation, language switch, foot
 *
 * No script and no style is inline, so that the Content-Security-Policy can forbid
 * both. Every page works without script.
 */
#include "html/html.h"

static const struct {
    enum word word;
    const char *path, *key;
} places[] = {
    [HTML_INBOX] = {WORD_NAV_INBOX, "/", "i"},
    [HTML_SESSIONS] = {WORD_NAV_SESSIONS, "/sessions", "s"},
    [HTML_CODES] = {WORD_NAV_CODES, "/codes", "c"},
    [HTML_COMPARE] = {WORD_NAV_COMPARE, "/compare", "p"},
    [HTML_EXPLAIN] = {WORD_NAV_EXPLAIN, "/explain", "e"},
    [HTML_TRY] = {WORD_NAV_TRY, "/try", "t"},
    [HTML_STATUS] = {WORD_NAV_STATUS, "/status", "u"},
};

static const char *const language_names[POSTERN_LANGUAGE_COUNT] = {"en", "ja"};
static const char *const language_words[POSTERN_LANGUAGE_COUNT] = {"English", "日本語"};

static void
each_name(struct html *html, const char *names, const char *before, const char *behind)
{
    struct slice left = slice_from(names), name;

    while (left.len > 0) {
        slice_cut(left, ' ', &name, &left);
        html_markup(html, before);
        html_path(html, name);
        html_markup(html, behind);
    }
}

static void
put_navigation(struct html *html, const struct html_page *page)
{
    html_markup(html, "<nav aria-label=\"");
    html_word(html, WORD_NAV_LABEL);
    html_markup(html, "\"><a class=\"brand\" href=\"/\">Postern</a><ul>");
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        html_format(html, "<li><a href=\"%s\" data-go=\"%s\"%s>", places[i].path,
                    places[i].key,
                    page->place == (enum html_place)i ? " aria-current=\"page\"" : "");
        html_word(html, places[i].word);
        html_markup(html, "</a></li>");
    }
    html_markup(html, "</ul></nav>");
}

/* The same page in the other language: its path with lang=… appended. */
static void
put_languages(struct html *html, const struct html_page *page)
{
    struct slice path, query;

    slice_cut(page->path, '?', &path, &query);
    html_markup(html, "<p class=\"languages\">");
    for (int i = 0; i < POSTERN_LANGUAGE_COUNT; i++) {
        struct slice left = query, pair;

        html_format(html, "<a hreflang=\"%s\" lang=\"%s\" rel=\"alternate\" href=\"",
                    language_names[i], language_names[i]);
        html_text(html, path);
        html_format(html, "?lang=%s", language_names[i]);
        while (left.len > 0) {
            slice_cut(left, '&', &pair, &left);
            if (pair.len == 0 || slice_has_prefix_fold(pair, SLICE("lang=")))
                continue;
            html_markup(html, "&amp;");
            html_text(html, pair);
        }
        html_format(
            html, "\"%s>%s</a> ",
            html->language == (enum postern_language)i ? " aria-current=\"true\"" : "",
            language_words[i]);
    }
    html_markup(html, "</p>");
}

/* Whether the page is live, and the words the scripts need. */
static void
put_live(struct html *html)
{
    html_markup(html, "<p class=\"live\" role=\"status\" hidden data-on=\"");
    html_word(html, WORD_LIVE);
    html_markup(html, "\" data-off=\"");
    html_word(html, WORD_LIVE_OFF);
    html_markup(html, "\" data-copied=\"");
    html_word(html, WORD_COPIED);
    html_markup(html, "\"></p>");
}

void
html_begin(struct html *html, const struct html_page *page)
{
    html_format(html,
                "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">"
                /* else a form sends "Origin: null", which is refused */
                "\n<meta name=\"referrer\" content=\"same-origin\">"
                "\n<meta name=\"viewport\" content=\"width=device-width, "
                "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
                "dark\">\n<title>",
                language_names[html->language]);
    html_text(html, page->title);
    html_markup(html, " · Postern</title>\n<link rel=\"icon\" href=\"/ui/icon.svg\">\n"
                      "<link rel=\"stylesheet\" href=\"/ui/postern.css\">\n");
    if (page->styles != NULL)
        each_name(html, page->styles, "<link rel=\"stylesheet\" href=\"/ui/", "\">\n");
    html_markup(html, "<script type=\"module\" src=\"/ui/postern.js\"></script>\n");
    if (page->scripts != NULL)
        each_name(html, page->scripts, "<script type=\"module\" src=\"/ui/",
                  "\"></script>\n");
    html_format(html, "</head>\n<body%s>\n<a class=\"skip\" href=\"#main\">",
                page->is_printable ? " class=\"printable\"" : "");
    html_word(html, WORD_SKIP);
    html_markup(html, "</a>\n<header>");
    put_navigation(html, page);
    put_live(html);
    put_languages(html, page);
    html_markup(html, "</header>\n<main id=\"main\" tabindex=\"-1\">\n");
}

static const struct {
    const char *keys;
    enum word word;
} keys[] = {
    {"j k", WORD_KEYS_MOVE},  {"Enter", WORD_KEYS_OPEN},  {"x", WORD_KEYS_SELECT},
    {"#", WORD_DELETE},       {"m", WORD_MARK_READ},      {"M", WORD_MARK_UNREAD},
    {"e", WORD_EXPORT},       {"1 … 5", WORD_KEYS_VIEWS}, {"/", WORD_KEYS_SEARCH},
    {"Esc", WORD_KEYS_CLOSE}, {"?", WORD_KEYS_HELP},
};

static void
put_keys(struct html *html)
{
    html_markup(html, "<dialog class=\"keys\" aria-labelledby=\"keys-title\"><h2 "
                      "id=\"keys-title\">");
    html_word(html, WORD_KEYS_TITLE);
    html_markup(html, "</h2><dl>");
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        html_format(html, "<div><dt><kbd>g</kbd> <kbd>%s</kbd></dt><dd>",
                    places[i].key);
        html_word(html, places[i].word);
        html_markup(html, "</dd></div>");
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        html_markup(html, "<div><dt><kbd>");
        html_string(html, keys[i].keys);
        html_markup(html, "</kbd></dt><dd>");
        html_word(html, keys[i].word);
        html_markup(html, "</dd></div>");
    }
    html_markup(html, "</dl><form method=\"dialog\"><button>OK</button></form>"
                      "</dialog>\n");
}

void
html_end(struct html *html)
{
    html_markup(html, "\n</main>\n<footer><p>");
    html_word(html, WORD_FOOT);
    html_markup(html, "</p><button type=\"button\" class=\"keys-button\" hidden>");
    html_word(html, WORD_KEYS);
    html_markup(html, " <kbd>?</kbd></button></footer>\n");
    put_keys(html);
    html_markup(html, "</body>\n</html>\n");
}
