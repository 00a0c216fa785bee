/* pair_page.c - two codes side by side: the difference first, then the details */
#include "document/pair.h"

#include "document/lookup.h"
#include "document/labels.h"
#include "reference/parts.h"
#include "reference/reference.h"

#include <stdio.h>

enum { WORDINGS_SHOWN = 6, CAUSES_SHOWN = 6 };

/* ---- the heading ---- */

/* One of the two, as it is known: its code, its name, its kind. */
struct side {
    struct slice code, name, class;
};

static void
put_side(struct html *html, const struct side *side)
{
    html_format(html, "<div class=\"side-card c%c\"><p class=\"big\">",
                side->code.ptr[0] == 'X' ? 'x' : side->code.ptr[0]);
    part_code_link(html, side->code);
    html_markup(html, "</p>\n<p class=\"name\">");
    html_text(html, side->name);
    html_markup(html, "</p>\n");
    if (side->class.len > 0) {
        html_markup(html, "<p class=\"note\">");
        html_text(html, side->class);
        html_markup(html, "</p>\n");
    }
    html_markup(html, "</div>\n");
}

/* Up to and with the key difference. */
static void
begin_comparison(struct html *html, struct slice path, const struct side sides[2],
                 struct slice difference)
{
    const struct slice values[4] = {sides[0].code, sides[0].name, sides[1].code,
                                    sides[1].name};
    char room[PART_TITLE_SIZE];

    part_begin(html, part_title(html, WORD_REF_COMPARE_TWO, values, 4, room),
               HTML_COMPARE, path);
    html_markup(html, "<section class=\"difference panel\">\n");
    part_heading_phrase(html, "difference", POSTERN_PHRASE_LABEL_DIFFERENCE);
    html_markup(html, "<p class=\"lead\">");
    html_text(html, difference);
    html_markup(html, "</p>\n</section>\n<div class=\"two cards\">\n");
    put_side(html, &sides[0]);
    put_side(html, &sides[1]);
    html_markup(html, "</div>\n");
}

static void
end_comparison(struct html *html, struct slice a, struct slice b)
{
    part_heading(html, "another", WORD_REF_COMPARE_TITLE);
    part_compare_form(html, a, b);
    html_end(html);
}

/* <li>: a link to a comparison of the catalog. */
static void
put_pair(struct html *html, const struct postern_pair *pair)
{
    char a[SLICE_NUMBER_MAX], b[SLICE_NUMBER_MAX];

    html_markup(html, "<li>");
    part_compare_link(html, slice_format_number(pair->first, a),
                      slice_format_number(pair->second, b));
    html_markup(html, "</li>\n");
}

/* ---- the table ---- */

static void
open_table(struct html *html, const struct side sides[2])
{
    const struct slice codes[2] = {sides[0].code, sides[1].code};

    part_heading(html, "table", WORD_REF_SIDE_BY_SIDE);
    html_markup(html, "<table class=\"compare\">\n<caption>");
    html_word_with(html, WORD_REF_TABLE_CAPTION, codes, 2);
    html_markup(html, "</caption>\n<thead><tr><td></td>");
    for (int i = 0; i < 2; i++) {
        html_markup(html, "<th scope=\"col\">");
        part_code_link(html, codes[i]);
        html_markup(html, "</th>");
    }
    html_markup(html, "</tr></thead>\n<tbody>\n");
}

static void
close_table(struct html *html)
{
    html_markup(html, "</tbody></table>\n");
}

/* A row; data-code names the column where the table is stacked on a small screen. */
static void
put_row(struct html *html, const struct side sides[2], struct slice own,
        const struct field *field, struct slice a, struct slice b)
{
    const struct slice cells[2] = {a, b};

    if (a.len == 0 && b.len == 0)
        return;
    html_format(html, "<tr%s><th scope=\"row\">",
                slice_is_equal(a, b) ? " class=\"same\"" : "");
    html_phrase(html, field->label);
    html_markup(html, "</th>");
    for (int i = 0; i < 2; i++) {
        html_markup(html, "<td data-code=\"");
        html_text(html, sides[i].code);
        html_markup(html, "\">");
        if (cells[i].len > 0)
            part_value(html, field->kind, cells[i], own);
        else
            html_markup(html, "–");
        html_markup(html, "</td>");
    }
    html_markup(html, "</tr>\n");
}

/* One table of all fields two entries are compared by. */
static void
put_table(struct html *html, const struct side sides[2], const struct fields *fields,
          const void *a, const void *b)
{
    enum postern_language l = html->language;
    char codes[64], rooms[2][FIELD_ROOM];
    int len = snprintf(codes, sizeof(codes), "%.*s %.*s", (int)sides[0].code.len,
                       sides[0].code.ptr, (int)sides[1].code.len, sides[1].code.ptr);

    open_table(html, sides);
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];

        if ((field->places & FIELD_IN_COMPARE) != 0)
            put_row(html, sides, slice_of(codes, (size_t)len), field,
                    field_value(field, a, l, rooms[0]),
                    field_value(field, b, l, rooms[1]));
    }
    close_table(html);
}

/* ---- two basic codes ---- */

/* A heading and a paragraph for each of the two. */
static void
put_each(struct html *html, const char *id, enum word heading,
         const struct side sides[2], const struct slice texts[2])
{
    part_heading(html, id, heading);
    html_markup(html, "<dl class=\"two each\">\n");
    for (int i = 0; i < 2; i++) {
        html_markup(html, "<div><dt>");
        part_code(html, sides[i].code);
        html_markup(html, "</dt><dd>");
        part_prose(html, texts[i], sides[i].code);
        html_markup(html, "</dd></div>\n");
    }
    html_markup(html, "</dl>\n");
}

/* The failing and the repaired conversation of each that has them; else the examples.
 */
static void
put_conversations(struct html *html, const struct postern_code *const codes[2])
{
    const struct postern_code *failing = pair_failing(codes[0], codes[1]);

    if (failing == NULL && codes[0]->example.len == 0 && codes[1]->example.len == 0)
        return;
    part_heading(html, "conversation", WORD_REF_IN_CONVERSATION);
    if (failing == NULL)
        html_markup(html, "<div class=\"two\">\n");
    for (int i = 0; i < 2; i++) {
        if (failing == NULL && codes[i]->example.len > 0)
            part_example(html, codes[i]);
        else if (codes[i]->failing.len > 0)
            part_repair(html, codes[i]);
    }
    if (failing == NULL)
        html_markup(html, "</div>\n");
}

static void
put_no_wording(struct html *html, struct slice code)
{
    html_markup(html, "<p class=\"note\">");
    html_word_with(html, WORD_REF_NO_WORDING, &code, 1);
    html_markup(html, "</p>\n");
}

static void
put_wordings(struct html *html, const struct part_wanted wanted[2],
             const struct side sides[2])
{
    part_heading(html, "wordings", WORD_REF_WORDINGS);
    html_markup(html, "<div class=\"two\">\n");
    for (int i = 0; i < 2; i++) {
        html_markup(html, "<div><h3>");
        part_code(html, sides[i].code);
        html_markup(html, " ");
        html_text(html, sides[i].name);
        html_markup(html, "</h3>\n");
        if (!part_wordings(html, &wanted[i]))
            put_no_wording(html, sides[i].code);
        html_markup(html, "</div>\n");
    }
    html_markup(html, "</div>\n");
}

/* The causes of each; a refusing code comes first. */
static void
put_causes(struct html *html, const struct postern_code *const codes[2])
{
    int first = codes[0]->code < 400 && codes[1]->code >= 400;

    html_markup(html, "<div class=\"two\">\n");
    for (int i = 0; i < 2; i++) {
        unsigned code = codes[i ^ first]->code;
        html_markup(html, "<div>\n");
        part_causes(html, code, CAUSES_SHOWN,
                    code < 400 ? WORD_REF_GOES_WRONG : WORD_REF_COMMON_CAUSES);
        html_markup(html, "</div>\n");
    }
    html_markup(html, "</div>\n");
}

/* Other comparisons of the catalog with one of the two. */
static void
put_other_pairs(struct html *html, const struct postern_code *a,
                const struct postern_code *b)
{
    const struct postern_pair *own = postern_pair_find(a->code, b->code);
    bool is_begun = false;

    for (size_t i = 0; i < postern_pair_count; i++) {
        const struct postern_pair *pair = &postern_pairs[i];
        bool has_one = pair->first == a->code || pair->second == a->code ||
                       pair->first == b->code || pair->second == b->code;
        if (!has_one || pair == own)
            continue;
        if (!is_begun) {
            part_heading(html, "others", WORD_REF_OTHERS);
            html_markup(html, "<ul class=\"pairs\">\n");
        }
        is_begun = true;
        put_pair(html, pair);
    }
    if (is_begun)
        html_markup(html, "</ul>\n");
}

static void
compare_basic(struct html *html, struct slice path, const struct postern_code *a,
              const struct postern_code *b)
{
    enum postern_language l = html->language;
    char left[SLICE_NUMBER_MAX], right[SLICE_NUMBER_MAX], room[PAIR_DIFFERENCE_SIZE];
    const struct side sides[2] = {
        {slice_format_number(a->code, left), a->name.in[l], label_class(l, a->code)},
        {slice_format_number(b->code, right), b->name.in[l], label_class(l, b->code)}};
    const struct postern_code *const codes[2] = {a, b};
    const struct slice clients[2] = {a->client.in[l], b->client.in[l]};
    struct slice uses[2];

    begin_comparison(html, path, sides, pair_difference(l, a, b, room));
    put_table(html, sides, &fields_of_code, a, b);
    pair_uses(l, a, b, uses);
    put_each(html, "server", WORD_REF_SERVER_USES, sides, uses);
    put_each(html, "client", WORD_REF_CLIENT_MUST, sides, clients);
    put_conversations(html, codes);
    const struct part_wanted wanted[2] = {
        {.code = a->code, .word = sides[0].code, .max = WORDINGS_SHOWN},
        {.code = b->code, .word = sides[1].code, .max = WORDINGS_SHOWN}};
    put_wordings(html, wanted, sides);
    put_causes(html, codes);
    put_other_pairs(html, a, b);
    end_comparison(html, sides[0].code, sides[1].code);
}

/* ---- two enhanced codes ---- */

static void
compare_two_enhanced(struct html *html, struct slice path, const struct side sides[2],
                     const struct postern_enhanced *a, const struct postern_enhanced *b)
{
    enum postern_language l = html->language;
    char room[PAIR_DIFFERENCE_SIZE];

    begin_comparison(
        html, path, sides,
        pair_enhanced_difference(l, sides[0].code, a, sides[1].code, b, room));
    put_table(html, sides, &fields_of_enhanced, a, b);
    const struct part_wanted wanted[2] = {
        {.enhanced = a, .word = sides[0].code, .max = WORDINGS_SHOWN},
        {.enhanced = b, .word = sides[1].code, .max = WORDINGS_SHOWN}};
    put_wordings(html, wanted, sides);
    end_comparison(html, sides[0].code, sides[1].code);
}

/* ---- the page ---- */

static void
put_pair_with_difference(struct html *html, const struct postern_pair *pair)
{
    char a[SLICE_NUMBER_MAX], b[SLICE_NUMBER_MAX];

    html_markup(html, "<li>");
    part_compare_link(html, slice_format_number(pair->first, a),
                      slice_format_number(pair->second, b));
    html_markup(html, "<p>");
    html_catalog(html, &pair->difference);
    html_markup(html, "</p></li>\n");
}

static void
put_start(struct html *html, struct slice path)
{
    part_begin(html, word_text(WORD_REF_COMPARE_TITLE, html->language), HTML_COMPARE,
               path);
    html_markup(html, "<p class=\"lead\">");
    html_word(html, WORD_REF_COMPARE_LEAD);
    html_markup(html, "</p>\n");
    part_compare_form(html, slice_of(NULL, 0), slice_of(NULL, 0));
    part_heading(html, "pairs", WORD_REF_MOST_ASKED);
    html_markup(html, "<ul class=\"entries\">\n");
    for (size_t i = 0; i < postern_pair_count; i++)
        put_pair_with_difference(html, &postern_pairs[i]);
    html_markup(html, "</ul>\n");
    html_end(html);
}

/* The two cannot be compared: why, similar codes, and the form. */
static enum reference_result
put_refusal(struct html *html, struct slice path, const struct slice asked[2],
            enum word why, const struct slice *values, size_t count)
{
    part_begin(html, word_text(WORD_REF_COMPARE_TITLE, html->language), HTML_COMPARE,
               path);
    html_markup(html, "<p class=\"lead\">");
    html_word_with(html, why, values, count);
    html_markup(html, "</p>\n");
    if (why == WORD_REF_NO_CODE)
        part_nearest(html, values[0], NULL);
    part_heading(html, NULL, WORD_REF_COMPARE);
    part_compare_form(html, asked[0], asked[1]);
    html_end(html);
    return REFERENCE_UNKNOWN;
}

enum reference_result
reference_compare(struct html *html, struct slice path, struct slice a, struct slice b)
{
    const struct slice asked[2] = {a, b};
    struct lookup found[2];

    if (a.len == 0 && b.len == 0) {
        put_start(html, path);
        return REFERENCE_OK;
    }
    for (int i = 0; i < 2; i++)
        lookup_what(&found[i], asked[i]);
    for (int i = 0; i < 2; i++) {
        bool is_one = found[i].kind == LOOKUP_NUMBER &&
                      (found[i].code == NULL || found[i].enhanced == NULL);
        if (!is_one)
            return put_refusal(html, path, asked, WORD_REF_NO_CODE, &asked[i], 1);
    }
    const struct slice codes[2] = {found[0].what, found[1].what};
    if (slice_is_equal(codes[0], codes[1]))
        return put_refusal(html, path, asked, WORD_REF_TWICE, codes, 1);
    if ((found[0].code == NULL) != (found[1].code == NULL))
        return put_refusal(html, path, asked, WORD_REF_NOT_ONE_KIND, codes, 2);
    if (found[0].code != NULL) {
        compare_basic(html, path, found[0].code, found[1].code);
        return REFERENCE_OK;
    }
    const struct side sides[2] = {
        {codes[0], found[0].enhanced->name.in[html->language], slice_of(NULL, 0)},
        {codes[1], found[1].enhanced->name.in[html->language], slice_of(NULL, 0)}};
    compare_two_enhanced(html, path, sides, found[0].enhanced, found[1].enhanced);
    return REFERENCE_OK;
}
