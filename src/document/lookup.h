/* lookup - what somebody asks about, known by its form
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
    LOOKUP_NO_CODE,     /* digits that are no code; missing */
    LOOKUP_NO_ENHANCED, /* the form of an enhanced code, but none; missing */
    LOOKUP_WORD,        /* one or more of verb, extension, cause are set */
    LOOKUP_MISSPELT,    /* one word that is none of ours, and almost is: nearest */
    LOOKUP_TEXT,        /* to be diagnosed */
};

enum { LOOKUP_NARROW_MAX = 60 }; /* octets in which wide digits are understood */

struct lookup {
    enum lookup_kind kind;
    struct slice what; /* as understood: in ASCII digits; may borrow from narrow */
    const struct postern_code *code; /* NULL: not asked for; and so on */
    const struct postern_enhanced *enhanced;
    const struct postern_verb *verb;
    const struct postern_extension *extension;
    enum postern_cause cause;   /* POSTERN_CAUSE_NONE: not asked for */
    struct slice enhanced_text; /* "5.5.1" as it was asked for */
    struct slice missing;       /* the code that is not there */
    const char *nearest;        /* static */
    char narrow[LOOKUP_NARROW_MAX];
};

/* Know what is asked. The result borrows from what and must not be copied. Digits and
 * letters typed in full width by an input method, and a full stop behind them, are
 * understood. */
void lookup_what(struct lookup *lookup, struct slice what);

/* The entry of the code that digits name ("503"); NULL: there is none. */
const struct postern_code *lookup_code(struct slice digits);

enum { LOOKUP_NEAREST_MAX = 6 };

/* The known codes nearest to one that is not there, at most LOOKUP_NEAREST_MAX, the
 * nearest ones only: digits in front count most. Returns how many. */
size_t lookup_nearest_codes(struct slice text,
                            const struct postern_code *out[LOOKUP_NEAREST_MAX]);

#endif
