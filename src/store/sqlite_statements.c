/* sqlite_statements.c - the SQL of the hot paths, prepared once
 *
 * Parameters are numbered; they are bound where the statement is used. Writers
 * prepare all statements, readers those that only read.
 */
#include "store/sqlite.h"

static const struct {
    const char *text;
    bool is_reading;
} sources[SQL_COUNT] = {
    [SQL_BEGIN] = {.text = "BEGIN IMMEDIATE"},
    [SQL_COMMIT] = {.text = "COMMIT"},
    [SQL_ROLLBACK] = {.text = "ROLLBACK"},
    [SQL_COUNT_COMMIT] = {.text =
                              "UPDATE total SET commits = ?1, messages = messages + ?2,"
                              " octets = octets + ?3"},
    [SQL_MESSAGE_ADD] = {.text =
                             "INSERT INTO message (key, id, session_id, state,"
                             " received_at, size, durable, mail_from, parameters,"
                             " subject, recipients, body) VALUES"
                             " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"},
    [SQL_MESSAGE_NEXT_KEY] = {.text = "SELECT max(key) + 1 FROM message"
                                      " WHERE key >= ?1 AND key < ?2"},
    [SQL_MESSAGE_FIND] = {.text = "SELECT key, state, size, recipients FROM message"
                                  " WHERE id = ?1",
                          .is_reading = true},
    [SQL_MESSAGE_ACCEPT] = {.text =
                                "UPDATE message SET state = 1, size = ?2, subject = ?3"
                                " WHERE key = ?1"},
    [SQL_MESSAGE_REMOVE] = {.text = "DELETE FROM message WHERE key = ?1"},
    [SQL_MESSAGE_TAG] = {.text = "UPDATE message SET tags = ?2 WHERE key = ?1"},
    [SQL_MESSAGE_MARK] = {.text = "UPDATE message SET is_read = ?2 WHERE key = ?1"},
    [SQL_RECIPIENT_ADD] = {.text = "INSERT OR IGNORE INTO recipient (address, message)"
                                   " VALUES (?1, ?2)"},
    [SQL_RECIPIENT_REMOVE] = {.text = "DELETE FROM recipient"
                                      " WHERE address = ?1 AND message = ?2"},
    [SQL_CHUNK_ADD] = {.text = "INSERT INTO chunk (message, n, end, octets)"
                               " VALUES (?1, ?2, ?3, ?4)"},
    [SQL_CHUNK_NEXT] = {.text = "SELECT n + 1, end FROM chunk WHERE message = ?1"
                                " ORDER BY n DESC LIMIT 1"},
    [SQL_CHUNK_REMOVE] = {.text = "DELETE FROM chunk WHERE message = ?1"},
    [SQL_CHUNK_READ] = {.text =
                            "SELECT octets FROM chunk WHERE message = ?1 AND n = ?2",
                        .is_reading = true},
    [SQL_MESSAGE_READ] = {.text = "SELECT key, size, body FROM message"
                                  " WHERE id = ?1 AND state = 1",
                          .is_reading = true},
    [SQL_SESSION_PUT] = {.text =
                             "INSERT INTO session (id, started_at, ended_at, client,"
                             " listener, profile, hello, login, tls, outcome,"
                             " messages, faults, lines, is_truncated, last_line) VALUES"
                             " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
                             " ?14, ?15) ON CONFLICT (id) DO UPDATE SET"
                             " ended_at = ?3, client = ?4, listener = ?5, profile = ?6,"
                             " hello = ?7, login = ?8, tls = ?9, outcome = ?10,"
                             " messages = ?11, faults = ?12, lines = ?13,"
                             " is_truncated = ?14,"
                             " last_line = iif(?15 = 0, last_line, ?15)"},
    [SQL_LINE_PUT] = {.text = "INSERT INTO line (session_id, first, previous, notes)"
                              " VALUES (?1, ?2, coalesce((SELECT last_line FROM session"
                              " WHERE id = ?1), 0), ?3)"},
    /* a run that was written again after an unknown outcome counts once */
    [SQL_LINE_READ] = {.text =
                           "WITH RECURSIVE run (key, first, previous, notes) AS ("
                           " SELECT key, first, previous, notes FROM line WHERE key ="
                           " (SELECT last_line FROM session WHERE id = ?1)"
                           " UNION ALL SELECT line.key, line.first, line.previous,"
                           " line.notes FROM line JOIN run ON line.key = run.previous)"
                           " SELECT notes, max(key) FROM run GROUP BY first"
                           " ORDER BY first",
                       .is_reading = true},
};

int
sqlite_statements_prepare(struct sqlite_store *store)
{
    for (int i = 0; i < SQL_COUNT; i++) {
        int code;
        if (store->mode == STORE_READ && !sources[i].is_reading)
            continue;
        code =
            sqlite3_prepare_v3(store->db, sources[i].text, -1,
                               SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL);
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}

void
sqlite_statements_clear(struct sqlite_store *store)
{
    for (int i = 0; i < SQL_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
        store->statements[i] = NULL;
    }
}

/* ---- values --------------------------------------------------------------- */

/* SQLite reads a NULL pointer as SQL NULL, which no column here allows. */
static const char *
pointer_of(struct slice s)
{
    return s.ptr != NULL ? s.ptr : "";
}

int
sqlite_bind_text(sqlite3_stmt *statement, int at, struct slice text)
{
    return sqlite3_bind_text64(statement, at, pointer_of(text), text.len, SQLITE_STATIC,
                               SQLITE_UTF8);
}

int
sqlite_bind_octets(sqlite3_stmt *statement, int at, struct slice octets)
{
    return sqlite3_bind_blob64(statement, at, pointer_of(octets), octets.len,
                               SQLITE_STATIC);
}

int
sqlite_bind_id(sqlite3_stmt *statement, int at, const struct id *id)
{
    return sqlite3_bind_blob(statement, at, id->octets, ID_SIZE, SQLITE_STATIC);
}

int
sqlite_bind_number(sqlite3_stmt *statement, int at, uint64_t number)
{
    return sqlite3_bind_int64(statement, at, (sqlite3_int64)number);
}

struct slice
sqlite_column_text(sqlite3_stmt *statement, int at)
{
    const void *text = sqlite3_column_text(statement, at);
    int len = sqlite3_column_bytes(statement, at);

    return slice_of(text, text != NULL ? (size_t)len : 0);
}

struct slice
sqlite_column_octets(sqlite3_stmt *statement, int at)
{
    const void *octets = sqlite3_column_blob(statement, at);
    int len = sqlite3_column_bytes(statement, at);

    return slice_of(octets, octets != NULL ? (size_t)len : 0);
}

uint64_t
sqlite_column_number(sqlite3_stmt *statement, int at)
{
    return (uint64_t)sqlite3_column_int64(statement, at);
}

struct id
sqlite_column_id(sqlite3_stmt *statement, int at)
{
    struct slice octets = sqlite_column_octets(statement, at);
    struct id id = {{0}};

    if (octets.len == ID_SIZE)
        memcpy(id.octets, octets.ptr, ID_SIZE);
    return id;
}

int
sqlite_step(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);

    sqlite3_reset(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}
