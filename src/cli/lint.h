/* lint - the verdict on the program that sent, of a recorded session */
#ifndef CLI_LINT_H
#define CLI_LINT_H

#include "cli/jsonout.h"
#include "postern/lint.h"
#include "store/store.h"

/* lint_session.c: what is known of a session besides its notes. recent_connections is
 * left 0, see lint_recent. */
struct postern_lint_facts lint_facts(const struct store_session *session);

/* lint_session.c: connections of the client of session id in the minute up to it,
 * itself included, each with at most one message. 0 if the store cannot tell. Looks at
 * all sessions begun since then; not to be called while sessions are being listed. */
uint32_t lint_recent(struct store *store, const struct id *id);

/* lint_session.c: look at the notes of a session. memory is the caller's; what comes
 * back borrows from it. */
struct postern_lint_findings lint_look(struct postern_lint_session *memory,
                                       const struct store_session *session,
                                       const struct postern_lint_facts *facts);

/* lint_words.c: the findings for people. session: whose notes they were found in. */
void lint_print(const struct postern_lint_findings *found,
                const struct store_session *session);

/* lint_json.c: the findings for scripts, an array of objects. */
json_t *lint_json(const struct postern_lint_findings *found);

#endif
