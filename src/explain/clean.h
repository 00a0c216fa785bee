/* clean - a line of a paste as the program wrote it: escapes and markup undone
 *
 * Pastes come through terminals, web pages, JSON and source code, so they contain
 * colour sequences, &lt; and <br>, \" and \r\n, and UTF-16. The cleaned line has an LF
 * where a line break was written as an escape.
 */
#ifndef EXPLAIN_CLEAN_H
#define EXPLAIN_CLEAN_H

#include "explain/arena.h"

/* line contains something that clean_line may change. */
bool clean_is_needed(struct slice line);

/* Write the cleaned line into arena; the result borrows from it. */
struct slice clean_line(struct slice line, struct arena *arena);

/* paste is UTF-16 as a whole: a byte order mark, or a NUL in every other octet. */
bool clean_is_utf16(struct slice paste);

/* Write paste as UTF-8 into arena, as much as fits. */
struct slice clean_utf16(struct slice paste, struct arena *arena);

#endif
