/* session_view - the inspector of a session: what its files share
 *
 * Everything is made from the notes of the session: the timeline, the verdict, the
 * findings about the sending program, and the marked phase of the diagram.
 */
#ifndef PAGES_SESSION_VIEW_H
#define PAGES_SESSION_VIEW_H

#include "diagram/graph.h"
#include "html/html.h"
#include "http/http.h"
#include "live/sessions.h"
#include "postern/explain.h"

struct inspector {
    struct html *html;
    struct web *web;
    const struct request *request;
    struct session_copy copy;
    struct postern_explain *explain;
    const struct postern_diagnosis *diagnosis;
    char id[ID_TEXT_LEN + 1];
    uint32_t event;            /* the next event of explain to narrate */
    uint32_t fault_line;       /* number of the note at fault, 0: none */
    struct postern_note fault; /* … and the note */
    struct postern_note last;  /* the last note */
    bool has_notes;
};

/* The diagnosis found nothing wrong. */
bool session_view_is_in_order(const struct postern_diagnosis *d);

bool session_view_is_lmtp(const struct inspector *inspector);

/* The commands that had to come before the one that note refuses, from the table of the
 * order of commands. Returns how many. */
size_t session_view_missing(const struct postern_note *note,
                            enum postern_command way[WAY_MAX]);

/* session_timeline.c: the conversation line by line, each line explained. */
void session_timeline(struct inspector *inspector);

#endif
