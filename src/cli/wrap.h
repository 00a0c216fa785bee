/* wrap - lines of text that fit a width, wide characters counted as two (UAX #14) */
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

#include "base/slice.h"

/* A copy of text, escaped (S-40), broken into lines of at most width columns with LF
 * between them. An LF in text is kept. The caller frees it. */
char *wrap_text(struct slice text, int width);

/* The columns text takes on a terminal. */
int wrap_width(struct slice text);

/* The columns of the terminal on standard output; 80 where it is none. */
int wrap_terminal(void);

#endif
