/* terminal - colours, and untrusted text made harmless */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "base/slice.h"

#include <stdio.h>

enum terminal_style {
    TERMINAL_PLAIN,
    TERMINAL_BOLD,
    TERMINAL_DIM,
    TERMINAL_GOOD,
    TERMINAL_WARNING,
    TERMINAL_BAD,
    TERMINAL_CLIENT, /* what a client sent */
    TERMINAL_SERVER, /* what a server sent */
    TERMINAL_STYLE_COUNT
};

/* Take the character set from the environment; UTF-8 if that is another. Called once,
 * by main. */
void terminal_start(void);

/* "auto" (the default: colours on a terminal unless NO_COLOR is set or TERM is dumb),
 * "always" or "never". False: none of these. */
bool terminal_set_color(const char *when);

/* The sequence that starts style on file, or "" without colour; TERMINAL_PLAIN ends
 * every style. Static. */
const char *terminal_style(FILE *file, enum terminal_style style);

/* Write untrusted text, escaped (S-40). */
void terminal_write(FILE *file, struct slice text);

/* The same as a string; the caller frees it. Exits when there is no memory. */
char *terminal_escape(struct slice text);

#endif
