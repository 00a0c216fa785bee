/* arena - small texts that are freed together and never move
 *
 * The first octets are inside the struct, so most owners need no further memory.
 */
#ifndef SERVER_ARENA_H
#define SERVER_ARENA_H

#include "base/attr.h"
#include "base/slice.h"

#include <stddef.h>

enum { ARENA_HELD = 512, ARENA_BLOCK = 4096 };

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used, size;          /* of the newest block, or of held */
    size_t allocated;           /* octets of all blocks */
    _Alignas(max_align_t) char held[ARENA_HELD];
};

void arena_init(struct arena *arena);
void arena_clear(struct arena *arena);

/* Copy a followed by b. False: no memory. copy_out may point to a itself. */
MUST_USE bool arena_join(struct arena *arena, struct slice a, struct slice b,
                         struct slice *copy_out);

/* Copy s. False: no memory. */
MUST_USE bool arena_copy(struct arena *arena, struct slice s, struct slice *copy_out);

/* Room for len octets, aligned for any object; NULL: no memory. */
void *arena_room(struct arena *arena, size_t len);

#endif
