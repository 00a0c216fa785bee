/* lint - the verdict on the program that sent, of a recorded session */
#ifndef CLI_LINT_H
#define CLI_LINT_H

#include "document/lint.h"

/* lint_words.c: the findings for people. session: whose notes they were found in. */
void lint_print(const struct postern_lint_findings *found,
                const struct store_session *session);

#endif
