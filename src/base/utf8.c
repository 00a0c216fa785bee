/* utf8.c - table 3-7 of the Unicode standard as code (RFC 3629 4) */
#include "base/utf8.h"

static bool
is_continuation(unsigned char octet)
{
    return (octet & 0xc0) == 0x80;
}

size_t
utf8_decode(struct slice s, uint32_t *point_out)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t point;
    size_t len;

    if (s.len == 0)
        return 0;
    if (p[0] < 0x80) {
        *point_out = p[0];
        return 1;
    }
    if ((p[0] & 0xe0) == 0xc0)
        len = 2, point = p[0] & 0x1f;
    else if ((p[0] & 0xf0) == 0xe0)
        len = 3, point = p[0] & 0x0f;
    else if ((p[0] & 0xf8) == 0xf0)
        len = 4, point = p[0] & 0x07;
    else
        return 0;
    if (s.len < len)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if (!is_continuation(p[i]))
            return 0;
        point = point << 6 | (p[i] & 0x3f);
    }
    if (point < smallest[len] || point > 0x10ffff ||
        (point >= 0xd800 && point <= 0xdfff))
        return 0;
    *point_out = point;
    return len;
}

bool
utf8_is_valid(struct slice s)
{
    while (s.len > 0) {
        uint32_t point;
        size_t len = utf8_decode(s, &point);
        if (len == 0)
            return false;
        s = slice_skip(s, len);
    }
    return true;
}
