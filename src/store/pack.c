/* pack.c - count, then for each recipient: length, address, length, parameters
 *
 * Numbers are little-endian base 128; the high bit means that more octets follow.
 */
#include "store/pack.h"

#include <stdlib.h>

static bool
put_number(struct buf *out, size_t value)
{
    char octets[10];
    size_t len = 0;

    while (value >= 0x80) {
        octets[len++] = (char)((value & 0x7f) | 0x80);
        value >>= 7;
    }
    octets[len++] = (char)value;
    return buf_append(out, slice_of(octets, len));
}

static bool
put_slice(struct buf *out, struct slice s)
{
    return put_number(out, s.len) && buf_append(out, s);
}

static bool
take_number(struct slice *packed, size_t *value_out)
{
    size_t value = 0;

    for (unsigned shift = 0; shift < 32 && packed->len > 0; shift += 7) {
        unsigned char octet = (unsigned char)packed->ptr[0];
        *packed = slice_skip(*packed, 1);
        value |= (size_t)(octet & 0x7f) << shift;
        if (octet < 0x80) {
            *value_out = value;
            return true;
        }
    }
    return false;
}

static bool
take_slice(struct slice *packed, struct slice *out)
{
    size_t len;

    if (!take_number(packed, &len) || len > packed->len)
        return false;
    *out = slice_of(packed->ptr, len);
    *packed = slice_skip(*packed, len);
    return true;
}

bool
pack_recipients(struct buf *out, const struct store_recipient *recipients, size_t count)
{
    if (!put_number(out, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!put_slice(out, recipients[i].address) ||
            !put_slice(out, recipients[i].parameters))
            return false;
    }
    return true;
}

bool
unpack_recipients(struct slice packed, struct store_recipient **list_out,
                  size_t *count_out)
{
    struct store_recipient *list = NULL;
    size_t count;

    /* each takes at least two octets, so a damaged count cannot make us allocate much
     */
    if (!take_number(&packed, &count) || count > packed.len / 2)
        return false;
    if (count > 0) {
        list = calloc(count, sizeof(*list));
        if (list == NULL)
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!take_slice(&packed, &list[i].address) ||
            !take_slice(&packed, &list[i].parameters)) {
            free(list);
            return false;
        }
    }
    *list_out = list;
    *count_out = count;
    return true;
}
