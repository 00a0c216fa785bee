/* sqlite_vfs.c - every call goes to the file below; two of them are looked at
 *
 * 1. xSync is counted, in the object of the database file, also for its WAL.
 * 2. xWrite that fails for a quota is reported as "full", as SQLite itself does
 *    for ENOSPC only: to us both are 452, and neither harms what is there.
 * 3. Shared memory (the WAL index) is passed through, memory-mapped reading is
 *    not: a mapped file turns an I/O error into SIGBUS.
 */
#include "store/sqlite_vfs.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

struct counted_file {
    sqlite3_file base;
    struct counted_file *counter; /* the database file's object, or itself */
    uint64_t syncs;
    sqlite3_file *below; /* behind this struct, in the same allocation */
};

static sqlite3_vfs counted_vfs;

static struct counted_file *
counted(sqlite3_file *file)
{
    return (struct counted_file *)(void *)file;
}

static sqlite3_file *
below(sqlite3_file *file)
{
    return counted(file)->below;
}

static sqlite3_vfs *
vfs_below(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

/* ---- files ---------------------------------------------------------------- */

static int
file_close(sqlite3_file *file)
{
    return below(file)->pMethods->xClose(below(file));
}

static int
file_read(sqlite3_file *file, void *out, int len, sqlite3_int64 offset)
{
    return below(file)->pMethods->xRead(below(file), out, len, offset);
}

static int
file_write(sqlite3_file *file, const void *octets, int len, sqlite3_int64 offset)
{
    int code;

    errno = 0;
    code = below(file)->pMethods->xWrite(below(file), octets, len, offset);
    if (code == SQLITE_IOERR_WRITE && errno == EDQUOT)
        return SQLITE_FULL;
    return code;
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return below(file)->pMethods->xTruncate(below(file), size);
}

static int
file_sync(sqlite3_file *file, int flags)
{
    counted(file)->counter->syncs++;
    return below(file)->pMethods->xSync(below(file), flags);
}

static int
file_size(sqlite3_file *file, sqlite3_int64 *size_out)
{
    return below(file)->pMethods->xFileSize(below(file), size_out);
}

static int
file_lock(sqlite3_file *file, int lock)
{
    return below(file)->pMethods->xLock(below(file), lock);
}

static int
file_unlock(sqlite3_file *file, int lock)
{
    return below(file)->pMethods->xUnlock(below(file), lock);
}

static int
file_check_lock(sqlite3_file *file, int *is_locked_out)
{
    return below(file)->pMethods->xCheckReservedLock(below(file), is_locked_out);
}

static int
file_control(sqlite3_file *file, int operation, void *argument)
{
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

static int
file_sector_size(sqlite3_file *file)
{
    return below(file)->pMethods->xSectorSize(below(file));
}

static int
file_device(sqlite3_file *file)
{
    return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

static int
file_shm_map(sqlite3_file *file, int page, int size, int is_extended,
             void volatile **out)
{
    return below(file)->pMethods->xShmMap(below(file), page, size, is_extended, out);
}

static int
file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}

static void
file_shm_barrier(sqlite3_file *file)
{
    below(file)->pMethods->xShmBarrier(below(file));
}

static int
file_shm_unmap(sqlite3_file *file, int is_deleted)
{
    return below(file)->pMethods->xShmUnmap(below(file), is_deleted);
}

static const sqlite3_io_methods counted_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_device,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* ---- the layer ------------------------------------------------------------ */

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
         int *flags_out)
{
    struct counted_file *opened = counted(file);
    sqlite3_vfs *lower = vfs_below(vfs);
    int code;

    memset(opened, 0, sizeof(*opened));
    opened->below = (sqlite3_file *)(void *)(opened + 1);
    opened->counter = opened;
    if (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL))
        opened->counter = counted(sqlite3_database_file_object(name));
    code = lower->xOpen(lower, name, opened->below, flags, flags_out);
    if (opened->below->pMethods != NULL)
        opened->base.pMethods = &counted_methods;
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

    /* no statistics of every allocation: they cost a lock each */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    lower = sqlite3_vfs_find(NULL);
    if (lower == NULL)
        return;
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
