/* memory_commit.c - a batch, all or nothing
 *
 * First everything the batch needs is allocated (prepare); then it is put in place,
 * which cannot fail (apply). So running out of memory is an ordinary result: the batch
 * is refused as a whole, and the store is unchanged.
 */
#include "store/memory_store.h"

#include <stdlib.h>

/* What one item needs. What apply does not use is freed after it. */
struct prepared {
    struct message *message;
    struct session *session;
    struct piece *piece; /* NULL also when there are no octets to keep */
    char *text;
};

static bool
prepare_piece(struct slice octets, struct prepared *ready)
{
    if (octets.len == 0)
        return true;
    ready->piece = piece_new(octets);
    return ready->piece != NULL;
}

static bool
prepare_text(struct slice text, struct prepared *ready)
{
    ready->text = malloc(text.len + 1); /* never 0: NULL means out of memory */
    if (ready->text != NULL && text.len > 0)
        memcpy(ready->text, text.ptr, text.len);
    return ready->text != NULL;
}

static bool
prepare(const struct store_item *item, struct prepared *ready)
{
    switch (item->kind) {
    case STORE_MESSAGE:
        ready->message = message_new(item->envelope);
        return ready->message != NULL && prepare_piece(item->octets, ready);
    case STORE_BEGIN:
        ready->message = message_new(item->envelope);
        return ready->message != NULL;
    case STORE_CHUNK:
        return prepare_piece(item->octets, ready);
    case STORE_ACCEPT:
    case STORE_TAG:
        return prepare_text(item->text, ready);
    case STORE_SESSION:
        ready->session = session_new(item->session);
        return ready->session != NULL && prepare_piece(item->session->notes, ready);
    case STORE_DISCARD:
    case STORE_DELETE:
    case STORE_READ_MARK:
        return true;
    }
    return false;
}

static void
prepared_clear(struct prepared *ready)
{
    message_free(ready->message);
    session_free(ready->session);
    free(ready->piece);
    free(ready->text);
}

/* ---- messages ---- */

static void
append_piece(struct message *message, struct prepared *ready)
{
    struct piece *piece = ready->piece;

    if (piece == NULL)
        return;
    *(message->last != NULL ? &message->last->next : &message->first) = piece;
    message->last = piece;
    message->shown.size += piece->len;
    ready->piece = NULL;
}

static void
accept_message(struct memory_store *store, struct message *message)
{
    message->is_accepted = true;
    store->accepted++;
    store->octets += message->shown.size;
}

static enum store_result
add_message(struct memory_store *store, struct store_item *item, struct prepared *ready)
{
    struct message *message = ready->message;
    struct message_time time = {message->shown.received_at_us, store->arrivals};

    if (memory_find_message(store, &message->shown.id) != NULL)
        return STORE_FAILED;
    message->arrival = store->arrivals++;
    append_piece(message, ready);
    tree_add(&store->messages_by_id, &message->by_id, &message->shown.id);
    tree_add(&store->messages_by_time, &message->by_time, &time);
    if (item->kind == STORE_MESSAGE)
        accept_message(store, message);
    ready->message = NULL;
    return STORE_OK;
}

static void
remove_message(struct memory_store *store, struct message *message)
{
    tree_remove(&store->messages_by_id, &message->by_id);
    tree_remove(&store->messages_by_time, &message->by_time);
    if (message->is_accepted) {
        store->accepted--;
        store->octets -= message->shown.size;
    }
    message_free(message);
}

/* Replace a text that came with the envelope or with an earlier item. */
static void
replace_text(struct slice *text, char **memory, const struct store_item *item,
             struct prepared *ready)
{
    free(*memory);
    *memory = ready->text;
    *text = slice_of(ready->text, item->text.len);
    ready->text = NULL;
}

static enum store_result
change_message(struct memory_store *store, struct store_item *item,
               struct prepared *ready)
{
    bool is_receiving = item->kind == STORE_CHUNK || item->kind == STORE_ACCEPT ||
                        item->kind == STORE_DISCARD;
    struct message *message = memory_find_message(store, &item->id);

    if (message == NULL || message->is_accepted == is_receiving)
        return STORE_NOT_FOUND;
    if (item->kind == STORE_ACCEPT && message->shown.size != item->size)
        return STORE_FAILED;
    if (item->kind == STORE_CHUNK) {
        append_piece(message, ready);
    } else if (item->kind == STORE_ACCEPT) {
        replace_text(&message->shown.subject, &message->subject, item, ready);
        accept_message(store, message);
    } else if (item->kind == STORE_TAG) {
        replace_text(&message->shown.tags, &message->tags, item, ready);
    } else if (item->kind == STORE_READ_MARK) {
        message->shown.is_read = item->flag;
    } else {
        remove_message(store, message);
    }
    return STORE_OK;
}

/* ---- sessions ---- */

/* Runs of notes are kept in order; a run with the same first line is replaced. */
static void
put_run(struct session *session, struct piece *run)
{
    struct piece **at = &session->first;

    if (session->last != NULL && session->last->first_line < run->first_line)
        at = &session->last->next; /* nearly always: a session may have 100,000 runs */
    while (*at != NULL && (*at)->first_line < run->first_line)
        at = &(*at)->next;
    if (*at != NULL && (*at)->first_line == run->first_line) {
        struct piece *old = *at;
        *at = old->next;
        free(old);
    }
    run->next = *at;
    *at = run;
    if (run->next == NULL)
        session->last = run;
}

static enum store_result
put_session(struct memory_store *store, struct store_item *item, struct prepared *ready)
{
    const struct id *id = &item->session->id;
    struct tree_node *found = tree_find(&store->sessions, id);
    struct session *session = ready->session;

    if (found != NULL) {
        struct session *old = MEMORY_ENTRY(found, struct session, by_id);
        session->shown.started_at_us = old->shown.started_at_us;
        session->first = old->first;
        session->last = old->last;
        old->first = NULL;
        tree_remove(&store->sessions, found);
        session_free(old);
    }
    tree_add(&store->sessions, &session->by_id, id);
    ready->session = NULL;
    if (ready->piece != NULL) {
        ready->piece->first_line = item->session->first_line;
        put_run(session, ready->piece);
        ready->piece = NULL;
    }
    return STORE_OK;
}

/* ---- a batch ---- */

static void
apply(struct memory_store *store, struct store_item *item, struct prepared *ready)
{
    if (item->kind == STORE_MESSAGE || item->kind == STORE_BEGIN)
        item->result = add_message(store, item, ready);
    else if (item->kind == STORE_SESSION)
        item->result = put_session(store, item, ready);
    else
        item->result = change_message(store, item, ready);
}

enum store_result
memory_commit(struct store *base, struct store_item *items, struct error *error)
{
    struct memory_store *store = memory_of(base);
    enum store_result result = STORE_OK;
    struct prepared *ready;
    size_t count = 0, i = 0;

    for (struct store_item *item = items; item != NULL; item = item->next)
        count++;
    ready = calloc(count + 1, sizeof(*ready));
    if (ready == NULL)
        return memory_exhausted(error);
    for (struct store_item *item = items; item != NULL; item = item->next) {
        if (!prepare(item, &ready[i++])) {
            result = memory_exhausted(error);
            goto out;
        }
    }
    i = 0;
    for (struct store_item *item = items; item != NULL; item = item->next)
        apply(store, item, &ready[i++]);
    store->commits++;
out:
    for (i = 0; i < count; i++)
        prepared_clear(&ready[i]);
    free(ready);
    return result;
}
