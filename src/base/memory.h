/* memory - allocation for processes that may end when there is no memory */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "base/buf.h"
#include "base/slice.h"

/* Print that there is no memory and exit with status 1. */
_Noreturn void memory_fail(void);

/* size octets of zeros, freed with free(). Exits with status 1 when there is no memory.
 * For commands and the web role (which is restarted), not for the mail role, which must
 * keep running. */
void *memory_new(size_t size);

/* A NUL-terminated copy of s; otherwise as memory_new. */
char *memory_copy(struct slice s);

/* ptr grown to size octets, which are not cleared; otherwise as memory_new. */
void *memory_grow(void *ptr, size_t size);

/* Append s to buf. False: above the ceiling of buf, nothing changed. Exits with status
 * 1 when there is no memory. */
MUST_USE bool memory_append(struct buf *buf, struct slice s);

#endif
