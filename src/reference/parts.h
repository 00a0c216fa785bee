/* parts - the building blocks of the reference pages: links, facts, lists, forms
 *
 * Every function writes markup into the page and escapes its arguments. A fact is a
 * pair of <dt> and <dd> inside a <dl class="facts"> of the caller; nothing is written
 * for an empty text.
 */
#ifndef REFERENCE_PARTS_H
#define REFERENCE_PARTS_H

#include "document/fields.h"
#include "html/html.h"

/* ---- the page ---- */

/* html_begin with the styles of the reference, and the page's only <h1>. */
void part_begin(struct html *html, struct slice title, enum html_place place,
                struct slice path);

/* The same without the <h1>. */
void part_begin_bare(struct html *html, struct slice title, enum html_place place,
                     struct slice path);

enum { PART_TITLE_SIZE = 600 };

/* A word with values in the place of %1 to %4, not escaped; borrows from out. */
struct slice part_title(const struct html *html, enum word word,
                        const struct slice *values, size_t count,
                        char out[PART_TITLE_SIZE]);

/* <h2 id="id">; id may be NULL. */
void part_heading(struct html *html, const char *id, enum word word);
void part_heading_phrase(struct html *html, const char *id, enum postern_phrase phrase);
void part_heading_with(struct html *html, const char *id, enum word word,
                       struct slice value);

/* ---- codes and links ---- */

/* The code in the colour of its class, without and with a link to its page. */
void part_code(struct html *html, struct slice code);
void part_code_link(struct html *html, struct slice code);
void part_number_link(struct html *html, unsigned code);

/* The cause's name, as a link. */
void part_cause_link(struct html *html, enum postern_cause cause);

/* A link to the comparison of two codes, in words. */
void part_compare_link(struct html *html, struct slice a, struct slice b);

/* A text of the catalog in which known codes are links, each once; those of the list
 * own are not. */
void part_prose(struct html *html, struct slice text, struct slice own);

/* "RFC 5321 4.2.2, 4.3.2; RFC 4954 4" with links to the RFC editor. */
void part_rfc(struct html *html, struct slice rfc);

/* Words separated by blanks: verbs and keywords become links, EOD and the like labels.
 */
void part_words(struct html *html, struct slice list);

/* Codes separated by blanks, all links. */
void part_codes(struct html *html, struct slice list);

/* ---- facts ---- */

/* A fact with a text; a label of its own. */
void part_fact(struct html *html, enum postern_phrase label, struct slice text);
void part_fact_rfc(struct html *html, enum postern_phrase label, struct slice rfc);

/* A value by its kind: text, syntax, or lists of links. Codes of the list own are not
 * links. */
void part_value(struct html *html, enum field_kind kind, struct slice value,
                struct slice own);

/* The fields of an entry that are in its list of facts, between <dl> and </dl>. */
void part_facts(struct html *html, const struct fields *fields, const void *entry);

/* The prose of an entry after its first paragraph (which is the lead of the page), one
 * section each. */
enum { PART_SECTIONS_MAX = 8 };
void part_sections(struct html *html, const struct fields *fields, const void *entry,
                   struct slice own);

/* The fields it consists of, for pages that arrange them themselves. Returns how many
 * there are. */
size_t part_section_fields(const struct fields *fields,
                           const struct field *out[PART_SECTIONS_MAX]);

/* A heading of the second level and the text below it, as part_prose; nothing for an
 * empty one. */
void part_section(struct html *html, enum postern_phrase label, struct slice text,
                  struct slice own);

/* The end of a code's short form: how to fix it, and the link to its own page. */
void part_short_end(struct html *html, struct slice fix, struct slice code);

/* ---- lists ---- */

/* Which wordings of real servers to show; a member that is 0 or NULL matches any. */
struct part_wanted {
    unsigned code;
    enum postern_cause cause;
    const struct postern_enhanced *enhanced;
    struct slice word; /* what to search for to find all of them */
    unsigned max;      /* shown here, at most 16 */
    bool has_heading;  /* a heading stands above them */
};

/* The wordings of real servers: one line for each product, the most widely seen first,
 * then a link to all. False: no product has one, nothing was written. */
bool part_wordings(struct html *html, const struct part_wanted *wanted);

/* The causes a code shows most often, as a list with their summaries, at most max.
 * heading stands above it, with the code in it. */
void part_causes(struct html *html, unsigned code, unsigned max, enum word heading);

/* One line of such lists: the product, the text it says and, with has_cause, the cause
 * of it. */
void part_wording(struct html *html, const struct postern_wording *wording,
                  bool has_cause);

/* The code's example, nothing marked, below a heading of level 3. */
void part_example(struct html *html, const struct postern_code *code);

/* The failing conversation of a code and the repaired one beside each other, with what
 * makes the difference marked. */
void part_repair(struct html *html, const struct postern_code *code);

/* Its example, or the two above, below a heading; nothing if it has none. */
void part_conversations(struct html *html, const struct postern_code *code);

/* ---- forms ---- */

/* The search of the reference; class is '2' to '5', or 0. */
void part_search(struct html *html, struct slice word, char class);

/* Two inputs for codes to compare. */
void part_compare_form(struct html *html, struct slice a, struct slice b);

/* The text area for a paste. */
void part_paste_form(struct html *html);

/* ---- unknown codes and words ---- */

/* The known codes nearest to a number, or the nearest word, as links; nothing if none
 * is near. */
void part_nearest(struct html *html, struct slice text, const char *word);

#endif
