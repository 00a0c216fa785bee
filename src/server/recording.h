/* recording - the notes of a session on their way to the store and to the live feed
 *
 * Recording never delays or fails mail: what finds no memory is dropped, marked as
 * truncated and counted. Where nothing is recorded the recording is NULL, and every
 * function takes that and does nothing.
 */
#ifndef SERVER_RECORDING_H
#define SERVER_RECORDING_H

#include "journal/record.h"
#include "server/reactor.h"
#include "server/session_facts.h"

/* The notes not yet submitted to the committer. One for each recorded session. */
struct recording {
    struct reactor *reactor;
    const struct session_facts *facts; /* of the session, borrowed */
    struct buf run;
    uint32_t first_line; /* sequence number of the first note in run */
    uint32_t lines;      /* notes seen, recorded or not */
    uint32_t budget;     /* octets charged to the memory limit for it */
    bool is_truncated;
    bool was_kept; /* the store has a row of this session */
    uint8_t hello_len;
    char *hello; /* argument of the last hello, or NULL */
};

/* The recording of a session that begins; facts must live as long. NULL: its listener
 * records nothing, or there is no memory. */
struct recording *recording_new(struct reactor *reactor,
                                const struct session_facts *facts);

/* Free it and return NULL. Notes not submitted are gone. */
struct recording *recording_free(struct recording *recording);

/* Record one note, and send it to the live feed. */
void recording_note(struct recording *recording, const struct postern_note *note);

/* Remember the argument of a hello that is being decided. */
void recording_hello(struct recording *recording, struct slice name);

/* Report to the live feed that the session is over. */
void recording_report_end(struct recording *recording, enum session_outcome outcome);

/* The run so far as work for the committer, NULL if there is nothing to keep now:
 * with level faults nothing is kept before the first fault. outcome: OUTCOME_OPEN
 * while the session goes on. The work frees itself on completion. */
struct work *recording_cut(struct recording *recording, enum session_outcome outcome);

/* Submit the run when it has become so long that it should not wait for a message. */
void recording_submit_if_long(struct recording *recording);

#endif
