/* sqlite - what the files store/sqlite*.c know of each other
 *
 * sqlite.c            open, close, reopen
 * sqlite_schema.c     the tables, the settings, the sweep
 * sqlite_statements.c the prepared statements
 * sqlite_write.c      a batch, checkpoints
 * sqlite_read.c       messages; sqlite_sessions.c: conversations
 * sqlite_stats.c      numbers and the full check
 * sqlite_error.c      error texts
 * sqlite_vfs.c        counts syncs, over sqlite_forward.c
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "store/backend.h"
#include "store/sqlite_statements.h"

#include <sqlite3.h>

/* The state of a message, as the column holds it. */
enum message_state { STATE_RECEIVING = 0, STATE_ACCEPTED = 1 };

/* A message's key is at least its time times this: sqlite_schema.c, 1. */
enum { KEYS_PER_MICROSECOND = 1024 };

struct sqlite_store {
    struct store base; /* must be first */
    enum store_mode mode;
    char *path;  /* absolute */
    int lock_fd; /* -1 if only reading */
    sqlite3 *db; /* NULL when the last reopen failed */
    sqlite3_stmt *statements[SQL_COUNT];

    bool is_in_doubt;       /* guarantee 4; set by a failed commit or checkpoint */
    bool is_syncing;        /* synchronous is FULL now, else NORMAL */
    uint64_t commit_number; /* total.commits as of the last commit */
    uint64_t acknowledged;  /* … as of the last one that was synced */
    uint64_t commits;       /* of this handle */
    uint64_t syncs_closed;  /* syncs of connections this handle has closed */
    int wal_pages;          /* in the WAL after the last commit */
    int wal_pages_due;      /* checkpoint in service at so many */
};

static inline struct sqlite_store *
sqlite_of(struct store *store)
{
    return (struct sqlite_store *)(void *)store;
}

/* ---- sqlite_error.c -------------------------------------------------------- */

/* Set error for a SQLite result code: "store <path>: cannot <doing>: …". */
void sqlite_explain(struct sqlite_store *store, int code, const char *doing,
                    struct error *error);

/* ---- sqlite_schema.c ------------------------------------------------------- */

/* Set the pragmas, check that the file is a store, create or migrate its tables.
 * False with error set. */
MUST_USE bool sqlite_schema_prepare(struct sqlite_store *store, struct error *error);

/* Remove messages that were never accepted. False with error set. */
MUST_USE bool sqlite_sweep(struct sqlite_store *store, struct error *error);

/* Run SQL text without results. A SQLite result code. */
int sqlite_run(struct sqlite_store *store, const char *sql);

/* The one integer that sql gives. A SQLite result code (SQLITE_DONE: no row). */
int sqlite_number(struct sqlite_store *store, const char *sql, int64_t *value_out);

/* ---- sqlite_statements.c --------------------------------------------------- */

/* Prepare them all; they are valid as long as the connection. A SQLite result code. */
int sqlite_statements_prepare(struct sqlite_store *store);
void sqlite_statements_clear(struct sqlite_store *store);

/* Values for statement parameters, numbered from 1. Borrowed until the statement
 * is run again. */
int sqlite_bind_text(sqlite3_stmt *statement, int at, struct slice text);
int sqlite_bind_octets(sqlite3_stmt *statement, int at, struct slice octets);
int sqlite_bind_id(sqlite3_stmt *statement, int at, const struct id *id);
int sqlite_bind_number(sqlite3_stmt *statement, int at, uint64_t number);

/* Values of the current row; slices are valid until the next step. */
struct slice sqlite_column_text(sqlite3_stmt *statement, int at);
struct slice sqlite_column_octets(sqlite3_stmt *statement, int at);
uint64_t sqlite_column_number(sqlite3_stmt *statement, int at);
struct id sqlite_column_id(sqlite3_stmt *statement, int at);

/* Run a statement that gives no rows. A SQLite result code, SQLITE_OK at best. */
int sqlite_step(sqlite3_stmt *statement);

/* ---- sqlite_write.c -------------------------------------------------------- */

enum store_result sqlite_commit(struct store *store, struct store_item *items,
                                struct error *error);
void sqlite_idle(struct store *store);

/* ---- sqlite_apply.c -------------------------------------------------------- */

/* What a batch changes in the totals. */
struct batch_delta {
    int64_t messages, octets;
};

/* Apply one item inside the open transaction; sets item->result.
 * A SQLite result code: anything but SQLITE_OK fails the batch. */
int sqlite_apply(struct sqlite_store *store, struct store_item *item,
                 struct batch_delta *delta);

/* Remove the row, the chunks and the recipients of one message. */
int sqlite_remove_message(struct sqlite_store *store, int64_t key,
                          struct slice recipients);

/* ---- sqlite_read.c, sqlite_sessions.c, sqlite_stats.c ---------------------- */

enum store_result sqlite_list(struct store *store, const struct store_query *query,
                              store_message_each *each, void *context,
                              struct error *error);
enum store_result sqlite_find(struct store *store, const struct id *id,
                              store_message_each *each, void *context,
                              struct error *error);
enum store_result sqlite_read(struct store *store, const struct id *id,
                              store_octets_each *each, void *context,
                              struct error *error);
enum store_result sqlite_sessions(struct store *store,
                                  const struct store_session_query *query,
                                  store_session_each *each, void *context,
                                  struct error *error);
uint64_t sqlite_syncs(const struct store *store);
uint64_t sqlite_version(struct store *store);
uint64_t sqlite_count(struct store *store);
enum store_result sqlite_stats(struct store *store, struct store_stats *stats_out,
                               struct error *error);
enum store_result sqlite_check(struct store *store, struct error *error);

/* True if there is a connection to read from; else error is set. */
MUST_USE bool sqlite_is_readable(struct sqlite_store *store, struct error *error);

#endif
