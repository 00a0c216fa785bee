/* error - why something failed, for a person to read
 *
 * The first error wins: once a struct error is set, later calls do not change it,
 * so the cause is reported and not its consequences. A text has the shape
 * "what: why: what to do".
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/attr.h"

#include <stdbool.h>

enum error_code {
    ERROR_NONE = 0,
    ERROR_USAGE,     /* the command line or a setting is wrong: exit 2 */
    ERROR_SYSTEM,    /* the operating system refused: exit 1 */
    ERROR_BUSY,      /* another process has locked what we need: exit 1 */
    ERROR_SCHEMA,    /* the data was written by a newer program: exit 1 */
    ERROR_CORRUPT,   /* the data is damaged: exit 1 */
    ERROR_NOT_FOUND, /* what was named does not exist: exit 1 */
};

struct error {
    enum error_code code;
    char text[500];   /* NUL-terminated, cut if longer */
    char file[200];   /* the file it is in, or empty */
    int line, column; /* from 1; 0: unknown */
};

#define ERROR_INIT                                                                     \
    {                                                                                  \
        .code = ERROR_NONE                                                             \
    }

/* Set error unless it is set already. error may be NULL: then nothing happens.
 * The text may hold untrusted bytes: print it only with error_print. */
void error_set(struct error *error, enum error_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);

static inline bool
error_is_set(const struct error *error)
{
    return error->code != ERROR_NONE;
}

/* Write "postern: <text>" and a newline to standard error, control characters
 * escaped. */
void error_print(const struct error *error);

/* The exit status that belongs to the error: 2 for ERROR_USAGE, else 1. */
int error_exit_status(const struct error *error);

#endif
