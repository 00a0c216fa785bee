/* pack.c - count, then for each recipient: length, address, length, parameters
 *
 * Numbers are those of base/varint.h.
 */
#include "store/pack.h"

#include "base/varint.h"

#include <stdlib.h>

static bool
put_number(struct buf *out, size_t value)
{
    char octets[VARINT_MAX];

    return buf_append(out,
                      slice_of(octets, (size_t)(varint_put(octets, value) - octets)));
}

static bool
put_slice(struct buf *out, struct slice s)
{
    return put_number(out, s.len) && buf_append(out, s);
}

static bool
take_slice(struct slice *packed, struct slice *out)
{
    uint64_t len;

    if (!varint_take(packed, &len) || len > packed->len)
        return false;
    *out = slice_of(packed->ptr, (size_t)len);
    *packed = slice_skip(*packed, (size_t)len);
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
    uint64_t count;

    /* each takes at least two octets, so a damaged count cannot make us allocate much
     */
    if (!varint_take(&packed, &count) || count > packed.len / 2)
        return false;
    if (count > 0) {
        list = calloc((size_t)count, sizeof(*list));
        if (list == NULL)
            return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        if (!take_slice(&packed, &list[i].address) ||
            !take_slice(&packed, &list[i].parameters)) {
            free(list);
            return false;
        }
    }
    *list_out = list;
    *count_out = (size_t)count;
    return true;
}
