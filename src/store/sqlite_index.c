/* sqlite_index.c - the index file: its tables, and filling them
 *
 * 1. An entry's key is its time in microseconds times 1024, or the next free number, so
 *    the order of keys is the order of lists. It is not the store's key.
 * 2. entry is small, so that counting reads few pages; what lists show is in shown,
 * what is searched is in texts and its index words (FTS5, tokenizer in
 *    sqlite_substring.c).
 * 3. Nothing here is synced: after a power cut the file may be damaged, and is rebuilt
 *    from the store. With a WAL readers and the writer do not block each other.
 */
#include "store/sqlite_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    INDEX_VERSION = 1,
    APPLICATION_ID = 0x506f7369, /* "Posi" */
    BUSY_WAIT_MS = 2000,
};

static const char schema[] =
    "CREATE TABLE entry ("
    " key INTEGER PRIMARY KEY,"
    " id BLOB NOT NULL UNIQUE,"
    " received_at INTEGER NOT NULL,"
    " size INTEGER NOT NULL,"
    " attachments INTEGER NOT NULL,"
    " inlines INTEGER NOT NULL,"
    " is_read INTEGER NOT NULL,"
    " is_broken INTEGER NOT NULL,"
    " tags TEXT NOT NULL) STRICT;"
    "CREATE INDEX unread ON entry (key) WHERE is_read = 0;"
    "CREATE TABLE tag ("
    " name TEXT NOT NULL COLLATE NOCASE,"
    " key INTEGER NOT NULL,"
    " PRIMARY KEY (name, key)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE shown (key INTEGER PRIMARY KEY, summary TEXT NOT NULL) STRICT;"
    "CREATE TABLE texts (key INTEGER PRIMARY KEY, " INDEX_COLUMNS ");"
    "CREATE VIRTUAL TABLE words USING fts5(" INDEX_COLUMNS
    ", content = 'texts', content_rowid = 'key', tokenize = 'substring');";

static const char settings[] = "PRAGMA synchronous = OFF;"
                               "PRAGMA cache_size = -4096;"
                               "PRAGMA mmap_size = 0;"
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA journal_size_limit = 16777216;"
                               "PRAGMA trusted_schema = OFF";

/* ---- opening ---------------------------------------------------------------- */

static void
remove_files(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char name[4096];

    for (size_t i = 0; i < 3; i++) {
        snprintf(name, sizeof(name), "%s%s", path, endings[i]);
        unlink(name);
    }
}

/* Remove a file that SQLite can no longer read, so that the next handle for writing
 * rebuilds it. */
static void
look_for_damage(struct index *index)
{
    int code = index->db != NULL ? sqlite3_errcode(index->db) & 0xff : SQLITE_OK;

    if ((code == SQLITE_CORRUPT || code == SQLITE_NOTADB) &&
        !atomic_exchange(&index->is_damaged, true))
        remove_files(index->path);
}

bool
index_is_damaged(const struct index *index)
{
    return atomic_load(&index->is_damaged);
}

void
index_explain(struct index *index, const char *doing, struct error *error)
{
    error_set(error, ERROR_SYSTEM, "index %s: cannot %s: %s", index->path, doing,
              index->db != NULL ? sqlite3_errmsg(index->db) : "out of memory");
    look_for_damage(index);
}

static bool
index_run(struct index *index, const char *sql)
{
    return sqlite3_exec(index->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool
connect(struct index *index)
{
    int flags = index->mode == INDEX_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                           : SQLITE_OPEN_READWRITE;

    return sqlite3_open_v2(index->path, &index->db, flags, NULL) == SQLITE_OK &&
           sqlite3_busy_timeout(index->db, BUSY_WAIT_MS) == SQLITE_OK &&
           sqlite_substring_register(index->db) == SQLITE_OK &&
           index_run(index, settings) &&
           (index->mode == INDEX_WRITE || index_run(index, "PRAGMA query_only = ON"));
}

static void
disconnect(struct index *index)
{
    for (size_t i = 0; i < INDEX_SQL_COUNT; i++) {
        sqlite3_finalize(index->statements[i]);
        index->statements[i] = NULL;
    }
    sqlite3_close_v2(index->db);
    index->db = NULL;
}

static int64_t
number(struct index *index, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = -1;

    if (sqlite3_prepare_v2(index->db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static bool
is_usable(struct index *index)
{
    return number(index, "PRAGMA application_id") == APPLICATION_ID &&
           number(index, "PRAGMA user_version") == INDEX_VERSION &&
           number(index, "SELECT count(*) FROM entry WHERE key > 0 LIMIT 1") >= 0;
}

static bool
create(struct index *index)
{
    char marks[100];

    snprintf(marks, sizeof(marks),
             "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
             INDEX_VERSION);
    return index_run(index, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;"
                            "BEGIN IMMEDIATE") &&
           index_run(index, schema) && index_run(index, marks) &&
           index_run(index, "COMMIT");
}

/* Use the file if it is ours, undamaged and of this version; else replace it. */
static bool
open_for_writing(struct index *index)
{
    mode_t before = umask(0077);
    bool is_open = connect(index) && is_usable(index);

    if (!is_open) {
        disconnect(index);
        remove_files(index->path);
        is_open = connect(index) && create(index);
    }
    umask(before);
    return is_open;
}

struct index *
index_open(const char *store_path, enum index_mode mode, struct error *error)
{
    struct index *index = calloc(1, sizeof(*index));

    if (index == NULL || asprintf(&index->path, "%s.index", store_path) < 0) {
        free(index);
        error_set(error, ERROR_SYSTEM, "index: out of memory: free some");
        return NULL;
    }
    index->mode = mode;
    if (mode == INDEX_WRITE ? open_for_writing(index)
                            : connect(index) && is_usable(index))
        return index;
    index_explain(index, "open it", error);
    return index_close(index);
}

struct index *
index_close(struct index *index)
{
    if (index == NULL)
        return NULL;
    disconnect(index);
    free(index->path);
    free(index);
    return NULL;
}

uint64_t
index_octets(const struct index *index)
{
    static const char *const endings[] = {"", "-wal"};
    uint64_t sum = 0;
    char name[4096];
    struct stat status;

    for (size_t i = 0; i < 2; i++) {
        snprintf(name, sizeof(name), "%s%s", index->path, endings[i]);
        if (stat(name, &status) == 0)
            sum += (uint64_t)status.st_size;
    }
    return sum;
}

/* ---- statements -------------------------------------------------------------- */

static const char *const sql[INDEX_SQL_COUNT] = {
    [INDEX_SQL_KEY] = "SELECT key FROM entry WHERE id = ?1",
    [INDEX_SQL_LAST_KEY] = "SELECT max(key) FROM entry WHERE key BETWEEN ?1 AND ?2",
    [INDEX_SQL_ENTRY] = "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [INDEX_SQL_SHOWN] = "INSERT INTO shown VALUES (?1, ?2)",
    [INDEX_SQL_TEXTS] =
        "INSERT INTO texts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [INDEX_SQL_WORDS] = "INSERT INTO words (rowid, " INDEX_COLUMNS ") VALUES"
                        " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [INDEX_SQL_UNWORD] =
        "INSERT INTO words (words, rowid, " INDEX_COLUMNS ")"
        " SELECT 'delete', key, " INDEX_COLUMNS " FROM texts WHERE key = ?1",
    [INDEX_SQL_REMOVE_TEXTS] = "DELETE FROM texts WHERE key = ?1",
    [INDEX_SQL_REMOVE_SHOWN] = "DELETE FROM shown WHERE key = ?1",
    [INDEX_SQL_REMOVE_ENTRY] = "DELETE FROM entry WHERE key = ?1",
    [INDEX_SQL_UNTAG] = "DELETE FROM tag WHERE key = ?1 AND name = ?2",
    [INDEX_SQL_TAG] = "INSERT OR IGNORE INTO tag VALUES (?2, ?1)",
    [INDEX_SQL_TAGS_OF] = "SELECT tags FROM entry WHERE key = ?1",
    [INDEX_SQL_SET_READ] = "UPDATE entry SET is_read = ?2 WHERE key = ?1",
    [INDEX_SQL_SET_TAGS] = "UPDATE entry SET tags = ?2 WHERE key = ?1",
};

/* The statement, prepared at its first use; NULL: SQLite cannot prepare it. */
static sqlite3_stmt *
statement(struct index *index, enum index_sql which)
{
    sqlite3_stmt **place = &index->statements[which];

    if (*place == NULL)
        (void)sqlite3_prepare_v3(index->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                 place, NULL);
    return *place;
}

/* Run a statement whose first parameter is a key and whose second may be a text. */
static bool
run_on_key(struct index *index, enum index_sql which, int64_t key,
           const struct slice *text)
{
    sqlite3_stmt *run = statement(index, which);

    if (run == NULL || sqlite3_bind_int64(run, 1, key) != SQLITE_OK ||
        (text != NULL && sqlite_bind_text(run, 2, *text) != SQLITE_OK))
        return false;
    return sqlite_step(run) == SQLITE_OK;
}

/* False: there is none (or an error, which the next statement will report). */
static bool
find_key(struct index *index, const struct id *id, int64_t *key_out)
{
    sqlite3_stmt *find = statement(index, INDEX_SQL_KEY);
    bool is_found = find != NULL && sqlite_bind_id(find, 1, id) == SQLITE_OK &&
                    sqlite3_step(find) == SQLITE_ROW;

    if (is_found)
        *key_out = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return is_found;
}

/* ---- tags --------------------------------------------------------------------- */

static bool
each_tag(struct index *index, enum index_sql which, int64_t key, struct slice tags)
{
    struct slice tag;

    while (tags.len > 0) {
        slice_cut(tags, ',', &tag, &tags);
        if (tag.len > 0 && !run_on_key(index, which, key, &tag))
            return false;
    }
    return true;
}

static bool
remove_tags(struct index *index, int64_t key)
{
    sqlite3_stmt *read = statement(index, INDEX_SQL_TAGS_OF);
    char *tags = NULL;
    bool is_done = read != NULL && sqlite3_bind_int64(read, 1, key) == SQLITE_OK;

    if (is_done && sqlite3_step(read) == SQLITE_ROW) {
        struct slice text = sqlite_column_text(read, 0);
        tags = strndup(text.ptr != NULL ? text.ptr : "", text.len);
    }
    sqlite3_reset(read);
    is_done = is_done && each_tag(index, INDEX_SQL_UNTAG, key, slice_from(tags));
    free(tags);
    return is_done;
}

/* ---- one entry ------------------------------------------------------------------ */

static bool
remove_one(struct index *index, int64_t key)
{
    return remove_tags(index, key) && run_on_key(index, INDEX_SQL_UNWORD, key, NULL) &&
           run_on_key(index, INDEX_SQL_REMOVE_TEXTS, key, NULL) &&
           run_on_key(index, INDEX_SQL_REMOVE_SHOWN, key, NULL) &&
           run_on_key(index, INDEX_SQL_REMOVE_ENTRY, key, NULL);
}

/* The first key of this time, or the next free one: after those of the same
 * microsecond; if these use all of its 1024 keys (an import), after those of the same
 * millisecond, second and so on. */
static bool
free_key(struct index *index, uint64_t received_at_us, int64_t *key_out)
{
    sqlite3_stmt *find = statement(index, INDEX_SQL_LAST_KEY);
    int64_t first = (int64_t)(received_at_us % ((uint64_t)INT64_MAX / 2048) * 1024);

    for (int bits = 10; find != NULL && bits <= 50; bits += 10) {
        int64_t end = first + ((int64_t)1 << bits);
        bool has_last;

        if (sqlite3_bind_int64(find, 1, first) != SQLITE_OK ||
            sqlite3_bind_int64(find, 2, end - 1) != SQLITE_OK ||
            sqlite3_step(find) != SQLITE_ROW) {
            sqlite3_reset(find);
            return false;
        }
        has_last = sqlite3_column_type(find, 0) != SQLITE_NULL;
        *key_out = has_last ? sqlite3_column_int64(find, 0) + 1 : first;
        sqlite3_reset(find);
        if (*key_out < end)
            return true;
    }
    return false;
}

static bool
put_texts(struct index *index, enum index_sql which, int64_t key,
          const struct index_entry *entry)
{
    sqlite3_stmt *run = statement(index, which);
    bool is_bound = run != NULL && sqlite3_bind_int64(run, 1, key) == SQLITE_OK;

    for (int i = 0; is_bound && i < INDEX_FIELD_COUNT; i++)
        is_bound = sqlite_bind_text(run, i + 2, entry->texts[i]) == SQLITE_OK;
    return is_bound && sqlite_step(run) == SQLITE_OK;
}

static bool
put_entry(struct index *index, int64_t key, const struct index_entry *entry)
{
    sqlite3_stmt *run = statement(index, INDEX_SQL_ENTRY);

    return run != NULL && sqlite3_bind_int64(run, 1, key) == SQLITE_OK &&
           sqlite_bind_id(run, 2, &entry->id) == SQLITE_OK &&
           sqlite_bind_number(run, 3, entry->received_at_us) == SQLITE_OK &&
           sqlite_bind_number(run, 4, entry->size) == SQLITE_OK &&
           sqlite_bind_number(run, 5, entry->attachments) == SQLITE_OK &&
           sqlite_bind_number(run, 6, entry->inlines) == SQLITE_OK &&
           sqlite_bind_number(run, 7, entry->is_read) == SQLITE_OK &&
           sqlite_bind_number(run, 8, entry->is_broken) == SQLITE_OK &&
           sqlite_bind_text(run, 9, entry->tags) == SQLITE_OK &&
           sqlite_step(run) == SQLITE_OK;
}

static bool
put_one(struct index *index, const struct index_entry *entry)
{
    int64_t key;

    if (find_key(index, &entry->id, &key) && !remove_one(index, key))
        return false;
    return free_key(index, entry->received_at_us, &key) &&
           put_entry(index, key, entry) &&
           run_on_key(index, INDEX_SQL_SHOWN, key, &entry->summary) &&
           put_texts(index, INDEX_SQL_TEXTS, key, entry) &&
           put_texts(index, INDEX_SQL_WORDS, key, entry) &&
           each_tag(index, INDEX_SQL_TAG, key, entry->tags);
}

/* ---- transactions ---------------------------------------------------------------- */

static bool
finish(struct index *index, bool is_done, const char *doing, struct error *error)
{
    if (is_done && index_run(index, "COMMIT"))
        return true;
    index_explain(index, doing, error);
    if (!sqlite3_get_autocommit(index->db))
        (void)index_run(index, "ROLLBACK");
    return false;
}

bool
index_put(struct index *index, const struct index_entry *entries, size_t count,
          struct error *error)
{
    bool is_done = index_run(index, "BEGIN IMMEDIATE");

    for (size_t i = 0; is_done && i < count; i++)
        is_done = put_one(index, &entries[i]);
    return finish(index, is_done, "add messages", error);
}

bool
index_set_read(struct index *index, const struct id *ids, size_t count, bool is_read,
               struct error *error)
{
    bool is_done = index_run(index, "BEGIN IMMEDIATE");
    sqlite3_stmt *run = statement(index, INDEX_SQL_SET_READ);
    int64_t key;

    is_done = is_done && run != NULL;
    for (size_t i = 0; is_done && i < count; i++) {
        if (find_key(index, &ids[i], &key))
            is_done = sqlite3_bind_int64(run, 1, key) == SQLITE_OK &&
                      sqlite3_bind_int(run, 2, is_read) == SQLITE_OK &&
                      sqlite_step(run) == SQLITE_OK;
    }
    return finish(index, is_done, "mark messages", error);
}

bool
index_set_tags(struct index *index, const struct id *ids, size_t count,
               struct slice tags, struct error *error)
{
    bool is_done = index_run(index, "BEGIN IMMEDIATE");
    int64_t key;

    for (size_t i = 0; is_done && i < count; i++) {
        if (find_key(index, &ids[i], &key))
            is_done = remove_tags(index, key) &&
                      run_on_key(index, INDEX_SQL_SET_TAGS, key, &tags) &&
                      each_tag(index, INDEX_SQL_TAG, key, tags);
    }
    return finish(index, is_done, "tag messages", error);
}

bool
index_remove(struct index *index, const struct id *ids, size_t count,
             struct error *error)
{
    bool is_done = index_run(index, "BEGIN IMMEDIATE");
    int64_t key;

    for (size_t i = 0; is_done && i < count; i++) {
        if (find_key(index, &ids[i], &key))
            is_done = remove_one(index, key);
    }
    return finish(index, is_done, "remove messages", error);
}
