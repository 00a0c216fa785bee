/* code_cause - what a code most often means, when nothing else is known */
#ifndef EXPLAIN_CODE_CAUSE_H
#define EXPLAIN_CODE_CAUSE_H

#include "base/slice.h"
#include "postern/catalog.h"

/* By the enhanced code, "5.7.1", and the basic code beside it (0: none);
 * POSTERN_CAUSE_NONE if it says nothing about the cause. */
enum postern_cause code_cause_enhanced(struct slice enhanced, unsigned code,
                                       enum postern_step step);

/* By the basic code and the step it answered (POSTERN_STEP_COUNT: unknown); of a code
 * that is not in the table, by its class. */
enum postern_cause code_cause_basic(unsigned code, enum postern_step step);

#endif
