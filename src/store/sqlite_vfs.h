/* sqlite_vfs - a thin layer over SQLite's own file access: counts syncs
 *
 * "Syncs per message" is a promise with a number, so syncs are counted where they
 * happen. The layer is on top of the VFS that is SQLite's default at the first call of
 * sqlite_vfs_name; a test that wants failing disks registers its own default first.
 */
#ifndef STORE_SQLITE_VFS_H
#define STORE_SQLITE_VFS_H

#include <sqlite3.h>
#include <stdint.h>

/* The name to open databases with; registered by the first call. NULL: out
 * of memory. Thread-safe. */
const char *sqlite_vfs_name(void);

/* Syncs of the database file and its WAL and journals since db was opened. */
uint64_t sqlite_vfs_syncs(sqlite3 *db);

#endif
