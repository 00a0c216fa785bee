/* labels - names of the enumerators of the catalog, in a language
 *
 * All texts are constant, unless the line says that they are written to out.
 */
#ifndef DOCUMENT_LABELS_H
#define DOCUMENT_LABELS_H

#include "base/slice.h"
#include "postern/explain.h"

enum { LABEL_STEP_SIZE = 256, LABEL_SUMMARY_SIZE = 1000 };

struct slice label_actor(enum postern_language language, enum postern_actor actor);
struct slice label_status(enum postern_language language, enum postern_status status);
struct slice label_retry(enum postern_language language, enum postern_retry retry);
struct slice label_class(enum postern_language language, unsigned code);
struct slice label_category(enum postern_language language, unsigned code);
struct slice label_side(enum postern_language language, enum postern_side side);
struct slice label_certainty(enum postern_language language,
                             enum postern_certainty certainty);

/* One word of the list of commands that a reply comes after: EOD, CONNECT, any and
 * BOUNCE get a label, others are unchanged. */
struct slice label_after(enum postern_language language, struct slice word);

/* "MAIL was repeated"; borrows from out. */
struct slice label_step(enum postern_language language, enum postern_fault fault,
                        enum postern_step step, char out[LABEL_STEP_SIZE]);

/* The summary of the first finding, or that there is no SMTP; may borrow from out and
 * from what the diagnosis borrows from. Not escaped. */
struct slice label_summary(enum postern_language language,
                           const struct postern_diagnosis *d,
                           char out[LABEL_SUMMARY_SIZE]);

#endif
