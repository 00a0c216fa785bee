/* checker - a small reader of our own pages, that fails the test where one is not well
 * made */
#ifndef TESTS_CHECKER_H
#define TESTS_CHECKER_H

#include "reference/reference.h"

/* Fail, with the name, unless in the page
 * - every tag is closed in its order, every attribute quoted, every id there once;
 * - what labels, describes or is jumped to on the page exists on it;
 * - there is one <h1>, and no heading leaves out a level;
 * - no control and no ill-formed octet stands;
 * - no text but names and quotes is in the other language. */
void checker_page(const char *name, const struct html *html);

/* The links to pages of the reference in all pages checked so far, each once: paths
 * without query and fragment. */
extern struct slice checker_links[];
extern size_t checker_link_count;

/* The page has the text in it. */
bool checker_has(const struct html *html, const char *text);

#endif
