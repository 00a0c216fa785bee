/* lookup.c - finding entries of the generated tables; pure */
#include "catalog/reply.h"

enum postern_reply
catalog_reply_find(struct slice name)
{
    for (int i = 1; i < POSTERN_REPLY_COUNT; i++) {
        if (slice_is_equal(catalog_replies[i].name, name))
            return (enum postern_reply)i;
    }
    return POSTERN_REPLY_NONE;
}
