/* recording - the notes of a session on their way to the store
 *
 * Recording never delays or fails mail: what finds no memory is dropped, marked as
 * truncated and counted.
 */
#ifndef SERVER_RECORDING_H
#define SERVER_RECORDING_H

#include "journal/record.h"
#include "server/reactor.h"

/* The notes not yet given to the committer. One for each recorded session. */
struct recording {
    struct buf run;
    uint32_t first_line; /* sequence number of the first note in run */
    uint32_t lines;      /* notes seen, recorded or not */
    uint32_t budget;     /* octets of the memory limit it has paid for */
    bool is_truncated;
    bool was_kept; /* the store has a row of this session */
    uint8_t hello_len;
    char *hello; /* argument of the last hello, or NULL */
};

/* The recorder of a session that begins; NULL: none (level none, or no memory). */
struct recording *recording_new(struct reactor *reactor, enum record_level level);

/* Free it; takes NULL and returns NULL. Notes not submitted are gone. */
struct recording *recording_free(struct reactor *reactor, struct recording *recording);

/* Record one note of session. */
void recording_note(struct session *session, const struct postern_note *note);

/* Tell whoever watches that the session is over. */
void recording_tell_end(const struct session *session, struct slice outcome);

/* Remember the argument of a hello that is being decided. */
void recording_hello(struct recording *recording, struct slice name);

/* The run so far as work for the committer, NULL if there is nothing to keep now:
 * with level faults nothing is kept before the first fault. outcome: "open" while the
 * session goes on. The work frees itself when it comes back. */
struct work *recording_cut(struct session *session, struct slice outcome);

/* The run has become large and may go to the store on its own. */
bool recording_is_due(const struct session *session);

#endif
