/* lint - the verdict on the sending program, from a recorded session */
#ifndef CLI_LINT_H
#define CLI_LINT_H

#include "document/lint.h"

/* lint_page.c: print the findings as text. session: the one they were found in. */
void lint_print(const struct postern_lint_findings *found,
                const struct store_session *session);

#endif
