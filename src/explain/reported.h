/* reported - a refusal that a program reports in its own words, without a code */
#ifndef EXPLAIN_REPORTED_H
#define EXPLAIN_REPORTED_H

#include "base/slice.h"
#include "postern/catalog.h"

/* Find the server's wording in a program's report.
 * topics: of text (explain/topics.h); they tell a temporary refusal from a permanent
 * one.
 * wording_out: the part of text that is the server's, borrowed; set whenever the
 * result is not NULL.
 * Returns the wording, NULL if the catalog knows none. Costs a walk over the catalog.
 */
const struct postern_wording *reported_wording(struct slice text, uint32_t topics,
                                               struct slice *wording_out);

#endif
