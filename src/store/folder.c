/* folder.c - mkdir, fsync and realpath, with an explanation when they fail */
#include "store/folder.h"

#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    int code;
    enum error_code error;
    const char *advice;
} advices[] = {
    {EACCES, ERROR_SYSTEM, "give that user access, or use --store"},
    {EPERM, ERROR_SYSTEM, "give that user access, or use --store"},
    {EROFS, ERROR_SYSTEM, "the file system is mounted read-only: use --store"},
    {ENOSPC, ERROR_SYSTEM, "free some space"},
    {EDQUOT, ERROR_SYSTEM, "free some space or raise the quota"},
    {EMFILE, ERROR_SYSTEM, "raise the limit on open files (ulimit -n)"},
    {ENFILE, ERROR_SYSTEM, "raise the system's limit on open files"},
    {ENOTDIR, ERROR_SYSTEM, "a part of the path is a file: use --store"},
    {ENAMETOOLONG, ERROR_SYSTEM, "use a shorter path"},
    {ELOOP, ERROR_SYSTEM, "the path has a loop of symbolic links: use --store"},
    {ENOENT, ERROR_NOT_FOUND, "check the path"},
};

void
folder_explain(const char *path, const char *doing, int code, struct error *error)
{
    enum error_code kind = ERROR_SYSTEM;
    const char *advice = "check the device and the system log";
    char who[48] = "";

    for (size_t i = 0; i < ARRAY_LEN(advices); i++) {
        if (advices[i].code == code) {
            kind = advices[i].error;
            advice = advices[i].advice;
        }
    }
    if (code == EACCES || code == EPERM)
        snprintf(who, sizeof(who), " for user %u", (unsigned)geteuid());
    error_set(error, kind, "store %s: cannot %s: %s%s: %s", path, doing, strerror(code),
              who, advice);
}

/* The folder part of path, "." if it has none. Freed by the caller. */
static char *
folder_of(const char *path, struct error *error)
{
    char *copy = strdup(path);
    char *folder = copy != NULL ? strdup(dirname(copy)) : NULL;

    free(copy);
    if (folder == NULL)
        folder_explain(path, "open it", ENOMEM, error);
    return folder;
}

static bool
sync_folder(const char *folder, const char *path, struct error *error)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced;

    if (fd < 0) {
        folder_explain(path, "open its folder", errno, error);
        return false;
    }
    is_synced = fsync(fd) == 0;
    if (!is_synced)
        folder_explain(path, "sync its folder", errno, error);
    close(fd);
    return is_synced;
}

bool
folder_sync_of(const char *path, struct error *error)
{
    char *folder = folder_of(path, error);
    bool is_synced = folder != NULL && sync_folder(folder, path, error);

    free(folder);
    return is_synced;
}

bool
folder_make_for(const char *path, struct error *error)
{
    struct stat status;
    char *folder = folder_of(path, error);
    bool is_made = false;

    if (folder == NULL)
        return false;
    if (stat(folder, &status) == 0) {
        is_made = S_ISDIR(status.st_mode);
        if (!is_made)
            folder_explain(path, "open its folder", ENOTDIR, error);
    } else if (errno != ENOENT) {
        folder_explain(path, "check its folder", errno, error);
    } else if (folder_make_for(folder, error)) {
        is_made = mkdir(folder, 0700) == 0 || errno == EEXIST;
        if (!is_made)
            folder_explain(path, "create its folder", errno, error);
        is_made = is_made && folder_sync_of(folder, error);
    }
    free(folder);
    return is_made;
}

char *
folder_resolve(const char *path, struct error *error)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    char *folder = folder_of(path, error);
    char *real = folder != NULL ? realpath(folder, NULL) : NULL;
    char *whole = NULL;

    if (folder != NULL && real == NULL)
        folder_explain(path, "find its folder", errno, error);
    if (real != NULL &&
        asprintf(&whole, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name) < 0) {
        whole = NULL;
        folder_explain(path, "open it", ENOMEM, error);
    }
    free(folder);
    free(real);
    return whole;
}
