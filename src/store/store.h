/* store - messages and sessions on stable storage: what is kept, and what survives a
 * crash
 *
 * Guarantees, in the form "if X is seen, then Y":
 * 1. If store_commit returned STORE_OK for a batch, then every MESSAGE and ACCEPT item
 *    in it survives a crash of the process, the system and the power, byte for byte.
 *    A batch of BEGIN, CHUNK and DISCARD items alone promises nothing and is not
 *    synced; the ACCEPT after it makes its chunks durable.
 * 2. If a message has state "accepted", all its chunks and recipients exist.
 * 3. If a message has state "receiving", no client got a 250 for it; store_open
 *    removes such rows, which a process that has ended left.
 * 4. If store_commit failed, no item of the batch exists, or all do (the outcome
 *    of a failed sync is unknown); no client gets a 250. After STORE_FULL none exists
 *    and the store goes on. Otherwise it is in doubt: every further commit fails until
 *    store_reopen has closed, reopened and checked the file. A failed sync is never
 *    simply repeated, since the kernel reports it once and drops the pages.
 * 5. There is one writer: a store that is open for writing holds an exclusive lock
 *    (flock on <file>.lock). Readers never write, not even a checkpoint.
 *
 * The back-end is chosen by URL: "sqlite:/path/postern.db" or "memory:".
 * A struct store is used by one thread at a time.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/id.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STORE_CHUNK_MAX = 256 * 1024,     /* octets of a chunk row */
    STORE_BATCH_ITEMS_MAX = 64,       /* group commit: at most this many messages … */
    STORE_BATCH_OCTETS_MAX = 4 << 20, /* … or this many octets */
    STORE_SCHEMA_VERSION = 1,
};

enum store_result {
    STORE_OK = 0,
    STORE_FULL,      /* no space on the device, or a quota: 452 4.3.1 */
    STORE_FAILED,    /* I/O error or worse; see guarantee 4: 451 4.3.0 */
    STORE_NOT_FOUND, /* no such message, session, … */
};

struct store; /* opaque */

/* How a message that is accepted here is kept: "disk", "quorum", "none". */
const char *store_durability(const struct store *store);

enum store_mode {
    STORE_WRITE, /* create if missing, migrate, take the lock, sweep */
    STORE_READ,  /* must exist; never changes a byte of the data */
};

/* Open what url names. NULL on failure, with error set: ERROR_USAGE for a bad
 * URL, ERROR_BUSY when another process holds the lock, ERROR_SCHEMA for a newer
 * schema, ERROR_CORRUPT for a damaged or foreign file, ERROR_NOT_FOUND when
 * reading and there is no file, ERROR_SYSTEM otherwise. A missing parent folder is
 * created for STORE_WRITE (mode 0700; the file has 0600).
 * In memory, STORE_READ makes no sense and is ERROR_USAGE. */
struct store *store_open(const char *url, enum store_mode mode, struct error *error);

/* Close; takes NULL and returns NULL. A clean close leaves no WAL file, unless a reader
 * has the store open or it is in doubt; nothing is lost either way. */
struct store *store_close(struct store *store);

/* After a failed commit: close, reopen from what is really on the disk, check that
 * every acknowledged commit is there, write all of it again, make a test commit. Needed
 * after every failure but STORE_FULL, and harmless after that. Messages that are being
 * received stay; the caller discards those whose items were in the failed batch. No
 * other handle of this process may be open on the file meanwhile. False: it still
 * fails, try later. ERROR_CORRUPT: acknowledged data is missing. */
MUST_USE bool store_reopen(struct store *store, struct error *error);

/* The path of the data file that url names ("" for memory:), for lock, control socket
 * and doctor. NULL with error set for a bad url. Freed by the caller. */
char *store_path(const char *url, struct error *error);

/* ---- what is written ------------------------------------------------------ */

struct store_recipient {
    struct slice address;    /* without <> */
    struct slice parameters; /* "NOTIFY=NEVER ORCPT=…" as sent, or empty */
};

/* The envelope. Borrowed for the duration of the call that takes it. */
struct store_envelope {
    struct id id;
    struct id session_id;
    uint64_t received_at_us; /* realtime */
    struct slice mail_from;  /* without <>; empty: null path */
    struct slice parameters; /* "BODY=8BITMIME RET=HDRS …" as sent, or empty */
    const struct store_recipient *recipients;
    size_t recipient_count;
    struct slice subject; /* decoded UTF-8, for lists; may be empty */
};

enum store_item_kind {
    STORE_MESSAGE, /* envelope and whole body at once: the message is accepted */
    STORE_BEGIN,   /* envelope only: the message is "receiving" */
    STORE_CHUNK,   /* the next octets of a receiving message */
    STORE_ACCEPT, /* a receiving message becomes accepted; size and subject are final */
    STORE_DISCARD, /* a receiving message is removed */
    STORE_DELETE,  /* an accepted message is removed; STORE_NOT_FOUND in item.result */
    STORE_TAG,     /* replace the tags of a message (text: comma-separated) */
    STORE_READ_MARK, /* set or clear the read mark (flag) */
    STORE_SESSION,   /* add or update a session row, and add its next notes */
};

/* One unit of work of a batch. Everything in it is borrowed until store_commit
 * has returned. */
struct store_item {
    enum store_item_kind kind;
    struct store_item *next; /* the batch is a list */
    /* Set by store_commit, valid if that returned STORE_OK. Only OK deserves a 250.
     * NOT_FOUND: no such message. FAILED: only this item is refused, it changes nothing
     * (MESSAGE, BEGIN: the id exists; ACCEPT: size is not what the chunks add up to).
     */
    enum store_result result;
    const struct store_envelope *envelope; /* MESSAGE, BEGIN; ACCEPT: id, subject,
                                              recipients are ignored */
    struct id id;                        /* CHUNK ACCEPT DISCARD DELETE TAG READ_MARK */
    struct slice octets;                 /* MESSAGE: body; CHUNK: <= STORE_CHUNK_MAX */
    uint64_t size;                       /* ACCEPT: octets of the whole body */
    struct slice text;                   /* TAG; ACCEPT: subject */
    bool flag;                           /* READ_MARK */
    const struct store_session *session; /* SESSION */
};

/* A recorded conversation. notes is a packed run of records (journal/record.h
 * writes and reads it); each run is kept by its first sequence number. */
struct store_session {
    struct id id;
    uint64_t started_at_us, ended_at_us; /* realtime; ended 0: still open */
    struct slice client;                 /* "127.0.0.1:40112", "unix" */
    struct slice listener;               /* "127.0.0.1:1025" */
    struct slice profile;                /* "test" */
    struct slice hello;                  /* argument of the last accepted EHLO/HELO */
    struct slice login;                  /* authenticated identity */
    struct slice tls;                    /* "TLSv1.3 TLS_AES_256_GCM_SHA384" or empty */
    struct slice outcome; /* "open", "quit", "closed", "lost", "timeout", "refused",
                             "shutdown" */
    uint32_t messages;    /* accepted so far */
    uint32_t faults;      /* 4yz and 5yz replies so far */
    uint32_t lines;       /* notes so far, those of this run included */
    uint32_t first_line;  /* sequence number (from 0) of the first note in notes */
    struct slice notes;   /* packed; may be empty */
    bool is_truncated;    /* the recording hit its limit */
};

/* Apply all items in one transaction and sync. On STORE_OK all are durable and each
 * item.result is set. On anything else no client gets a 250 (guarantee 4).
 * Never waits for a reader. */
MUST_USE enum store_result store_commit(struct store *store, struct store_item *items,
                                        struct error *error);

/* To be called when idle, after the replies were sent: checkpoints if that is worth it
 * (10-30 ms then). Cheap if there is nothing to do. A checkpoint that fails puts the
 * store in doubt; the next commit reports it. */
void store_idle(struct store *store);

/* Syncs of this handle since it was opened, checkpoints included. Cheap. */
uint64_t store_syncs(const struct store *store);

/* ---- what is read --------------------------------------------------------- */

/* A message as lists show it. Slices are valid until the callback returns. */
struct store_message {
    struct id id, session_id;
    uint64_t received_at_us, size;
    struct slice mail_from, parameters, subject, durable, tags;
    bool is_read;
    const struct store_recipient *recipients;
    size_t recipient_count;
};

/* Which messages. Zero or empty: no condition. */
struct store_query {
    struct slice to;      /* one of the recipients, case ignored */
    struct slice from;    /* mail_from, case ignored */
    struct slice subject; /* a part of the subject, ASCII case ignored */
    uint64_t after_us;    /* received after this time */
    uint32_t limit;       /* at most this many; 0: all */
    bool oldest_first;    /* else newest first, by received_at */
};

/* Call each for every accepted message that matches, in order; each returns false
 * to stop. Nothing is locked during each: it may be slow, and (except in memory:) may
 * change the store. */
MUST_USE enum store_result
store_list(struct store *store, const struct store_query *query,
           bool (*each)(void *context, const struct store_message *message),
           void *context, struct error *error);

/* One message by id; each is called once. STORE_NOT_FOUND if there is none. */
MUST_USE enum store_result store_find(struct store *store, const struct id *id,
                                      bool (*each)(void *context,
                                                   const struct store_message *message),
                                      void *context, struct error *error);

/* The body octet for octet, in pieces of at most STORE_CHUNK_MAX (none for an empty
 * body); each returns false to stop. STORE_NOT_FOUND also if the message is deleted
 * while it is read: then each did not get all of it. */
MUST_USE enum store_result store_read(struct store *store, const struct id *id,
                                      bool (*each)(void *context, struct slice octets),
                                      void *context, struct error *error);

/* Which sessions. Zero or NULL: no condition. */
struct store_session_query {
    const struct id *only, *before; /* this session; those older than this one */
    uint32_t limit;                 /* at most this many; 0: all */
    bool with_notes;                /* notes is all runs joined; else it is empty */
};

/* Sessions, newest first (by id). STORE_NOT_FOUND only if query->only is missing. */
MUST_USE enum store_result
store_sessions(struct store *store, const struct store_session_query *query,
               bool (*each)(void *context, const struct store_session *session),
               void *context, struct error *error);

/* A number that changes whenever another handle has committed. Cheap. */
uint64_t store_version(struct store *store);

/* Accepted messages, as of now. Cheap. */
uint64_t store_count(struct store *store);

/* Numbers for doctor and stats. */
struct store_stats {
    uint64_t messages, octets, sessions, receiving;
    uint64_t file_octets, wal_octets;
    uint64_t commits,
        syncs; /* of this handle, since it was opened; syncs counted at the VFS */
    uint32_t schema_version;
    char library[80]; /* "SQLite 3.40.1" */
};
MUST_USE enum store_result
store_stats(struct store *store, struct store_stats *stats_out, struct error *error);

/* Check every page (integrity_check). STORE_FAILED with error set if damaged. */
MUST_USE enum store_result store_check(struct store *store, struct error *error);

#endif
