/* postern/explain.h - why an SMTP conversation failed
 *
 *     struct postern_explain *explain = malloc(postern_explain_size());
 *     const struct postern_diagnosis *d = postern_explain(explain, paste);
 *     … postern_causes[d->findings[0].cause].summary.in[POSTERN_EN] …
 *
 * A paste is any text with SMTP in it: a terminal session, debug output of a library, a
 * server's log, a bounce, a stack trace, a single error line; cut off, mixed, escaped,
 * with prose around it. It is turned into the notes a server makes of a conversation,
 * replayed through the order table, and judged.
 *
 * Pure: no I/O, no allocation, no clock. The caller owns the memory; the paste is
 * borrowed and must live as long as the diagnosis is read. Time is linear in the
 * paste; memory is constant: of a long paste the first and the last events are kept.
 * In a paste of more than a megabyte the middle is only searched for refusals.
 * No result contains a password, except struct postern_said.text of a login.
 */
#ifndef POSTERN_EXPLAIN_H
#define POSTERN_EXPLAIN_H

#include "postern/catalog.h"
#include "postern/server.h"

enum postern_certainty { POSTERN_POSSIBLE, POSTERN_LIKELY, POSTERN_CERTAIN };

/* "possible", "likely", "certain". Static. */
const char *postern_certainty_name(enum postern_certainty certainty);

enum { POSTERN_EVIDENCE_MAX = 4, POSTERN_FINDINGS_MAX = 4 };

/* A line of the paste that supports the finding. */
struct postern_evidence {
    uint32_t line;     /* in the paste, from 1 */
    struct slice text; /* its beginning, without a password; not escaped */
};

/* One answer to "what went wrong?". */
struct postern_finding {
    enum postern_cause cause;
    enum postern_fault fault; /* what is wrong … */
    enum postern_step step;   /* … with which step */
    enum postern_side side;   /* who has to change something */
    enum postern_certainty certainty;
    uint16_t code;         /* of the reply it is about; 0: none */
    struct slice enhanced; /* of that reply; or empty */
    uint32_t line;         /* of that reply, or of the fault; 0: unknown */
};

/* What kind of thing an event is. */
enum postern_event_kind {
    POSTERN_SAID_COMMAND,
    POSTERN_SAID_REPLY,
    POSTERN_SAID_LOGIN,   /* an answer in an AUTH exchange; text is the secret */
    POSTERN_SAID_CONTENT, /* the message after DATA */
    POSTERN_SAID_OTHER,   /* a program's own message */
};

/* One entry of the transcript. */
struct postern_said {
    enum postern_event_kind kind;
    uint32_t line, last_line;        /* in the paste */
    struct slice text;               /* a reply's lines are separated by LF */
    const struct postern_note *note; /* phases before and after, command, code */
    bool is_quoted; /* reported by a program, not part of a live dialogue */
    bool is_fault;  /* the line the first finding is about */
};

struct postern_diagnosis {
    /* The first is the answer, the others are alternatives, likeliest first. At least
     * one, unless there is no SMTP in the paste. */
    struct postern_finding findings[POSTERN_FINDINGS_MAX];
    unsigned finding_count;
    struct postern_evidence evidence[POSTERN_EVIDENCE_MAX]; /* of the first */
    unsigned evidence_count;
    struct slice product;  /* of the server, if its words show it; or empty */
    struct slice queue_id; /* the server's id of the accepted message; or empty */
    uint32_t lines;        /* of the paste */
    uint32_t dropped;      /* lines and events in the middle of a long paste that were
                              only searched for refusals */
    uint32_t sessions;     /* conversations found in the paste */
    bool was_accepted;     /* the server accepted a message */
    bool was_utf16;        /* the paste was UTF-16 */
};

struct postern_explain; /* opaque: about half a megabyte, the caller's */

/* Octets struct postern_explain needs, aligned as malloc aligns. */
size_t postern_explain_size(void);

/* Diagnose paste. The result lives in memory until the next call with it. */
const struct postern_diagnosis *postern_explain(struct postern_explain *memory,
                                                struct slice paste);

/* The same for the notes of a recorded session: start, one call for each note, then
 * finish. The notes' octets are borrowed. */
void postern_explain_start(struct postern_explain *memory);
void postern_explain_note(struct postern_explain *memory,
                          const struct postern_note *note);
const struct postern_diagnosis *postern_explain_finish(struct postern_explain *memory);

/* Entry n of the transcript, from 0; false after the last one. */
bool postern_explain_said(const struct postern_explain *memory, uint32_t n,
                          struct postern_said *said_out);

/* One sentence about event n, in a language, written to out (size octets, not
 * NUL-terminated). Returns its length. */
size_t postern_explain_narrate(const struct postern_explain *memory, uint32_t n,
                               enum postern_language language, char *out, size_t size);

#endif
