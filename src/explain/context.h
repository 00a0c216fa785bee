/* context - the step that a program's line is about: "in reply to RCPT TO command" */
#ifndef EXPLAIN_CONTEXT_H
#define EXPLAIN_CONTEXT_H

#include "base/slice.h"
#include "postern/catalog.h"

/* The step, POSTERN_STEP_COUNT if the line names none. */
enum postern_step context_step(struct slice line);

/* The step of a catalog name, "MAIL"; POSTERN_STEP_COUNT for any other text. */
enum postern_step step_named(struct slice name);

#endif
