/* sqlite_sessions.c - recorded conversations, newest first
 *
 * Newest first is the order of the ids, which begin with the time they were made. As
 * with messages, no statement stays open across a callback: one session is fetched at
 * a time, with all its notes joined if they are wanted.
 */
#include "store/sqlite.h"

#include "store/row.h"

#include <stdlib.h>

static const char columns[] =
    "SELECT id, started_at, ended_at, client, listener, profile,"
    " hello, login, tls, outcome, messages, faults, lines,"
    " is_truncated FROM session";

enum { NOTES_MAX = 64 << 20 }; /* far above what a recording is limited to */

/* The named session, or the next one before an id; with an id of all ones the newest.
 */
static int
prepare(struct sqlite_store *store, bool is_only, sqlite3_stmt **statement_out)
{
    struct buf sql;
    int code = SQLITE_NOMEM;

    buf_init(&sql, 512);
    if (buf_printf(&sql, "%s%s", columns,
                   is_only ? " WHERE id = ?1"
                           : " WHERE id < ?1 ORDER BY id DESC LIMIT 1"))
        code =
            sqlite3_prepare_v2(store->db, sql.ptr, (int)sql.len, statement_out, NULL);
    buf_clear(&sql);
    return code;
}

static void
read_row(sqlite3_stmt *row, struct store_session *session)
{
    struct slice *texts[ROW_SESSION_TEXTS];
    int at = 3;

    *session = (struct store_session){
        .id = sqlite_column_id(row, 0),
        .started_at_us = sqlite_column_number(row, 1),
        .ended_at_us = sqlite_column_number(row, 2),
    };
    row_session_texts(session, texts);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = sqlite_column_text(row, at++);
    session->messages = (uint32_t)sqlite3_column_int64(row, at++);
    session->faults = (uint32_t)sqlite3_column_int64(row, at++);
    session->lines = (uint32_t)sqlite3_column_int64(row, at++);
    session->is_truncated = sqlite3_column_int(row, at) != 0;
}

/* SQLITE_ROW: session is set; its texts are in *memory_out, which the caller frees. */
static int
fetch(sqlite3_stmt *statement, const struct id *bound, struct store_session *session,
      char **memory_out)
{
    struct slice *texts[ROW_SESSION_TEXTS];
    int code = sqlite_bind_id(statement, 1, bound);

    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        read_row(statement, session);
        row_session_texts(session, texts);
        *memory_out = row_keep(texts, ARRAY_LEN(texts));
        if (*memory_out == NULL)
            code = SQLITE_NOMEM;
    }
    sqlite3_reset(statement);
    return code;
}

static int
join_notes(struct sqlite_store *store, const struct id *id, struct buf *notes)
{
    sqlite3_stmt *read = store->statements[SQL_LINE_READ];
    int code = sqlite_bind_id(read, 1, id);

    notes->len = 0;
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(read);
        if (code == SQLITE_ROW && !buf_append(notes, sqlite_column_octets(read, 0)))
            code = SQLITE_NOMEM;
    }
    sqlite3_reset(read);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

struct walk {
    bool with_notes;
    store_session_each *each;
    void *context;
    struct buf notes;
    bool is_wanted;
    uint32_t count;
};

/* SQLITE_ROW: one session was delivered, and *bound is its id. */
static int
walk_on(struct sqlite_store *store, sqlite3_stmt *statement, struct walk *walk,
        struct id *bound)
{
    struct store_session session;
    char *memory = NULL;
    int code = fetch(statement, bound, &session, &memory);

    if (code != SQLITE_ROW)
        return code;
    *bound = session.id;
    if (walk->with_notes) {
        int joined = join_notes(store, &session.id, &walk->notes);
        if (joined != SQLITE_OK)
            code = joined;
        session.notes = buf_slice(&walk->notes);
    }
    if (code == SQLITE_ROW) {
        walk->count++;
        walk->is_wanted = walk->each(walk->context, &session);
    }
    free(memory);
    return code;
}

enum store_result
sqlite_sessions(struct store *base, const struct store_session_query *query,
                store_session_each *each, void *context, struct error *error)
{
    struct sqlite_store *store = sqlite_of(base);
    struct walk walk = {.with_notes = query->with_notes,
                        .each = each,
                        .context = context,
                        .is_wanted = true};
    struct id bound;
    sqlite3_stmt *statement = NULL;
    int code;

    if (!sqlite_is_readable(store, error))
        return STORE_FAILED;
    memset(bound.octets, 0xff, sizeof(bound.octets));
    if (query->before != NULL)
        bound = *query->before;
    if (query->only != NULL)
        bound = *query->only;
    buf_init(&walk.notes, NOTES_MAX);
    code = prepare(store, query->only != NULL, &statement);
    if (code == SQLITE_OK)
        code = SQLITE_ROW;
    while (code == SQLITE_ROW && walk.is_wanted &&
           (query->limit == 0 || walk.count < query->limit)) {
        code = walk_on(store, statement, &walk, &bound);
        if (query->only != NULL && code == SQLITE_ROW)
            break;
    }
    sqlite3_finalize(statement);
    buf_clear(&walk.notes);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        sqlite_explain(store, code, "read its sessions", error);
        return STORE_FAILED;
    }
    return query->only != NULL && walk.count == 0 ? STORE_NOT_FOUND : STORE_OK;
}
