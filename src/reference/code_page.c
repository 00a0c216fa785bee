/* code_page.c - the page of a basic reply code, and which page an address means */
#include "reference/reference.h"

#include "document/lookup.h"
#include "document/labels.h"
#include "reference/entry.h"
#include "reference/parts.h"

enum { WORDINGS_SHOWN = 10, CAUSES_SHOWN = 10 };

/* ---- a basic code ---------------------------------------------------------------- */

/* The comparisons the catalog has an entry for. */
static void
put_pairs(struct html *html, const struct postern_code *c)
{
    unsigned count = 0;

    for (size_t i = 0; i < postern_pair_count; i++) {
        const struct postern_pair *pair = &postern_pairs[i];
        char a[SLICE_NUMBER_MAX], b[SLICE_NUMBER_MAX];
        if (pair->first != c->code && pair->second != c->code)
            continue;
        if (count++ == 0) {
            part_heading(html, "confused", WORD_REF_CONFUSED);
            html_markup(html, "<ul class=\"entries\">\n");
        }
        html_markup(html, "<li>");
        part_compare_link(html, slice_format_number(pair->first, a),
                          slice_format_number(pair->second, b));
        html_markup(html, "<p>");
        html_catalog(html, &pair->difference);
        html_markup(html, "</p></li>\n");
    }
    if (count > 0)
        html_markup(html, "</ul>\n");
}

static void
put_related(struct html *html, const struct postern_code *c)
{
    if (c->see.len == 0)
        return;
    part_heading_phrase(html, "see", POSTERN_PHRASE_LABEL_SEE);
    html_markup(html, "<p>");
    part_codes(html, c->see);
    html_markup(html, "</p>\n");
}

/* Two sections (or the last one) beside each other where there is room. */
static void
put_two(struct html *html, const struct postern_code *c, struct slice own,
        const struct field *const *sections, size_t count)
{
    char room[FIELD_ROOM];

    html_markup(html, "<div class=\"two\">\n");
    for (size_t i = 0; i < count && i < 2; i++) {
        html_markup(html, "<div>");
        part_section(html, sections[i]->label,
                     field_value(sections[i], c, html->language, room), own);
        html_markup(html, "</div>\n");
    }
    html_markup(html, "</div>\n");
}

static void
put_code_page(struct html *html, struct slice path, const struct postern_code *c)
{
    char number[SLICE_NUMBER_MAX], room[PART_TITLE_SIZE];
    struct slice digits = slice_format_number(c->code, number);
    enum postern_language language = html->language;
    const struct slice values[2] = {digits, c->name.in[language]};
    const struct field *sections[PART_SECTIONS_MAX];
    size_t count = part_section_fields(&fields_of_code, sections);

    part_begin_bare(html, part_title(html, WORD_REF_CODE_TITLE, values, 2, room),
                    HTML_CODES, path);
    html_markup(html, "<article>\n<h1 class=\"named\">");
    part_code(html, digits);
    html_markup(html, " <span>");
    html_catalog(html, &c->name);
    html_markup(html, "</span></h1>\n<p class=\"lead\">");
    part_prose(html, c->means.in[language], digits);
    html_markup(html, "</p>\n");
    html_markup(html, "<dl class=\"facts\">\n");
    part_facts(html, &fields_of_code, c);
    html_markup(html, "</dl>\n");
    put_two(html, c, digits, sections, count);
    part_conversations(html, c);
    part_causes(html, c->code, CAUSES_SHOWN,
                c->code < 400 ? WORD_REF_GOES_WRONG : WORD_REF_COMMON_CAUSES);
    for (size_t i = 2; i < count; i += 2)
        put_two(html, c, digits, sections + i, count - i);
    part_wordings(html, &(struct part_wanted){.code = c->code,
                                              .word = digits,
                                              .max = WORDINGS_SHOWN,
                                              .has_heading = true});
    put_pairs(html, c);
    put_related(html, c);
    html_markup(html, "</article>\n");
    html_end(html);
}

void
entry_code_short(struct html *html, const struct postern_code *c)
{
    char number[SLICE_NUMBER_MAX];
    struct slice digits = slice_format_number(c->code, number);

    html_markup(html, "<section class=\"panel\"><h2 class=\"named\">");
    part_code_link(html, digits);
    html_markup(html, " <span>");
    html_catalog(html, &c->name);
    html_markup(html, "</span></h2>\n<p class=\"lead\">");
    part_prose(html, c->means.in[html->language], digits);
    html_markup(html, "</p>\n");
    html_markup(html, "<dl class=\"facts\">\n");
    part_facts(html, &fields_of_code, c);
    html_markup(html, "</dl>\n");
    part_short_end(html, c->fix.in[html->language], digits);
}

/* ---- what an address means ---- */

static void
put_unknown(struct html *html, struct slice path, const struct lookup *l)
{
    bool is_code = l->kind == LOOKUP_NO_CODE || l->kind == LOOKUP_NO_ENHANCED;
    struct slice what = is_code ? l->missing : l->what;

    part_begin(html, word_text(WORD_REF_UNKNOWN_TITLE, html->language), HTML_CODES,
               path);
    html_markup(html, "<p class=\"lead\">");
    html_word_with(html, is_code ? WORD_REF_NO_CODE : WORD_REF_NO_ENTRY, &what, 1);
    html_markup(html, "</p>\n");
    part_nearest(html, what, l->kind == LOOKUP_MISSPELT ? l->nearest : NULL);
    part_heading(html, NULL, WORD_REF_SEARCH);
    part_search(html, what, 0);
    html_end(html);
}

enum reference_result
reference_code(struct html *html, struct slice path, struct slice what)
{
    struct lookup l;

    lookup_what(&l, what);
    switch (l.kind) {
    case LOOKUP_NUMBER:
        if (l.code != NULL)
            put_code_page(html, path, l.code);
        else
            entry_enhanced(html, path, l.enhanced, l.enhanced_text);
        return REFERENCE_OK;
    case LOOKUP_WORD:
        if (l.cause != POSTERN_CAUSE_NONE)
            entry_cause(html, path, l.cause);
        else
            entry_word(html, path, l.verb, l.extension);
        return REFERENCE_OK;
    case LOOKUP_NO_CODE:
    case LOOKUP_NO_ENHANCED:
    case LOOKUP_MISSPELT:
    case LOOKUP_TEXT:
        break;
    }
    put_unknown(html, path, &l);
    return REFERENCE_UNKNOWN;
}
