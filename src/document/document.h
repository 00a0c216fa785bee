/* document - the JSON output: sessions, diagnoses and entries of the reference
 *
 * The command line and the web output the same objects, which the man pages document.
 * Every function returns a new object.
 */
#ifndef DOCUMENT_DOCUMENT_H
#define DOCUMENT_DOCUMENT_H

#include "json/jsonout.h"
#include "journal/record.h"
#include "postern/explain.h"
#include "store/store.h"

/* ---- diagnosis.c ---- */

/* Diagnose the notes of a recorded session (struct store_session). Returns the
 * explainer, which the caller frees; *diagnosis_out lives in it. */
struct postern_explain *
document_diagnose(struct slice notes, const struct postern_diagnosis **diagnosis_out);

/* The object of postern-explain(1), --json. */
json_t *document_diagnosis(const struct postern_diagnosis *d,
                           enum postern_language language);

/* ---- reference.c: an entry of the catalog, all its fields that have a key ---- */

json_t *document_code(const struct postern_code *code, enum postern_language language);
json_t *document_enhanced(const struct postern_enhanced *entry,
                          enum postern_language language);
json_t *document_extension(const struct postern_extension *entry,
                           enum postern_language language);
json_t *document_verb(const struct postern_verb *entry, enum postern_language language);
json_t *document_cause(const struct postern_cause_entry *entry,
                       enum postern_language language);

/* ---- session.c ---- */

/* A session without its lines; the object of postern-sessions(1), list --json. */
json_t *document_session(const struct store_session *session);

/* Line n (from 1) of a session: {n, offset_us, direction: "client" | "server" |
 * "event", kind, text, redacted, octets, command, code, enhanced, before, after, rule,
 * reply}; null where a key has no meaning. */
json_t *document_line(uint64_t n, const struct record *record);

#endif
