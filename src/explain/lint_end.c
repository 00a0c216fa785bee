/* lint_end.c - what only the whole session shows */
#include "explain/lint.h"

#include "base/attr.h"

#define LINT(name) POSTERN_LINT_##name

enum { UNKNOWN_FINE = 2, CONNECTIONS_FINE = 5 };

/* A finding that another one already explains is not reported. */
static const struct {
    enum postern_lint lint, by;
} covered[] = {
    {LINT(UNKNOWN_COMMANDS), LINT(CONTENT_AS_COMMANDS)},
    {LINT(STARTTLS_UNUSED), LINT(AUTH_BEFORE_STARTTLS)},
};

void
lint_weigh(struct lint *l)
{
    struct postern_lint_finding *found = l->found;

    for (size_t i = 0; i < ARRAY_LEN(covered); i++) {
        if (found[covered[i].by].count > 0)
            found[covered[i].lint].count = 0;
    }
    if (found[LINT(UNKNOWN_COMMANDS)].count <= UNKNOWN_FINE)
        found[LINT(UNKNOWN_COMMANDS)].count = 0;
    if (found[LINT(NEEDLESS_RSET)].count < l->mails)
        found[LINT(NEEDLESS_RSET)].count = 0; /* now and then is not a habit */
    if (l->facts.recent_connections > CONNECTIONS_FINE && l->messages == 1)
        found[LINT(ONE_MESSAGE_CONNECTIONS)] = (struct postern_lint_finding){
            .lint = LINT(ONE_MESSAGE_CONNECTIONS),
            .count = l->facts.recent_connections,
        };
}
