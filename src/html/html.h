/* html - writes pages: markup is ours, every other text is escaped
 *
 * A struct html grows in memory; lack of memory ends the process (base/memory.h). Only
 * literals go to html_markup; everything else goes through html_text or html_path, from
 * whatever source.
 */
#ifndef HTML_HTML_H
#define HTML_HTML_H

#include "base/buf.h"
#include "html/words.h"
#include "postern/catalog.h"

/* A word or sentence of the pages (ui/words.txt), %1 to %4 stand for values. */
struct word_entry {
    const char *name;
    struct postern_text text;
};
extern const struct word_entry word_entries[WORD_COUNT];

static inline struct slice
word_text(enum word word, enum postern_language language)
{
    return word_entries[word].text.in[language];
}

struct html {
    struct buf out;
    enum postern_language language;
    bool is_too_long; /* out has reached its ceiling, and the rest is missing */
};

void html_init(struct html *html, enum postern_language language);
void html_clear(struct html *html);

/* Our own markup, unescaped. */
void html_markup(struct html *html, const char *markup);

/* Untrusted text, between tags or inside a quoted attribute: < > & " ' are escaped,
 * ill-formed UTF-8 becomes U+FFFD, controls but tab and newline and the bidirectional
 * overrides become visible as \xHH. */
void html_text(struct html *html, struct slice text);

/* The same for a NUL-terminated string. */
void html_string(struct html *html, const char *text);

/* A decimal number. */
void html_number(struct html *html, uint64_t number);

/* One segment of a URL path or the value of a query, percent-encoded. */
void html_path(struct html *html, struct slice segment);

/* A word of the pages, escaped; html_word_with puts values in the place of %1 to %4,
 * escaped too. */
void html_word(struct html *html, enum word word);
void html_word_with(struct html *html, enum word word, const struct slice *values,
                    size_t count);

/* A phrase of the catalog, escaped. */
void html_phrase(struct html *html, enum postern_phrase phrase);

/* A text of the catalog in the page's language, escaped. */
void html_catalog(struct html *html, const struct postern_text *text);

/* printf for our own markup with numbers and names; never for untrusted text. */
void html_format(struct html *html, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- the frame of a page (page.c) ---- */

enum html_place { /* what the navigation marks as current */
                  HTML_INBOX,
                  HTML_SESSIONS,
                  HTML_CODES,
                  HTML_COMPARE,
                  HTML_EXPLAIN,
                  HTML_TRY,
                  HTML_STATUS,
                  HTML_NOWHERE,
};

struct html_page {
    struct slice title; /* escaped here */
    enum html_place place;
    struct slice path;   /* of this page with its query, for the language switch */
    const char *scripts; /* names of modules in ui/, separated by blanks; or NULL */
    const char *styles;  /* names of more style sheets, separated by blanks; or NULL */
    bool is_printable;   /* a page of the reference: prints without navigation */
};

/* Everything up to and including <main>; then the page's content; then html_end. */
void html_begin(struct html *html, const struct html_page *page);
void html_end(struct html *html);

#endif
