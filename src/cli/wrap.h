/* wrap - text broken into lines of a given width; wide characters count two (UAX #14)
 */
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

#include "base/slice.h"

/* A copy of text, escaped (S-40) and broken by LF into lines of at most width columns.
 * An LF in text is kept. The caller frees it. */
char *wrap_text(struct slice text, int width);

/* The columns that text takes on a terminal. */
int wrap_width(struct slice text);

/* The width of the terminal on standard output, else COLUMNS, else 80; 40 to 100. */
int wrap_terminal(void);

#endif
