/* transaction - the envelope and content of one message while it comes in
 *
 * Memory for it exists from MAIL to the reply behind the content, and longer only
 * while the committer works on it: it may outlive its session. Small bodies wait in
 * memory; what is larger goes to the store in pieces while it arrives.
 *
 *   octets come in -> body -(256 KiB full)-> chunk, to the committer -> body …
 *   end of content -> MESSAGE, or the last CHUNK and ACCEPT -> result -> the reply
 *
 * Belongs to its reactor's thread; what is in flight is left alone.
 */
#ifndef SERVER_TRANSACTION_H
#define SERVER_TRANSACTION_H

#include "base/buf.h"
#include "server/arena.h"
#include "server/reactor.h"

enum {
    TRANSACTION_CHUNKS_MAX = 2,          /* in flight; more stops reading */
    TRANSACTION_SPILL_EARLY = 32 * 1024, /* piece size when memory is short */
    TRANSACTION_RECIPIENTS_HELD = 2,     /* without further memory */
};

enum transaction_step {
    TRANSACTION_OPEN,      /* envelope or content may grow */
    TRANSACTION_SUBMITTED, /* the committer has it */
    TRANSACTION_DONE,      /* result is known */
};

struct transaction {
    struct work work;  /* MESSAGE or ACCEPT */
    struct work extra; /* BEGIN, later perhaps DISCARD */
    struct work_series series;
    struct reactor *reactor;
    struct session *session; /* NULL: gone, nobody waits for the result */
    struct store_envelope envelope;
    struct arena arena;                 /* texts of the envelope */
    struct store_recipient *recipients; /* held, or own memory */
    struct store_recipient held[TRANSACTION_RECIPIENTS_HELD];
    uint32_t recipient_count, recipient_room;
    uint32_t duplicates; /* among the recipients; stored once */
    struct buf body;     /* what is not with the committer yet */
    size_t budget;       /* octets of the memory limit it has paid for */
    uint64_t content;    /* octets so far */
    uint32_t in_flight;  /* works submitted and not back, chunks too */
    uint32_t chunks;     /* of these, chunks */
    enum transaction_step step;
    enum postern_reply
        refusal;      /* why it cannot be kept, or why it was not; else NONE */
    bool is_begun;    /* the store has (or will have) a receiving message */
    bool has_subject; /* looked for */
    bool
        is_abandoned; /* nobody refers to it any more: goes when nothing is in flight */
};

/* A new transaction for session. NULL: no memory. */
struct transaction *transaction_new(struct reactor *reactor, struct session *session,
                                    const struct id *session_id,
                                    const struct postern_mail *mail);

/* Add an accepted recipient; domain is put behind it unless empty. False: no memory. */
MUST_USE bool transaction_add(struct transaction *transaction,
                              const struct postern_rcpt *rcpt, struct slice domain);

/* Keep a run of content. What cannot be kept is thrown away and refusal is set. */
void transaction_take(struct transaction *transaction, struct slice run);

/* It cannot be kept: throw the content away, and all that comes. The first refusal
 * stands. */
void transaction_refuse(struct transaction *transaction, enum postern_reply refusal);

/* Too much is on its way to the store: read no more content for now. */
bool transaction_is_blocked(const struct transaction *transaction);

/* The content is complete: hand everything to the committer, with companion (work
 * that shall be in the same batch) in front, or NULL. When step is
 * TRANSACTION_DONE afterwards it failed at once. Else session_committed will be
 * called. companion is submitted in any case. */
void transaction_submit(struct transaction *transaction, struct work *companion);

/* The session needs it no more. An unfinished message is discarded; one that is
 * with the committer is left to its fate. */
void transaction_leave(struct transaction *transaction);

#endif
