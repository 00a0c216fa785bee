/* explain - what postern explain, compare and codes print */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "document/document.h"
#include "postern/explain.h"

/* How a diagnosis is shown. */
struct explain_style {
    bool is_json;
    bool is_every_line; /* a sentence below each line of the conversation */
};

/* explain_page.c: print the page of an entry; false if the catalog has none such. */
bool explain_code_page(struct slice code, bool is_json);
bool explain_enhanced_page(struct slice code, bool is_json);
bool explain_extension_page(struct slice keyword, bool is_json);
bool explain_verb_page(struct slice verb, bool is_json);
bool explain_cause_page(struct slice slug, bool is_json);

/* The codes most like one that the catalog does not have: "503, 553", or "". The caller
 * frees it. */
char *explain_nearest_codes(struct slice code);

/* Print that the catalog has no such code; returns 2, the exit status. */
int explain_no_code(struct slice code);
int explain_no_enhanced(struct slice code);

/* explain_answer.c: print the diagnosis of a paste or a session. Returns the exit
 * status: 0, or 1 if it has no SMTP in it. */
int explain_answer(const struct postern_explain *explain,
                   const struct postern_diagnosis *diagnosis,
                   const struct explain_style *style);

#endif
