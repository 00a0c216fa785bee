/* sqlite_write.c - one batch is one transaction is one sync; checkpoints
 *
 * 1. A commit that returned OK is in the WAL and synced (synchronous = FULL), except
 *    for a batch that acknowledges nothing: pieces of messages that are still being
 *    received are in the WAL and not synced (NORMAL). The commit that accepts the
 *    message syncs the whole WAL, so its pieces are on disk before its 250; a crash
 *    before that leaves a message that was never acknowledged, or nothing.
 * 2. After "no space" while writing the database is unchanged, which the rollback
 *    confirms: the store goes on. The same holds for "out of memory" before the COMMIT.
 *    After any other failure, and any failure of the COMMIT itself but "no space", the
 *    outcome is unknown: the store is in doubt until it is reopened.
 * 3. A checkpoint copies the WAL into the database. It is not needed for
 *    durability, only to bound the WAL, so it is done when no client waits
 *    (sqlite_idle) or, under steady load, before the batch that follows once the WAL
 * has WAL_PAGES_DUE pages: the replies of the batch that reached the mark are out by
 *    then. 2000 pages of 8 KB take 10-30 ms; with fewer pages the syncs of checkpoints
 *    would slow commits down.
 * 4. A checkpoint is PASSIVE: it waits for no reader. If a reader pins the WAL, it is
 *    tried again after another WAL_PAGES_DUE pages, not at each commit.
 * 5. After a complete checkpoint SQLite overwrites the WAL from its start: its blocks
 *    exist already, which makes the sync cheaper than that of a growing file.
 */
#include "store/sqlite.h"

enum {
    WAL_PAGES_DUE = 2000, /* in service */
    WAL_PAGES_IDLE = 500  /* worth the two syncs of a checkpoint in an idle moment */
};

/* ---- checkpoints ---------------------------------------------------------- */

static void
checkpoint(struct sqlite_store *store)
{
    int in_wal = 0, copied = 0;
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE,
                                         &in_wal, &copied);

    if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_FULL)
        store->is_in_doubt = true; /* nothing is lost: it is all in the WAL */
    if (code == SQLITE_OK && copied == in_wal)
        store->wal_pages = 0;
    store->wal_pages_due = store->wal_pages + WAL_PAGES_DUE;
}

void
sqlite_idle(struct store *base)
{
    struct sqlite_store *store = sqlite_of(base);
    int slack = WAL_PAGES_DUE - WAL_PAGES_IDLE;

    if (store->mode == STORE_WRITE && store->db != NULL && !store->is_in_doubt &&
        store->wal_pages >= store->wal_pages_due - slack)
        checkpoint(store);
}

/* ---- a batch -------------------------------------------------------------- */

/* No item of the batch lets anyone answer 250. */
static bool
promises_nothing(const struct store_item *items)
{
    for (const struct store_item *item = items; item != NULL; item = item->next) {
        if (item->kind != STORE_BEGIN && item->kind != STORE_CHUNK &&
            item->kind != STORE_DISCARD)
            return false;
    }
    return true;
}

static int
set_syncing(struct sqlite_store *store, bool is_syncing)
{
    int code;

    if (store->is_syncing == is_syncing)
        return SQLITE_OK;
    code = sqlite_run(store, is_syncing ? "PRAGMA synchronous = FULL"
                                        : "PRAGMA synchronous = NORMAL");
    if (code == SQLITE_OK)
        store->is_syncing = is_syncing;
    return code;
}

static int
run_items(struct sqlite_store *store, struct store_item *items)
{
    sqlite3_stmt *count = store->statements[SQL_COUNT_COMMIT];
    struct batch_delta delta = {0, 0};
    int code = SQLITE_OK;

    for (struct store_item *item = items; item != NULL; item = item->next) {
        code = sqlite_apply(store, item, &delta);
        if (code != SQLITE_OK)
            return code;
    }
    (void)sqlite_bind_number(count, 1, store->commit_number + 1);
    (void)sqlite3_bind_int64(count, 2, delta.messages);
    (void)sqlite3_bind_int64(count, 3, delta.octets);
    return sqlite_step(count);
}

/* True if the transaction is undone and the connection can begin another. */
static bool
rollback(struct sqlite_store *store)
{
    if (sqlite3_get_autocommit(store->db))
        return true;
    return sqlite_step(store->statements[SQL_ROLLBACK]) == SQLITE_OK;
}

static enum store_result
fail_batch(struct sqlite_store *store, int code, bool is_committing,
           struct error *error)
{
    int primary = code & 0xff;
    bool is_harmless = primary == SQLITE_FULL || primary == SQLITE_BUSY ||
                       (primary == SQLITE_NOMEM && !is_committing);

    sqlite_explain(store, code, "commit to it", error);
    if (!rollback(store) || !is_harmless)
        store->is_in_doubt = true;
    return primary == SQLITE_FULL ? STORE_FULL : STORE_FAILED;
}

static enum store_result
refuse_batch(struct sqlite_store *store, struct error *error)
{
    if (store->mode == STORE_READ)
        error_set(error, ERROR_USAGE, "store %s: opened for reading only", store->path);
    else
        error_set(error, ERROR_SYSTEM,
                  "store %s: in doubt after a failed write: it must be reopened",
                  store->path);
    return STORE_FAILED;
}

enum store_result
sqlite_commit(struct store *base, struct store_item *items, struct error *error)
{
    struct sqlite_store *store = sqlite_of(base);
    int code;

    if (store->mode == STORE_WRITE && store->db != NULL && !store->is_in_doubt &&
        store->wal_pages >= store->wal_pages_due)
        checkpoint(store);
    if (store->mode == STORE_READ || store->db == NULL || store->is_in_doubt)
        return refuse_batch(store, error);

    code = set_syncing(store, !promises_nothing(items));
    if (code == SQLITE_OK)
        code = sqlite_step(store->statements[SQL_BEGIN]);
    if (code == SQLITE_OK)
        code = run_items(store, items);
    if (code != SQLITE_OK)
        return fail_batch(store, code, false, error);
    code = sqlite_step(store->statements[SQL_COMMIT]);
    if (code != SQLITE_OK)
        return fail_batch(store, code, true, error);
    store->commit_number++;
    if (store->is_syncing)
        store->acknowledged = store->commit_number;
    store->commits++;
    return STORE_OK;
}
