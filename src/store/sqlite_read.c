/* sqlite_read.c - messages listed, found and read
 *
 * 1. No statement stays open across a callback: a page of rows is copied, the
 *    statement reset, then the callbacks run (row.h says why). The next page
 *    begins after the key of the last row, so messages added or removed meanwhile
 *    neither repeat nor hide another.
 * 2. Lists walk the message table itself, which is in order of time; a list by
 *    recipient walks the recipient table, which is in order of time within an
 *    address. The other conditions are filters.
 */
#include "store/sqlite.h"

#include "store/pack.h"
#include "store/row.h"

#include <stdio.h>
#include <stdlib.h>

static const char columns[] =
    "SELECT m.key, m.id, m.session_id, m.received_at, m.size, m.is_read, m.durable,"
    " m.tags, m.mail_from, m.parameters, m.subject, m.recipients";

enum {
    COLUMN_KEY,
    COLUMN_ID,
    COLUMN_SESSION_ID,
    COLUMN_RECEIVED_AT,
    COLUMN_SIZE,
    COLUMN_IS_READ,
    COLUMN_DURABLE,
    COLUMN_TAGS,
    COLUMN_MAIL_FROM,
    COLUMN_PARAMETERS,
    COLUMN_SUBJECT,
    COLUMN_RECIPIENTS
};

/* ---- one row, one page ---------------------------------------------------- */

/* False: out of memory. */
static bool
copy_row(sqlite3_stmt *row, struct row_page *page)
{
    struct store_message *message = &page->messages[page->count];
    struct slice *recipients = &page->recipients[page->count];
    struct slice *const slices[] = {&message->durable,   &message->tags,
                                    &message->mail_from, &message->parameters,
                                    &message->subject,   recipients};
    char *memory;

    *message = (struct store_message){
        .id = sqlite_column_id(row, COLUMN_ID),
        .session_id = sqlite_column_id(row, COLUMN_SESSION_ID),
        .received_at_us = sqlite_column_number(row, COLUMN_RECEIVED_AT),
        .size = sqlite_column_number(row, COLUMN_SIZE),
        .is_read = sqlite3_column_int(row, COLUMN_IS_READ) != 0,
        .durable = sqlite_column_text(row, COLUMN_DURABLE),
        .tags = sqlite_column_text(row, COLUMN_TAGS),
        .mail_from = sqlite_column_text(row, COLUMN_MAIL_FROM),
        .parameters = sqlite_column_text(row, COLUMN_PARAMETERS),
        .subject = sqlite_column_text(row, COLUMN_SUBJECT),
    };
    *recipients = sqlite_column_octets(row, COLUMN_RECIPIENTS);
    memory = row_keep(slices, ARRAY_LEN(slices));
    if (memory == NULL)
        return false;
    page->memory[page->count++] = memory;
    for (size_t i = 0; i < ARRAY_LEN(slices); i++)
        page->octets += slices[i]->len;
    return true;
}

/* Fill page with the next rows of statement. is_more_out: there may be more rows.
 * A SQLite result code. The statement is reset. */
static int
fetch_page(sqlite3_stmt *statement, struct row_page *page, int64_t *last_key,
           bool *is_more_out)
{
    int code = SQLITE_DONE;

    *is_more_out = false;
    while (!row_page_is_full(page) && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        *last_key = sqlite3_column_int64(statement, COLUMN_KEY);
        if (!copy_row(statement, page)) {
            code = SQLITE_NOMEM;
            break;
        }
    }
    *is_more_out = row_page_is_full(page);
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

/* Call each for the rows of the page. A SQLite result code; *is_wanted becomes false
 * if each wants no more. */
static int
deliver_page(struct row_page *page, store_message_each *each, void *context,
             bool *is_wanted)
{
    for (size_t i = 0; i < page->count && *is_wanted; i++) {
        struct store_recipient *list;
        struct store_message *message = &page->messages[i];
        if (!unpack_recipients(page->recipients[i], &list, &message->recipient_count))
            return SQLITE_CORRUPT;
        message->recipients = list;
        *is_wanted = each(context, message);
        free(list);
    }
    return SQLITE_OK;
}

/* ---- lists ---------------------------------------------------------------- */

/* Parameters: 1 to, 2 from, 3 subject, 4 after (as a time), 5 bound of the keys,
 * 6 limit. A key is never below that of its time, so the time bounds the walk too. */
static int
prepare_list(struct sqlite_store *store, const struct store_query *query,
             sqlite3_stmt **statement_out)
{
    bool has_to = query->to.len > 0;
    const char *key = has_to ? "r.message" : "m.key";
    char sql[1024];

    snprintf(
        sql, sizeof(sql),
        "%s FROM %s WHERE m.state = 1 AND (?4 = 0 OR m.received_at > ?4)"
        " AND %s > ?4 * %d - 1 AND %s %s ?5%s%s%s ORDER BY %s %s LIMIT ?6",
        columns,
        has_to ? "recipient r CROSS JOIN message m ON m.key = r.message" : "message m",
        key, KEYS_PER_MICROSECOND, key, query->oldest_first ? ">" : "<",
        has_to ? " AND r.address = ?1" : "",
        query->from.len > 0 ? " AND m.mail_from = ?2" : "",
        query->subject.len > 0 ? " AND instr(lower(m.subject), lower(?3)) > 0" : "",
        key, query->oldest_first ? "ASC" : "DESC");
    return sqlite3_prepare_v2(store->db, sql, -1, statement_out, NULL);
}

static uint64_t
clamp_time(uint64_t time_us)
{
    uint64_t latest = INT64_MAX / KEYS_PER_MICROSECOND - 1;

    return time_us < latest ? time_us : latest;
}

static int
bind_list(sqlite3_stmt *statement, const struct store_query *query)
{
    int code = SQLITE_OK;

    if (query->to.len > 0)
        code = sqlite_bind_text(statement, 1, query->to);
    if (code == SQLITE_OK && query->from.len > 0)
        code = sqlite_bind_text(statement, 2, query->from);
    if (code == SQLITE_OK && query->subject.len > 0)
        code = sqlite_bind_text(statement, 3, query->subject);
    if (code == SQLITE_OK)
        code = sqlite_bind_number(statement, 4, clamp_time(query->after_us));
    return code;
}

/* The key after which a list starts. */
static int64_t
first_bound(const struct store_query *query)
{
    if (!query->oldest_first)
        return INT64_MAX;
    return (int64_t)clamp_time(query->after_us) * KEYS_PER_MICROSECOND - 1;
}

static int
list_pages(sqlite3_stmt *statement, const struct store_query *query,
           struct row_page *page, store_message_each *each, void *context)
{
    uint64_t left = query->limit > 0 ? query->limit : UINT32_MAX;
    int64_t bound = first_bound(query);
    bool is_wanted = true, is_more = true;
    int code = SQLITE_OK;

    while (code == SQLITE_OK && is_wanted && is_more && left > 0) {
        (void)sqlite3_bind_int64(statement, 5, bound);
        (void)sqlite_bind_number(statement, 6, left);
        code = fetch_page(statement, page, &bound, &is_more);
        if (code == SQLITE_OK)
            code = deliver_page(page, each, context, &is_wanted);
        left -= page->count;
        row_page_clear(page);
    }
    return code;
}

enum store_result
sqlite_list(struct store *base, const struct store_query *query,
            store_message_each *each, void *context, struct error *error)
{
    struct sqlite_store *store = sqlite_of(base);
    sqlite3_stmt *statement = NULL;
    struct row_page *page;
    int code;

    if (!sqlite_is_readable(store, error))
        return STORE_FAILED;
    page = calloc(1, sizeof(*page));
    code = page != NULL ? prepare_list(store, query, &statement) : SQLITE_NOMEM;
    if (code == SQLITE_OK)
        code = bind_list(statement, query);
    if (code == SQLITE_OK)
        code = list_pages(statement, query, page, each, context);
    if (code != SQLITE_OK)
        sqlite_explain(store, code, "list its messages", error);
    sqlite3_finalize(statement);
    free(page);
    return code == SQLITE_OK ? STORE_OK : STORE_FAILED;
}

static int
prepare_find(struct sqlite_store *store, const struct id *id,
             sqlite3_stmt **statement_out)
{
    char sql[512];
    int code;

    snprintf(sql, sizeof(sql), "%s FROM message m WHERE m.id = ?1 AND m.state = 1",
             columns);
    code = sqlite3_prepare_v2(store->db, sql, -1, statement_out, NULL);
    return code == SQLITE_OK ? sqlite_bind_id(*statement_out, 1, id) : code;
}

enum store_result
sqlite_find(struct store *base, const struct id *id, store_message_each *each,
            void *context, struct error *error)
{
    struct sqlite_store *store = sqlite_of(base);
    sqlite3_stmt *statement = NULL;
    struct row_page *page;
    bool is_wanted = true, is_more, is_found = false;
    int64_t key;
    int code;

    if (!sqlite_is_readable(store, error))
        return STORE_FAILED;
    page = calloc(1, sizeof(*page));
    code = page != NULL ? prepare_find(store, id, &statement) : SQLITE_NOMEM;
    if (code == SQLITE_OK)
        code = fetch_page(statement, page, &key, &is_more);
    if (code == SQLITE_OK) {
        is_found = page->count > 0;
        code = deliver_page(page, each, context, &is_wanted);
    }
    if (page != NULL)
        row_page_clear(page);
    if (code != SQLITE_OK)
        sqlite_explain(store, code, "find a message", error);
    sqlite3_finalize(statement);
    free(page);
    if (code != SQLITE_OK)
        return STORE_FAILED;
    return is_found ? STORE_OK : STORE_NOT_FOUND;
}

/* ---- bodies --------------------------------------------------------------- */

/* What reading a body needs to know of its message. */
struct body {
    int64_t key;
    uint64_t size;
    bool is_chunked;
};

/* Copy the octets of column at into out. False: out of memory. */
static bool
copy_octets(sqlite3_stmt *row, int at, struct buf *out)
{
    out->len = 0;
    return buf_append(out, sqlite_column_octets(row, at));
}

/* SQLITE_ROW: found; if the body is in the row itself, it is in out now. SQLITE_DONE:
 * not found. */
static int
find_body(struct sqlite_store *store, const struct id *id, struct body *body,
          struct buf *out)
{
    sqlite3_stmt *find = store->statements[SQL_MESSAGE_READ];
    int code = sqlite_bind_id(find, 1, id);

    if (code == SQLITE_OK)
        code = sqlite3_step(find);
    if (code == SQLITE_ROW) {
        *body = (struct body){
            .key = sqlite3_column_int64(find, 0),
            .size = sqlite_column_number(find, 1),
            .is_chunked = sqlite3_column_type(find, 2) == SQLITE_NULL,
        };
        if (!body->is_chunked && !copy_octets(find, 2, out))
            code = SQLITE_NOMEM;
    }
    sqlite3_reset(find);
    return code;
}

/* SQLITE_ROW: chunk n is in out. SQLITE_DONE: there is none. */
static int
fetch_chunk(struct sqlite_store *store, int64_t key, int64_t n, struct buf *out)
{
    sqlite3_stmt *read = store->statements[SQL_CHUNK_READ];
    int code = sqlite3_bind_int64(read, 1, key);

    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(read, 2, n);
    if (code == SQLITE_OK)
        code = sqlite3_step(read);
    if (code == SQLITE_ROW && !copy_octets(read, 0, out))
        code = SQLITE_NOMEM;
    sqlite3_reset(read);
    return code;
}

/* SQLITE_OK: all delivered, or each wants no more. SQLITE_DONE: the message was
 * deleted while it was read. */
static int
deliver_chunks(struct sqlite_store *store, const struct body *body, struct buf *out,
               store_octets_each *each, void *context)
{
    uint64_t delivered = 0;

    for (int64_t n = 0; delivered < body->size; n++) {
        int code = fetch_chunk(store, body->key, n, out);
        if (code != SQLITE_ROW)
            return code;
        delivered += out->len;
        if (!each(context, buf_slice(out)))
            break;
    }
    return SQLITE_OK;
}

enum store_result
sqlite_read(struct store *base, const struct id *id, store_octets_each *each,
            void *context, struct error *error)
{
    struct sqlite_store *store = sqlite_of(base);
    struct body body;
    struct buf out;
    int code;

    if (!sqlite_is_readable(store, error))
        return STORE_FAILED;
    buf_init(&out, STORE_CHUNK_MAX);
    code = find_body(store, id, &body, &out);
    if (code == SQLITE_ROW && body.is_chunked)
        code = deliver_chunks(store, &body, &out, each, context);
    else if (code == SQLITE_ROW && out.len > 0)
        (void)each(context, buf_slice(&out));
    buf_clear(&out);
    if (code == SQLITE_DONE)
        return STORE_NOT_FOUND;
    if (code == SQLITE_OK || code == SQLITE_ROW)
        return STORE_OK;
    sqlite_explain(store, code, "read a message", error);
    return STORE_FAILED;
}
