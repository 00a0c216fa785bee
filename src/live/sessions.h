/* sessions - recorded conversations and those that go on, as one list */
#ifndef LIVE_SESSIONS_H
#define LIVE_SESSIONS_H

#include "live/live.h"

enum { SESSIONS_SCAN_MAX = 20000 }; /* rows a filtered list looks at */

struct sessions_filter {
    bool with_faults;    /* only those that got a 4yz or 5yz */
    bool is_open;        /* only those that go on */
    struct slice client; /* its address begins so, or its hello argument holds it */
    uint64_t code;       /* some reply had this code; 0: any */
    const struct id *before;
    uint32_t limit;
};

/* Call each for the sessions that pass, newest first; slices live until it returns. The
 * sessions have no notes. */
void sessions_list(struct live *live, const struct sessions_filter *filter,
                   bool (*each)(void *context, const struct store_session *session),
                   void *context);

/* A whole session: what the store has of it, and the lines that are not there yet. */
struct session_copy {
    struct store_session session; /* texts and notes borrow from memory */
    char *memory;
    struct buf notes;
    uint32_t gap_at; /* lines in notes before a gap; 0: none is missing */
};

/* False: there is no such session. Cleared by the caller if true. */
bool sessions_find(struct live *live, const struct id *id, struct session_copy *copy);
void session_copy_clear(struct session_copy *copy);

/* The id of the latest session; false: there is none. */
bool sessions_latest(struct live *live, struct id *id_out);

#endif
