/* diagram - the order of SMTP commands as a picture
 *
 * Drawn from the order table, which is asked for every phase and command: the picture
 * cannot differ from what the server does.
 */
#ifndef DIAGRAM_DIAGRAM_H
#define DIAGRAM_DIAGRAM_H

#include "postern/catalog.h"
#include "postern/smtp.h"

#include <stdbool.h>
#include <stddef.h>

struct diagram_options {
    bool is_lmtp;     /* of an LMTP session: LHLO in the place of HELO and EHLO */
    bool has_xclient; /* with XCLIENT, which only trusted proxies may send */
    bool is_marked;   /* the two below count */
    enum postern_phase current;   /* where a session is: class "current" */
    enum postern_command missing; /* what should come next: class "missing" on the edges
                                     that leave it so; POSTERN_COMMAND_COUNT: nothing */
};

/* Write one <svg> element, words in language, to out.
 *
 *     <svg role="img" class="diagram" …><title>…</title><desc>…</desc>
 *       <g class="edge" data-from="ehlo" data-to="mail" data-commands="MAIL">…
 *       <g class="phase" data-phase="mail" id="phase-mail">…
 *
 * Edges have, besides "edge", the classes "loop" (from a phase to itself), "back" (the
 * transaction is dropped or over), "door" (to closing), "refused" (the command was
 * refused), "open" (it leaves the current phase) and "end" (no command: the content is
 * complete, the login over, TLS on). All is drawn in currentColor: a style sheet
 * colours by the classes "box", "line", "head", "label", "name".
 *
 * Returns the octets it needs. When that is more than size nothing was written, so
 * there never is half a picture; out may be NULL when size is 0. No NUL is added. */
size_t diagram_write(enum postern_language language,
                     const struct diagram_options *options, char *out, size_t size);

#endif
