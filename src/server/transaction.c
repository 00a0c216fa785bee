/* transaction.c - see transaction.h
 *
 * 1. Memory of bodies is charged to the budget as it is allocated, and released when
 *    it is freed or comes back from the committer.
 * 2. In one run of content at most two chunks fill up, and a run comes only while
 *    fewer than two are in flight: no session holds more than four chunks.
 * 3. A transaction is freed when its waiter has left and nothing is in flight.
 */
#include "server/transaction.h"

#include "base/clock.h"
#include "server/recipients.h"
#include "server/subject.h"

#include <stdlib.h>

/* A full chunk of a large body on its way to the store. */
struct chunk {
    struct work work;
    struct transaction *transaction;
    char *octets;
    size_t budget;
};

static struct limits *
limits_of(struct transaction *transaction)
{
    return &transaction->reactor->service->limits;
}

/* ---- life ---- */

struct transaction *
transaction_new(struct reactor *reactor, struct transaction_waiter *waiter,
                const struct id *session_id, const struct postern_mail *mail)
{
    struct transaction *transaction = malloc(sizeof(*transaction));
    struct store_envelope *envelope;

    if (transaction == NULL)
        return NULL;
    memset(transaction, 0, offsetof(struct transaction, arena));
    memset((char *)transaction + offsetof(struct transaction, recipients), 0,
           sizeof(*transaction) - offsetof(struct transaction, recipients));
    arena_init(&transaction->arena);
    buf_init(&transaction->body, STORE_CHUNK_MAX);
    transaction->reactor = reactor;
    transaction->waiter = waiter;
    transaction->recipients = transaction->held;
    transaction->recipient_room = TRANSACTION_RECIPIENTS_HELD;

    envelope = &transaction->envelope;
    envelope->received_at_us = clock_realtime_us();
    envelope->id = id_new(envelope->received_at_us);
    envelope->session_id = *session_id;
    if (arena_copy(&transaction->arena, mail->from.mailbox, &envelope->mail_from) &&
        arena_copy(&transaction->arena, mail->parameters, &envelope->parameters))
        return transaction;
    arena_clear(&transaction->arena);
    free(transaction);
    return NULL;
}

/* Charge the budget with what is allocated now. False: that is too much; the charge is
 * as before. */
static bool
charge(struct transaction *transaction)
{
    bool is_held = transaction->recipients == transaction->held;
    size_t memory =
        transaction->body.size + transaction->arena.allocated +
        (is_held ? 0 : transaction->recipient_room * sizeof(transaction->held[0]));

    if (memory > transaction->budget &&
        !limits_reserve_memory(limits_of(transaction), memory - transaction->budget))
        return false;
    if (memory < transaction->budget)
        limits_release_memory(limits_of(transaction), transaction->budget - memory);
    transaction->budget = memory;
    return true;
}

static void
drop_body(struct transaction *transaction)
{
    size_t size = transaction->body.size;

    buf_clear(&transaction->body);
    if (size > 0 && !charge(transaction)) {
        /* less than before always fits */
    }
}

static void
free_transaction(struct transaction *transaction)
{
    limits_release_memory(limits_of(transaction), transaction->budget);
    buf_clear(&transaction->body);
    arena_clear(&transaction->arena);
    if (transaction->recipients != transaction->held)
        free(transaction->recipients);
    free(transaction);
}

static void
discarded(struct work *work)
{
    free_transaction(CONTAINER_OF(work, struct transaction, extra));
}

/* The last reference is gone. The store discards a message it has only in part; if
 * that fails, the sweep at the next start does it. */
static void
end_transaction(struct transaction *transaction)
{
    bool is_kept = transaction->step == TRANSACTION_DONE &&
                   transaction->refusal == POSTERN_REPLY_NONE;

    if (!transaction->is_begun || is_kept) {
        free_transaction(transaction);
        return;
    }
    transaction->extra = (struct work){
        .item = {.kind = STORE_DISCARD, .id = transaction->envelope.id},
        .finish = discarded,
    };
    reactor_submit(transaction->reactor, &transaction->extra, &transaction->extra);
}

void
transaction_leave(struct transaction *transaction)
{
    transaction->waiter = NULL;
    transaction->is_abandoned = true;
    if (transaction->step != TRANSACTION_SUBMITTED)
        drop_body(transaction);
    if (transaction->in_flight == 0)
        end_transaction(transaction);
}

/* ---- recipients ---- */

static bool
grow_recipients(struct transaction *transaction)
{
    uint32_t room = transaction->recipient_room * 4;
    bool is_held = transaction->recipients == transaction->held;
    struct store_recipient *recipients =
        realloc(is_held ? NULL : transaction->recipients, room * sizeof(*recipients));

    if (recipients == NULL)
        return false;
    if (is_held)
        memcpy(recipients, transaction->held, sizeof(transaction->held));
    transaction->recipients = recipients;
    transaction->recipient_room = room;
    return true;
}

static bool
is_known(const struct transaction *transaction, uint32_t count, struct slice address)
{
    for (uint32_t i = 0; i < count; i++) {
        if (recipient_is_same(transaction->recipients[i].address, address))
            return true;
    }
    return false;
}

bool
transaction_add(struct transaction *transaction, const struct postern_rcpt *rcpt,
                struct slice domain)
{
    struct store_recipient *recipient;
    struct slice at = domain.len > 0 ? SLICE("@") : (struct slice){0};

    if (transaction->recipient_count == transaction->recipient_room &&
        !grow_recipients(transaction))
        return false;
    recipient = &transaction->recipients[transaction->recipient_count];
    if (!arena_join(&transaction->arena, rcpt->to.mailbox, at, &recipient->address) ||
        !arena_join(&transaction->arena, recipient->address, domain,
                    &recipient->address) ||
        !arena_copy(&transaction->arena, rcpt->parameters, &recipient->parameters))
        return false;
    if (!charge(transaction))
        return false;
    transaction->duplicates +=
        is_known(transaction, transaction->recipient_count, recipient->address);
    transaction->recipient_count++;
    return true;
}

/* The envelope gets each recipient once, in the order of their first RCPT. The full
 * list is kept, since LMTP replies for each. False: no memory. */
static bool
finish_recipients(struct transaction *transaction)
{
    struct store_envelope *envelope = &transaction->envelope;
    struct store_recipient *once;
    size_t count = 0;

    envelope->recipients = transaction->recipients;
    envelope->recipient_count = transaction->recipient_count;
    if (transaction->duplicates == 0)
        return true;
    once = arena_room(&transaction->arena,
                      (transaction->recipient_count - transaction->duplicates) *
                          sizeof(*once));
    if (once == NULL)
        return false;
    for (uint32_t i = 0; i < transaction->recipient_count; i++) {
        if (!is_known(transaction, i, transaction->recipients[i].address))
            once[count++] = transaction->recipients[i];
    }
    envelope->recipients = once;
    envelope->recipient_count = count;
    return true;
}

/* ---- content ---- */

void
transaction_refuse(struct transaction *transaction, enum postern_reply refusal)
{
    if (transaction->refusal == POSTERN_REPLY_NONE)
        transaction->refusal = refusal;
    drop_body(transaction);
}

/* Append octets to the body and charge the memory. */
static bool
append(struct transaction *transaction, struct slice octets)
{
    size_t size = transaction->body.size;

    return buf_append(&transaction->body, octets) &&
           (transaction->body.size == size || charge(transaction));
}

/* The beginning of the content is in the body now, or never: find the subject once. */
static void
find_subject(struct transaction *transaction)
{
    if (transaction->has_subject)
        return;
    transaction->has_subject = true;
    transaction->envelope.subject =
        subject_find(buf_slice(&transaction->body), &transaction->arena);
}

static void
one_back(struct transaction *transaction)
{
    transaction->in_flight--;
    if (transaction->is_abandoned && transaction->in_flight == 0)
        end_transaction(transaction);
}

static enum postern_reply
refusal_for(enum store_result result)
{
    switch (result) {
    case STORE_OK:
        return POSTERN_REPLY_NONE;
    case STORE_FULL:
        return POSTERN_REPLY_NO_ROOM;
    case STORE_FAILED:
    case STORE_NOT_FOUND:
        break;
    }
    return POSTERN_REPLY_LOCAL_ERROR;
}

static void
begun(struct work *work)
{
    struct transaction *transaction = CONTAINER_OF(work, struct transaction, extra);

    if (work->result != STORE_OK)
        transaction_refuse(transaction, refusal_for(work->result));
    one_back(transaction);
}

static void
chunk_stored(struct work *work)
{
    struct chunk *chunk = (struct chunk *)(void *)work;
    struct transaction *transaction = chunk->transaction;
    struct transaction_waiter *waiter = transaction->waiter;
    bool was_blocked = transaction_is_blocked(transaction);

    limits_release_memory(limits_of(transaction), chunk->budget);
    free(chunk->octets);
    if (work->result != STORE_OK && transaction->step == TRANSACTION_OPEN)
        transaction_refuse(transaction, refusal_for(work->result));
    free(chunk);
    transaction->chunks--;
    one_back(transaction); /* may free the transaction */
    if (waiter != NULL && was_blocked)
        waiter->resumed(waiter);
}

/* Make the body a chunk. NULL: no memory. */
static struct chunk *
cut_chunk(struct transaction *transaction)
{
    struct chunk *chunk = malloc(sizeof(*chunk));
    size_t len = transaction->body.len, size = transaction->body.size;

    if (chunk == NULL)
        return NULL;
    transaction->budget -= size;
    *chunk = (struct chunk){
        .work.item = {.kind = STORE_CHUNK, .id = transaction->envelope.id},
        .work.series = &transaction->series,
        .work.has_content = true,
        .work.finish = chunk_stored,
        .transaction = transaction,
        .octets = buf_take(&transaction->body),
        .budget = size,
    };
    chunk->work.item.octets = slice_of(chunk->octets, len);
    transaction->chunks++;
    transaction->in_flight++;
    return chunk;
}

static void
prepare_begin(struct transaction *transaction)
{
    transaction->is_begun = true;
    transaction->extra = (struct work){
        .item = {.kind = STORE_BEGIN, .envelope = &transaction->envelope},
        .series = &transaction->series,
        .finish = begun,
    };
    transaction->in_flight++;
}

/* Submit the body as a chunk, the envelope before the first one. */
static bool
spill(struct transaction *transaction)
{
    struct chunk *chunk;
    bool is_first = !transaction->is_begun;

    find_subject(transaction);
    if (is_first && !finish_recipients(transaction))
        return false;
    chunk = cut_chunk(transaction);
    if (chunk == NULL)
        return false;
    if (!is_first) {
        reactor_submit(transaction->reactor, &chunk->work, &chunk->work);
        return true;
    }
    prepare_begin(transaction);
    transaction->extra.next = &chunk->work;
    reactor_submit(transaction->reactor, &transaction->extra, &chunk->work);
    return true;
}

/* A chunk is full, or large enough while memory is short. */
static bool
is_time_to_spill(struct transaction *transaction)
{
    size_t len = transaction->body.len;

    if (len == STORE_CHUNK_MAX)
        return true;
    return len >= TRANSACTION_SPILL_EARLY &&
           transaction->chunks < TRANSACTION_CHUNKS_MAX &&
           limits_is_memory_short(limits_of(transaction));
}

void
transaction_append(struct transaction *transaction, struct slice run)
{
    transaction->content += run.len;
    while (run.len > 0 && transaction->refusal == POSTERN_REPLY_NONE) {
        size_t room = STORE_CHUNK_MAX - transaction->body.len;
        struct slice part = slice_clip(run, room);

        if (!append(transaction, part)) {
            transaction_refuse(transaction, POSTERN_REPLY_NO_ROOM);
            return;
        }
        run = slice_skip(run, part.len);
        if ((run.len > 0 || transaction->body.len < STORE_CHUNK_MAX) &&
            is_time_to_spill(transaction) && !spill(transaction))
            transaction_refuse(transaction, POSTERN_REPLY_NO_ROOM);
    }
}

bool
transaction_is_blocked(const struct transaction *transaction)
{
    return transaction->step == TRANSACTION_OPEN &&
           transaction->chunks >= TRANSACTION_CHUNKS_MAX;
}

/* ---- the end ---- */

static void
committed(struct work *work)
{
    struct transaction *transaction = CONTAINER_OF(work, struct transaction, work);
    struct transaction_waiter *waiter = transaction->waiter;

    transaction->step = TRANSACTION_DONE;
    transaction->refusal = refusal_for(work->result);
    drop_body(transaction);
    one_back(transaction); /* may free the transaction */
    if (waiter != NULL)
        waiter->done(waiter);
}

static void
prepare_message(struct transaction *transaction)
{
    transaction->work = (struct work){
        .item = {.kind = STORE_MESSAGE,
                 .envelope = &transaction->envelope,
                 .octets = buf_slice(&transaction->body)},
        .has_content = true,
        .finish = committed,
    };
}

static void
prepare_accept(struct transaction *transaction)
{
    transaction->work = (struct work){
        .item = {.kind = STORE_ACCEPT,
                 .id = transaction->envelope.id,
                 .size = transaction->content,
                 .text = transaction->envelope.subject},
        .series = &transaction->series,
        .has_content = true,
        .finish = committed,
    };
}

/* The message is not stored; its companion is. */
static void
submit_companion(struct transaction *transaction, struct work *companion)
{
    transaction->step = TRANSACTION_DONE;
    if (companion != NULL)
        reactor_submit(transaction->reactor, companion, companion);
}

void
transaction_submit(struct transaction *transaction, struct work *companion)
{
    struct chunk *chunk = NULL;
    struct work *first = &transaction->work;

    find_subject(transaction);
    if (transaction->refusal == POSTERN_REPLY_NONE && !transaction->is_begun &&
        !finish_recipients(transaction))
        transaction_refuse(transaction, POSTERN_REPLY_NO_ROOM);
    if (transaction->refusal == POSTERN_REPLY_NONE && transaction->is_begun &&
        transaction->body.len > 0 && (chunk = cut_chunk(transaction)) == NULL)
        transaction_refuse(transaction, POSTERN_REPLY_NO_ROOM);
    if (transaction->refusal != POSTERN_REPLY_NONE) {
        submit_companion(transaction, companion);
        return;
    }

    if (transaction->is_begun)
        prepare_accept(transaction);
    else
        prepare_message(transaction);
    transaction->step = TRANSACTION_SUBMITTED;
    transaction->in_flight++;
    if (chunk != NULL) {
        chunk->work.next = first;
        first = &chunk->work;
    }
    if (companion != NULL) {
        companion->next = first;
        first = companion;
    }
    reactor_submit(transaction->reactor, first, &transaction->work);
}
