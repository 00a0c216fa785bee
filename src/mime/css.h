/* css - the declarations and at-rules of a style sheet or a style attribute */
#ifndef MIME_CSS_H
#define MIME_CSS_H

#include "base/slice.h"

enum css_kind {
    CSS_DECLARATION, /* name and value of a property */
    CSS_AT_RULE,     /* its name, without "@" */
};

/* Call each for every one of them, in order. Comments are left out; what stands in
 * strings and brackets is no declaration. Names and values are trimmed and live until
 * each returns. Takes time linear in css; ends the process if there is no memory for a
 * copy of it. */
void css_scan(struct slice css,
              void (*each)(void *context, enum css_kind kind, struct slice name,
                           struct slice value),
              void *context);

#endif
