/* power.c - writes down what a disk would have seen, so that the power can be cut later
 *
 * Put in front of libc with LD_PRELOAD. Every change to a file or folder below
 * POWER_FOLDER is done for real, and then appended to the journal POWER_JOURNAL, data
 * and all, in the order in which it was done. Syncs are journalled once they have
 * returned. tests/tools/power.py builds from a beginning of the journal what a disk may
 * hold after a power cut at that point.
 *
 * 1. The record of a sync is in the journal before the program learns of its success.
 *    So whoever has seen a reply, and then looks at the length of the journal, knows
 *    that everything this reply promises was synced within that length.
 * 2. A change that was done but whose record is missing (the process was killed in
 *    between) was not synced: losing it is allowed.
 * 3. A writable shared mapping cannot be followed; it is journalled as such, and the
 *    reader of the journal decides whether that file may have one.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include "interpose.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/uio.h>

enum op {
    OP_CREATE = 1,
    OP_WRITE,
    OP_TRUNCATE,
    OP_SYNC,
    OP_UNLINK,
    OP_RENAME,
    OP_MKDIR,
    OP_DIRSYNC,
    OP_MAP,
};

struct record {
    uint32_t magic, op;
    uint64_t inode, offset;
    uint32_t data_len, path_len, target_len, unused;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *
folder(void)
{
    return getenv("POWER_FOLDER");
}

static int
journal(void)
{
    static int fd = -1;
    const char *path = getenv("POWER_JOURNAL");

    if (fd >= 0 || path == NULL)
        return fd;
    REAL(open64);
    fd = real(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0 && fd < 1000) { /* out of the way of programs that expect low numbers */
        int high = fcntl(fd, F_DUPFD_CLOEXEC, 1000);
        if (high >= 0) {
            REAL(close);
            real(fd);
            fd = high;
        }
    }
    return fd;
}

static void
append(enum op op, uint64_t inode, uint64_t offset, const void *data, size_t data_len,
       const char *path, const char *target)
{
    struct record record = {0x504f5752,
                            op,
                            inode,
                            offset,
                            (uint32_t)data_len,
                            path == NULL ? 0 : (uint32_t)strlen(path),
                            target == NULL ? 0 : (uint32_t)strlen(target),
                            0};
    struct iovec parts[] = {{&record, sizeof(record)},
                            {(void *)(uintptr_t)path, record.path_len},
                            {(void *)(uintptr_t)target, record.target_len},
                            {(void *)(uintptr_t)data, data_len}};
    ssize_t wanted =
        (ssize_t)(sizeof(record) + record.path_len + record.target_len + data_len);
    REAL(writev);

    if (real(journal(), parts, 4) != wanted) {
        fprintf(stderr, "power.c: the journal cannot be written\n");
        abort();
    }
}

/* ---- opening and closing ------------------------------------------------- */

static int
open_watched(int dirfd, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    struct stat status;
    int fd, saved;
    bool is_ours = watch_path(dirfd, name, path) && watch_is_below(path, folder());
    REAL(openat64);

    if (!is_ours)
        return real(dirfd, name, flags, mode);
    pthread_mutex_lock(&lock);
    bool is_new = (flags & O_CREAT) != 0 && lstat(path, &status) != 0;
    fd = real(dirfd, name, flags, mode);
    saved = errno;
    if (fd >= 0) {
        watch_add(fd, flags);
        if (is_new)
            append(OP_CREATE, watched[fd], 0, NULL, 0, path, NULL);
        if ((flags & O_TRUNC) != 0)
            append(OP_TRUNCATE, watched[fd], 0, NULL, 0, NULL, NULL);
    }
    pthread_mutex_unlock(&lock);
    errno = saved;
    return fd;
}

/* ---- changing contents --------------------------------------------------- */

static void
wrote(int fd, uint64_t inode, const void *data, ssize_t len, off64_t offset)
{
    append(OP_WRITE, inode, (uint64_t)offset, data, (size_t)len, NULL, NULL);
    if (watched_is_synced[fd])
        append(OP_SYNC, inode, 0, NULL, 0, NULL, NULL);
}

static ssize_t
pwrite_watched(int fd, const void *data, size_t len, off64_t offset)
{
    REAL(pwrite64);
    uint64_t inode = watch_find(fd);
    ssize_t done;
    int saved;

    if (inode == 0)
        return real(fd, data, len, offset);
    pthread_mutex_lock(&lock);
    done = real(fd, data, len, offset);
    saved = errno;
    if (done > 0)
        wrote(fd, inode, data, done, offset);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return done;
}

ssize_t
write(int fd, const void *data, size_t len)
{
    REAL(write);
    uint64_t inode = watch_find(fd);
    ssize_t done;
    int saved;

    if (inode == 0)
        return real(fd, data, len);
    pthread_mutex_lock(&lock);
    done = real(fd, data, len);
    saved = errno;
    if (done > 0)
        wrote(fd, inode, data, done, lseek64(fd, 0, SEEK_CUR) - done);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return done;
}

static int
truncate_watched(int fd, off64_t len)
{
    REAL(ftruncate64);
    uint64_t inode = watch_find(fd);
    int result, saved;

    pthread_mutex_lock(&lock);
    result = real(fd, len);
    saved = errno;
    if (result == 0 && inode != 0)
        append(OP_TRUNCATE, inode, (uint64_t)len, NULL, 0, NULL, NULL);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return result;
}

int
ftruncate(int fd, off_t len)
{
    return truncate_watched(fd, len);
}
int
ftruncate64(int fd, off64_t len)
{
    return truncate_watched(fd, len);
}

/* Not followed, so not offered: SQLite then writes instead. */
int
fallocate(int fd, int mode, off_t offset, off_t len)
{
    (void)fd, (void)mode, (void)offset, (void)len;
    errno = EOPNOTSUPP;
    return -1;
}
int
fallocate64(int fd, int mode, off64_t offset, off64_t len)
{
    (void)fd, (void)mode, (void)offset, (void)len;
    errno = EOPNOTSUPP;
    return -1;
}
int
posix_fallocate(int fd, off_t offset, off_t len)
{
    (void)fd, (void)offset, (void)len;
    return EOPNOTSUPP;
}
int
posix_fallocate64(int fd, off64_t offset, off64_t len)
{
    (void)fd, (void)offset, (void)len;
    return EOPNOTSUPP;
}

static void *
map_watched(void *address, size_t len, int protection, int flags, int fd,
            off64_t offset)
{
    REAL(mmap64);
    uint64_t inode = watch_find(fd);

    if (inode != 0 && (protection & PROT_WRITE) != 0 && (flags & MAP_SHARED) != 0) {
        pthread_mutex_lock(&lock);
        append(OP_MAP, inode, 0, NULL, 0, NULL, NULL);
        pthread_mutex_unlock(&lock);
    }
    return real(address, len, protection, flags, fd, offset);
}

void *
mmap(void *a, size_t l, int p, int f, int fd, off_t o)
{
    return map_watched(a, l, p, f, fd, o);
}
void *
mmap64(void *a, size_t l, int p, int f, int fd, off64_t o)
{
    return map_watched(a, l, p, f, fd, o);
}

/* ---- syncing ------------------------------------------------------------- */

static int
synced(int fd, int result)
{
    uint64_t inode = watch_find(fd);
    struct stat status;
    char link[64], path[PATH_MAX];
    ssize_t len;
    int saved = errno;

    if (result == 0 && inode != 0 && fstat(fd, &status) == 0) {
        snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        len = readlink(link, path, sizeof(path) - 1);
        path[len < 0 ? 0 : len] = '\0';
        append(S_ISDIR(status.st_mode) ? OP_DIRSYNC : OP_SYNC, inode, 0, NULL, 0, path,
               NULL);
    }
    errno = saved;
    return result;
}

/* The lock is held while the system syncs: what is journalled before the sync was
 * written before it began. */
#define SYNC(name)                                                                     \
    int name(int fd)                                                                   \
    {                                                                                  \
        int result;                                                                    \
        REAL(name);                                                                    \
        pthread_mutex_lock(&lock);                                                     \
        result = synced(fd, real(fd));                                                 \
        pthread_mutex_unlock(&lock);                                                   \
        return result;                                                                 \
    }
SYNC(fsync)
SYNC(fdatasync)

/* ---- names --------------------------------------------------------------- */

static void
named(enum op op, int dirfd, const char *name, int target_dirfd, const char *target)
{
    char path[PATH_MAX], other[PATH_MAX];
    int saved = errno;

    if (watch_path(dirfd, name, path) && watch_is_below(path, folder()) &&
        (target == NULL || watch_path(target_dirfd, target, other)))
        append(op, 0, 0, NULL, 0, path, target == NULL ? NULL : other);
    errno = saved;
}

#define NAMED(call, op, dirfd, name, target_dirfd, target)                             \
    pthread_mutex_lock(&lock);                                                         \
    int result = call;                                                                 \
    if (result == 0)                                                                   \
        named(op, dirfd, name, target_dirfd, target);                                  \
    pthread_mutex_unlock(&lock);                                                       \
    return result;

int
unlink(const char *name)
{
    REAL(unlink);
    NAMED(real(name), OP_UNLINK, AT_FDCWD, name, 0, NULL)
}
int
unlinkat(int fd, const char *name, int flags)
{
    REAL(unlinkat);
    NAMED(real(fd, name, flags), OP_UNLINK, fd, name, 0, NULL)
}
int
rename(const char *name, const char *target)
{
    REAL(rename);
    NAMED(real(name, target), OP_RENAME, AT_FDCWD, name, AT_FDCWD, target)
}
int
renameat(int fd, const char *name, int to, const char *target)
{
    REAL(renameat);
    NAMED(real(fd, name, to, target), OP_RENAME, fd, name, to, target)
}
int
mkdir(const char *name, mode_t mode)
{
    REAL(mkdir);
    NAMED(real(name, mode), OP_MKDIR, AT_FDCWD, name, 0, NULL)
}
int
mkdirat(int fd, const char *name, mode_t mode)
{
    REAL(mkdirat);
    NAMED(real(fd, name, mode), OP_MKDIR, fd, name, 0, NULL)
}
