/* lint - checks the sending program of a recorded session */
#ifndef DOCUMENT_LINT_H
#define DOCUMENT_LINT_H

#include "json/jsonout.h"
#include "postern/lint.h"
#include "store/store.h"

/* What is known of a session besides its notes. recent_connections is
 * left 0, see lint_recent. */
struct postern_lint_facts lint_facts(const struct store_session *session);

/* The connections of the client of session id in the minute up to it, itself included,
 * each with at most one message; 0 if the store cannot be read. Lists sessions: not to
 * be called from a callback of such a list. */
uint32_t lint_recent(struct store *store, const struct id *id);

/* Check the notes of a session. memory belongs to the caller; the result borrows from
 * it. */
struct postern_lint_findings lint_check(struct postern_lint_session *memory,
                                        const struct store_session *session,
                                        const struct postern_lint_facts *facts);

/* The findings as an array of objects: {lint, severity, line, count, name, why, fix,
 * rfc}. Lines are numbered as those of the session are. */
json_t *lint_json(const struct postern_lint_findings *found,
                  enum postern_language language);

#endif
