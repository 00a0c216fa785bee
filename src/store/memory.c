/* memory.c - a store for tests: the same contract, lost at exit ("none")
 *
 * A batch is all or nothing here too: first everything it needs is allocated
 * (prepare), then it is linked in, which cannot fail (apply). Messages are a list
 * in order of time and are searched from its newest end: enough for tests, which
 * is all it is for.
 */
#include "store/backend.h"

#include "base/ascii.h"
#include "store/row.h"

#include <stdio.h>
#include <stdlib.h>

/* A piece of a body, or of the notes of a session. */
struct piece {
    struct piece *next;
    uint32_t first_line; /* notes only */
    struct slice octets;
    char memory[];
};

struct message {
    struct message *older, *newer;
    bool is_accepted;
    struct store_message shown;
    struct store_recipient *recipients;
    char *memory, *subject, *tags; /* what the slices of shown borrow from */
    struct piece *first, **end;
};

struct session {
    struct session *older;
    struct store_session shown; /* without notes */
    char *memory;
    struct piece *notes;
};

struct memory_store {
    struct store base;
    struct message *newest, *oldest;
    struct session *sessions; /* by id, newest first */
    uint64_t commits;
};

/* What one item needs, allocated before anything is changed. */
struct prepared {
    struct message *message;
    struct session *session;
    struct piece *piece;
    char *text;
};

static struct memory_store *
memory_of(struct store *store)
{
    return (struct memory_store *)(void *)store;
}

/* ---- making and freeing --------------------------------------------------- */

static struct piece *
piece_new(struct slice octets)
{
    struct piece *piece = malloc(sizeof(*piece) + octets.len);

    if (piece == NULL)
        return NULL;
    if (octets.len > 0)
        memcpy(piece->memory, octets.ptr, octets.len);
    piece->next = NULL;
    piece->first_line = 0;
    piece->octets = slice_of(piece->memory, octets.len);
    return piece;
}

static void
pieces_free(struct piece *piece)
{
    while (piece != NULL) {
        struct piece *next = piece->next;
        free(piece);
        piece = next;
    }
}

static struct message *
message_free(struct message *message)
{
    if (message == NULL)
        return NULL;
    pieces_free(message->first);
    free(message->recipients);
    free(message->memory);
    free(message->subject);
    free(message->tags);
    free(message);
    return NULL;
}

/* Copy the recipients and every text of the envelope but the subject. */
static bool
keep_envelope(struct message *message, const struct store_envelope *envelope)
{
    size_t count = 2 + 2 * envelope->recipient_count, n = 0;
    struct slice **slices = calloc(count, sizeof(*slices));

    message->recipients =
        calloc(envelope->recipient_count + 1, sizeof(*message->recipients));
    if (slices == NULL || message->recipients == NULL) {
        free(slices);
        return false;
    }
    slices[n++] = &message->shown.mail_from;
    slices[n++] = &message->shown.parameters;
    for (size_t i = 0; i < envelope->recipient_count; i++) {
        message->recipients[i] = envelope->recipients[i];
        slices[n++] = &message->recipients[i].address;
        slices[n++] = &message->recipients[i].parameters;
    }
    message->memory = row_keep(slices, n);
    free(slices);
    return message->memory != NULL;
}

static struct message *
message_new(const struct store_envelope *envelope)
{
    struct message *message = calloc(1, sizeof(*message));
    struct slice *const subject[] = {message != NULL ? &message->shown.subject : NULL};

    if (message == NULL)
        return NULL;
    message->end = &message->first;
    message->shown = (struct store_message){
        .id = envelope->id,
        .session_id = envelope->session_id,
        .received_at_us = envelope->received_at_us,
        .mail_from = envelope->mail_from,
        .parameters = envelope->parameters,
        .subject = envelope->subject,
        .durable = slice_from(store_memory.durability),
        .recipient_count = envelope->recipient_count,
    };
    message->subject = row_keep(subject, 1);
    if (message->subject == NULL || !keep_envelope(message, envelope))
        return message_free(message);
    message->shown.recipients = message->recipients;
    return message;
}

static struct session *
session_free(struct session *session)
{
    if (session == NULL)
        return NULL;
    pieces_free(session->notes);
    free(session->memory);
    free(session);
    return NULL;
}

static struct session *
session_new(const struct store_session *shown)
{
    struct session *session = calloc(1, sizeof(*session));
    struct store_session *copy;

    if (session == NULL)
        return NULL;
    session->shown = *shown;
    session->shown.notes = slice_of(NULL, 0);
    copy = &session->shown;
    struct slice *const texts[] = {&copy->client, &copy->listener, &copy->profile,
                                   &copy->hello,  &copy->login,    &copy->tls,
                                   &copy->outcome};
    session->memory = row_keep(texts, ARRAY_LEN(texts));
    return session->memory != NULL ? session : session_free(session);
}

/* ---- finding and linking -------------------------------------------------- */

static struct message *
find_message(struct memory_store *store, const struct id *id)
{
    struct message *message = store->newest;

    while (message != NULL && !id_is_equal(&message->shown.id, id))
        message = message->older;
    return message;
}

static void
link_message(struct memory_store *store, struct message *message)
{
    struct message *older = store->newest;

    while (older != NULL && older->shown.received_at_us > message->shown.received_at_us)
        older = older->older;
    message->older = older;
    message->newer = older != NULL ? older->newer : store->oldest;
    *(older != NULL ? &older->newer : &store->oldest) = message;
    *(message->newer != NULL ? &message->newer->older : &store->newest) = message;
}

static void
unlink_message(struct memory_store *store, struct message *message)
{
    *(message->older != NULL ? &message->older->newer : &store->oldest) =
        message->newer;
    *(message->newer != NULL ? &message->newer->older : &store->newest) =
        message->older;
    message_free(message);
}

static void
append_piece(struct message *message, struct prepared *ready)
{
    *message->end = ready->piece;
    message->end = &ready->piece->next;
    message->shown.size += ready->piece->octets.len;
    ready->piece = NULL;
}

/* Where a session of this id is, or would stand. */
static struct session **
place_of_session(struct memory_store *store, const struct id *id)
{
    struct session **at = &store->sessions;

    while (*at != NULL && memcmp((*at)->shown.id.octets, id->octets, ID_SIZE) > 0)
        at = &(*at)->older;
    return at;
}

/* Runs of notes stand in order; a run that is there already is replaced. */
static void
link_notes(struct session *session, struct piece *run)
{
    struct piece **at = &session->notes;

    while (*at != NULL && (*at)->first_line < run->first_line)
        at = &(*at)->next;
    if (*at != NULL && (*at)->first_line == run->first_line) {
        struct piece *old = *at;
        *at = old->next;
        free(old);
    }
    run->next = *at;
    *at = run;
}

/* ---- a batch -------------------------------------------------------------- */

static bool
prepare(const struct store_item *item, struct prepared *ready)
{
    struct slice text = item->text;
    struct slice *const texts[] = {&text};

    switch (item->kind) {
    case STORE_MESSAGE:
        ready->message = message_new(item->envelope);
        ready->piece = piece_new(item->octets);
        return ready->message != NULL && ready->piece != NULL;
    case STORE_BEGIN:
        ready->message = message_new(item->envelope);
        return ready->message != NULL;
    case STORE_CHUNK:
        ready->piece = piece_new(item->octets);
        return ready->piece != NULL;
    case STORE_ACCEPT:
    case STORE_TAG:
        ready->text = row_keep(texts, 1);
        return ready->text != NULL;
    case STORE_SESSION:
        ready->session = session_new(item->session);
        ready->piece = piece_new(item->session->notes);
        return ready->session != NULL && ready->piece != NULL;
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
    *ready = (struct prepared){0};
}

static enum store_result
add_message(struct memory_store *store, struct store_item *item, struct prepared *ready)
{
    if (find_message(store, &item->envelope->id) != NULL)
        return STORE_FAILED;
    ready->message->is_accepted = item->kind == STORE_MESSAGE;
    if (ready->piece != NULL)
        append_piece(ready->message, ready);
    link_message(store, ready->message);
    ready->message = NULL;
    return STORE_OK;
}

static void
take_text(struct slice *slice, char **memory, const struct store_item *item,
          struct prepared *ready)
{
    free(*memory);
    *memory = ready->text;
    *slice = slice_of(ready->text, item->text.len);
    ready->text = NULL;
}

static enum store_result
change_message(struct memory_store *store, struct store_item *item,
               struct prepared *ready)
{
    bool is_receiving = item->kind == STORE_CHUNK || item->kind == STORE_ACCEPT ||
                        item->kind == STORE_DISCARD;
    struct message *message = find_message(store, &item->id);

    if (message == NULL || message->is_accepted == is_receiving)
        return STORE_NOT_FOUND;
    if (item->kind == STORE_ACCEPT && message->shown.size != item->size)
        return STORE_FAILED;
    if (item->kind == STORE_CHUNK) {
        append_piece(message, ready);
    } else if (item->kind == STORE_ACCEPT) {
        message->is_accepted = true;
        take_text(&message->shown.subject, &message->subject, item, ready);
    } else if (item->kind == STORE_TAG) {
        take_text(&message->shown.tags, &message->tags, item, ready);
    } else if (item->kind == STORE_READ_MARK) {
        message->shown.is_read = item->flag;
    } else {
        unlink_message(store, message);
    }
    return STORE_OK;
}

static enum store_result
put_session(struct memory_store *store, struct store_item *item, struct prepared *ready)
{
    const struct store_session *shown = item->session;
    struct session **at = place_of_session(store, &shown->id);
    struct session *session = ready->session;

    ready->session = NULL;
    session->older = *at;
    if (*at != NULL && id_is_equal(&(*at)->shown.id, &shown->id)) {
        session->older = (*at)->older;
        session->shown.started_at_us = (*at)->shown.started_at_us;
        session->notes = (*at)->notes;
        (*at)->notes = NULL;
        session_free(*at);
    }
    *at = session;
    if (shown->notes.len > 0) {
        ready->piece->first_line = shown->first_line;
        link_notes(session, ready->piece);
        ready->piece = NULL;
    }
    return STORE_OK;
}

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

static enum store_result
commit(struct store *base, struct store_item *items, struct error *error)
{
    enum store_result result = STORE_FAILED;
    struct prepared *ready;
    size_t count = 0, i = 0;

    for (struct store_item *item = items; item != NULL; item = item->next)
        count++;
    ready = calloc(count + 1, sizeof(*ready));
    if (ready == NULL)
        goto out;
    for (struct store_item *item = items; item != NULL; item = item->next) {
        if (!prepare(item, &ready[i++]))
            goto out;
    }
    i = 0;
    for (struct store_item *item = items; item != NULL; item = item->next)
        apply(memory_of(base), item, &ready[i++]);
    memory_of(base)->commits++;
    result = STORE_OK;
out:
    if (result != STORE_OK)
        error_set(error, ERROR_SYSTEM, "store memory: no memory: free some");
    for (i = 0; ready != NULL && i < count; i++)
        prepared_clear(&ready[i]);
    free(ready);
    return result;
}

/* ---- reading -------------------------------------------------------------- */

static bool
contains_fold(struct slice text, struct slice part)
{
    for (size_t i = 0; i + part.len <= text.len; i++) {
        if (slice_has_prefix_fold(slice_skip(text, i), part))
            return true;
    }
    return false;
}

static bool
has_recipient(const struct message *message, struct slice address)
{
    for (size_t i = 0; i < message->shown.recipient_count; i++) {
        if (slice_is_equal_fold(message->recipients[i].address, address))
            return true;
    }
    return false;
}

static bool
is_match(const struct message *message, const struct store_query *query)
{
    const struct store_message *shown = &message->shown;

    return message->is_accepted &&
           (query->after_us == 0 || shown->received_at_us > query->after_us) &&
           (query->to.len == 0 || has_recipient(message, query->to)) &&
           (query->from.len == 0 ||
            slice_is_equal_fold(shown->mail_from, query->from)) &&
           (query->subject.len == 0 || contains_fold(shown->subject, query->subject));
}

static enum store_result
list(struct store *base, const struct store_query *query, store_message_each *each,
     void *context, struct error *error)
{
    struct memory_store *store = memory_of(base);
    struct message *message = query->oldest_first ? store->oldest : store->newest;
    uint32_t left = query->limit > 0 ? query->limit : UINT32_MAX;

    (void)error;
    while (message != NULL && left > 0) {
        struct message *next = query->oldest_first ? message->newer : message->older;
        if (is_match(message, query)) {
            left--;
            if (!each(context, &message->shown))
                break;
        }
        message = next;
    }
    return STORE_OK;
}

static enum store_result
find(struct store *base, const struct id *id, store_message_each *each, void *context,
     struct error *error)
{
    struct message *message = find_message(memory_of(base), id);

    (void)error;
    if (message == NULL || !message->is_accepted)
        return STORE_NOT_FOUND;
    (void)each(context, &message->shown);
    return STORE_OK;
}

static enum store_result
read_body(struct store *base, const struct id *id, store_octets_each *each,
          void *context, struct error *error)
{
    struct message *message = find_message(memory_of(base), id);

    (void)error;
    if (message == NULL || !message->is_accepted)
        return STORE_NOT_FOUND;
    for (struct piece *piece = message->first; piece != NULL; piece = piece->next) {
        if (piece->octets.len > 0 && !each(context, piece->octets))
            break;
    }
    return STORE_OK;
}

/* SIZE_MAX as ceiling: what fits in memory as pieces is small. */
static bool
join_notes(const struct session *session, struct buf *notes)
{
    notes->len = 0;
    for (struct piece *run = session->notes; run != NULL; run = run->next) {
        if (!buf_append(notes, run->octets))
            return false;
    }
    return true;
}

static enum store_result
sessions(struct store *base, const struct store_session_query *query,
         store_session_each *each, void *context, struct error *error)
{
    enum store_result result = query->only != NULL ? STORE_NOT_FOUND : STORE_OK;
    uint32_t left = query->limit > 0 ? query->limit : UINT32_MAX;
    struct session *session = memory_of(base)->sessions;
    struct buf notes;

    buf_init(&notes, SIZE_MAX / 2);
    for (; session != NULL && left > 0; session = session->older) {
        struct store_session shown = session->shown;
        if (query->only != NULL && !id_is_equal(&shown.id, query->only))
            continue;
        if (query->before != NULL &&
            memcmp(shown.id.octets, query->before->octets, ID_SIZE) >= 0)
            continue;
        result = STORE_OK;
        if (query->with_notes && !join_notes(session, &notes)) {
            error_set(error, ERROR_SYSTEM, "store memory: no memory: free some");
            result = STORE_FAILED;
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

static enum store_result
stats(struct store *base, struct store_stats *stats_out, struct error *error)
{
    struct memory_store *store = memory_of(base);

    (void)error;
    for (struct message *message = store->newest; message; message = message->older) {
        stats_out->messages += message->is_accepted;
        stats_out->receiving += !message->is_accepted;
        stats_out->octets += message->is_accepted ? message->shown.size : 0;
    }
    for (struct session *session = store->sessions; session; session = session->older)
        stats_out->sessions++;
    stats_out->commits = store->commits;
    stats_out->schema_version = STORE_SCHEMA_VERSION;
    snprintf(stats_out->library, sizeof(stats_out->library), "memory");
    return STORE_OK;
}

static enum store_result
check(struct store *base, struct error *error)
{
    (void)base;
    (void)error;
    return STORE_OK;
}

/* ---- life ----------------------------------------------------------------- */

static struct store *
open_store(const char *rest, enum store_mode mode, struct error *error)
{
    struct memory_store *store;

    if (rest[0] != '\0' || mode == STORE_READ) {
        error_set(error, ERROR_USAGE, "store \"memory:%s\": %s", rest,
                  rest[0] != '\0'
                      ? "nothing may follow the colon: write memory:"
                      : "it lives in its own process only: name a sqlite: store");
        return NULL;
    }
    store = calloc(1, sizeof(*store));
    if (store == NULL) {
        error_set(error, ERROR_SYSTEM, "store memory: no memory: free some");
        return NULL;
    }
    store->base.backend = &store_memory;
    return &store->base;
}

static struct store *
close_store(struct store *base)
{
    struct memory_store *store = memory_of(base);

    while (store->newest != NULL)
        unlink_message(store, store->newest);
    while (store->sessions != NULL) {
        struct session *session = store->sessions;
        store->sessions = session->older;
        session_free(session);
    }
    free(store);
    return NULL;
}

static bool
reopen(struct store *store, struct error *error)
{
    (void)store;
    (void)error;
    return true;
}

static char *
path_of(const char *rest, struct error *error)
{
    char *empty = rest[0] == '\0' ? calloc(1, 1) : NULL;

    if (empty == NULL)
        error_set(
            error, ERROR_USAGE,
            "store \"memory:%s\": nothing may follow the colon: write memory:", rest);
    return empty;
}

static void
idle(struct store *store)
{
    (void)store;
}

static uint64_t
count_accepted(struct store *store)
{
    uint64_t count = 0;

    for (const struct message *message = memory_of(store)->newest; message != NULL;
         message = message->older)
        count += message->is_accepted;
    return count;
}

/* Nobody else has a handle. */
static uint64_t
no_version(struct store *store)
{
    (void)store;
    return 0;
}

static uint64_t
no_syncs(const struct store *store)
{
    (void)store;
    return 0;
}

const struct store_backend store_memory = {
    .scheme = "memory:",
    .form = "memory:",
    .durability = "none",
    .open = open_store,
    .close = close_store,
    .reopen = reopen,
    .path = path_of,
    .commit = commit,
    .idle = idle,
    .list = list,
    .find = find,
    .read = read_body,
    .sessions = sessions,
    .syncs = no_syncs,
    .version = no_version,
    .count = count_accepted,
    .stats = stats,
    .check = check,
};
