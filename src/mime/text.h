/* text - what the files of mime share: texts that are well-formed UTF-8 */
#ifndef MIME_TEXT_H
#define MIME_TEXT_H

#include "base/buf.h"

/* A copy of s (NULL: empty) that is well-formed UTF-8; freed by the caller. */
char *text_valid_copy(const char *s);

/* Append s to out, cut to what fits. */
void text_append(struct buf *out, struct slice s);

#endif
