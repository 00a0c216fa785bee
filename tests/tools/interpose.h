/* interpose.h - the calls of libc by which a file is opened, closed and written at a
 * place
 *
 * Shared by the two libraries that are put in front of libc (LD_PRELOAD): power.c and
 * fault.c. libc has each of these calls under several names; here all names of a call
 * lead to one function, which the library defines:
 *
 *   open_watched    to open a file, as openat
 *   pwrite_watched  to write to a descriptor at an offset, as pwrite
 *
 * To be included once, before those two are defined.
 */
#ifndef TESTS_TOOLS_INTERPOSE_H
#define TESTS_TOOLS_INTERPOSE_H

#include "watch.h"

#include <stdarg.h>

static int open_watched(int dirfd, const char *name, int flags, mode_t mode);
static ssize_t pwrite_watched(int fd, const void *data, size_t len, off64_t offset);

/* The mode is an argument only where a file may be created. */
#define MODE                                                                           \
    mode_t mode = 0;                                                                   \
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {                                        \
        va_list list;                                                                  \
        va_start(list, flags);                                                         \
        mode = va_arg(list, mode_t);                                                   \
        va_end(list);                                                                  \
    }

int
open(const char *name, int flags, ...)
{
    MODE return open_watched(AT_FDCWD, name, flags, mode);
}
int
open64(const char *name, int flags, ...)
{
    MODE return open_watched(AT_FDCWD, name, flags, mode);
}
int
openat(int fd, const char *name, int flags, ...)
{
    MODE return open_watched(fd, name, flags, mode);
}
int
openat64(int fd, const char *name, int flags, ...)
{
    MODE return open_watched(fd, name, flags, mode);
}

/* The names under which programs call that were built with _FORTIFY_SOURCE. */
int
__open_2(const char *name, int flags)
{
    return open_watched(AT_FDCWD, name, flags, 0);
}
int
__open64_2(const char *name, int flags)
{
    return open_watched(AT_FDCWD, name, flags, 0);
}
int
__openat_2(int fd, const char *name, int flags)
{
    return open_watched(fd, name, flags, 0);
}
int
__openat64_2(int fd, const char *name, int flags)
{
    return open_watched(fd, name, flags, 0);
}

int
close(int fd)
{
    REAL(close);
    watch_drop(fd);
    return real(fd);
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t offset)
{
    return pwrite_watched(fd, data, len, offset);
}
ssize_t
pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
    return pwrite_watched(fd, data, len, offset);
}

#endif
