/* wrap.c - the only file that includes libunistring */
#include "cli/wrap.h"

#include "base/memory.h"
#include "cli/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unilbrk.h>
#include <unistd.h>
#include <uniwidth.h>

enum { NARROWEST = 40, WIDEST = 100, DEFAULT = 80 };

/* Escape everything except line feeds, which are ours and not the peer's. */
static char *
escape_lines(struct slice text)
{
    char *out = memory_new(4 * text.len + 1);
    size_t len = 0;
    struct slice line;

    for (bool more = true; more;) {
        more = slice_cut(text, '\n', &line, &text);
        char *escaped = terminal_escape(line);
        size_t n = strlen(escaped);
        memcpy(out + len, escaped, n);
        len += n;
        if (more)
            out[len++] = '\n';
        free(escaped);
    }
    out[len] = '\0';
    return out;
}

char *
wrap_text(struct slice text, int width)
{
    char *escaped = escape_lines(text);
    size_t len = strlen(escaped), out_len = 0;
    char *breaks = memory_new(len + 1), *out = memory_new(2 * len + 1);

    u8_width_linebreaks((const uint8_t *)escaped, len, width < 1 ? 1 : width, 0, 0,
                        NULL, "UTF-8", breaks);
    for (size_t i = 0; i < len; i++) {
        if (breaks[i] == UC_BREAK_POSSIBLE) {
            while (out_len > 0 && out[out_len - 1] == ' ')
                out_len--;
            out[out_len++] = '\n';
        }
        out[out_len++] = escaped[i];
    }
    out[out_len] = '\0';
    free(breaks);
    free(escaped);
    return out;
}

int
wrap_width(struct slice text)
{
    return u8_width((const uint8_t *)text.ptr, text.len, "UTF-8");
}

int
wrap_terminal(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    uint64_t number;
    int width = DEFAULT;

    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
        size.ws_col > 0)
        width = size.ws_col;
    else if (slice_parse_number(slice_from(columns), &number) && number < 10000)
        width = (int)number;
    return width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
}
