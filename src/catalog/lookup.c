/* lookup.c - find one of our replies by its name; pure
 *
 * Apart from find.c, so that engine.wasm, which only sends replies, does not carry the
 * tables of the whole catalog.
 */
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
