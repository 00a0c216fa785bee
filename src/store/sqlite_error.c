/* sqlite_error.c - result codes of SQLite explained: what, why, what to do */
#include "store/sqlite.h"

#include <stdio.h>

static const struct {
    int code; /* primary code */
    enum error_code error;
    const char *advice;
} advices[] = {
    {SQLITE_FULL, ERROR_SYSTEM, "free some space on the device"},
    {SQLITE_IOERR, ERROR_SYSTEM, "check the device and the system log"},
    {SQLITE_NOMEM, ERROR_SYSTEM, "free some memory"},
    {SQLITE_READONLY, ERROR_SYSTEM, "give this user write permission, or use --store"},
    {SQLITE_CANTOPEN, ERROR_SYSTEM,
     "check the permissions of the file and its folder, or use --store"},
    {SQLITE_PERM, ERROR_SYSTEM, "check the permissions of the file, or use --store"},
    {SQLITE_BUSY, ERROR_BUSY, "another program is writing to it: stop that program"},
    {SQLITE_CORRUPT, ERROR_CORRUPT,
     "the file is damaged: keep a copy and restore a backup"},
    {SQLITE_NOTADB, ERROR_CORRUPT,
     "the file is not a Postern store: use --store to name another"},
    {SQLITE_ERROR, ERROR_CORRUPT,
     "its tables are not Postern's: restore a backup, or use --store"},
};

void
sqlite_explain(struct sqlite_store *store, int code, const char *doing,
               struct error *error)
{
    enum error_code kind = ERROR_SYSTEM;
    const char *advice = "this is a bug in Postern: please report it";
    int system = store->db != NULL ? sqlite3_system_errno(store->db) : 0;
    char why[64] = "";

    for (size_t i = 0; i < ARRAY_LEN(advices); i++) {
        if (advices[i].code == (code & 0xff)) {
            kind = advices[i].error;
            advice = advices[i].advice;
        }
    }
    if (system != 0 && kind == ERROR_SYSTEM)
        snprintf(why, sizeof(why), " (%s)", strerror(system));
    error_set(error, kind, "store %s: cannot %s: %s%s: %s", store->path, doing,
              sqlite3_errstr(code), why, advice);
}
