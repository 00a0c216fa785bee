/* search - finds the entries of the catalog that contain a word
 *
 * ASCII case is ignored. Texts are searched in both languages, so that a reader of
 * Japanese can search for the English words of a server.
 */
#ifndef DOCUMENT_SEARCH_H
#define DOCUMENT_SEARCH_H

#include "base/slice.h"
#include "postern/catalog.h"

struct search {
    struct slice word; /* empty: everything */
    char class;        /* '2' to '5': codes that begin with it; 0: all */
};

bool search_code(const struct search *search, const struct postern_code *code);

/* "X.5.1" is of every class. */
bool search_enhanced(const struct search *search, const struct postern_enhanced *entry);

/* These three have no class: it is ignored. */
bool search_cause(const struct search *search, const struct postern_cause_entry *cause);
bool search_extension(const struct search *search,
                      const struct postern_extension *extension);
bool search_verb(const struct search *search, const struct postern_verb *verb);

/* Generic wordings, which belong to no product, are never found. */
bool search_wording(const struct search *search, const struct postern_wording *wording);

#endif
