/* tag - valid tags: letters, digits, - _ . @ and single blanks inside */
#ifndef INBOX_TAG_H
#define INBOX_TAG_H

#include "base/buf.h"

enum {
    TAG_MAX = 100 /* octets of one */,
    TAGS_MAX = 2000 /* of all tags of a message */
};

/* Write tag to out as a valid tag: ASCII characters that are not allowed become blanks.
 * Returns its length; 0: nothing is left. */
size_t tag_clean(struct slice tag, char out[TAG_MAX]);

/* Add a tag, cleaned, to a comma-separated list (buf_init with TAGS_MAX); no
 * effect if it is empty, present (in any case) or does not fit. */
void tag_add(struct buf *tags, struct slice tag);

#endif
