/* terminal.c - the only file that has escape sequences */
#include "cli/terminal.h"

#include "base/memory.h"
#include "base/escape.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color_mode = COLOR_AUTO;

void
terminal_start(void)
{
    if (setlocale(LC_ALL, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8"); /* wcwidth, for table cells, needs it */
}

bool
terminal_set_color(const char *when)
{
    static const char *const names[] = {"auto", "always", "never"};

    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(when, names[i]) == 0) {
            color_mode = i;
            return true;
        }
    }
    return false;
}

/* Whether file gets colours. */
static bool
has_color(FILE *file)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    if (color_mode != COLOR_AUTO)
        return color_mode == COLOR_ALWAYS;
    if (no_color != NULL && no_color[0] != '\0')
        return false;
    return isatty(fileno(file)) && term != NULL && strcmp(term, "dumb") != 0;
}

const char *
terminal_style(FILE *file, enum terminal_style style)
{
    static const char *const sequences[TERMINAL_STYLE_COUNT] = {
        [TERMINAL_PLAIN] = "\033[0m",    [TERMINAL_BOLD] = "\033[1m",
        [TERMINAL_DIM] = "\033[2m",      [TERMINAL_GOOD] = "\033[32m",
        [TERMINAL_WARNING] = "\033[33m", [TERMINAL_BAD] = "\033[31m",
        [TERMINAL_CLIENT] = "\033[36m",  [TERMINAL_SERVER] = "\033[35m",
    };

    return has_color(file) ? sequences[style] : "";
}

char *
terminal_escape(struct slice text)
{
    size_t size = 4 * text.len + 1;
    char *out = memory_new(size);

    escape_text(text, out, size);
    return out;
}

void
terminal_write(FILE *file, struct slice text)
{
    char *escaped = terminal_escape(text);

    fputs(escaped, file);
    free(escaped);
}
