/* wording - the tables behind postern_wording_match */
#ifndef CATALOG_WORDING_H
#define CATALOG_WORDING_H

#include "catalog/pattern.h"
#include "postern/catalog.h"

/* Generated: the pattern of each entry of postern_wordings; the generic ones begin at
 * index catalog_wording_generic. */
extern const struct pattern catalog_wording_patterns[];
extern const size_t catalog_wording_generic;

/* The wording that text, a reply without its code, matches best; of refusals only.
 * class: '4' or '5'. NULL: none. */
const struct postern_wording *catalog_wording_by_text(struct slice text, char class);

/* The same, without the generic ones. */
const struct postern_wording *catalog_wording_known(struct slice text, char class);

/* What a reply means in general, at any product; NULL: nothing fits. */
const struct postern_wording *catalog_wording_in_general(struct slice reply);

/* The next wording of another server with the same text; NULL: no more. *at: where to
 * go on, 0 at first. */
const struct postern_wording *
catalog_wording_same_text(const struct postern_wording *wording, size_t *at);

#endif
