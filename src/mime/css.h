/* css - the declarations and at-rules of a style sheet or a style attribute */
#ifndef MIME_CSS_H
#define MIME_CSS_H

#include "base/slice.h"

enum css_kind {
    CSS_DECLARATION, /* name and value of a property */
    CSS_AT_RULE,     /* its name, without "@" */
};

/* Call each for every one of them, in order. Comments, and the contents of strings and
 * brackets, are not declarations. Names and values are trimmed and valid until each
 * returns. Takes linear time and a copy of css. */
void css_scan(struct slice css,
              void (*each)(void *context, enum css_kind kind, struct slice name,
                           struct slice value),
              void *context);

#endif
