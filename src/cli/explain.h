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

/* explain_answer.c: show what was found out about a paste or a session. Returns the
 * exit status: 0, or 1 if there was no SMTP in it. */
int explain_answer(const struct postern_explain *explain,
                   const struct postern_diagnosis *diagnosis,
                   const struct explain_style *style);

#endif
