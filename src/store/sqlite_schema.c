/* sqlite_schema.c - the tables, their migrations, and the settings they need
 *
 * 1. A message's key is the microsecond it was received in, times 1024, or the
 *    next free number: the table itself is in order of time, and lists need no
 *    index of their own. Its id is unique beside it.
 * 2. message.recipients holds them packed (pack.h); the table recipient is the
 *    index by address, and delivery state will go there.
 * 3. A body that arrived in one item, of at most INLINE_MAX octets, is message.body;
 * any other is chunk rows, n from 0; "end" counts the octets up to the end of that row.
 * 4. state = 1 only after all chunks and recipients are there (guarantee 2).
 * 5. total is one row that every commit changes: after an unknown outcome "commits"
 *    shows whether all acknowledged commits are still there (guarantee 4).
 * 6. Migrations are steps in order; a step runs in one transaction together with
 *    its user_version, so a crash leaves the schema before or after it.
 * 7. The runs of a session are a chain from its latest one back: so each run is added
 * at the end of the table, whichever session it belongs to, and 64 sessions that send
 *    at once touch one page of it and not 64.
 *
 * Each B-tree a commit touches is a page of 8 KB in the WAL, so the layout has few.
 * Measured with one writer, ext4 on a virtual disk, 2 cores shared with other jobs,
 * messages a second, alternating runs:
 *
 *   body, batch          body in the row   in a chunk row
 *     1 KB,  1                5,300             4,600
 *     1 KB, 64               78,000            67,000
 *    10 KB,  1                4,800             3,900
 *    10 KB, 64               18,000            11,500
 *   100 KB, 16                3,750             3,300
 *
 * Recipients of 100,000 different addresses cost 40 % at batch 64 (each is a page of
 * the index) and nothing at batch 1; a session row and its notes with each message
 * cost 40 % at batch 64 and 20 % at batch 1.
 */
#include "store/sqlite.h"

#include <stdio.h>

enum { APPLICATION_ID = 0x506f7374 }; /* "Post" */

static const char *const migrations[STORE_SCHEMA_VERSION] = {
    "CREATE TABLE message ("
    " key INTEGER PRIMARY KEY,"
    " id BLOB NOT NULL UNIQUE,"
    " session_id BLOB NOT NULL,"
    " state INTEGER NOT NULL," /* enum message_state */
    " received_at INTEGER NOT NULL,"
    " size INTEGER NOT NULL,"
    " is_read INTEGER NOT NULL DEFAULT 0,"
    " durable TEXT NOT NULL,"
    " tags TEXT NOT NULL DEFAULT '',"
    " mail_from TEXT NOT NULL COLLATE NOCASE,"
    " parameters TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " recipients BLOB NOT NULL,"
    " body BLOB" /* NULL: in chunk */
    ") STRICT;"
    "CREATE INDEX receiving ON message (state) WHERE state = 0;"
    "CREATE TABLE recipient ("
    " address TEXT NOT NULL COLLATE NOCASE,"
    " message INTEGER NOT NULL,"
    " PRIMARY KEY (address, message)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE chunk ("
    " message INTEGER NOT NULL,"
    " n INTEGER NOT NULL,"
    " end INTEGER NOT NULL,"
    " octets BLOB NOT NULL,"
    " PRIMARY KEY (message, n)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE session ("
    " id BLOB NOT NULL PRIMARY KEY,"
    " started_at INTEGER NOT NULL,"
    " ended_at INTEGER NOT NULL," /* 0: still open */
    " client TEXT NOT NULL,"
    " listener TEXT NOT NULL,"
    " profile TEXT NOT NULL,"
    " hello TEXT NOT NULL,"
    " login TEXT NOT NULL,"
    " tls TEXT NOT NULL,"
    " outcome TEXT NOT NULL,"
    " messages INTEGER NOT NULL,"
    " faults INTEGER NOT NULL,"
    " lines INTEGER NOT NULL,"
    " is_truncated INTEGER NOT NULL,"
    " last_line INTEGER NOT NULL DEFAULT 0" /* key of its latest run, 0: none */
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE line ("
    " key INTEGER PRIMARY KEY,"
    " session_id BLOB NOT NULL,"
    " first INTEGER NOT NULL,"    /* sequence number of the run's first note */
    " previous INTEGER NOT NULL," /* key of the session's run before, 0: none */
    " notes BLOB NOT NULL"        /* packed, journal/record.h */
    ") STRICT;"
    "CREATE TABLE total ("
    " one INTEGER PRIMARY KEY CHECK (one = 1),"
    " commits INTEGER NOT NULL,"
    " messages INTEGER NOT NULL," /* accepted, as of now */
    " octets INTEGER NOT NULL) STRICT;"
    "INSERT INTO total VALUES (1, 0, 0, 0);",
};

int
sqlite_run(struct sqlite_store *store, const char *sql)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

int
sqlite_number(struct sqlite_store *store, const char *sql, int64_t *value_out)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);

    if (code != SQLITE_OK)
        return code;
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *value_out = sqlite3_column_int64(statement, 0);
        code = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    return code;
}

/* ---- is it a store? ---------------------------------------------------- */

struct file_facts {
    int64_t application, version, tables;
};

static int
read_facts(struct sqlite_store *store, struct file_facts *facts_out)
{
    int code =
        sqlite_number(store, "SELECT count(*) FROM sqlite_schema", &facts_out->tables);

    if (code == SQLITE_OK)
        code = sqlite_number(store, "PRAGMA application_id", &facts_out->application);
    if (code == SQLITE_OK)
        code = sqlite_number(store, "PRAGMA user_version", &facts_out->version);
    return code;
}

static bool
is_new_file(const struct file_facts *facts)
{
    return facts->application == 0 && facts->version == 0 && facts->tables == 0;
}

static bool
is_ours(struct sqlite_store *store, const struct file_facts *facts, struct error *error)
{
    if (facts->application != APPLICATION_ID) {
        error_set(error, ERROR_CORRUPT,
                  "store %s: this SQLite database was not made by Postern: use --store",
                  store->path);
        return false;
    }
    if (facts->version > STORE_SCHEMA_VERSION) {
        error_set(error, ERROR_SCHEMA,
                  "store %s: schema %lld is newer than this program's %d: use a newer "
                  "program, or --store",
                  store->path, (long long)facts->version, STORE_SCHEMA_VERSION);
        return false;
    }
    return true;
}

static bool
is_readable_file(struct sqlite_store *store, const struct file_facts *facts,
                 struct error *error)
{
    if (is_new_file(facts)) {
        error_set(error, ERROR_NOT_FOUND,
                  "store %s: it is empty: start the server once", store->path);
        return false;
    }
    if (!is_ours(store, facts, error))
        return false;
    if (facts->version < STORE_SCHEMA_VERSION) {
        error_set(error, ERROR_SCHEMA,
                  "store %s: schema %lld is older than this program's %d: start the "
                  "server once to upgrade it",
                  store->path, (long long)facts->version, STORE_SCHEMA_VERSION);
        return false;
    }
    return true;
}

/* ---- migrations and settings -------------------------------------------------- */

static int
migrate_one(struct sqlite_store *store, int64_t version)
{
    char mark[96];
    int code = sqlite_run(store, "BEGIN IMMEDIATE");

    snprintf(mark, sizeof(mark),
             "PRAGMA application_id = %d; PRAGMA user_version = %lld", APPLICATION_ID,
             (long long)version + 1);
    if (code == SQLITE_OK)
        code = sqlite_run(store, migrations[version]);
    if (code == SQLITE_OK)
        code = sqlite_run(store, mark);
    if (code == SQLITE_OK)
        code = sqlite_run(store, "COMMIT");
    if (code != SQLITE_OK)
        (void)sqlite_run(store, "ROLLBACK");
    return code;
}

static int
migrate(struct sqlite_store *store, int64_t version)
{
    int code = SQLITE_OK;

    while (code == SQLITE_OK && version < STORE_SCHEMA_VERSION)
        code = migrate_one(store, version++);
    return code;
}

/* page_size counts only while the file is empty, and before WAL. There is no
 * wal_autocheckpoint: sqlite.c sets a hook instead, which that pragma would remove. */
static const char writer_settings[] = "PRAGMA page_size = 8192;"
                                      "PRAGMA synchronous = FULL;"
                                      "PRAGMA secure_delete = FAST;"
                                      "PRAGMA cache_size = -16384;"
                                      "PRAGMA mmap_size = 0;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA journal_size_limit = 67108864;"
                                      "PRAGMA trusted_schema = OFF";

static const char reader_settings[] = "PRAGMA query_only = ON;"
                                      "PRAGMA cache_size = -8192;"
                                      "PRAGMA mmap_size = 0;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA trusted_schema = OFF";

static bool
prepare_reader(struct sqlite_store *store, struct error *error)
{
    struct file_facts facts;
    int code = sqlite_run(store, reader_settings);

    if (code == SQLITE_OK)
        code = read_facts(store, &facts);
    if (code != SQLITE_OK) {
        sqlite_explain(store, code, "read it", error);
        return false;
    }
    return is_readable_file(store, &facts, error);
}

static bool
prepare_writer(struct sqlite_store *store, struct error *error)
{
    struct file_facts facts;
    int code = sqlite_run(store, writer_settings);

    if (code == SQLITE_OK)
        code = read_facts(store, &facts);
    if (code == SQLITE_OK && !is_new_file(&facts) && !is_ours(store, &facts, error))
        return false;
    if (code == SQLITE_OK)
        code = migrate(store, facts.version);
    if (code == SQLITE_OK)
        code = sqlite_run(store, "PRAGMA journal_mode = WAL");
    if (code != SQLITE_OK)
        sqlite_explain(store, code, "prepare it", error);
    return code == SQLITE_OK;
}

bool
sqlite_schema_prepare(struct sqlite_store *store, struct error *error)
{
    return store->mode == STORE_READ ? prepare_reader(store, error)
                                     : prepare_writer(store, error);
}

/* ---- the sweep ------------------------------------------------------------ */

static int
sweep_all(struct sqlite_store *store, sqlite3_stmt *receiving)
{
    int code;

    while ((code = sqlite3_step(receiving)) == SQLITE_ROW) {
        int64_t key = sqlite3_column_int64(receiving, 0);
        struct slice recipients = sqlite_column_octets(receiving, 1);
        code = sqlite_remove_message(store, key, recipients);
        sqlite3_reset(receiving); /* its current row is gone: start again */
        if (code != SQLITE_OK)
            return code;
    }
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

bool
sqlite_sweep(struct sqlite_store *store, struct error *error)
{
    sqlite3_stmt *receiving = NULL;
    int code = sqlite_run(store, "BEGIN IMMEDIATE");

    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(
            store->db,
            "SELECT key, recipients FROM message INDEXED BY receiving"
            " WHERE state = 0 LIMIT 1",
            -1, &receiving, NULL);
    if (code == SQLITE_OK)
        code = sweep_all(store, receiving);
    sqlite3_finalize(receiving);
    if (code == SQLITE_OK)
        code = sqlite_run(store, "COMMIT");
    if (code == SQLITE_OK)
        return true;
    sqlite_explain(store, code, "remove messages that were only partly received",
                   error);
    if (!sqlite3_get_autocommit(store->db))
        (void)sqlite_run(store, "ROLLBACK");
    return false;
}
