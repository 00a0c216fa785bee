/* tag - the form of tags: letters, digits and - _ . @ and single blanks inside */
#ifndef INBOX_TAG_H
#define INBOX_TAG_H

#include "base/buf.h"

enum { TAG_MAX = 100 /* octets of one */, TAGS_MAX = 2000 /* of all of a message */ };

/* Write tag into out in the form of tags: octets below 80 that may not stand in one
 * become blanks. Returns its length; 0: nothing is left. */
size_t tag_clean(struct slice tag, char out[TAG_MAX]);

/* Add a tag, cleaned, to a comma-separated list (buf_init with TAGS_MAX); nothing if it
 * is empty, is there already in whatever case, or does not fit. */
void tag_add(struct buf *tags, struct slice tag);

#endif
