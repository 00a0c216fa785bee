/* sqlite_forward - a file of SQLite that passes every call on to the file below it
 *
 * The common part of layers over SQLite's file access: a layer begins its own file
 * struct with struct forward_file, copies the methods, and replaces those it is about.
 */
#ifndef STORE_SQLITE_FORWARD_H
#define STORE_SQLITE_FORWARD_H

#include <sqlite3.h>

struct forward_file {
    sqlite3_file base;   /* must be first, as SQLite asks */
    sqlite3_file *below; /* set by the layer's xOpen */
};

/* Shared memory (the WAL index) is passed on, memory-mapped reading is not: a mapped
 * file turns an I/O error into SIGBUS. */
extern const sqlite3_io_methods sqlite_forward_methods;

static inline sqlite3_file *
sqlite_below(sqlite3_file *file)
{
    return ((struct forward_file *)(void *)file)->below;
}

#endif
