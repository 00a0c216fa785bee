/* record - the notes of one session, packed for the store and the feed, and read back
 *
 * A run of notes is one byte string, so recording every line of a session costs one
 * row for each message and not ten. The format is versioned by its first octet and
 * documented in record.c. Secrets are removed before a note is made (S-44): what is
 * packed may be shown, once escaped.
 */
#ifndef JOURNAL_RECORD_H
#define JOURNAL_RECORD_H

#include "base/attr.h"
#include "base/buf.h"
#include "postern/server.h"

enum record_level { RECORD_NONE, RECORD_FAULTS, RECORD_ALL };

enum {
    RECORD_LINE_MAX = 4096, /* octets kept of one line; note.count is its real length */
    RECORD_SESSION_MAX = 256 * 1024 /* octets of packed notes held for one session */
};

/* One note read back. */
struct record {
    uint64_t offset_us;       /* since the session began */
    struct postern_note note; /* slices borrow from the packed run */
};

/* Append one note to the run. False: the run is full (its ceiling) or no memory;
 * nothing changed. */
MUST_USE bool record_append(struct buf *run, uint64_t offset_us,
                            const struct postern_note *note);

/* Read the first record of *run and remove it from *run.
 * False: *run is empty or damaged (then *run is empty afterwards). */
bool record_take(struct slice *run, struct record *record_out);

#endif
