/* header - the header block of a message: its fields, and their text (RFC 5322 2.2)
 *
 * Made for mail as it comes, not as it should be: LF alone ends a line, lines that
 * are no field are passed over, a header without an end is a header. Nothing here
 * is copied but decoded text. Every function takes time linear in its input.
 */
#ifndef MESSAGE_HEADER_H
#define MESSAGE_HEADER_H

#include "base/slice.h"

/* One field, borrowed from the block it was taken from. */
struct header_field {
    struct slice name; /* "Subject" */
    struct slice
        value; /* without outer blanks and line end; still folded and encoded */
};

/* The header block at the top of content, without the empty line behind it. A
 * "From " line of a mailbox file before it is left out. Empty when the first line
 * is not a field: then all of content is body. */
struct slice header_block(struct slice content);

/* Take the next field from *block (which header_block made) and move *block behind
 * it. False: no field is left. */
bool header_take(struct slice *block, struct header_field *field_out);

/* Find the first field called name (case ignored) in the header block of content.
 * value_out: borrowed from content, still folded and encoded. False: no such field,
 * *value_out untouched. */
bool header_find(struct slice content, struct slice name, struct slice *value_out);

/* Make the value of a field readable: unfolded, encoded words decoded (RFC 2047,
 * also where they are cut in the middle of a character), controls as spaces.
 * What cannot be decoded shows as U+FFFD; a word in a charset nobody knows stays
 * as it was sent.
 * out gets at most out_size octets of well-formed UTF-8 including a closing NUL, cut
 * between two characters. Returns the length without the NUL. */
size_t header_decode(struct slice value, char *out, size_t out_size);

#endif
