/* inbox_file.c - mailbox files can be larger than memory, so they are mapped
 *
 * A pipe cannot be mapped, so it is read whole.
 */
#include "cli/inbox_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 1 << 16 };

static bool
fail(const char *name, struct error *error)
{
    if (errno == EISDIR)
        error_set(error, ERROR_SYSTEM,
                  "%s: cannot read it: it is a directory: name a file", name);
    else
        error_set(error, ERROR_SYSTEM,
                  "%s: cannot read it: %s: check its name and permissions", name,
                  strerror(errno));
    return false;
}

static bool
map(struct inbox_file *file, int fd, size_t size)
{
    void *at = size > 0 ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;

    if (at == MAP_FAILED)
        return false;
    file->map = at;
    file->octets = slice_of(at, size);
    return true;
}

static bool
read_all(struct inbox_file *file, int fd)
{
    for (;;) {
        if (!buf_reserve(&file->read, READ_STEP)) {
            errno = ENOMEM;
            return false;
        }
        ssize_t n = read(fd, file->read.ptr + file->read.len, READ_STEP);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            break;
        file->read.len += (size_t)n;
    }
    file->octets = buf_slice(&file->read);
    return true;
}

bool
inbox_file_open(struct inbox_file *file, const char *name, struct error *error)
{
    bool is_stdin = strcmp(name, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    struct stat status;
    bool is_ok;

    *file = (struct inbox_file){0};
    buf_init(&file->read, SIZE_MAX);
    if (fd < 0)
        return fail(name, error);
    is_ok = fstat(fd, &status) == 0;
    if (is_ok && S_ISREG(status.st_mode) && !is_stdin)
        is_ok = map(file, fd, (size_t)status.st_size);
    else if (is_ok)
        is_ok = read_all(file, fd);
    if (!is_ok)
        fail(name, error);
    if (!is_stdin)
        close(fd);
    if (!is_ok)
        inbox_file_close(file);
    return is_ok;
}

void
inbox_file_close(struct inbox_file *file)
{
    if (file->map != NULL)
        munmap(file->map, file->octets.len);
    buf_clear(&file->read);
    file->map = NULL;
}
