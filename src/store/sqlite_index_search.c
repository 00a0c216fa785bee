/* sqlite_index_search.c - a query as SQL, and its results
 *
 * All text terms that must match become one FTS5 expression; it yields keys in order,
 * and entry is looked up for each. A negated text term becomes a NOT IN. A query
 * without text terms walks entry itself. No text of a term is ever part of the SQL:
 * terms are parameters, and inside the FTS5 expression they are quoted.
 */
#include "store/sqlite_index.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

/* The SQL of a query, and the values for its parameters ?1, ?2 …, a text or a number
 * each. */
struct plan {
    struct buf sql, match; /* match: of the text terms that must match */
    struct buf texts[INDEX_TERMS_MAX + 1];
    uint64_t numbers[INDEX_TERMS_MAX + 1];
    size_t value_count;
    bool is_good; /* false: out of memory */
};

enum { SQL_MAX = 64 * 1024 };

static void
plan_init(struct plan *plan)
{
    buf_init(&plan->sql, SQL_MAX);
    buf_init(&plan->match, SQL_MAX);
    for (size_t i = 0; i < ARRAY_LEN(plan->texts); i++)
        buf_init(&plan->texts[i], SQL_MAX);
    plan->value_count = 0;
    plan->is_good = true;
}

static void
plan_clear(struct plan *plan)
{
    buf_clear(&plan->sql);
    buf_clear(&plan->match);
    for (size_t i = 0; i < ARRAY_LEN(plan->texts); i++)
        buf_clear(&plan->texts[i]);
}

static void
put(struct plan *plan, struct buf *to, struct slice text)
{
    plan->is_good = plan->is_good && buf_append(to, text);
}

/* " AND …" or " AND NOT …" */
static void
put_condition(struct plan *plan, const struct index_term *term, const char *condition)
{
    put(plan, &plan->sql, term->is_negated ? SLICE(" AND NOT (") : SLICE(" AND ("));
    put(plan, &plan->sql, slice_from(condition));
    put(plan, &plan->sql, SLICE(")"));
}

/* The condition with the next parameter in place of %. */
static void
put_valued(struct plan *plan, const struct index_term *term, const char *condition)
{
    char text[200], number[8];
    struct slice before, after;

    slice_cut(slice_from(condition), '%', &before, &after);
    snprintf(number, sizeof(number), "?%zu", plan->value_count + 1);
    snprintf(text, sizeof(text), "%.*s%s%.*s", (int)before.len, before.ptr, number,
             (int)after.len, after.ptr);
    put_condition(plan, term, text);
    plan->numbers[plan->value_count++] = term->number;
}

/* ---- terms of text ------------------------------------------------------------- */

static size_t
count_characters(struct slice text)
{
    size_t count = 0;
    uint32_t point;

    while (text.len > 0) {
        size_t used = utf8_decode(text, &point);
        text = slice_skip(text, used > 0 ? used : 1);
        count++;
    }
    return count;
}

/* {sender rcpt} : "a ""quoted"" term" * */
static void
put_match(struct plan *plan, struct buf *to, const struct index_term *term)
{
    struct slice columns = SLICE(INDEX_COLUMNS), column;

    put(plan, to, SLICE("({"));
    for (unsigned i = 0; columns.len > 0; i++) {
        slice_cut(columns, ',', &column, &columns);
        if ((term->fields >> i & 1) == 0)
            continue;
        put(plan, to, column);
        put(plan, to, SLICE(" "));
    }
    put(plan, to, SLICE("} : \""));
    for (size_t i = 0; i < term->text.len; i++) {
        struct slice octet = slice_of(term->text.ptr + i, 1);

        put(plan, to, octet.ptr[0] == '"' ? SLICE("\"\"") : octet);
    }
    put(plan, to, count_characters(term->text) < 3 ? SLICE("\" *)") : SLICE("\")"));
}

static void
add_text(struct plan *plan, const struct index_term *term)
{
    char condition[100];

    if (term->text.len == 0)
        return;
    if (!term->is_negated) {
        if (plan->match.len > 0)
            put(plan, &plan->match, SLICE(" AND "));
        put_match(plan, &plan->match, term);
        return;
    }
    put_match(plan, &plan->texts[plan->value_count], term);
    snprintf(condition, sizeof(condition),
             " AND e.key NOT IN (SELECT rowid FROM words WHERE words MATCH ?%zu)",
             plan->value_count + 1);
    plan->value_count++;
    put(plan, &plan->sql, slice_from(condition));
}

/* ---- all terms ------------------------------------------------------------------ */

static void
add_tag(struct plan *plan, const struct index_term *term)
{
    put(plan, &plan->texts[plan->value_count], term->text);
    put_valued(plan, term, "e.key IN (SELECT key FROM tag WHERE name = %)");
}

static void
add_term(struct plan *plan, const struct index_term *term)
{
    switch (term->kind) {
    case INDEX_TEXT:
        add_text(plan, term);
        break;
    case INDEX_TAG:
        add_tag(plan, term);
        break;
    case INDEX_IS_READ:
        /* in this form it can use the partial index "unread" */
        put(plan, &plan->sql,
            term->is_negated ? SLICE(" AND e.is_read = 0")
                             : SLICE(" AND e.is_read = 1"));
        break;
    case INDEX_IS_TAGGED:
        put_condition(plan, term, "e.tags <> ''");
        break;
    case INDEX_HAS_ATTACHMENT:
        put_condition(plan, term, "e.attachments > 0");
        break;
    case INDEX_HAS_INLINE:
        put_condition(plan, term, "e.inlines > 0");
        break;
    case INDEX_BEFORE:
        put_valued(plan, term, "e.received_at <= %");
        break;
    case INDEX_AFTER:
        put_valued(plan, term, "e.received_at >= %");
        break;
    case INDEX_LARGER:
        put_valued(plan, term, "e.size > %");
        break;
    case INDEX_SMALLER:
        put_valued(plan, term, "e.size < %");
        break;
    }
}

/* SELECT what FROM … the terms, then ending. NULL: out of memory, or SQLite cannot. */
static sqlite3_stmt *
prepare(struct index *index, struct plan *plan, const struct index_query *query,
        const char *what, const char *ending)
{
    struct buf conditions;
    sqlite3_stmt *statement = NULL;
    int code;

    for (size_t i = 0; i < query->term_count; i++)
        add_term(plan, &query->terms[i]);
    conditions = plan->sql;
    buf_init(&plan->sql, SQL_MAX);
    if (plan->match.len > 0) {
        char match[80];

        put(plan, &plan->texts[plan->value_count], buf_slice(&plan->match));
        plan->value_count++;
        plan->is_good = plan->is_good && buf_printf(&plan->sql,
                                                    "%s FROM words CROSS JOIN entry e "
                                                    "ON e.key = words.rowid",
                                                    what);
        snprintf(match, sizeof(match), " WHERE words MATCH ?%zu", plan->value_count);
        put(plan, &plan->sql, slice_from(match));
    } else {
        plan->is_good =
            plan->is_good && buf_printf(&plan->sql, "%s FROM entry e WHERE 1", what);
    }
    put(plan, &plan->sql, buf_slice(&conditions));
    buf_clear(&conditions);
    put(plan, &plan->sql, slice_from(ending));
    if (!plan->is_good)
        return NULL;
    code = sqlite3_prepare_v2(index->db, plan->sql.ptr, (int)plan->sql.len, &statement,
                              NULL);
    for (size_t i = 0; code == SQLITE_OK && i < plan->value_count; i++)
        code = plan->texts[i].len > 0
                   ? sqlite_bind_text(statement, (int)i + 1, buf_slice(&plan->texts[i]))
                   : sqlite_bind_number(statement, (int)i + 1, plan->numbers[i]);
    if (code == SQLITE_OK)
        return statement;
    sqlite3_finalize(statement);
    return NULL;
}

/* ---- results --------------------------------------------------------------------- */

/* All messages: there are no terms. */
static bool
count_all(struct index *index, struct index_counts *counts_out, struct error *error)
{
    static const char *const sql[] = {"SELECT count(*) FROM entry",
                                      "SELECT count(*) FROM entry WHERE is_read = 0"};
    uint64_t *const out[] = {&counts_out->messages, &counts_out->unread};

    for (size_t i = 0; i < 2; i++) {
        sqlite3_stmt *statement = NULL;
        bool is_done =
            sqlite3_prepare_v2(index->db, sql[i], -1, &statement, NULL) == SQLITE_OK &&
            sqlite3_step(statement) == SQLITE_ROW;

        if (is_done)
            *out[i] = sqlite_column_number(statement, 0);
        else
            index_explain(index, "count", error);
        sqlite3_finalize(statement);
        if (!is_done)
            return false;
    }
    return true;
}

bool
index_count(struct index *index, const struct index_query *query,
            struct index_counts *counts_out, struct error *error)
{
    struct plan plan;
    sqlite3_stmt *statement;
    bool is_done;

    *counts_out = (struct index_counts){0};
    if (query->term_count == 0)
        return count_all(index, counts_out, error);
    plan_init(&plan);
    statement = prepare(index, &plan, query,
                        "SELECT count(*), coalesce(sum(e.is_read = 0), 0)", "");
    is_done = statement != NULL && sqlite3_step(statement) == SQLITE_ROW;
    if (is_done) {
        counts_out->messages = sqlite_column_number(statement, 0);
        counts_out->unread = sqlite_column_number(statement, 1);
    } else {
        index_explain(index, "count matches", error);
    }
    sqlite3_finalize(statement);
    plan_clear(&plan);
    return is_done;
}

/* First the keys of a page are found in the small table, then only its rows are read.
 */
#define ROW_COLUMNS                                                                    \
    "e.id, e.received_at, e.size, e.attachments, e.inlines, e.is_read, e.is_broken,"   \
    " e.tags, s.summary"
static const char keys_first[] = "SELECT " ROW_COLUMNS " FROM (SELECT e.key AS key";
static const char rows_then[] = ") k JOIN entry e ON e.key = k.key"
                                " JOIN shown s ON s.key = k.key ORDER BY k.key DESC";

static struct index_row
read_row(sqlite3_stmt *row)
{
    return (struct index_row){
        .id = sqlite_column_id(row, 0),
        .received_at_us = sqlite_column_number(row, 1),
        .size = sqlite_column_number(row, 2),
        .attachments = (uint32_t)sqlite3_column_int64(row, 3),
        .inlines = (uint32_t)sqlite3_column_int64(row, 4),
        .is_read = sqlite3_column_int(row, 5) != 0,
        .is_broken = sqlite3_column_int(row, 6) != 0,
        .tags = sqlite_column_text(row, 7),
        .summary = sqlite_column_text(row, 8),
    };
}

bool
index_search(struct index *index, const struct index_query *query,
             bool (*each)(void *context, const struct index_row *row), void *context,
             struct error *error)
{
    char ending[300];
    struct plan plan;
    sqlite3_stmt *statement;
    bool has_text = false;
    int code = SQLITE_ERROR;

    for (size_t i = 0; i < query->term_count; i++)
        has_text =
            has_text || (query->terms[i].kind == INDEX_TEXT &&
                         !query->terms[i].is_negated && query->terms[i].text.len > 0);
    snprintf(ending, sizeof(ending), " ORDER BY %s DESC LIMIT %lld OFFSET %lld%s",
             has_text ? "words.rowid" : "e.key",
             query->limit > 0 ? (long long)query->limit : -1LL,
             query->offset < INT64_MAX ? (long long)query->offset
                                       : (long long)INT64_MAX,
             rows_then);
    plan_init(&plan);
    statement = prepare(index, &plan, query, keys_first, ending);
    while (statement != NULL && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct index_row row = read_row(statement);

        if (!each(context, &row)) {
            code = SQLITE_DONE;
            break;
        }
    }
    if (code != SQLITE_DONE)
        index_explain(index, "search", error);
    sqlite3_finalize(statement);
    plan_clear(&plan);
    return code == SQLITE_DONE;
}

bool
index_find(struct index *index, const struct id *id,
           bool (*each)(void *context, const struct index_row *row), void *context,
           struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code;

    code = sqlite3_prepare_v2(index->db,
                              "SELECT " ROW_COLUMNS " FROM entry e"
                              " JOIN shown s ON s.key = e.key WHERE e.id = ?1",
                              -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite_bind_id(statement, 1, id);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        struct index_row row = read_row(statement);
        (void)each(context, &row);
    } else if (code != SQLITE_DONE) {
        index_explain(index, "find a message", error);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_ROW;
}

bool
index_tags(struct index *index,
           void (*each)(void *context, struct slice tag, uint64_t count), void *context,
           struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(index->db,
                                  "SELECT min(name), count(*) FROM tag GROUP BY name"
                                  " ORDER BY name",
                                  -1, &statement, NULL);

    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW)
            each(context, sqlite_column_text(statement, 0),
                 sqlite_column_number(statement, 1));
    }
    if (code != SQLITE_DONE)
        index_explain(index, "list the tags", error);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}
