/* faulty_vfs - a disk that fails on demand, and loses what was not synced
 *
 * It becomes SQLite's default VFS, so the store's own layer lies on top of it.
 * Files keep their real content, as the page cache would show it; beside each the
 * image is kept that a power cut would leave: what was synced, and of what was
 * written since, piece by piece, this and not that.
 */
#ifndef TESTS_FAULTY_VFS_H
#define TESTS_FAULTY_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum fault {
    FAULT_NONE,
    FAULT_WRITE_FULL,  /* ENOSPC */
    FAULT_WRITE_QUOTA, /* EDQUOT */
    FAULT_WRITE_IO,    /* EIO, nothing written */
    FAULT_WRITE_TORN,  /* EIO, the first half written */
    FAULT_SYNC_IO, /* EIO; what was to be synced will never be, though reads show it */
    FAULT_POWER,   /* this write or sync and everything after it fails */
};

/* Register as SQLite's default. Call before the first store is opened. */
void faulty_vfs_install(void);

/* Let the nth write or sync (by kind; for FAULT_POWER any of both) from now fail,
 * n from 1; is_lasting: and all after it. FAULT_NONE: heal. */
void faulty_vfs_fail(enum fault fault, int n, bool is_lasting);

/* True once the fault has happened. */
bool faulty_vfs_has_failed(void);

/* Forget all images: files are taken as durable as they stand. */
void faulty_vfs_forget(void);

/* The power is gone: write to every file what the disk would hold, losing pieces of
 * unsynced writes by chance from seed. All stores must be closed. Heals. */
void faulty_vfs_cut_power(uint32_t seed, unsigned piece);

#endif
