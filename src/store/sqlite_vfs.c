/* sqlite_vfs.c - every call goes to the file below; two of them do something more
 *
 * 1. xSync is counted, in the object of the database file, also for its WAL.
 * 2. xWrite that fails for a quota is reported as "full", as SQLite itself does
 *    for ENOSPC only: to us both are 452, and neither harms what is there.
 */
#include "store/sqlite_vfs.h"

#include "store/sqlite_forward.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

struct counted_file {
    struct forward_file forward; /* must be first; the file below follows this struct */
    struct counted_file *counter; /* the database file's object, or itself */
    uint64_t syncs;
};

static sqlite3_vfs counted_vfs;
static sqlite3_io_methods counted_methods;

static struct counted_file *
counted(sqlite3_file *file)
{
    return (struct counted_file *)(void *)file;
}

static sqlite3_vfs *
vfs_below(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

/* ---- files ---------------------------------------------------------------- */

static int
file_write(sqlite3_file *file, const void *octets, int len, sqlite3_int64 offset)
{
    int code;

    errno = 0;
    code = sqlite_forward_methods.xWrite(file, octets, len, offset);
    if (code == SQLITE_IOERR_WRITE && errno == EDQUOT)
        return SQLITE_FULL;
    return code;
}

static int
file_sync(sqlite3_file *file, int flags)
{
    counted(file)->counter->syncs++;
    return sqlite_forward_methods.xSync(file, flags);
}

/* ---- the layer ------------------------------------------------------------ */

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
         int *flags_out)
{
    struct counted_file *opened = counted(file);
    sqlite3_vfs *lower = vfs_below(vfs);
    int code;

    memset(opened, 0, sizeof(*opened));
    opened->forward.below = (sqlite3_file *)(void *)(opened + 1);
    opened->counter = opened;
    if (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL))
        opened->counter = counted(sqlite3_database_file_object(name));
    code = lower->xOpen(lower, name, opened->forward.below, flags, flags_out);
    if (opened->forward.below->pMethods != NULL)
        opened->forward.base.pMethods = &counted_methods;
    return code;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int is_folder_synced)
{
    return vfs_below(vfs)->xDelete(vfs_below(vfs), name, is_folder_synced);
}

static int
vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result_out)
{
    return vfs_below(vfs)->xAccess(vfs_below(vfs), name, flags, result_out);
}

static int
vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
    return vfs_below(vfs)->xFullPathname(vfs_below(vfs), name, size, out);
}

static int
vfs_random(sqlite3_vfs *vfs, int len, char *out)
{
    return vfs_below(vfs)->xRandomness(vfs_below(vfs), len, out);
}

static int
vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    return vfs_below(vfs)->xSleep(vfs_below(vfs), microseconds);
}

static int
vfs_time(sqlite3_vfs *vfs, double *julian_day_out)
{
    return vfs_below(vfs)->xCurrentTime(vfs_below(vfs), julian_day_out);
}

static int
vfs_last_error(sqlite3_vfs *vfs, int size, char *out)
{
    return vfs_below(vfs)->xGetLastError(vfs_below(vfs), size, out);
}

static void
vfs_register(void)
{
    sqlite3_vfs *lower;

    /* statistics of allocations would cost a lock each */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    lower = sqlite3_vfs_find(NULL);
    if (lower == NULL)
        return;
    counted_methods = sqlite_forward_methods;
    counted_methods.xWrite = file_write;
    counted_methods.xSync = file_sync;
    counted_vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct counted_file) + lower->szOsFile,
        .mxPathname = lower->mxPathname,
        .zName = "postern",
        .pAppData = lower,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
    };
    (void)sqlite3_vfs_register(&counted_vfs, 0);
}

const char *
sqlite_vfs_name(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, vfs_register);
    return counted_vfs.zName;
}

uint64_t
sqlite_vfs_syncs(sqlite3 *db)
{
    sqlite3_file *file = NULL;

    if (db == NULL ||
        sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK)
        return 0;
    return counted(file)->syncs;
}
