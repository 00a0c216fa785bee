/* transaction - the envelope and content of one message while it is received
 *
 * It exists from MAIL to the reply after the content, and longer only while the
 * committer works on it: it may outlive its session. Small bodies wait in memory;
 * larger ones go to the store in chunks while they arrive.
 *
 *   content -> body -(256 KiB full)-> chunk, to the committer -> body …
 *   end of content -> MESSAGE, or the last CHUNK and ACCEPT -> result -> the reply
 *
 * Belongs to its reactor's thread; what is in flight is not touched.
 */
#ifndef SERVER_TRANSACTION_H
#define SERVER_TRANSACTION_H

#include "base/buf.h"
#include "server/arena.h"
#include "server/reactor.h"

enum {
    TRANSACTION_CHUNKS_MAX = 2,          /* in flight; more stops reading */
    TRANSACTION_SPILL_EARLY = 32 * 1024, /* size of a chunk when memory is short */
    TRANSACTION_RECIPIENTS_HELD = 2,     /* without further memory */
};

enum transaction_step {
    TRANSACTION_OPEN,      /* envelope or content may grow */
    TRANSACTION_SUBMITTED, /* the committer has it */
    TRANSACTION_DONE,      /* the result is known */
};

/* Who waits for a transaction: embedded in a session. */
struct transaction_waiter {
    /* A chunk is stored and the transaction no longer blocked. */
    void (*resumed)(struct transaction_waiter *waiter);

    /* What transaction_submit handed over is committed or has failed. */
    void (*done)(struct transaction_waiter *waiter);
};

struct transaction {
    struct work work;  /* MESSAGE or ACCEPT */
    struct work extra; /* BEGIN, later perhaps DISCARD */
    struct work_series series;
    struct reactor *reactor;
    struct transaction_waiter *waiter; /* NULL: it has left */
    struct store_envelope envelope;
    struct arena arena;                 /* texts of the envelope */
    struct store_recipient *recipients; /* held, or allocated */
    struct store_recipient held[TRANSACTION_RECIPIENTS_HELD];
    uint32_t recipient_count, recipient_room;
    uint32_t duplicates; /* among the recipients; stored once */
    struct buf body;     /* what is not with the committer yet */
    size_t budget;       /* octets charged to the memory limit */
    uint64_t content;    /* octets so far */
    uint32_t in_flight;  /* works submitted and not back, chunks too */
    uint32_t chunks;     /* of these, chunks */
    enum transaction_step step;
    enum postern_reply refusal; /* why it cannot be stored, or was not; else NONE */
    bool is_begun;              /* the store has (or will have) a receiving message */
    bool has_subject;           /* searched for */
    bool is_abandoned; /* nothing refers to it: freed when nothing is in flight */
};

/* A new transaction of session_id; waiter is borrowed until transaction_leave. NULL:
 * no memory. */
struct transaction *transaction_new(struct reactor *reactor,
                                    struct transaction_waiter *waiter,
                                    const struct id *session_id,
                                    const struct postern_mail *mail);

/* Add an accepted recipient; domain is appended to it unless empty. False: no
 * memory. */
MUST_USE bool transaction_add(struct transaction *transaction,
                              const struct postern_rcpt *rcpt, struct slice domain);

/* Add a run of content. When it cannot be stored it is dropped and refusal is set. */
void transaction_append(struct transaction *transaction, struct slice run);

/* It cannot be stored: drop the content, and all that follows. The first refusal is
 * kept. */
void transaction_refuse(struct transaction *transaction, enum postern_reply refusal);

/* Too much is on its way to the store: read no more content for now. */
bool transaction_is_blocked(const struct transaction *transaction);

/* The content is complete: submit everything to the committer, with companion (work
 * for the same batch) before it, or NULL. When step is TRANSACTION_DONE afterwards it
 * failed at once; else waiter->done will be called. companion is submitted in any
 * case. */
void transaction_submit(struct transaction *transaction, struct work *companion);

/* The waiter leaves. An unfinished message is discarded; one that is with the
 * committer is stored or not, and no reply depends on it. */
void transaction_leave(struct transaction *transaction);

#endif
