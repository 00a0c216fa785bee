/* lookup - recognises by its form what a user asks about
 *
 * In this order: a basic code, an enhanced one, both together, a verb, an EHLO keyword
 * or a cause, a word that is almost one of these; all else is text to be diagnosed.
 */
#ifndef DOCUMENT_LOOKUP_H
#define DOCUMENT_LOOKUP_H

#include "base/slice.h"
#include "postern/catalog.h"

enum lookup_kind {
    LOOKUP_NUMBER,      /* code, enhanced or both are set */
    LOOKUP_NO_CODE,     /* digits that are not a code; missing */
    LOOKUP_NO_ENHANCED, /* an unknown enhanced code; missing */
    LOOKUP_WORD,        /* one or more of verb, extension, cause are set */
    LOOKUP_MISSPELT,    /* one unknown word that is similar to a known one: nearest */
    LOOKUP_TEXT,        /* to be diagnosed */
};

enum { LOOKUP_NARROW_MAX = 60 }; /* full-width digits are converted up to this length */

struct lookup {
    enum lookup_kind kind;
    struct slice what; /* as understood: in ASCII digits; may borrow from narrow */
    const struct postern_code *code; /* NULL: not asked for; and so on */
    const struct postern_enhanced *enhanced;
    const struct postern_verb *verb;
    const struct postern_extension *extension;
    enum postern_cause cause;   /* POSTERN_CAUSE_NONE: not asked for */
    struct slice enhanced_text; /* "5.5.1" as it was asked for */
    struct slice missing;       /* the unknown code */
    const char *nearest;        /* static */
    char narrow[LOOKUP_NARROW_MAX];
};

/* Recognise what. The result borrows from what and must not be copied. Full-width
 * digits and letters of an input method, and a full stop after them, are accepted. */
void lookup_what(struct lookup *lookup, struct slice what);

/* The entry of the code in digits ("503"); NULL: unknown. */
const struct postern_code *lookup_code(struct slice digits);

enum { LOOKUP_NEAREST_MAX = 6 };

/* The known codes nearest to an unknown one, at most LOOKUP_NEAREST_MAX: leading digits
 * count most. Returns how many. */
size_t lookup_nearest_codes(struct slice text,
                            const struct postern_code *out[LOOKUP_NEAREST_MAX]);

#endif
