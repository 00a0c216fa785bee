/* parts.c - links, facts and prose */
#include "reference/parts.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "base/utf8.h"
#include "document/lookup.h"
#include "document/labels.h"

#include <stdio.h>

/* ---- the page ------------------------------------------------------------------- */

void
part_begin_bare(struct html *html, struct slice title, enum html_place place,
                struct slice path)
{
    const struct html_page page = {
        .title = title,
        .place = place,
        .path = path,
        .styles = "reference.css",
        .is_printable = true,
    };

    html_begin(html, &page);
}

void
part_begin(struct html *html, struct slice title, enum html_place place,
           struct slice path)
{
    part_begin_bare(html, title, place, path);
    html_markup(html, "<h1>");
    html_text(html, title);
    html_markup(html, "</h1>\n");
}

struct slice
part_title(const struct html *html, enum word word, const struct slice *values,
           size_t count, char out[PART_TITLE_SIZE])
{
    struct slice text = word_text(word, html->language);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        struct slice part = slice_of(text.ptr + i, 1);
        size_t n = part.ptr[0] == '%' && i + 1 < text.len
                       ? (size_t)(unsigned char)text.ptr[i + 1] - '1'
                       : SIZE_MAX;
        if (n < count) {
            part = values[n];
            i++;
        }
        if (part.len > PART_TITLE_SIZE - len)
            part.len = PART_TITLE_SIZE - len;
        memcpy(out + len, part.ptr, part.len);
        len += part.len;
    }
    return slice_of(out, len);
}

static void
open_heading(struct html *html, const char *id)
{
    if (id != NULL)
        html_format(html, "<h2 id=\"%s\">", id);
    else
        html_markup(html, "<h2>");
}

void
part_heading(struct html *html, const char *id, enum word word)
{
    open_heading(html, id);
    html_word(html, word);
    html_markup(html, "</h2>\n");
}

void
part_heading_phrase(struct html *html, const char *id, enum postern_phrase phrase)
{
    open_heading(html, id);
    html_phrase(html, phrase);
    html_markup(html, "</h2>\n");
}

void
part_heading_with(struct html *html, const char *id, enum word word, struct slice value)
{
    open_heading(html, id);
    html_word_with(html, word, &value, 1);
    html_markup(html, "</h2>\n");
}

/* ---- codes and links --------------------------------------------------------------
 */

void
part_code(struct html *html, struct slice code)
{
    char class = code.len > 0 ? code.ptr[0] : 'x';

    html_format(html, "<code class=\"code c%c\">",
                class >= '1' && class <= '5' ? class : 'x');
    html_text(html, code);
    html_markup(html, "</code>");
}

void
part_code_link(struct html *html, struct slice code)
{
    html_markup(html, "<a href=\"/codes/");
    html_path(html, code);
    html_markup(html, "\">");
    part_code(html, code);
    html_markup(html, "</a>");
}

void
part_number_link(struct html *html, unsigned code)
{
    char number[SLICE_NUMBER_MAX];

    part_code_link(html, slice_format_number(code, number));
}

void
part_cause_link(struct html *html, enum postern_cause cause)
{
    html_markup(html, "<a href=\"/codes/");
    html_path(html, postern_causes[cause].slug);
    html_markup(html, "\">");
    html_catalog(html, &postern_causes[cause].name);
    html_markup(html, "</a>");
}

void
part_compare_link(struct html *html, struct slice a, struct slice b)
{
    const struct slice values[2] = {a, b};

    html_markup(html, "<a href=\"/compare/");
    html_path(html, a);
    html_markup(html, "/");
    html_path(html, b);
    html_markup(html, "\">");
    html_word_with(html, WORD_REF_COMPARE_LINK, values, 2);
    html_markup(html, "</a>");
}

/* ---- prose ---- */

enum { LINKED_MAX = 16 }; /* codes linked in one text */

struct prose {
    struct slice linked[LINKED_MAX];
    size_t linked_count;
};

/* The octets of digits and dots at the beginning of s. */
static size_t
span_number(struct slice s)
{
    size_t len = 0;

    while (len < s.len &&
           (ascii_is_digit(s.ptr[len]) || (s.ptr[len] == '.' && len + 1 < s.len &&
                                           len > 0 && ascii_is_digit(s.ptr[len + 1]))))
        len++;
    return len;
}

/* The code is a word of its own: not in "RFC 821", "port:465", "mx-250". */
static bool
stands_alone(struct slice text, size_t at, size_t len)
{
    static const struct slice rfc = SLICE_INIT("RFC ");
    char before = at > 0 ? text.ptr[at - 1] : ' ';
    char behind = at + len < text.len ? text.ptr[at + len] : ' ';

    if (ascii_is_alnum(before) || memchr(".-:/+_", before, 6) != NULL)
        return false;
    if (ascii_is_alnum(behind) || memchr("-/_", behind, 3) != NULL)
        return false;
    return at < rfc.len ||
           !slice_is_equal(slice_of(text.ptr + at - rfc.len, rfc.len), rfc);
}

static bool
is_known_code(struct slice s)
{
    const struct postern_code *code;
    uint64_t value;

    if (s.len == 3 && slice_parse_number(s, &value)) {
        code = postern_code_find((unsigned)value);
        return code != NULL && code->status != POSTERN_STATUS_WILD;
    }
    return s.len >= 5 && postern_enhanced_find(s) != NULL;
}

/* The code is met for the first time in this text. */
static bool
is_first(struct prose *prose, struct slice code)
{
    for (size_t i = 0; i < prose->linked_count; i++) {
        if (slice_is_equal(prose->linked[i], code))
            return false;
    }
    if (prose->linked_count == LINKED_MAX)
        return false;
    prose->linked[prose->linked_count++] = code;
    return true;
}

void
part_prose(struct html *html, struct slice text, struct slice own)
{
    struct prose prose = {.linked_count = 0};
    struct slice code;
    size_t from = 0, at = 0;

    while (own.len > 0) {
        slice_cut(own, ' ', &code, &own);
        is_first(&prose, code);
    }
    while (at < text.len) {
        size_t len = span_number(slice_skip(text, at));
        code = slice_of(text.ptr + at, len);
        if (len > 0 && stands_alone(text, at, len) && is_known_code(code) &&
            is_first(&prose, code)) {
            html_text(html, slice_of(text.ptr + from, at - from));
            part_code_link(html, code);
            from = at + len;
        }
        at += len > 0 ? len : 1;
    }
    html_text(html, slice_skip(text, from));
}

/* ---- RFCs ---- */

static void
open_rfc(struct html *html, struct slice number, struct slice section)
{
    html_markup(html, "<a rel=\"noreferrer noopener\" "
                      "href=\"https://www.rfc-editor.org/rfc/rfc");
    html_path(html, number);
    if (section.len > 0) {
        html_markup(html, ascii_is_digit(section.ptr[0]) ? "#section-" : "#appendix-");
        html_path(html, section);
    }
    html_markup(html, "\">");
}

/* "RFC 5321 4.2.2, 4.3.2": the first section stands in the link of the RFC. */
static void
put_rfc(struct html *html, struct slice one)
{
    struct slice name, number, sections, section;
    uint64_t value;

    slice_cut(one, ' ', &name, &number);
    slice_cut(number, ' ', &number, &sections);
    if (!slice_is_equal(name, SLICE("RFC")) || !slice_parse_number(number, &value)) {
        html_text(html, one);
        return;
    }
    slice_cut(sections, ',', &section, &sections);
    section = slice_trim(section, SLICE(" "));
    open_rfc(html, number, section);
    html_markup(html, "RFC ");
    html_text(html, number);
    if (section.len > 0)
        html_markup(html, " ");
    html_text(html, section);
    html_markup(html, "</a>");
    while (sections.len > 0) {
        slice_cut(sections, ',', &section, &sections);
        section = slice_trim(section, SLICE(" "));
        html_markup(html, ", ");
        open_rfc(html, number, section);
        html_text(html, section);
        html_markup(html, "</a>");
    }
}

void
part_rfc(struct html *html, struct slice rfc)
{
    struct slice one;

    while (rfc.len > 0) {
        slice_cut(rfc, ';', &one, &rfc);
        put_rfc(html, slice_trim(one, SLICE(" ")));
        if (rfc.len > 0)
            html_markup(html, "; ");
    }
}

/* ---- lists of words ---- */

static void
put_word(struct html *html, struct slice word)
{
    struct slice said = label_after(html->language, word);

    if (said.ptr != word.ptr) {
        html_text(html, said);
        return;
    }
    if (postern_verb_find(word) == NULL && postern_extension_find(word) == NULL) {
        html_markup(html, "<code>");
        html_text(html, word);
        html_markup(html, "</code>");
        return;
    }
    html_markup(html, "<a href=\"/codes/");
    html_path(html, word);
    html_markup(html, "\"><code>");
    html_text(html, word);
    html_markup(html, "</code></a>");
}

static void
each_word(struct html *html, struct slice list,
          void (*put)(struct html *html, struct slice word))
{
    struct slice word;
    bool is_first_word = true;

    while (list.len > 0) {
        slice_cut(list, ' ', &word, &list);
        if (word.len == 0)
            continue;
        if (!is_first_word)
            html_markup(html, html->language == POSTERN_JA ? "、" : ", ");
        is_first_word = false;
        put(html, word);
    }
}

void
part_words(struct html *html, struct slice list)
{
    each_word(html, list, put_word);
}

void
part_codes(struct html *html, struct slice list)
{
    each_word(html, list, part_code_link);
}

/* ---- facts ------------------------------------------------------------------------
 */

void
part_short_end(struct html *html, struct slice fix, struct slice code)
{
    html_markup(html, "<h3>");
    html_phrase(html, POSTERN_PHRASE_LABEL_FIX);
    html_markup(html, "</h3>\n<p>");
    part_prose(html, fix, code);
    html_markup(html, "</p>\n<p class=\"more\"><a href=\"/codes/");
    html_path(html, code);
    html_markup(html, "\">");
    html_word_with(html, WORD_REF_FULL_PAGE, &code, 1);
    html_markup(html, "</a></p>\n</section>\n");
}

/* ---- unknown codes and words ---- */

void
part_nearest(struct html *html, struct slice text, const char *word)
{
    const struct postern_code *near[LOOKUP_NEAREST_MAX];
    size_t count = word == NULL ? lookup_nearest_codes(text, near) : 0;

    if (count == 0 && word == NULL)
        return;
    part_heading(html, "nearest", WORD_REF_NEAREST);
    html_markup(html, "<ul class=\"entries\">\n");
    if (word != NULL) {
        html_markup(html, "<li>");
        put_word(html, slice_from(word));
        html_markup(html, "</li>\n");
    }
    for (size_t i = 0; i < count; i++) {
        html_markup(html, "<li>");
        part_number_link(html, near[i]->code);
        html_markup(html, " ");
        html_catalog(html, &near[i]->name);
        html_markup(html, "</li>\n");
    }
    html_markup(html, "</ul>\n");
}
