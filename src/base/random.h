/* random - octets that cannot be guessed, from the kernel */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

/* Fill len octets at out. Thread-safe; aborts if the kernel has no random
 * source, which does not happen after boot. */
void random_fill(void *out, size_t len);

#endif
