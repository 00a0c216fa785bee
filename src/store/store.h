/* store - messages and sessions on stable storage; what exists, and what a crash leaves
 *
 * Guarantees, in the form "if X is seen, then Y":
 * 1. If store_commit returned STORE_OK for a batch, then every MESSAGE and ACCEPT item
 *    in it survives a crash of the process, the system and the power, byte for byte.
 *    A batch of BEGIN, CHUNK and DISCARD items alone promises nothing and is not
 *    synced; the ACCEPT behind it is what makes its chunks durable.
 * 2. If a message has state "accepted", all its chunks and recipients exist.
 * 3. If a message has state "receiving", nobody got a 250 for it; store_open
 *    sweeps such rows away ("receiving" of a process that is gone).
 * 4. If store_commit failed, no item of the batch exists, or all do (the outcome
 *    of a failed sync is unknown); nobody gets a 250. After STORE_FULL none exists
 *    and the store goes on. Otherwise it is in doubt:
 *    every further commit fails until store_reopen has closed and opened the file
 *    again and checked it. A failed sync is never simply repeated, since the kernel
 *    reports it once and drops the pages.
 * 5. There is one writer: store_open for writing holds an exclusive lock (flock on
 *    <file>.lock) for as long as it is open. Readers never write, not even a
 *    checkpoint.
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
    STORE_BATCH_ITEMS_MAX = 64,       /* group commit: at most so many messages … */
    STORE_BATCH_OCTETS_MAX = 4 << 20, /* … or so many octets */
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
 * reading and there is no file, ERROR_SYSTEM else. The missing parent folder of a
 * file is created for STORE_WRITE (mode 0700; the file has 0600).
 * In memory, STORE_READ makes no sense and is ERROR_USAGE. */
struct store *store_open(const char *url, enum store_mode mode, struct error *error);

/* Close; takes NULL and returns NULL. A clean close leaves no WAL behind, unless a
 * reader is at work or the store is in doubt; nothing is lost either way. */
struct store *store_close(struct store *store);

/* After a failed commit: close, open again from what the disk really holds, check
 * that every acknowledged commit is there, write all of it anew, commit for a trial.
 * Needed after every failure but STORE_FULL, and harmless then. Messages that are
 * being received stay; the caller discards those whose items were in the failed
 * batch. No other handle of this process may be open on the file meanwhile.
 * False: still broken, try later. ERROR_CORRUPT: acknowledged data is missing. */
MUST_USE bool store_reopen(struct store *store, struct error *error);

/* The path of the data file behind url ("" for memory:), for lock, control socket
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
    STORE_DISCARD,   /* a receiving message goes away */
    STORE_DELETE,    /* an accepted message goes away; STORE_NOT_FOUND in item.result */
    STORE_TAG,       /* replace the tags of a message (text: comma-separated) */
    STORE_READ_MARK, /* set or clear the read mark (flag) */
    STORE_SESSION,   /* upsert of a session row, and its next notes */
};

/* One unit of work of a batch. Everything in it is borrowed until store_commit
 * has returned. */
struct store_item {
    enum store_item_kind kind;
    struct store_item *next; /* the batch is a list */
    /* Set by store_commit, valid if that returned STORE_OK. Only OK deserves a 250.
     * NOT_FOUND: no such message. FAILED: refused alone, nothing of it is done
     * (MESSAGE, BEGIN: the id exists; ACCEPT: size is not what the chunks add up to).
     */
    enum store_result result;
    const struct store_envelope *envelope; /* MESSAGE, BEGIN; ACCEPT: id, subject,
                                              recipients are not looked at again */
    struct id id;                        /* CHUNK ACCEPT DISCARD DELETE TAG READ_MARK */
    struct slice octets;                 /* MESSAGE: body; CHUNK: <= STORE_CHUNK_MAX */
    uint64_t size;                       /* ACCEPT: octets of the whole body */
    struct slice text;                   /* TAG; ACCEPT: subject */
    bool flag;                           /* READ_MARK */
    const struct store_session *session; /* SESSION */
};

/* A recorded conversation. notes is a packed run of records (journal/record.h
 * writes and reads it); each run is kept under its first sequence number. */
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

/* Do all items in one transaction and sync. On STORE_OK all are durable and each
 * item.result is set. On anything else nobody gets a 250 (guarantee 4).
 * Never blocks on a reader. */
MUST_USE enum store_result store_commit(struct store *store, struct store_item *items,
                                        struct error *error);

/* Use an idle moment, when the replies are out: checkpoint if that is worth it (10-30
 * ms then). Cheap when there is nothing. A checkpoint that fails puts the store in
 * doubt; the next commit says so. */
void store_idle(struct store *store);

/* Syncs this handle has done since it was opened, checkpoints included. Cheap. */
uint64_t store_syncs(const struct store *store);

/* ---- what is read --------------------------------------------------------- */

/* A message as lists show it. Slices live until the callback returns. */
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
    struct slice to;      /* some recipient is equal, without case */
    struct slice from;    /* mail_from is equal, without case */
    struct slice subject; /* is contained, without case (ASCII) */
    uint64_t after_us;    /* received later than that */
    uint32_t limit;       /* at most so many; 0: all */
    bool oldest_first;    /* else newest first; by received_at */
};

/* Call each for every accepted message that matches, in order; each returns false
 * to stop. Nothing is locked during each: it may take its time, and (not in memory:)
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
 * while it is read: then what each got is not the whole. */
MUST_USE enum store_result store_read(struct store *store, const struct id *id,
                                      bool (*each)(void *context, struct slice octets),
                                      void *context, struct error *error);

/* Which sessions. Zero or NULL: no condition. */
struct store_session_query {
    const struct id *only, *before; /* that one; those older than that one */
    uint32_t limit;                 /* at most so many; 0: all */
    bool with_notes;                /* notes holds all runs joined, else it is empty */
};

/* Sessions, newest first (by id). STORE_NOT_FOUND only for one that is named. */
MUST_USE enum store_result
store_sessions(struct store *store, const struct store_session_query *query,
               bool (*each)(void *context, const struct store_session *session),
               void *context, struct error *error);

/* A number that is another one whenever another handle has committed. Cheap. */
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

/* Look at every page (integrity_check). STORE_FAILED with error set if damaged. */
MUST_USE enum store_result store_check(struct store *store, struct error *error);

#endif
