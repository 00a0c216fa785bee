/* sqlite.c - the life of a handle: open, close, and reopen when it is in doubt
 *
 * 1. One connection writes, and it alone checkpoints: SQLite before 3.51.3 can
 *    lose committed transactions when two connections checkpoint and commit at
 *    the same instant. Readers are opened read-only and never checkpoint, not
 *    even when they close.
 * 2. Everything about a new file is durable before the first commit: the file
 *    and its WAL exist and their folder has been synced.
 * 3. After a failed sync the kernel may cache pages that it calls clean although they
 *    are not on the disk. So reopen (a) closes the old connection without a
 *    checkpoint, (b) asks the kernel to drop its cache of the files, so that reads show
 *    what is on the disk, (c) lets SQLite recover from the WAL what its checksums
 *    prove, (d) copies all of that into the database and syncs it, which writes every
 *    page again, and starts an empty WAL, (e) compares the count of commits with the
 *    last one acknowledged, and (f) makes a test commit.
 */
#include "store/sqlite.h"

#include "store/folder.h"
#include "store/lock.h"
#include "store/sqlite_vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUSY_WAIT_MS = 2000,   /* a reader may be recovering the WAL, which is quick */
    LONGEST_PATH = 500,    /* SQLite allows 512, endings included */
    WAL_PAGES_FIRST = 2000 /* first checkpoint in service, see sqlite_write.c */
};

/* ---- the path ------------------------------------------------------------- */

static bool
is_good_path(const char *path, struct error *error)
{
    if (path[0] == '\0') {
        error_set(
            error, ERROR_USAGE,
            "store \"sqlite:\": the path is missing: write sqlite:/path/postern.db");
        return false;
    }
    if (strlen(path) > LONGEST_PATH) {
        error_set(error, ERROR_USAGE,
                  "store sqlite:%.60s…: the path has %zu octets, the limit is %d: "
                  "use a shorter one",
                  path, strlen(path), LONGEST_PATH);
        return false;
    }
    if (path[strlen(path) - 1] == '/') {
        error_set(error, ERROR_USAGE,
                  "store %s: that is a folder: name a file in it, such as "
                  "sqlite:%spostern.db",
                  path, path);
        return false;
    }
    return true;
}

static char *
path_of(const char *path, struct error *error)
{
    char *copy;

    if (!is_good_path(path, error))
        return NULL;
    copy = strdup(path);
    if (copy == NULL)
        folder_explain(path, "open it", ENOMEM, error);
    return copy;
}

/* ---- the file ------------------------------------------------------------- */

/* What path names can be a store for the mode. is_missing_out: there is nothing. */
static bool
is_good_file(const char *path, enum store_mode mode, bool *is_missing_out,
             struct error *error)
{
    int rights = mode == STORE_WRITE ? R_OK | W_OK : R_OK;
    struct stat status;

    *is_missing_out = false;
    if (stat(path, &status) != 0) {
        *is_missing_out = errno == ENOENT;
        if (!*is_missing_out)
            folder_explain(path, "open it", errno, error);
        return *is_missing_out;
    }
    if (S_ISDIR(status.st_mode)) {
        error_set(error, ERROR_USAGE,
                  "store %s: that is a folder: name a file in it, such as "
                  "sqlite:%s/postern.db",
                  path, path);
        return false;
    }
    if (!S_ISREG(status.st_mode)) {
        error_set(error, ERROR_USAGE, "store %s: not a regular file: use --store",
                  path);
        return false;
    }
    if (faccessat(AT_FDCWD, path, rights, AT_EACCESS) != 0) {
        folder_explain(path, mode == STORE_WRITE ? "write it" : "read it", errno,
                       error);
        return false;
    }
    return true;
}

/* Created here for its mode: SQLite would use the umask. SQLite's other files get the
 * mode of this one. */
static bool
create_file(const char *path, struct error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0) {
        folder_explain(path, "create it", errno, error);
        return false;
    }
    close(fd);
    return true;
}

/* ---- the connection ------------------------------------------------------- */

static void
disconnect(struct sqlite_store *store)
{
    if (store->db == NULL)
        return;
    sqlite_statements_clear(store);
    store->syncs_closed += sqlite_vfs_syncs(store->db);
    (void)sqlite3_close_v2(store->db);
    store->db = NULL;
}

/* Close without writing anything more. */
static void
disconnect_quietly(struct sqlite_store *store)
{
    if (store->db != NULL)
        (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    disconnect(store);
}

static int
note_wal_pages(void *context, sqlite3 *db, const char *name, int pages)
{
    struct sqlite_store *store = context;

    (void)db;
    (void)name;
    store->wal_pages = pages;
    return SQLITE_OK;
}

static int
open_database(struct sqlite_store *store)
{
    int flags = SQLITE_OPEN_NOMUTEX;
    const char *vfs = sqlite_vfs_name();
    int code;

    if (vfs == NULL)
        return SQLITE_NOMEM;
    flags |= store->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    store->is_syncing = true; /* as the settings of sqlite_schema.c say */
    code = sqlite3_open_v2(store->path, &store->db, flags, vfs);
    if (code != SQLITE_OK)
        return code;
    (void)sqlite3_extended_result_codes(store->db, 1);
    (void)sqlite3_busy_timeout(store->db, BUSY_WAIT_MS);
    if (store->mode == STORE_READ)
        (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    else
        (void)sqlite3_wal_hook(store->db, note_wal_pages, store);
    return SQLITE_OK;
}

static bool
connect(struct sqlite_store *store, struct error *error)
{
    int code = open_database(store);

    if (code != SQLITE_OK) {
        sqlite_explain(store, code, "open it", error);
        goto fail;
    }
    if (!sqlite_schema_prepare(store, error))
        goto fail;
    code = sqlite_statements_prepare(store);
    if (code != SQLITE_OK) {
        sqlite_explain(store, code, "use its tables", error);
        goto fail;
    }
    return true;
fail:
    disconnect_quietly(store);
    return false;
}

/* ---- open and close ------------------------------------------------------- */

static struct store *
close_store(struct store *base)
{
    struct sqlite_store *store = sqlite_of(base);

    if (store->is_in_doubt)
        disconnect_quietly(store);
    disconnect(store);
    lock_release(store->lock_fd);
    free(store->path);
    free(store);
    return NULL;
}

static bool
open_for_writing(struct sqlite_store *store, struct error *error)
{
    bool is_missing;

    /* Checked twice: first, so that no lock file is left beside a folder, and again
     * with the lock held, when no other process can be creating the file. */
    if (!is_good_file(store->path, STORE_WRITE, &is_missing, error))
        return false;
    store->lock_fd = lock_take(store->path, error);
    if (store->lock_fd < 0 ||
        !is_good_file(store->path, STORE_WRITE, &is_missing, error))
        return false;
    if (is_missing && !create_file(store->path, error))
        return false;
    if (!connect(store, error) || !sqlite_sweep(store, error))
        return false;
    if (sqlite_number(store, "SELECT commits FROM total",
                      (int64_t *)&store->commit_number) != SQLITE_OK) {
        sqlite_explain(store, SQLITE_CORRUPT, "read its totals", error);
        return false;
    }
    store->acknowledged = store->commit_number;
    return folder_sync_of(store->path, error);
}

static bool
open_for_reading(struct sqlite_store *store, struct error *error)
{
    bool is_missing;

    if (!is_good_file(store->path, STORE_READ, &is_missing, error))
        return false;
    if (is_missing) {
        error_set(error, ERROR_NOT_FOUND,
                  "store %s: no such file: start the server once, or use --store",
                  store->path);
        return false;
    }
    return connect(store, error);
}

static struct store *
open_store(const char *path, enum store_mode mode, struct error *error)
{
    struct sqlite_store *store;
    bool is_open;

    if (!is_good_path(path, error))
        return NULL;
    if (mode == STORE_WRITE && !folder_make_for(path, error))
        return NULL;
    store = calloc(1, sizeof(*store));
    if (store == NULL) {
        folder_explain(path, "open it", ENOMEM, error);
        return NULL;
    }
    *store = (struct sqlite_store){
        .base.backend = &store_sqlite,
        .mode = mode,
        .lock_fd = -1,
        .wal_pages_due = WAL_PAGES_FIRST,
        .path = folder_resolve(path, error),
    };
    is_open = store->path != NULL && is_good_path(store->path, error) &&
              (mode == STORE_WRITE ? open_for_writing(store, error)
                                   : open_for_reading(store, error));
    return is_open ? &store->base : close_store(&store->base);
}

/* ---- reopening -------------------------------------------------------- */

/* Closing the descriptor drops this process's POSIX locks on the file. That is
 * harmless: our connection is closed now, and readers lock the WAL index. */
static void
forget_cached(const char *path, const char *ending)
{
    char name[LONGEST_PATH + 16];
    int fd;

    snprintf(name, sizeof(name), "%s%s", path, ending);
    fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
}

static bool
is_all_there(struct sqlite_store *store, struct error *error)
{
    int64_t commits = 0;
    int code = sqlite_number(store, "SELECT commits FROM total", &commits);

    if (code != SQLITE_OK) {
        sqlite_explain(store, code, "read its totals", error);
        return false;
    }
    if ((uint64_t)commits < store->acknowledged) {
        error_set(error, ERROR_CORRUPT,
                  "store %s: only %llu of %llu acknowledged commits are there: the "
                  "device lost "
                  "data it had synced: stop the server and check the device",
                  store->path, (unsigned long long)commits,
                  (unsigned long long)store->acknowledged);
        return false;
    }
    return true;
}

static bool
start_fresh_wal(struct sqlite_store *store, struct error *error)
{
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                         NULL, NULL);

    if (code != SQLITE_OK)
        sqlite_explain(store, code, "write the WAL into the database", error);
    return code == SQLITE_OK;
}

/* Messages that are being received stay: their sessions may go on. */
static bool
make_test_commit(struct sqlite_store *store, struct error *error)
{
    int64_t commits;
    int code = sqlite_run(store, "UPDATE total SET commits = commits + 1");

    if (code == SQLITE_OK)
        code = sqlite_number(store, "SELECT commits FROM total", &commits);
    if (code != SQLITE_OK) {
        sqlite_explain(store, code, "make a test commit", error);
        return false;
    }
    store->acknowledged = store->commit_number = (uint64_t)commits;
    return true;
}

static bool
reopen_store(struct store *base, struct error *error)
{
    struct sqlite_store *store = sqlite_of(base);

    disconnect_quietly(store);
    if (store->mode == STORE_READ)
        return connect(store, error);
    store->is_in_doubt = true;
    forget_cached(store->path, "");
    forget_cached(store->path, "-wal");
    if (!connect(store, error))
        return false;
    if (!is_all_there(store, error) || !start_fresh_wal(store, error) ||
        !folder_sync_of(store->path, error) || !make_test_commit(store, error)) {
        disconnect_quietly(store);
        return false;
    }
    store->wal_pages_due = WAL_PAGES_FIRST;
    store->is_in_doubt = false;
    return true;
}

bool
sqlite_is_readable(struct sqlite_store *store, struct error *error)
{
    if (store->db == NULL)
        error_set(error, ERROR_SYSTEM,
                  "store %s: closed after a failed write: it will be reopened",
                  store->path);
    return store->db != NULL;
}

const struct store_backend store_sqlite = {
    .scheme = "sqlite:",
    .form = "sqlite:/path/postern.db",
    .durability = "disk",
    .open = open_store,
    .close = close_store,
    .reopen = reopen_store,
    .path = path_of,
    .commit = sqlite_commit,
    .idle = sqlite_idle,
    .list = sqlite_list,
    .find = sqlite_find,
    .read = sqlite_read,
    .sessions = sqlite_sessions,
    .syncs = sqlite_syncs,
    .version = sqlite_version,
    .count = sqlite_count,
    .stats = sqlite_stats,
    .check = sqlite_check,
};
