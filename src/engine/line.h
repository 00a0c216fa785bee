/* line - cuts a byte stream into SMTP lines (RFC 5321 2.3.8, 4.5.3.1) */
#ifndef ENGINE_LINE_H
#define ENGINE_LINE_H

#include "base/slice.h"

enum line_result {
    LINE_OK,       /* *line_out holds one line, without its CRLF */
    LINE_PARTIAL,  /* no line end yet: offer again with more octets */
    LINE_TOO_LONG, /* max octets without a line end */
    LINE_BARE_LF,  /* LF without CR in front (never a line end, RFC 5321 2.3.8) */
};

/* Take the first line from input.
 * max: octets a line may have, CRLF included.
 * is_lf_enough: a lone LF ends a line too (profile test).
 * used_out: octets to drop from input (0 for LINE_PARTIAL; for LINE_TOO_LONG max;
 * for LINE_BARE_LF the LF included).
 * line_out: borrowed from input. Set for LINE_OK; for LINE_BARE_LF it holds what
 * precedes the LF. */
enum line_result line_take(struct slice input, size_t max, bool is_lf_enough,
                           size_t *used_out, struct slice *line_out);

/* What octets a command line has that need care (protocol 3.12). */
enum {
    LINE_HAS_CONTROL =
        1 << 0, /* below SP, or DEL; CR and NUL have bits of their own too */
    LINE_HAS_HIGH = 1 << 1, /* above 7F */
    LINE_HAS_CR = 1 << 2,
};

/* The bits above for line; white space at its end does not count. */
unsigned line_inspect(struct slice line);

#endif
