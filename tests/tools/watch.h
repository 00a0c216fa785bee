/* watch.h - which descriptors of this process are files below a folder
 *
 * For libraries that are put in front of libc (LD_PRELOAD). Descriptors are learned
 * when they are opened and forgotten when they are closed; dup of such a descriptor is
 * not followed, as the program under test has none.
 */
#ifndef TESTS_TOOLS_WATCH_H
#define TESTS_TOOLS_WATCH_H

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WATCH_MAX = 65536 };

static uint64_t watched[WATCH_MAX];       /* inode of the file, 0: not ours */
static bool watched_is_synced[WATCH_MAX]; /* opened with O_SYNC or O_DSYNC */

/* The definition of a function that this library hides: that of libc. */
#define REAL(name)                                                                     \
    static __typeof__(&name) real;                                                     \
    if (real == NULL) {                                                                \
        *(void **)&real = dlsym(RTLD_NEXT, #name);                                     \
    }

/* The absolute path of name as seen from dirfd; false: it is too long. */
static inline bool
watch_path(int dirfd, const char *name, char out[PATH_MAX])
{
    char link[64], base[PATH_MAX];
    ssize_t len;

    if (name[0] == '/')
        return snprintf(out, PATH_MAX, "%s", name) < PATH_MAX;
    if (dirfd == AT_FDCWD)
        snprintf(link, sizeof(link), "/proc/self/cwd");
    else
        snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
    len = readlink(link, base, sizeof(base) - 1);
    if (len < 0)
        return false;
    base[len] = '\0';
    return snprintf(out, PATH_MAX, "%s/%s", base, name) < PATH_MAX;
}

/* path is folder or below it. */
static inline bool
watch_is_below(const char *path, const char *folder)
{
    size_t len = folder == NULL ? 0 : strlen(folder);

    return len > 0 && strncmp(path, folder, len) == 0 &&
           (path[len] == '/' || path[len] == '\0');
}

static inline void
watch_add(int fd, int flags)
{
    struct stat status;

    if (fd < 0 || fd >= WATCH_MAX || fstat(fd, &status) != 0)
        return;
    watched[fd] = status.st_ino;
    watched_is_synced[fd] = (flags & O_DSYNC) != 0;
}

static inline uint64_t
watch_find(int fd)
{
    return fd >= 0 && fd < WATCH_MAX ? watched[fd] : 0;
}

static inline void
watch_drop(int fd)
{
    if (fd >= 0 && fd < WATCH_MAX)
        watched[fd] = 0;
}

#endif
