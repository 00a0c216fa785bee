/* prefix - what programs write in front of a line of SMTP, removed piece by piece */
#ifndef EXPLAIN_PREFIX_H
#define EXPLAIN_PREFIX_H

#include "base/slice.h"
#include "explain/mark.h"
#include "postern/catalog.h"
#include "postern/smtp.h"

struct prefix {
    struct slice rest; /* what is left of the line */
    enum mark mark;
    bool is_worded;         /* the mark is a word ("C:"), which outweighs an arrow */
    bool is_strong;         /* the mark is unambiguous: "C:", "-->", but not ">" */
    bool is_error;          /* it had a word of failure: "SMTP Error:" */
    unsigned words;         /* plain words in a row; three are prose */
    enum postern_step step; /* what is answered, by a label, "from:"; or COUNT */
    uint32_t key;           /* see struct element */
    struct slice marked;    /* the line after its mark; NULL if there is none */
    bool is_marked;         /* a mark was just found */
    bool is_found;          /* rest begins with a reply or a command */
    enum postern_command command; /* … UNKNOWN for a reply */
};

/* Strip time stamps, levels, labels, brackets and marks from the front of line, until a
 * reply or a command begins there or nothing more can be stripped. */
void prefix_strip(struct slice line, struct prefix *prefix_out);

#endif
