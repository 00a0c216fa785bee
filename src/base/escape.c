/* escape.c - two loops that differ in what stays unescaped; pure */
#include "base/escape.h"

#include "base/ascii.h"
#include "base/utf8.h"

static size_t
hex_escape(struct slice s, char *out)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.len; i++) {
        unsigned char octet = (unsigned char)s.ptr[i];
        out[4 * i] = '\\';
        out[4 * i + 1] = 'x';
        out[4 * i + 2] = digits[octet >> 4];
        out[4 * i + 3] = digits[octet & 15];
    }
    return 4 * s.len;
}

size_t
escape_octets(struct slice s, char *out, size_t out_size)
{
    size_t len = 0;

    if (out_size == 0)
        return 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        char piece[4] = {c};
        size_t piece_len = 1;
        if (c == '\\')
            piece[1] = '\\', piece_len = 2;
        else if (!ascii_is_printable(c))
            piece_len = hex_escape(slice_of(&s.ptr[i], 1), piece);
        if (len + piece_len >= out_size)
            break;
        memcpy(out + len, piece, piece_len);
        len += piece_len;
    }
    out[len] = '\0';
    return len;
}

/* A terminal acts on controls, and text that runs backwards misleads readers: both are
 * escaped. */
static bool
is_harmless(uint32_t point)
{
    if (point < 0x20 || (point >= 0x7f && point < 0xa0))
        return false;
    if (point == 0x061c || point == 0x200e || point == 0x200f || point == 0xfeff)
        return false;
    if ((point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069))
        return false;
    return true;
}

size_t
escape_text(struct slice s, char *out, size_t out_size)
{
    size_t len = 0;

    if (out_size == 0)
        return 0;
    while (s.len > 0) {
        uint32_t point = 0;
        size_t used = utf8_decode(s, &point);
        char piece[16];
        size_t piece_len;
        if (used > 0 && is_harmless(point)) {
            memcpy(piece, s.ptr, used);
            piece_len = used;
        } else {
            used = used > 0 ? used : 1;
            piece_len = hex_escape(slice_of(s.ptr, used), piece);
        }
        if (len + piece_len >= out_size)
            break;
        memcpy(out + len, piece, piece_len);
        len += piece_len;
        s = slice_skip(s, used);
    }
    out[len] = '\0';
    return len;
}
