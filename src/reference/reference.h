/* reference - the explaining pages: codes, causes, comparisons, a pasted conversation
 *
 * Each function writes one whole page, from html_begin to html_end, in the language of
 * the struct html. path is the page's own path with its query, for the language switch
 * and for what is said below. All input is untrusted and is escaped.
 * Nothing is kept between calls; the functions may be called from any thread.
 */
#ifndef REFERENCE_REFERENCE_H
#define REFERENCE_REFERENCE_H

#include "html/html.h"

enum reference_result {
    REFERENCE_OK = 0,
    REFERENCE_UNKNOWN, /* the page says so and offers alternatives; its status is 404 */
};

/* GET /codes: everything there is, or what has word in it: codes, enhanced codes,
 * causes, extensions, commands, wordings of real servers. The form on it asks for
 * /codes?q=WORD&class=N; word is q, decoded; class=2 to class=5 is read from the query
 * in path. */
void reference_codes(struct html *html, struct slice path, struct slice word);

/* GET /codes/WHAT: a basic code, an enhanced one, a verb, an EHLO keyword or the slug
 * of a cause; what is decoded. */
enum reference_result reference_code(struct html *html, struct slice path,
                                     struct slice what);

/* GET /compare/A/B: two basic codes, or two enhanced ones, side by side. With both
 * empty: the form and the pairs most asked for. The form works without script and asks
 * for /compare?a=A&b=B: take a and b from there too, or redirect to /compare/A/B. */
enum reference_result reference_compare(struct html *html, struct slice path,
                                        struct slice a, struct slice b);

/* GET /explain with an empty paste, or POST /explain with the field text as paste: the
 * box, and what is to be said about the paste. It may be a code or a word too.
 * Secrets in the paste are not shown in the diagnosis, and a paste is not written back
 * into the box. */
void reference_explain(struct html *html, struct slice path, struct slice paste);

#endif
