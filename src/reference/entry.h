/* entry - the pages of single entries; reference_code decides which one it is */
#ifndef REFERENCE_ENTRY_H
#define REFERENCE_ENTRY_H

#include "html/html.h"

/* Whole pages. asked is the enhanced code as requested: "5.7.1". */
void entry_enhanced(struct html *html, struct slice path,
                    const struct postern_enhanced *entry, struct slice asked);
void entry_cause(struct html *html, struct slice path, enum postern_cause cause);

/* A word that is a verb, an extension, or both; one of the two may be NULL. */
void entry_word(struct html *html, struct slice path, const struct postern_verb *verb,
                const struct postern_extension *extension);

/* The short form of a code, for a paste that is just a code: name, meaning, what to do,
 * a link to its page. */
void entry_code_short(struct html *html, const struct postern_code *code);
void entry_enhanced_short(struct html *html, const struct postern_enhanced *entry,
                          struct slice asked);

#endif
