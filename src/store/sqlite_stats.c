/* sqlite_stats.c - numbers for doctor and stats, and the check of every page */
#include "store/sqlite.h"

#include "store/sqlite_vfs.h"

#include <stdio.h>
#include <sys/stat.h>

static uint64_t
size_of(const char *path, const char *ending)
{
    char name[600];
    struct stat status;

    snprintf(name, sizeof(name), "%s%s", path, ending);
    return stat(name, &status) == 0 ? (uint64_t)status.st_size : 0;
}

uint64_t
sqlite_version(struct store *base)
{
    struct sqlite_store *store = sqlite_of(base);
    int64_t version = 0;

    if (store->db != NULL)
        (void)sqlite_number(store, "PRAGMA data_version", &version);
    return (uint64_t)version;
}

uint64_t
sqlite_count(struct store *base)
{
    struct sqlite_store *store = sqlite_of(base);
    int64_t count = 0;

    if (store->db != NULL)
        (void)sqlite_number(store, "SELECT messages FROM total", &count);
    return (uint64_t)count;
}

uint64_t
sqlite_syncs(const struct store *base)
{
    const struct sqlite_store *store = (const struct sqlite_store *)(const void *)base;

    return store->syncs_closed + (store->db != NULL ? sqlite_vfs_syncs(store->db) : 0);
}

enum store_result
sqlite_stats(struct store *base, struct store_stats *stats_out, struct error *error)
{
    struct sqlite_store *store = sqlite_of(base);
    const struct {
        const char *sql;
        uint64_t *value_out;
    } numbers[] = {
        {"SELECT messages FROM total", &stats_out->messages},
        {"SELECT octets FROM total", &stats_out->octets},
        {"SELECT count(*) FROM session", &stats_out->sessions},
        {"SELECT count(*) FROM message WHERE state = 0", &stats_out->receiving},
    };
    int64_t value = 0;
    int code;

    stats_out->file_octets = size_of(store->path, "");
    stats_out->wal_octets = size_of(store->path, "-wal");
    stats_out->commits = store->commits;
    stats_out->syncs = sqlite_syncs(&store->base);
    snprintf(stats_out->library, sizeof(stats_out->library), "SQLite %s",
             sqlite3_libversion());
    if (!sqlite_is_readable(store, error))
        return STORE_FAILED;
    code = sqlite_number(store, "PRAGMA user_version", &value);
    stats_out->schema_version = (uint32_t)value;
    for (size_t i = 0; i < ARRAY_LEN(numbers) && code == SQLITE_OK; i++) {
        code = sqlite_number(store, numbers[i].sql, &value);
        *numbers[i].value_out = (uint64_t)value;
    }
    if (code == SQLITE_OK)
        return STORE_OK;
    sqlite_explain(store, code, "count its messages", error);
    return STORE_FAILED;
}

/* ---- the full check ------------------------------------------------------- */

/* Each returns no row if all is well, else a row with a text that names the damage. */
static const char *const checks[] = {
    "SELECT integrity_check FROM pragma_integrity_check(1)"
    " WHERE integrity_check <> 'ok'",
    "SELECT 'message ' || hex(id) || ' has lost a part of its body' FROM message"
    " WHERE state = 1 AND size <> coalesce(length(body),"
    "  (SELECT coalesce(sum(length(octets)), 0) FROM chunk"
    "   WHERE chunk.message = message.key)) LIMIT 1",
    "SELECT 'a recipient belongs to no message' FROM recipient"
    " WHERE message NOT IN (SELECT key FROM message) LIMIT 1",
    "SELECT 'a chunk belongs to no message' FROM chunk"
    " WHERE message NOT IN (SELECT key FROM message) LIMIT 1",
    "SELECT 'the totals do not match the messages' FROM total"
    " WHERE messages <> (SELECT count(*) FROM message WHERE state = 1)"
    " OR octets <> (SELECT coalesce(sum(size), 0) FROM message WHERE state = 1)",
};

static enum store_result
run_check(struct sqlite_store *store, const char *sql, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        error_set(error, ERROR_CORRUPT,
                  "store %s: damaged: %s: keep a copy and restore a backup",
                  store->path, (const char *)sqlite3_column_text(statement, 0));
    else if (code != SQLITE_DONE)
        sqlite_explain(store, code, "check it", error);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? STORE_OK : STORE_FAILED;
}

enum store_result
sqlite_check(struct store *base, struct error *error)
{
    struct sqlite_store *store = sqlite_of(base);
    enum store_result result = STORE_OK;

    if (!sqlite_is_readable(store, error))
        return STORE_FAILED;
    for (size_t i = 0; i < ARRAY_LEN(checks) && result == STORE_OK; i++)
        result = run_check(store, checks[i], error);
    return result;
}
