/* memory - where no memory is the end of the process, said in one line */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "base/buf.h"
#include "base/slice.h"

/* Say that there is no memory and exit with status 1. */
_Noreturn void memory_fail(void);

/* size octets of zeros, freed with free(). Exits with status 1 when there are none.
 * For commands and the web role (which is started again), not for the mail role,
 * which must live on. */
void *memory_new(size_t size);

/* A NUL-terminated copy of s, as above. */
char *memory_copy(struct slice s);

/* ptr grown to size octets, as above; the new octets are not cleared. */
void *memory_grow(void *ptr, size_t size);

/* Put s behind what is in buf. False: it does not fit under buf's ceiling, nothing
 * changed. Exits with status 1 when there is no memory. */
MUST_USE bool memory_append(struct buf *buf, struct slice s);

#endif
