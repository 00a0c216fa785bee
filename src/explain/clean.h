/* clean - a line of a paste as the program meant it: escapes and markup undone
 *
 * Pastes come through terminals, web pages, JSON and source code: colour sequences,
 * &lt; and <br>, \" and \r\n, and UTF-16 stand in them. The line that comes out has
 * LF where a line break was written inside of it.
 */
#ifndef EXPLAIN_CLEAN_H
#define EXPLAIN_CLEAN_H

#include "explain/arena.h"

/* line has something in it that clean_line would change. */
bool clean_is_needed(struct slice line);

/* Write the cleaned line into arena; the result borrows from it. */
struct slice clean_line(struct slice line, struct arena *arena);

/* paste is UTF-16 as a whole: a byte order mark, or a NUL in every other octet. */
bool clean_is_utf16(struct slice paste);

/* Write paste as UTF-8 into arena, as much as fits. */
struct slice clean_utf16(struct slice paste, struct arena *arena);

#endif
