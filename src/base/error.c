/* error.c - the first error wins; its text is escaped when printed */
#include "base/error.h"

#include "base/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
error_set(struct error *error, enum error_code code, const char *format, ...)
{
    va_list values;

    if (error == NULL || error_is_set(error))
        return;
    error->code = code;
    va_start(values, format);
    vsnprintf(error->text, sizeof(error->text), format, values);
    va_end(values);
}

void
error_print(const struct error *error)
{
    char safe[4 * sizeof(error->text) + 1];

    escape_text(slice_from(error->text), safe, sizeof(safe));
    fprintf(stderr, "postern: %s\n", safe);
}

int
error_exit_status(const struct error *error)
{
    return error->code == ERROR_USAGE ? 2 : 1;
}
