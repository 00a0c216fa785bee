/* base64.c - checks only: the engine never needs to know a secret */
#include "engine/base64.h"

#include "base/ascii.h"

bool
base64_is_valid(struct slice s)
{
    size_t padding = 0;
    int unused_bits;

    if (s.len == 0)
        return true;
    if (s.len % 4 != 0)
        return false;
    while (padding < 2 && s.ptr[s.len - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < s.len - padding; i++) {
        if (ascii_base64_value(s.ptr[i]) < 0)
            return false;
    }
    unused_bits = padding == 1 ? 0x03 : padding == 2 ? 0x0f : 0;
    return (ascii_base64_value(s.ptr[s.len - 1 - padding]) & unused_bits) == 0;
}

bool
base64_is_alphabet(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (ascii_base64_value(s.ptr[i]) < 0 && s.ptr[i] != '=')
            return false;
    }
    return s.len > 0;
}
