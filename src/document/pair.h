/* pair - the difference between two reply codes, in words */
#ifndef DOCUMENT_PAIR_H
#define DOCUMENT_PAIR_H

#include "base/slice.h"
#include "postern/catalog.h"

enum { PAIR_DIFFERENCE_SIZE = 3000 };

/* The key difference: from the entry of pairs.txt if the two are often confused, else
 * composed from their gists. May borrow from out. */
struct slice pair_difference(enum postern_language language,
                             const struct postern_code *a, const struct postern_code *b,
                             char out[PAIR_DIFFERENCE_SIZE]);

/* The same for two enhanced codes, written as left and right, from their names. */
struct slice pair_enhanced_difference(enum postern_language language, struct slice left,
                                      const struct postern_enhanced *a,
                                      struct slice right,
                                      const struct postern_enhanced *b,
                                      char out[PAIR_DIFFERENCE_SIZE]);

/* When a server uses each: of the pair if there is one. */
void pair_uses(enum postern_language language, const struct postern_code *a,
               const struct postern_code *b, struct slice uses_out[2]);

/* The one whose failing conversation shows the difference; NULL: neither fails. */
const struct postern_code *pair_failing(const struct postern_code *a,
                                        const struct postern_code *b);

#endif
