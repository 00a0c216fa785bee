/* explain - the pages and answers of postern explain, compare and codes */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "document/document.h"
#include "postern/explain.h"

/* How a diagnosis is shown. */
struct explain_style {
    bool is_json;
    bool is_every_line; /* a sentence below each line of the conversation */
};

/* explain_page.c: pages of the reference; false if there is no such thing. */
bool explain_code_page(struct slice code, bool is_json);
bool explain_enhanced_page(struct slice code, bool is_json);
bool explain_extension_page(struct slice keyword, bool is_json);
bool explain_verb_page(struct slice verb, bool is_json);
bool explain_cause_page(struct slice slug, bool is_json);

/* The nearest known codes to one that is not there: "503, 553". The caller frees it. */
char *explain_nearest_codes(struct slice code);

/* explain_words.c: enumerators in words of the language at hand. */
struct slice explain_actor(enum postern_actor actor);
struct slice explain_status(enum postern_status status);
struct slice explain_retry(enum postern_retry retry);
struct slice explain_class(unsigned code);
struct slice explain_category(unsigned code);
struct slice explain_side(enum postern_side side);
struct slice explain_certainty(enum postern_certainty certainty);
/* "MAIL was repeated"; borrowed until the next call. */
struct slice explain_step(enum postern_fault fault, enum postern_step step);

/* explain_answer.c: show what was found out about a paste or a session. Returns the
 * exit status: 0, or 1 if there was no SMTP in it. */
int explain_answer(const struct postern_explain *explain,
                   const struct postern_diagnosis *diagnosis,
                   const struct explain_style *style);

/* The summary of the first finding; the caller frees it. */
char *explain_summary(const struct postern_diagnosis *diagnosis);

#endif
