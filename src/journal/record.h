/* record - the notes of one session, packed for keeping, and read back
 *
 * A run of notes is one byte string: small enough that recording every line of a
 * session costs one row a message and not ten. The format is versioned by its
 * first octet and documented in record.c. Secrets are gone before a note is made
 * (S-44): what is packed may be shown, once escaped.
 */
#ifndef JOURNAL_RECORD_H
#define JOURNAL_RECORD_H

#include "base/attr.h"
#include "base/buf.h"
#include "postern/server.h"

enum record_level { RECORD_NONE, RECORD_FAULTS, RECORD_ALL };

enum {
    RECORD_LINE_MAX = 4096, /* octets kept of one line; the count tells the rest */
    RECORD_SESSION_MAX = 256 * 1024 /* octets of packed notes held for one session */
};

/* One note as it is kept. */
struct record {
    uint64_t offset_us;       /* since the session began */
    struct postern_note note; /* slices borrow from the packed run */
};

/* Put one note behind the run. False: the run is full (its ceiling) or no
 * memory; nothing changed. */
MUST_USE bool record_append(struct buf *run, uint64_t offset_us,
                            const struct postern_note *note);

/* Take the first record from *run and move *run behind it.
 * False: *run is empty or damaged (then *run is empty afterwards). */
bool record_take(struct slice *run, struct record *record_out);

#endif
