/* sqlite_apply.c - how each kind of item changes the tables
 *
 * Everything here happens inside the transaction of its batch. An item that names a
 * message that does not exist changes nothing and gets STORE_NOT_FOUND as its own
 * result; a code other than SQLITE_OK fails the whole batch.
 */
#include "store/sqlite.h"

#include "store/pack.h"
#include "store/row.h"

#include <stdlib.h>

enum {
    /* A body of at most this size is kept in the message row, which SQLite continues in
     * a chain of pages that lists do not read. See sqlite_schema.c for the measurement.
     */
    INLINE_MAX = STORE_CHUNK_MAX,

    RECIPIENTS_MAX = 64 << 20, /* octets, packed */
};

static int
step_and_check(sqlite3_stmt *statement, int bound)
{
    return bound == SQLITE_OK ? sqlite_step(statement) : bound;
}

/* ---- finding -------------------------------------------------------------- */

struct found {
    int64_t key;
    uint64_t size;
    sqlite3_stmt *row; /* has the recipients; reset it when done */
};

/* The message if it is in the state given; else item->result becomes NOT_FOUND.
 * The caller must reset found->row if is_found_out is set. */
static int
find_message(struct sqlite_store *store, struct store_item *item,
             enum message_state state, struct found *found, bool *is_found_out)
{
    sqlite3_stmt *find = store->statements[SQL_MESSAGE_FIND];
    int code = sqlite_bind_id(find, 1, &item->id);

    if (code == SQLITE_OK)
        code = sqlite3_step(find);
    *is_found_out = code == SQLITE_ROW && sqlite3_column_int(find, 1) == (int)state;
    if (*is_found_out) {
        *found = (struct found){
            .key = sqlite3_column_int64(find, 0),
            .size = sqlite_column_number(find, 2),
            .row = find,
        };
        return SQLITE_OK;
    }
    sqlite3_reset(find);
    item->result = STORE_NOT_FOUND;
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

/* The same, where the key is all that is needed; nothing has to be reset. */
static int
find_key(struct sqlite_store *store, struct store_item *item, enum message_state state,
         int64_t *key_out, bool *is_found_out)
{
    struct found found;
    int code = find_message(store, item, state, &found, is_found_out);

    if (*is_found_out) {
        sqlite3_reset(found.row);
        *key_out = found.key;
    }
    return code;
}

/* ---- adding a message ----------------------------------------------------- */

static int64_t
key_of_time(uint64_t received_at_us)
{
    uint64_t latest = INT64_MAX / KEYS_PER_MICROSECOND - 1000000;

    return (int64_t)((received_at_us < latest ? received_at_us : latest) *
                     KEYS_PER_MICROSECOND);
}

/* For many messages of one microsecond (an import): the first free key after them. */
static int
next_key(struct sqlite_store *store, int64_t *key)
{
    sqlite3_stmt *next = store->statements[SQL_MESSAGE_NEXT_KEY];
    int64_t second = 1000000LL * KEYS_PER_MICROSECOND;
    int code;

    (void)sqlite3_bind_int64(next, 1, *key);
    (void)sqlite3_bind_int64(next, 2, *key + second);
    code = sqlite3_step(next);
    if (code == SQLITE_ROW)
        *key = sqlite3_column_int64(next, 0);
    sqlite3_reset(next);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

static int
bind_message(sqlite3_stmt *add, const struct store_envelope *envelope,
             enum message_state state, uint64_t size, struct slice recipients)
{
    int code = sqlite_bind_id(add, 2, &envelope->id);

    code = code != SQLITE_OK ? code : sqlite_bind_id(add, 3, &envelope->session_id);
    code = code != SQLITE_OK ? code : sqlite3_bind_int(add, 4, (int)state);
    code =
        code != SQLITE_OK ? code : sqlite_bind_number(add, 5, envelope->received_at_us);
    code = code != SQLITE_OK ? code : sqlite_bind_number(add, 6, size);
    code = code != SQLITE_OK
               ? code
               : sqlite_bind_text(add, 7, slice_from(store_sqlite.durability));
    code = code != SQLITE_OK ? code : sqlite_bind_text(add, 8, envelope->mail_from);
    code = code != SQLITE_OK ? code : sqlite_bind_text(add, 9, envelope->parameters);
    code = code != SQLITE_OK ? code : sqlite_bind_text(add, 10, envelope->subject);
    code = code != SQLITE_OK ? code : sqlite_bind_octets(add, 11, recipients);
    return code;
}

static int
insert_row(struct sqlite_store *store, sqlite3_stmt *add, int64_t *key)
{
    int code;

    for (;;) {
        code = sqlite3_bind_int64(add, 1, *key);
        if (code == SQLITE_OK)
            code = sqlite_step(add);
        if (code != SQLITE_CONSTRAINT_PRIMARYKEY && code != SQLITE_CONSTRAINT_ROWID)
            return code;
        code = next_key(store, key);
        if (code != SQLITE_OK)
            return code;
    }
}

static int
add_recipients(struct sqlite_store *store, int64_t key,
               const struct store_envelope *envelope)
{
    sqlite3_stmt *add = store->statements[SQL_RECIPIENT_ADD];
    int code = sqlite3_bind_int64(add, 2, key);

    for (size_t i = 0; i < envelope->recipient_count && code == SQLITE_OK; i++) {
        code = sqlite_bind_text(add, 1, envelope->recipients[i].address);
        code = step_and_check(add, code);
    }
    return code;
}

/* Add the row and the recipients. body: NULL if it is, or will be, in chunks.
 * An id that exists already fails the item, not the batch. */
static int
add_message(struct sqlite_store *store, struct store_item *item,
            enum message_state state, const struct slice *body, int64_t *key_out)
{
    const struct store_envelope *envelope = item->envelope;
    sqlite3_stmt *add = store->statements[SQL_MESSAGE_ADD];
    int64_t key = key_of_time(envelope->received_at_us);
    struct buf packed;
    int code = SQLITE_NOMEM;

    buf_init(&packed, RECIPIENTS_MAX);
    if (!pack_recipients(&packed, envelope->recipients, envelope->recipient_count))
        goto out;
    code = bind_message(add, envelope, state, item->octets.len, buf_slice(&packed));
    if (code == SQLITE_OK)
        code = body != NULL ? sqlite_bind_octets(add, 12, *body)
                            : sqlite3_bind_null(add, 12);
    if (code == SQLITE_OK)
        code = insert_row(store, add, &key);
    if (code == SQLITE_CONSTRAINT_UNIQUE) {
        item->result = STORE_FAILED;
        code = SQLITE_OK;
    } else if (code == SQLITE_OK) {
        code = add_recipients(store, key, envelope);
    }
    *key_out = key;
out:
    buf_clear(&packed);
    return code;
}

static int
add_chunk(struct sqlite_store *store, int64_t key, int64_t n, uint64_t end,
          struct slice octets)
{
    sqlite3_stmt *add = store->statements[SQL_CHUNK_ADD];
    int code = sqlite3_bind_int64(add, 1, key);

    code = code != SQLITE_OK ? code : sqlite3_bind_int64(add, 2, n);
    code = code != SQLITE_OK ? code : sqlite_bind_number(add, 3, end);
    code = code != SQLITE_OK ? code : sqlite_bind_octets(add, 4, octets);
    return step_and_check(add, code);
}

static int
add_chunks(struct sqlite_store *store, int64_t key, struct slice body)
{
    uint64_t end = 0;
    int code = SQLITE_OK;

    for (int64_t n = 0; body.len > 0 && code == SQLITE_OK; n++) {
        size_t len = body.len < STORE_CHUNK_MAX ? body.len : STORE_CHUNK_MAX;
        end += len;
        code = add_chunk(store, key, n, end, slice_of(body.ptr, len));
        body = slice_skip(body, len);
    }
    return code;
}

static int
apply_message(struct sqlite_store *store, struct store_item *item,
              struct batch_delta *delta)
{
    bool is_inline = item->octets.len <= INLINE_MAX;
    int64_t key;
    int code = add_message(store, item, STATE_ACCEPTED,
                           is_inline ? &item->octets : NULL, &key);

    if (code != SQLITE_OK || item->result != STORE_OK)
        return code;
    delta->messages++;
    delta->octets += (int64_t)item->octets.len;
    return is_inline ? SQLITE_OK : add_chunks(store, key, item->octets);
}

/* ---- receiving in pieces -------------------------------------------------- */

static int
apply_begin(struct sqlite_store *store, struct store_item *item,
            struct batch_delta *delta)
{
    int64_t key;

    (void)delta;
    return add_message(store, item, STATE_RECEIVING, NULL, &key);
}

/* The number of the next chunk, and how many octets the chunks so far hold. */
static int
end_of_chunks(struct sqlite_store *store, int64_t key, int64_t *n_out,
              uint64_t *end_out)
{
    sqlite3_stmt *next = store->statements[SQL_CHUNK_NEXT];
    int code = sqlite3_bind_int64(next, 1, key);

    *n_out = 0;
    *end_out = 0;
    if (code == SQLITE_OK)
        code = sqlite3_step(next);
    if (code == SQLITE_ROW) {
        *n_out = sqlite3_column_int64(next, 0);
        *end_out = sqlite_column_number(next, 1);
    }
    sqlite3_reset(next);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

static int
apply_chunk(struct sqlite_store *store, struct store_item *item,
            struct batch_delta *delta)
{
    bool is_found;
    int64_t key, n;
    uint64_t end;
    int code = find_key(store, item, STATE_RECEIVING, &key, &is_found);

    (void)delta;
    if (!is_found)
        return code;
    code = end_of_chunks(store, key, &n, &end);
    if (code != SQLITE_OK)
        return code;
    return add_chunk(store, key, n, end + item->octets.len, item->octets);
}

/* Guarantee 2: an accepted message is complete, so its octets are counted again. */
static int
apply_accept(struct sqlite_store *store, struct store_item *item,
             struct batch_delta *delta)
{
    sqlite3_stmt *accept = store->statements[SQL_MESSAGE_ACCEPT];
    bool is_found;
    int64_t key, n;
    uint64_t end;
    int code = find_key(store, item, STATE_RECEIVING, &key, &is_found);

    if (!is_found)
        return code;
    code = end_of_chunks(store, key, &n, &end);
    if (code != SQLITE_OK)
        return code;
    if (end != item->size) {
        item->result = STORE_FAILED;
        return SQLITE_OK;
    }
    delta->messages++;
    delta->octets += (int64_t)end;
    code = sqlite3_bind_int64(accept, 1, key);
    code = code != SQLITE_OK ? code : sqlite_bind_number(accept, 2, item->size);
    code = code != SQLITE_OK ? code : sqlite_bind_text(accept, 3, item->text);
    return step_and_check(accept, code);
}

/* ---- removing ------------------------------------------------------------- */

static int
remove_recipients(struct sqlite_store *store, int64_t key, struct slice packed)
{
    sqlite3_stmt *remove = store->statements[SQL_RECIPIENT_REMOVE];
    struct store_recipient *list;
    size_t count;
    int code;

    if (!unpack_recipients(packed, &list, &count))
        return SQLITE_CORRUPT;
    code = sqlite3_bind_int64(remove, 2, key);
    for (size_t i = 0; i < count && code == SQLITE_OK; i++) {
        code = sqlite_bind_text(remove, 1, list[i].address);
        code = step_and_check(remove, code);
    }
    free(list);
    return code;
}

static int
run_with_key(sqlite3_stmt *statement, int64_t key)
{
    return step_and_check(statement, sqlite3_bind_int64(statement, 1, key));
}

int
sqlite_remove_message(struct sqlite_store *store, int64_t key, struct slice recipients)
{
    int code = remove_recipients(store, key, recipients);

    if (code == SQLITE_OK)
        code = run_with_key(store->statements[SQL_CHUNK_REMOVE], key);
    if (code == SQLITE_OK)
        code = run_with_key(store->statements[SQL_MESSAGE_REMOVE], key);
    return code;
}

static int
remove_found(struct sqlite_store *store, const struct found *found)
{
    int code =
        sqlite_remove_message(store, found->key, sqlite_column_octets(found->row, 3));

    sqlite3_reset(found->row);
    return code;
}

static int
apply_discard(struct sqlite_store *store, struct store_item *item,
              struct batch_delta *delta)
{
    struct found found;
    bool is_found;
    int code = find_message(store, item, STATE_RECEIVING, &found, &is_found);

    (void)delta;
    return is_found ? remove_found(store, &found) : code;
}

static int
apply_delete(struct sqlite_store *store, struct store_item *item,
             struct batch_delta *delta)
{
    struct found found;
    bool is_found;
    int code = find_message(store, item, STATE_ACCEPTED, &found, &is_found);

    if (!is_found)
        return code;
    delta->messages--;
    delta->octets -= (int64_t)found.size;
    return remove_found(store, &found);
}

/* ---- marking -------------------------------------------------------------- */

/* Run an update of an accepted message: ?1 is its key, ?2 the new value, which was
 * bound with the code given. */
static int
update_message(struct sqlite_store *store, struct store_item *item,
               sqlite3_stmt *update, int bound)
{
    bool is_found;
    int64_t key;
    int code = find_key(store, item, STATE_ACCEPTED, &key, &is_found);

    if (bound != SQLITE_OK)
        return bound;
    return is_found ? run_with_key(update, key) : code;
}

static int
apply_tag(struct sqlite_store *store, struct store_item *item,
          struct batch_delta *delta)
{
    sqlite3_stmt *tag = store->statements[SQL_MESSAGE_TAG];

    (void)delta;
    return update_message(store, item, tag, sqlite_bind_text(tag, 2, item->text));
}

static int
apply_mark(struct sqlite_store *store, struct store_item *item,
           struct batch_delta *delta)
{
    sqlite3_stmt *mark = store->statements[SQL_MESSAGE_MARK];

    (void)delta;
    return update_message(store, item, mark, sqlite3_bind_int(mark, 2, item->flag));
}

/* ---- sessions ------------------------------------------------------------- */

/* Add the notes after the session's other runs. *key_out: the key of the new run, 0 if
 * there are no notes. */
static int
put_line(struct sqlite_store *store, const struct store_session *session,
         int64_t *key_out)
{
    sqlite3_stmt *put = store->statements[SQL_LINE_PUT];
    int code = SQLITE_OK;

    *key_out = 0;
    if (session->notes.len == 0)
        return SQLITE_OK;
    code = sqlite_bind_id(put, 1, &session->id);
    code = code != SQLITE_OK ? code : sqlite_bind_number(put, 2, session->first_line);
    code = code != SQLITE_OK ? code : sqlite_bind_octets(put, 3, session->notes);
    code = step_and_check(put, code);
    if (code == SQLITE_OK)
        *key_out = sqlite3_last_insert_rowid(store->db);
    return code;
}

static int
put_session(struct sqlite_store *store, const struct store_session *session,
            int64_t last_line)
{
    sqlite3_stmt *put = store->statements[SQL_SESSION_PUT];
    struct store_session row = *session;
    struct slice *texts[ROW_SESSION_TEXTS];
    const uint64_t numbers[] = {session->messages, session->faults, session->lines,
                                session->is_truncated, (uint64_t)last_line};
    int at = 4;
    int code = sqlite_bind_id(put, 1, &session->id);

    row_session_texts(&row, texts);
    code =
        code != SQLITE_OK ? code : sqlite_bind_number(put, 2, session->started_at_us);
    code = code != SQLITE_OK ? code : sqlite_bind_number(put, 3, session->ended_at_us);
    for (size_t i = 0; i < ARRAY_LEN(texts) && code == SQLITE_OK; i++)
        code = sqlite_bind_text(put, at++, *texts[i]);
    for (size_t i = 0; i < ARRAY_LEN(numbers) && code == SQLITE_OK; i++)
        code = sqlite_bind_number(put, at++, numbers[i]);
    return step_and_check(put, code);
}

static int
apply_session(struct sqlite_store *store, struct store_item *item,
              struct batch_delta *delta)
{
    int64_t last_line;
    int code = put_line(store, item->session, &last_line);

    (void)delta;
    return code == SQLITE_OK ? put_session(store, item->session, last_line) : code;
}

/* ---- the table ------------------------------------------------------------ */

static int (*const appliers[])(struct sqlite_store *, struct store_item *,
                               struct batch_delta *) = {
    [STORE_MESSAGE] = apply_message, [STORE_BEGIN] = apply_begin,
    [STORE_CHUNK] = apply_chunk,     [STORE_ACCEPT] = apply_accept,
    [STORE_DISCARD] = apply_discard, [STORE_DELETE] = apply_delete,
    [STORE_TAG] = apply_tag,         [STORE_READ_MARK] = apply_mark,
    [STORE_SESSION] = apply_session,
};

int
sqlite_apply(struct sqlite_store *store, struct store_item *item,
             struct batch_delta *delta)
{
    item->result = STORE_OK;
    return appliers[item->kind](store, item, delta);
}
