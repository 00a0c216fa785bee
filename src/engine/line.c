/* line.c - the end of a line is CR LF and nothing else
 *
 * 1. An LF that has no CR in front is answered at once, not waited out, so that
 *    a person typing through a raw TCP tool sees the reason; what stands before it
 *    is never executed (S-02).
 * 2. A CR inside a line is found when the line is complete.
 */
#include "engine/line.h"

enum line_result
line_take(struct slice input, size_t max, bool is_lf_enough, size_t *used_out,
          struct slice *line_out)
{
    size_t reach = input.len < max ? input.len : max;
    const char *lf = reach > 0 ? memchr(input.ptr, '\n', reach) : NULL;
    size_t len;

    *used_out = 0;
    if (lf == NULL) {
        if (input.len < max)
            return LINE_PARTIAL;
        *used_out = max;
        return LINE_TOO_LONG;
    }
    len = (size_t)(lf - input.ptr);
    *used_out = len + 1;
    if (len > 0 && lf[-1] == '\r') {
        *line_out = slice_of(input.ptr, len - 1);
        return LINE_OK;
    }
    *line_out = slice_of(input.ptr, len);
    return is_lf_enough ? LINE_OK : LINE_BARE_LF;
}

static unsigned
inspect_octet(unsigned char octet)
{
    if (octet >= 0x80)
        return LINE_HAS_HIGH;
    if (octet == '\r')
        return LINE_HAS_CONTROL | LINE_HAS_CR;
    return octet < 0x20 || octet == 0x7f ? LINE_HAS_CONTROL : 0;
}

unsigned
line_inspect(struct slice line)
{
    unsigned found = 0;

    if (slice_is_printable(line)) /* nearly every line */
        return 0;
    while (line.len > 0 &&
           (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\t'))
        line.len--;
    for (size_t i = 0; i < line.len; i++)
        found |= inspect_octet((unsigned char)line.ptr[i]);
    return found;
}
