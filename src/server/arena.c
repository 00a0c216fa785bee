/* arena.c - a list of blocks; see arena.h */
#include "server/arena.h"

#include <stddef.h>
#include <stdlib.h>

struct arena_block {
    struct arena_block *next;
    _Alignas(max_align_t) char octets[];
};

void
arena_init(struct arena *arena)
{
    arena->blocks = NULL;
    arena->used = arena->allocated = 0;
    arena->size = ARENA_HELD;
}

void
arena_clear(struct arena *arena)
{
    while (arena->blocks != NULL) {
        struct arena_block *block = arena->blocks;

        arena->blocks = block->next;
        free(block);
    }
    arena_init(arena);
}

static char *
allocate(struct arena *arena, size_t len, size_t alignment)
{
    arena->used = (arena->used + alignment - 1) & ~(alignment - 1);
    if (arena->used > arena->size || len > arena->size - arena->used) {
        size_t size = len > ARENA_BLOCK ? len : ARENA_BLOCK;
        struct arena_block *block = malloc(sizeof(*block) + size);

        if (block == NULL)
            return NULL;
        block->next = arena->blocks;
        arena->blocks = block;
        arena->size = size;
        arena->used = 0;
        arena->allocated += size;
    }
    arena->used += len;
    return (arena->blocks != NULL ? arena->blocks->octets : arena->held) + arena->used -
           len;
}

bool
arena_join(struct arena *arena, struct slice a, struct slice b, struct slice *copy_out)
{
    char *at = allocate(arena, a.len + b.len, 1);

    if (at == NULL)
        return false;
    if (a.len > 0)
        memcpy(at, a.ptr, a.len);
    if (b.len > 0)
        memcpy(at + a.len, b.ptr, b.len);
    *copy_out = slice_of(at, a.len + b.len);
    return true;
}

bool
arena_copy(struct arena *arena, struct slice s, struct slice *copy_out)
{
    return arena_join(arena, s, (struct slice){0}, copy_out);
}

void *
arena_room(struct arena *arena, size_t len)
{
    return allocate(arena, len, _Alignof(max_align_t));
}
