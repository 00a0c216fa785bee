/* sqlite_index - what the files store/sqlite_index*.c and sqlite_substring.c share */
#ifndef STORE_SQLITE_INDEX_H
#define STORE_SQLITE_INDEX_H

#include "store/index.h"
#include "store/sqlite.h"

#include <stdatomic.h>

/* The columns of texts and words, in the order of enum index_field. */
#define INDEX_COLUMNS                                                                  \
    "sender, rcpt, cc, bcc, reply_to, return_path, subject, message_id, body, names"

enum index_sql {
    INDEX_SQL_KEY,
    INDEX_SQL_LAST_KEY,
    INDEX_SQL_ENTRY,
    INDEX_SQL_SHOWN,
    INDEX_SQL_TEXTS,
    INDEX_SQL_WORDS,
    INDEX_SQL_UNWORD,
    INDEX_SQL_REMOVE_TEXTS,
    INDEX_SQL_REMOVE_SHOWN,
    INDEX_SQL_REMOVE_ENTRY,
    INDEX_SQL_UNTAG,
    INDEX_SQL_TAG,
    INDEX_SQL_TAGS_OF,
    INDEX_SQL_SET_READ,
    INDEX_SQL_SET_TAGS,
    INDEX_SQL_COUNT
};

struct index {
    enum index_mode mode;
    char *path;
    sqlite3 *db;
    sqlite3_stmt *statements[INDEX_SQL_COUNT];
    atomic_bool is_damaged;
};

/* Set error: "index <path>: cannot <doing>: …"; a damaged file is removed. */
void index_explain(struct index *index, const char *doing, struct error *error);

/* sqlite_substring.c: register the tokenizer "substring" with a connection. A SQLite
 * result code. */
int sqlite_substring_register(sqlite3 *db);

#endif
