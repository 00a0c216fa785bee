/* xtext.c - "+" and two hexadecimal digits */
#include "engine/xtext.h"

#include "base/ascii.h"

/* Decode one octet at the front of s. Returns the octets used, 0 if malformed. */
static size_t
take_octet(struct slice s, char *octet_out)
{
    char c = s.ptr[0];
    int high, low;

    if (c < 33 || c > 126 || c == '=')
        return 0;
    if (c != '+') {
        *octet_out = c;
        return 1;
    }
    if (s.len < 3)
        return 0;
    high = ascii_hex_value(s.ptr[1]);
    low = ascii_hex_value(s.ptr[2]);
    if (high < 0 || low < 0)
        return 0;
    *octet_out = (char)(high << 4 | low);
    return 3;
}

bool
xtext_is_valid(struct slice s, enum xtext_octets octets)
{
    while (s.len > 0) {
        char octet;
        size_t used = take_octet(s, &octet);
        if (used == 0 || (octets == XTEXT_PRINTABLE && !ascii_is_printable(octet)))
            return false;
        s = slice_skip(s, used);
    }
    return true;
}

size_t
xtext_decode(struct slice s, char *out)
{
    size_t len = 0;

    while (s.len > 0) {
        size_t used = take_octet(s, &out[len]);
        if (used == 0)
            return 0;
        s = slice_skip(s, used);
        len++;
    }
    return len;
}
