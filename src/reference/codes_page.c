/* codes_page.c - the reference as lists, searched on the server
 *
 * Without a search everything is listed except the wordings of real servers, which are
 * too many: a search finds them.
 */
#include "reference/reference.h"

#include "document/lookup.h"
#include "document/search.h"
#include "document/labels.h"
#include "reference/parts.h"

enum { WORDINGS_MAX = 250 };

struct lists {
    struct html *html;
    struct search search;
    size_t found;
};

/* ---- tables ---------------------------------------------------------------------- */

/* A heading, and a table with three columns below it. */
static void
open_table(struct lists *lists, const char *id, enum word heading,
           const enum postern_phrase columns[3])
{
    struct html *html = lists->html;

    html_format(html, "<section>\n<h2 id=\"%s\">", id);
    html_word(html, heading);
    html_format(
        html, "</h2>\n<table class=\"list\" aria-labelledby=\"%s\">\n<thead><tr>", id);
    for (int i = 0; i < 3; i++) {
        html_markup(html, "<th scope=\"col\">");
        html_phrase(html, columns[i]);
        html_markup(html, "</th>");
    }
    html_markup(html, "</tr></thead>\n<tbody>\n");
}

static void
close_table(struct lists *lists)
{
    html_markup(lists->html, "</tbody></table>\n</section>\n");
}

/* Between two cells. */
static void
next_cell(struct html *html)
{
    html_markup(html, "</td><td>");
}

static void
put_word_link(struct html *html, struct slice word)
{
    html_markup(html, "<a href=\"/codes/");
    html_path(html, word);
    html_markup(html, "\"><code>");
    html_text(html, word);
    html_markup(html, "</code></a>");
}

/* ---- the lists ---------------------------------------------------------------------
 */

/* The first of a class has the class above it, and a group of rows of its own. */
static void
put_class(struct html *html, unsigned code, bool is_first)
{
    html_markup(html, is_first ? "" : "</tbody>\n<tbody>\n");
    html_markup(html, "<tr class=\"group\"><th colspan=\"3\" "
                      "scope=\"rowgroup\">");
    html_text(html, label_class(html->language, code));
    html_markup(html, "</th></tr>\n");
}

static void
list_codes(struct lists *lists)
{
    static const enum postern_phrase columns[3] = {POSTERN_PHRASE_LABEL_CODE,
                                                   POSTERN_PHRASE_LABEL_NAME,
                                                   POSTERN_PHRASE_LABEL_MEANING};
    struct html *html = lists->html;
    unsigned class = 0;

    for (size_t i = 0; i < postern_code_count; i++) {
        const struct postern_code *c = &postern_codes[i];
        if (!search_code(&lists->search, c))
            continue;
        if (class == 0)
            open_table(lists, "basic", WORD_REF_BASIC, columns);
        if (c->code / 100 != class)
            put_class(html, c->code, class == 0);
        class = c->code / 100;
        lists->found++;
        html_markup(html, c->status == POSTERN_STATUS_WILD
                              ? "<tr class=\"wild\"><th scope=\"row\">"
                              : "<tr><th scope=\"row\">");
        part_number_link(html, c->code);
        html_markup(html, "</th><td>");
        html_catalog(html, &c->name);
        next_cell(html);
        html_catalog(html, &c->gist);
        if (c->status != POSTERN_STATUS_STANDARD) {
            html_markup(html, " <span class=\"note\">(");
            html_text(html, label_status(html->language, c->status));
            html_markup(html, ")</span>");
        }
        html_markup(html, "</td></tr>\n");
    }
    if (class != 0)
        close_table(lists);
}

static void
list_enhanced(struct lists *lists)
{
    static const enum postern_phrase columns[3] = {POSTERN_PHRASE_LABEL_CODE,
                                                   POSTERN_PHRASE_LABEL_NAME,
                                                   POSTERN_PHRASE_LABEL_MEANING};
    struct html *html = lists->html;
    size_t before = lists->found;

    for (size_t i = 0; i < postern_enhanced_count; i++) {
        const struct postern_enhanced *e = &postern_enhanced_codes[i];
        if (!search_enhanced(&lists->search, e))
            continue;
        if (lists->found++ == before)
            open_table(lists, "enhanced", WORD_REF_ENHANCED, columns);
        html_markup(html, "<tr><th scope=\"row\">");
        part_code_link(html, e->code);
        html_markup(html, "</th><td>");
        html_catalog(html, &e->name);
        next_cell(html);
        html_catalog(html, &e->means);
        html_markup(html, "</td></tr>\n");
    }
    if (lists->found > before)
        close_table(lists);
}

static void
list_causes(struct lists *lists)
{
    static const enum postern_phrase columns[3] = {POSTERN_PHRASE_LABEL_CAUSE,
                                                   POSTERN_PHRASE_LABEL_SHOWS_AS,
                                                   POSTERN_PHRASE_LABEL_MEANING};
    struct html *html = lists->html;
    size_t before = lists->found;

    for (int i = 1; i < POSTERN_CAUSE_COUNT; i++) {
        const struct postern_cause_entry *c = &postern_causes[i];
        if (!search_cause(&lists->search, c))
            continue;
        if (lists->found++ == before)
            open_table(lists, "causes", WORD_REF_CAUSES, columns);
        html_markup(html, "<tr><th scope=\"row\">");
        part_cause_link(html, (enum postern_cause)i);
        html_markup(html, "</th><td>");
        part_codes(html, c->codes);
        next_cell(html);
        html_catalog(html, &c->summary);
        html_markup(html, "</td></tr>\n");
    }
    if (lists->found > before)
        close_table(lists);
}

static void
put_word_row(struct html *html, struct slice word, enum postern_status status,
             const struct postern_text *means)
{
    html_markup(html, "<tr><th scope=\"row\">");
    put_word_link(html, word);
    html_markup(html, "</th><td>");
    html_text(html, label_status(html->language, status));
    next_cell(html);
    html_catalog(html, means);
    html_markup(html, "</td></tr>\n");
}

static void
list_verbs(struct lists *lists)
{
    static const enum postern_phrase columns[3] = {POSTERN_PHRASE_LABEL_COMMAND,
                                                   POSTERN_PHRASE_LABEL_STATUS,
                                                   POSTERN_PHRASE_LABEL_MEANING};
    size_t before = lists->found;

    for (size_t i = 0; i < postern_verb_count; i++) {
        const struct postern_verb *v = &postern_verbs[i];
        if (!search_verb(&lists->search, v))
            continue;
        if (lists->found++ == before)
            open_table(lists, "commands", WORD_REF_COMMANDS, columns);
        put_word_row(lists->html, v->verb, v->status, &v->means);
    }
    if (lists->found > before)
        close_table(lists);
}

static void
list_extensions(struct lists *lists)
{
    static const enum postern_phrase columns[3] = {POSTERN_PHRASE_LABEL_EXTENSION,
                                                   POSTERN_PHRASE_LABEL_STATUS,
                                                   POSTERN_PHRASE_LABEL_ADDS};
    size_t before = lists->found;

    for (size_t i = 0; i < postern_extension_count; i++) {
        const struct postern_extension *e = &postern_extensions[i];
        if (!search_extension(&lists->search, e))
            continue;
        if (lists->found++ == before)
            open_table(lists, "extensions", WORD_REF_EXTENSIONS, columns);
        put_word_row(lists->html, e->keyword, e->status, &e->means);
    }
    if (lists->found > before)
        close_table(lists);
}

static void
put_count(struct html *html, enum word word, size_t count)
{
    char digits[SLICE_NUMBER_MAX];
    struct slice number = slice_format_number(count, digits);

    html_markup(html, "<p class=\"note\">");
    html_word_with(html, word, &number, 1);
    html_markup(html, "</p>\n");
}

static void
list_wordings(struct lists *lists)
{
    struct html *html = lists->html;
    size_t count = 0;

    for (size_t i = 0; i < postern_wording_count; i++) {
        const struct postern_wording *w = &postern_wordings[i];
        if (!search_wording(&lists->search, w))
            continue;
        if (count == 0 || lists->search.word.len == 0) {
            if (count == 0) {
                html_markup(html, "<section>\n");
                part_heading(html, "wordings", WORD_REF_WORDINGS);
            }
            if (lists->search.word.len > 0)
                html_markup(html, "<ul class=\"wordings\">\n");
        }
        if (count++ < WORDINGS_MAX && lists->search.word.len > 0)
            part_wording(html, w, true);
    }
    lists->found += count;
    if (count == 0)
        return;
    if (lists->search.word.len == 0)
        put_count(html, WORD_REF_WORDINGS_HINT, count);
    else
        html_markup(html, "</ul>\n");
    if (lists->search.word.len > 0 && count > WORDINGS_MAX)
        put_count(html, WORD_REF_WORDINGS_LEFT, count - WORDINGS_MAX);
    html_markup(html, "</section>\n");
}

/* ---- the page ---- */

/* class=2 to class=5 of the query; 0: none. */
static char
read_class(struct slice path)
{
    struct slice query, pair;

    slice_cut(path, '?', &pair, &query);
    while (query.len > 0) {
        slice_cut(query, '&', &pair, &query);
        if (pair.len == 7 && slice_has_prefix_fold(pair, SLICE("class=")) &&
            memchr("2345", pair.ptr[6], 4) != NULL)
            return pair.ptr[6];
    }
    return 0;
}

/* The entry whose name is the word, before all that only contain it. */
static void
put_exact(struct html *html, struct slice word)
{
    struct lookup l;

    lookup_what(&l, word);
    if (l.kind == LOOKUP_TEXT || l.kind == LOOKUP_NO_ENHANCED ||
        l.kind == LOOKUP_NO_CODE || (l.code != NULL && l.enhanced != NULL))
        return;
    html_markup(html, "<p class=\"exact\">");
    if (l.kind == LOOKUP_MISSPELT) {
        html_word(html, WORD_REF_MEANT);
        html_markup(html, " ");
        put_word_link(html, slice_from(l.nearest));
        html_markup(html, "</p>\n");
        return;
    }
    html_word(html, WORD_REF_EXACT);
    html_markup(html, " ");
    if (l.code != NULL || l.enhanced != NULL) {
        part_code_link(html, l.what);
        html_markup(html, " ");
        html_catalog(html, l.code != NULL ? &l.code->name : &l.enhanced->name);
    } else if (l.cause != POSTERN_CAUSE_NONE) {
        part_cause_link(html, l.cause);
    } else {
        put_word_link(html, l.verb != NULL ? l.verb->verb : l.extension->keyword);
    }
    html_markup(html, "</p>\n");
}

static void
put_contents(struct html *html)
{
    static const struct {
        const char *id;
        enum word word;
    } rows[] = {{"basic", WORD_REF_BASIC},           {"enhanced", WORD_REF_ENHANCED},
                {"causes", WORD_REF_CAUSES},         {"commands", WORD_REF_COMMANDS},
                {"extensions", WORD_REF_EXTENSIONS}, {"wordings", WORD_REF_WORDINGS}};

    html_markup(html, "<nav class=\"contents\" aria-label=\"");
    html_word(html, WORD_REF_CONTENTS);
    html_markup(html, "\"><ul>");
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        html_format(html, "<li><a href=\"#%s\">", rows[i].id);
        html_word(html, rows[i].word);
        html_markup(html, "</a></li>");
    }
    html_markup(html, "</ul></nav>\n");
}

static void
put_nothing(struct html *html, struct slice word)
{
    html_markup(html, "<div class=\"panel\" role=\"status\"><p>");
    html_word_with(html, WORD_REF_NOTHING, &word, 1);
    html_markup(html, "</p>\n<p>");
    html_word(html, WORD_REF_NOTHING_HINT);
    html_markup(html, " <a href=\"/explain\">");
    html_word(html, WORD_REF_EXPLAIN_TITLE);
    html_markup(html, "</a></p></div>\n");
    part_nearest(html, word, NULL);
}

void
reference_codes(struct html *html, struct slice path, struct slice word)
{
    struct lists lists = {.html = html, .search = {word, read_class(path)}};

    part_begin(html, word_text(WORD_REF_CODES_TITLE, html->language), HTML_CODES, path);
    html_markup(html, "<p class=\"lead\">");
    html_word(html, WORD_REF_CODES_LEAD);
    html_markup(html, "</p>\n");
    part_search(html, word, lists.search.class);
    if (word.len > 0)
        put_exact(html, word);
    else if (lists.search.class == 0)
        put_contents(html);
    list_codes(&lists);
    list_enhanced(&lists);
    if (word.len > 0 || lists.search.class == 0) {
        list_causes(&lists);
        list_verbs(&lists);
        list_extensions(&lists);
    }
    list_wordings(&lists);
    if (lists.found == 0)
        put_nothing(html, word);
    html_end(html);
}
