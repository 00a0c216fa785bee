/* postern/lint.h - what a sending program does wrong or could do better
 *
 *     struct postern_lint_session lint;
 *     postern_lint_start(&lint, &facts);
 *     … postern_lint_note(&lint, &note) for each note of a session, in order …
 *     struct postern_lint_findings found = postern_lint_finish(&lint);
 *     … postern_lints[found.list[0].lint].name.in[POSTERN_EN] …
 *
 * explain.h says why a conversation failed; this checks how the client behaved, usually
 * in sessions in which nothing failed at all. It reports only what the notes show: of a
 * session that was recorded in part, nothing is assumed about the rest.
 *
 * Pure: no I/O, no allocation, no clock. The caller owns the memory, which has constant
 * size; time is linear in the notes. Only numbers are kept of a note, none of its text.
 */
#ifndef POSTERN_LINT_H
#define POSTERN_LINT_H

#include "postern/catalog.h"
#include "postern/server.h"

/* What was seen, and where. */
struct postern_lint_finding {
    enum postern_lint lint;
    uint32_t first_note; /* the note it was first seen at, counted from 0; for a finding
                            from a reply: the note of the line it answers */
    uint32_t count;      /* how often */
};

/* What the notes of a session do not show. All false and 0 means "not known": then
 * nothing that depends on it is reported. */
struct postern_lint_facts {
    bool is_loopback; /* the client is on this machine: TLS protects nothing there */
    bool has_implicit_tls; /* TLS from the first octet */
    bool offers_tls; /* STARTTLS is offered here, even if the client never saw it */
    bool is_closed;  /* the session is over, and the notes are all of it */
    uint32_t recent_connections; /* of the same client in the last minute, this one
                                    included, each with at most one message */
};

/* Findings by severity, the worst first, then by their first note; one for each lint.
 * Borrowed from the session. */
struct postern_lint_findings {
    const struct postern_lint_finding *list;
    uint32_t count;
};

/* The session being checked: opaque, the caller's memory. */
enum { POSTERN_LINT_SIZE = 8192 }; /* octets; asserted */

struct postern_lint_session {
    union {
        uint64_t align;
        char octets[POSTERN_LINT_SIZE];
    } opaque;
};

/* Begin a session. facts is copied. */
void postern_lint_start(struct postern_lint_session *lint,
                        const struct postern_lint_facts *facts);

/* The next note, as the engine gave it or a recording kept it: each command is followed
 * by the replies to it. Its slices are not needed afterwards. */
void postern_lint_note(struct postern_lint_session *lint,
                       const struct postern_note *note);

/* What was found. Lives until the next start; no note may follow. */
struct postern_lint_findings postern_lint_finish(struct postern_lint_session *lint);

#endif
