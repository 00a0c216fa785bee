/* fault.c - lets system calls and allocations fail while a switch is on
 *
 * Put in front of libc with LD_PRELOAD. The switch is the file FAULT_CONTROL, mapped by
 * every process and written by the test: one struct fault for each kind of call. Writes
 * and syncs fail only for files below FAULT_FOLDER.
 *
 * A failing write may write a part first, as a full disk does; a failing sync does not
 * sync. The order of the faults depends on a counter, not on chance: a test that asks
 * for every third call gets every third call.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include "interpose.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum kind { KIND_WRITE, KIND_SYNC, KIND_ACCEPT, KIND_MEMORY, KIND_OPEN, KIND_COUNT };

struct fault {
    _Atomic uint32_t every;  /* every so many calls one fails; 0: none */
    _Atomic uint32_t error;  /* its errno */
    _Atomic uint32_t calls;  /* counted while it is on */
    _Atomic uint32_t failed; /* calls that were made to fail */
};

static struct fault *faults; /* of the control file; NULL: everything works */

__attribute__((constructor)) static void
attach(void)
{
    const char *path = getenv("FAULT_CONTROL");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    void *map;

    if (fd < 0)
        return;
    map = mmap(NULL, sizeof(struct fault) * KIND_COUNT, PROT_READ | PROT_WRITE,
               MAP_SHARED, fd, 0);
    close(fd);
    if (map != MAP_FAILED)
        faults = map;
}

/* This call is one that fails; errno is set. */
static bool
fails(enum kind kind)
{
    struct fault *fault;
    uint32_t every, call;

    if (faults == NULL)
        return false;
    fault = &faults[kind];
    every = atomic_load_explicit(&fault->every, memory_order_relaxed);
    if (every == 0)
        return false;
    call = atomic_fetch_add(&fault->calls, 1) + 1;
    if (call % every != 0)
        return false;
    atomic_fetch_add(&fault->failed, 1);
    errno = (int)fault->error;
    return true;
}

/* ---- files --------------------------------------------------------------- */

static int
open_watched(int dirfd, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    int fd;
    bool is_ours =
        watch_path(dirfd, name, path) && watch_is_below(path, getenv("FAULT_FOLDER"));
    REAL(openat64);

    if (is_ours && fails(KIND_OPEN))
        return -1;
    fd = real(dirfd, name, flags, mode);
    if (is_ours)
        watch_add(fd, flags);
    return fd;
}

static __thread bool owes_failure; /* the last write of this thread was a partial one */

static ssize_t
pwrite_watched(int fd, const void *data, size_t len, off64_t offset)
{
    REAL(pwrite64);
    if (watch_find(fd) == 0)
        return real(fd, data, len, offset);
    if (owes_failure) {
        owes_failure = false;
        errno = ENOSPC;
        return -1;
    }
    if (!fails(KIND_WRITE))
        return real(fd, data, len, offset);
    if (errno != ENOSPC || len < 2)
        return -1;
    /* A disk that fills up takes a part first and has no room for the rest. */
    owes_failure = true;
    return real(fd, data, len / 2, offset);
}

ssize_t
write(int fd, const void *data, size_t len)
{
    REAL(write);
    if (watch_find(fd) != 0 && fails(KIND_WRITE))
        return -1;
    return real(fd, data, len);
}

int
fsync(int fd)
{
    REAL(fsync);
    return watch_find(fd) != 0 && fails(KIND_SYNC) ? -1 : real(fd);
}

int
fdatasync(int fd)
{
    REAL(fdatasync);
    return watch_find(fd) != 0 && fails(KIND_SYNC) ? -1 : real(fd);
}

/* ---- connections --------------------------------------------------------- */

int
accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict len, int flags)
{
    REAL(accept4);
    return fails(KIND_ACCEPT) ? -1 : real(fd, address, len, flags);
}

int
accept(int fd, struct sockaddr *restrict address, socklen_t *restrict len)
{
    REAL(accept);
    return fails(KIND_ACCEPT) ? -1 : real(fd, address, len);
}

/* ---- memory -------------------------------------------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *
malloc(size_t size)
{
    return fails(KIND_MEMORY) ? NULL : __libc_malloc(size);
}
void *
calloc(size_t count, size_t size)
{
    return fails(KIND_MEMORY) ? NULL : __libc_calloc(count, size);
}
void *
realloc(void *old, size_t size)
{
    return fails(KIND_MEMORY) ? NULL : __libc_realloc(old, size);
}
