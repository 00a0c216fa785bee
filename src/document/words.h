/* words - what the catalog's enumerators are called, in a language
 *
 * All texts are constant, unless the line says that they are written to out.
 */
#ifndef DOCUMENT_WORDS_H
#define DOCUMENT_WORDS_H

#include "base/slice.h"
#include "postern/explain.h"

enum { WORDS_STEP_SIZE = 256, WORDS_SUMMARY_SIZE = 1000 };

struct slice words_actor(enum postern_language language, enum postern_actor actor);
struct slice words_status(enum postern_language language, enum postern_status status);
struct slice words_retry(enum postern_language language, enum postern_retry retry);
struct slice words_class(enum postern_language language, unsigned code);
struct slice words_category(enum postern_language language, unsigned code);
struct slice words_side(enum postern_language language, enum postern_side side);
struct slice words_certainty(enum postern_language language,
                             enum postern_certainty certainty);

/* One word of a list of what replies come after: EOD, CONNECT, any and BOUNCE are
 * said in words, others are as they are. */
struct slice words_after(enum postern_language language, struct slice word);

/* "MAIL was repeated"; borrows from out. */
struct slice words_step(enum postern_language language, enum postern_fault fault,
                        enum postern_step step, char out[WORDS_STEP_SIZE]);

/* The summary of the first finding, or that there is no SMTP; may borrow from out and
 * from what the diagnosis borrows from. Not escaped. */
struct slice words_summary(enum postern_language language,
                           const struct postern_diagnosis *d,
                           char out[WORDS_SUMMARY_SIZE]);

#endif
