/* report - what happened in a session, as JSON for a page */
#ifndef PLAYGROUND_REPORT_H
#define PLAYGROUND_REPORT_H

#include "diagram/pen.h"
#include "postern/catalog.h"
#include "postern/server.h"

struct report {
    struct pen pen;
    enum postern_language language;
    bool is_lmtp, has_line, is_cut;
    enum postern_command missing; /* what the last command lacked first; or _COUNT */
};

/* Begin a report in out, of size octets, at least 4096. is_lmtp: what the session is.
 */
void report_begin(struct report *report, enum postern_language language, bool is_lmtp,
                  char *out, size_t size);

/* Add a line. facts: of enum order_fact, as they were when it came. A line for which
 * there is no room is left out. */
void report_note(struct report *report, const struct postern_note *note,
                 uint32_t facts);

/* Add where the session is, and end. Returns the octets. */
size_t report_end(struct report *report, const struct postern_server *server,
                  uint64_t chunk_left);

#endif
