/* memory.c - calloc and realloc that exit rather than return NULL */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

void
memory_fail(void)
{
    fputs("postern: out of memory: the system has none left: close other programs\n",
          stderr);
    exit(1);
}

static void *
checked(void *ptr)
{
    if (ptr == NULL)
        memory_fail();
    return ptr;
}

void *
memory_new(size_t size)
{
    return checked(calloc(1, size > 0 ? size : 1));
}

void *
memory_grow(void *ptr, size_t size)
{
    return checked(realloc(ptr, size > 0 ? size : 1));
}

char *
memory_copy(struct slice s)
{
    char *copy = memory_new(s.len + 1);

    if (s.len > 0)
        memcpy(copy, s.ptr, s.len);
    return copy;
}

bool
memory_append(struct buf *buf, struct slice s)
{
    if (s.len > buf->max - buf->len)
        return false;
    if (!buf_append(buf, s))
        memory_fail();
    return true;
}
