/* arena - memory for text that is rewritten while a paste is read
 *
 * It is bounded and belongs to the caller. Text that does not fit is cut; nothing
 * fails.
 */
#ifndef EXPLAIN_ARENA_H
#define EXPLAIN_ARENA_H

#include "base/slice.h"

struct arena {
    char *ptr;
    size_t size, used;
    size_t open; /* where the current piece begins */
};

static inline void
arena_begin(struct arena *arena)
{
    arena->open = arena->used;
}

static inline void
arena_octet(struct arena *arena, char octet)
{
    if (arena->used < arena->size)
        arena->ptr[arena->used++] = octet;
}

static inline void
arena_add(struct arena *arena, struct slice s)
{
    size_t room = arena->size - arena->used;
    size_t len = s.len < room ? s.len : room;

    if (len > 0)
        memcpy(arena->ptr + arena->used, s.ptr, len);
    arena->used += len;
}

/* What was written since arena_begin. */
static inline struct slice
arena_end(const struct arena *arena)
{
    return slice_of(arena->ptr + arena->open, arena->used - arena->open);
}

#endif
