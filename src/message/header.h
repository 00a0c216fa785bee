/* header - the header of a message: its fields, and their text (RFC 5322 2.2)
 *
 * Lenient, since mail is: LF alone ends a line, lines that are not fields are skipped,
 * a header may end with the message. Only decoded text is copied. Every function takes
 * time linear in its input.
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

/* The header at the top of content, without the empty line after it. A "From " line of
 * a mailbox file before it is left out. Empty if the first line is not a field: then
 * all of content is body. */
struct slice header_block(struct slice content);

/* Take the next field from *block (from header_block) and move *block after it. False:
 * there are no more. */
bool header_take(struct slice *block, struct header_field *field_out);

/* Find the first field called name (in any case) in the header of content. value_out:
 * borrowed from content, still folded and encoded. False: no such field, *value_out
 * unchanged. */
bool header_find(struct slice content, struct slice name, struct slice *value_out);

/* Make the value of a field readable: unfolded, encoded words decoded (RFC 2047, even
 * if a character is split between them), controls as spaces. Octets that cannot be
 * decoded become U+FFFD; a word in an unknown charset is not changed. out gets at most
 * out_size octets of well-formed UTF-8 including a NUL at the end, cut between two
 * characters. Returns the length without the NUL. */
size_t header_decode(struct slice value, char *out, size_t out_size);

#endif
