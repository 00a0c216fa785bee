/* lock - at most one writer for a data file, and which process it is */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/attr.h"
#include "base/error.h"

/* Take the exclusive lock of the data file at path, on "<path>.lock".
 * Returns a descriptor that holds it, or -1 with error set: ERROR_BUSY, with
 * the process id in the text, when another process holds it. Never waits. */
int lock_take(const char *path, struct error *error);

/* Release it. Takes -1. Returns -1. The file stays: removing it would let two
 * processes hold locks on two files of one name. */
int lock_release(int fd);

#endif
