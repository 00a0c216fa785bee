/* memory_read.c - finding and listing what is in memory
 *
 * Nothing is copied but the notes of a session, whose runs are joined. The callbacks
 * see the store itself, so they must not change it (store.h, store_list).
 */
#include "store/memory_store.h"

/* ---- messages ---- */

struct message *
memory_find_message(struct memory_store *store, const struct id *id)
{
    struct tree_node *node = tree_find(&store->messages_by_id, id);

    return node != NULL ? MEMORY_ENTRY(node, struct message, by_id) : NULL;
}

static struct message *
find_accepted(struct store *base, const struct id *id)
{
    struct message *message = memory_find_message(memory_of(base), id);

    return message != NULL && message->is_accepted ? message : NULL;
}

static bool
has_recipient(const struct store_message *shown, struct slice address)
{
    for (size_t i = 0; i < shown->recipient_count; i++) {
        if (slice_is_equal_fold(shown->recipients[i].address, address))
            return true;
    }
    return false;
}

/* All conditions but that of time. */
static bool
is_match(const struct message *message, const struct store_query *query)
{
    const struct store_message *shown = &message->shown;

    return message->is_accepted &&
           (query->to.len == 0 || has_recipient(shown, query->to)) &&
           (query->from.len == 0 ||
            slice_is_equal_fold(shown->mail_from, query->from)) &&
           (query->subject.len == 0 ||
            slice_find_fold(shown->subject, query->subject) != SIZE_MAX);
}

/* Where a list begins. NULL: nothing is late enough. */
static struct tree_node *
first_of_list(struct memory_store *store, const struct store_query *query)
{
    struct message_time after = {query->after_us, UINT64_MAX};

    if (!query->oldest_first)
        return tree_end(&store->messages_by_time, TREE_HIGH);
    if (query->after_us == 0)
        return tree_end(&store->messages_by_time, TREE_LOW);
    return tree_find_beside(&store->messages_by_time, &after, TREE_HIGH);
}

enum store_result
memory_list(struct store *base, const struct store_query *query,
            store_message_each *each, void *context, struct error *error)
{
    enum tree_side side = query->oldest_first ? TREE_HIGH : TREE_LOW;
    struct tree_node *node = first_of_list(memory_of(base), query);
    uint32_t left = query->limit > 0 ? query->limit : UINT32_MAX;

    (void)error;
    for (; node != NULL && left > 0; node = tree_step(node, side)) {
        const struct message *message = MEMORY_ENTRY(node, struct message, by_time);
        if (query->after_us > 0 && message->shown.received_at_us <= query->after_us)
            break;
        if (!is_match(message, query))
            continue;
        left--;
        if (!each(context, &message->shown))
            break;
    }
    return STORE_OK;
}

enum store_result
memory_find(struct store *base, const struct id *id, store_message_each *each,
            void *context, struct error *error)
{
    const struct message *message = find_accepted(base, id);

    (void)error;
    if (message == NULL)
        return STORE_NOT_FOUND;
    (void)each(context, &message->shown);
    return STORE_OK;
}

/* Hand over one piece, which may be a whole body. False: each had enough. */
static bool
read_piece(const struct piece *piece, store_octets_each *each, void *context)
{
    struct slice left = slice_of(piece->octets, piece->len);

    while (left.len > 0) {
        size_t len = left.len < STORE_CHUNK_MAX ? left.len : STORE_CHUNK_MAX;
        if (!each(context, slice_of(left.ptr, len)))
            return false;
        left = slice_skip(left, len);
    }
    return true;
}

enum store_result
memory_read(struct store *base, const struct id *id, store_octets_each *each,
            void *context, struct error *error)
{
    const struct message *message = find_accepted(base, id);
    const struct piece *piece;

    (void)error;
    if (message == NULL)
        return STORE_NOT_FOUND;
    for (piece = message->first; piece != NULL; piece = piece->next) {
        if (!read_piece(piece, each, context))
            break;
    }
    return STORE_OK;
}

/* ---- sessions ---- */

/* notes gets no ceiling: what fits in memory as runs is not too large joined. */
static bool
join_notes(const struct session *session, struct buf *notes)
{
    notes->len = 0;
    for (const struct piece *run = session->first; run != NULL; run = run->next) {
        if (!buf_append(notes, slice_of(run->octets, run->len)))
            return false;
    }
    return true;
}

static struct tree_node *
first_session(struct memory_store *store, const struct store_session_query *query)
{
    if (query->only != NULL)
        return tree_find(&store->sessions, query->only);
    if (query->before != NULL)
        return tree_find_beside(&store->sessions, query->before, TREE_LOW);
    return tree_end(&store->sessions, TREE_HIGH);
}

enum store_result
memory_sessions(struct store *base, const struct store_session_query *query,
                store_session_each *each, void *context, struct error *error)
{
    struct tree_node *node = first_session(memory_of(base), query);
    uint32_t left = query->limit > 0 ? query->limit : UINT32_MAX;
    enum store_result result = STORE_OK;
    struct buf notes;

    if (query->only != NULL && node == NULL)
        return STORE_NOT_FOUND;
    if (query->only != NULL)
        left = 1;
    buf_init(&notes, SIZE_MAX / 2);
    for (; node != NULL && left > 0; node = tree_step(node, TREE_LOW)) {
        const struct session *session = MEMORY_ENTRY(node, struct session, by_id);
        struct store_session shown = session->shown;
        if (query->with_notes && !join_notes(session, &notes)) {
            result = memory_exhausted(error);
            break;
        }
        shown.notes = buf_slice(&notes);
        left--;
        if (!each(context, &shown))
            break;
    }
    buf_clear(&notes);
    return result;
}
