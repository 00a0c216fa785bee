/* guard - copies of octets that end at an unreadable page
 *
 * A parser that reads one octet past its input faults at once; no terminator follows
 * the copy either.
 */
#ifndef TESTS_GUARD_H
#define TESTS_GUARD_H

#include "base/slice.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard {
    char *pages; /* readable pages, then one that is not */
    size_t size; /* readable octets */
};

static inline void
guard_init(struct guard *guard, size_t max)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    guard->size = (max / page + 1) * page;
    guard->pages = mmap(NULL, guard->size + page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (guard->pages == MAP_FAILED ||
        mprotect(guard->pages + guard->size, page, PROT_NONE))
        abort();
}

static inline void
guard_clear(struct guard *guard)
{
    munmap(guard->pages, guard->size + (size_t)sysconf(_SC_PAGESIZE));
}

/* A copy of s at the very end, over the previous copy. s is at most max octets. */
static inline struct slice
guard_copy(struct guard *guard, struct slice s)
{
    char *start = guard->pages + guard->size - s.len;

    if (s.len > 0)
        memcpy(start, s.ptr, s.len);
    return (struct slice){start, s.len};
}

#endif
