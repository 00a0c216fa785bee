/* sqlite_forward.c - see sqlite_forward.h */
#include "store/sqlite_forward.h"

static int
file_close(sqlite3_file *file)
{
    return sqlite_below(file)->pMethods->xClose(sqlite_below(file));
}

static int
file_read(sqlite3_file *file, void *out, int len, sqlite3_int64 offset)
{
    return sqlite_below(file)->pMethods->xRead(sqlite_below(file), out, len, offset);
}

static int
file_write(sqlite3_file *file, const void *octets, int len, sqlite3_int64 offset)
{
    return sqlite_below(file)->pMethods->xWrite(sqlite_below(file), octets, len,
                                                offset);
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return sqlite_below(file)->pMethods->xTruncate(sqlite_below(file), size);
}

static int
file_sync(sqlite3_file *file, int flags)
{
    return sqlite_below(file)->pMethods->xSync(sqlite_below(file), flags);
}

static int
file_size(sqlite3_file *file, sqlite3_int64 *size_out)
{
    return sqlite_below(file)->pMethods->xFileSize(sqlite_below(file), size_out);
}

static int
file_lock(sqlite3_file *file, int lock)
{
    return sqlite_below(file)->pMethods->xLock(sqlite_below(file), lock);
}

static int
file_unlock(sqlite3_file *file, int lock)
{
    return sqlite_below(file)->pMethods->xUnlock(sqlite_below(file), lock);
}

static int
file_check_lock(sqlite3_file *file, int *is_locked_out)
{
    return sqlite_below(file)->pMethods->xCheckReservedLock(sqlite_below(file),
                                                            is_locked_out);
}

static int
file_control(sqlite3_file *file, int operation, void *argument)
{
    return sqlite_below(file)->pMethods->xFileControl(sqlite_below(file), operation,
                                                      argument);
}

static int
file_sector_size(sqlite3_file *file)
{
    return sqlite_below(file)->pMethods->xSectorSize(sqlite_below(file));
}

static int
file_device(sqlite3_file *file)
{
    return sqlite_below(file)->pMethods->xDeviceCharacteristics(sqlite_below(file));
}

static int
file_shm_map(sqlite3_file *file, int page, int size, int is_extended,
             void volatile **out)
{
    return sqlite_below(file)->pMethods->xShmMap(sqlite_below(file), page, size,
                                                 is_extended, out);
}

static int
file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return sqlite_below(file)->pMethods->xShmLock(sqlite_below(file), offset, count,
                                                  flags);
}

static void
file_shm_barrier(sqlite3_file *file)
{
    sqlite_below(file)->pMethods->xShmBarrier(sqlite_below(file));
}

static int
file_shm_unmap(sqlite3_file *file, int is_deleted)
{
    return sqlite_below(file)->pMethods->xShmUnmap(sqlite_below(file), is_deleted);
}

const sqlite3_io_methods sqlite_forward_methods = {
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
