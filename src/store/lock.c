/* lock.c - flock: the kernel releases it when its holder dies, for whatever reason
 *
 * The process id in the file is only for the error text; the lock itself decides.
 */
#include "store/lock.h"

#include "base/slice.h"
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static void
explain_holder(int fd, const char *path, struct error *error)
{
    char text[24] = "";
    ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
    uint64_t pid;

    while (len > 0 && text[len - 1] == '\n')
        len--;
    if (len > 0 && slice_parse_number(slice_of(text, (size_t)len), &pid))
        error_set(error, ERROR_BUSY,
                  "store %s: in use by process %llu: stop it or use --store", path,
                  (unsigned long long)pid);
    else
        error_set(error, ERROR_BUSY,
                  "store %s: in use by another process: stop it or use --store", path);
}

static bool
write_holder(int fd)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

    return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) == len;
}

int
lock_take(const char *path, struct error *error)
{
    char *name = NULL;
    int fd = -1;

    if (asprintf(&name, "%s.lock", path) < 0) {
        folder_explain(path, "lock it", ENOMEM, error);
        return -1;
    }
    fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        folder_explain(name, "open the lock file", errno, error);
        goto out;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            explain_holder(fd, path, error);
        else
            folder_explain(name, "lock it", errno, error);
        fd = lock_release(fd);
        goto out;
    }
    /* The lock works without its process id, and a full disk must not keep us from
     * reading the messages that are there. */
    if (!write_holder(fd) && errno != ENOSPC && errno != EDQUOT) {
        folder_explain(name, "write the lock file", errno, error);
        fd = lock_release(fd);
    }
out:
    free(name);
    return fd;
}

int
lock_release(int fd)
{
    if (fd >= 0)
        close(fd);
    return -1;
}
