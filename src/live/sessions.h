/* sessions - recorded and open conversations as one list */
#ifndef LIVE_SESSIONS_H
#define LIVE_SESSIONS_H

#include "live/live.h"

enum { SESSIONS_SCAN_MAX = 20000 }; /* rows that a filtered list reads */

struct sessions_filter {
    bool with_faults;    /* only those that got a 4yz or 5yz */
    bool is_open;        /* only open ones */
    struct slice client; /* part of its address or EHLO argument */
    uint64_t code;       /* some reply had this code; 0: any */
    const struct id *before;
    uint32_t limit;
};

/* Call each for the sessions that match, newest first; slices are valid until it
 * returns. The sessions have no notes. */
void sessions_list(struct live *live, const struct sessions_filter *filter,
                   bool (*each)(void *context, const struct store_session *session),
                   void *context);

/* A whole session: what the store has of it, and the lines that are not stored yet. */
struct session_copy {
    struct store_session session; /* texts and notes borrow from memory */
    char *memory;
    struct buf notes;
    uint32_t gap_at; /* lines in notes before a gap; 0: none is missing */
};

/* False: no such session. True: the caller clears copy. */
bool sessions_find(struct live *live, const struct id *id, struct session_copy *copy);
void session_copy_clear(struct session_copy *copy);

/* The id of the latest session; false: there is no session. */
bool sessions_latest(struct live *live, struct id *id_out);

#endif
