/* usual - what a code mostly means, when nothing else is known */
#ifndef EXPLAIN_USUAL_H
#define EXPLAIN_USUAL_H

#include "base/slice.h"
#include "postern/catalog.h"

/* By the enhanced code; POSTERN_CAUSE_NONE if it tells nothing. */
enum postern_cause usual_by_enhanced(struct slice enhanced, unsigned code,
                                     enum postern_step step);

/* By the basic code and the step it answered (COUNT: unknown). */
enum postern_cause usual_by_code(unsigned code, enum postern_step step);

#endif
