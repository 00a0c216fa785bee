/* prefix - what programs put in front of a line of SMTP, taken off piece by piece */
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
    bool is_strong;         /* the mark can be nothing else: "C:", "-->", but not ">" */
    bool is_error;          /* a word of trouble stood there: "SMTP Error:" */
    unsigned words;         /* plain words in a row: prose, from three on */
    enum postern_step step; /* a label names what is answered: "from:"; or COUNT */
    uint32_t key;           /* see struct element */
    struct slice marked;    /* the line behind its mark; NULL if there is none */
    bool is_marked;         /* … while it is looked for */
    bool is_found;          /* rest begins with a reply or a command */
    enum postern_command command; /* … UNKNOWN for a reply */
};

/* Take time stamps, levels, labels, brackets and marks off the front of line, until a
 * reply or a command stands there or nothing more can be taken. */
void prefix_strip(struct slice line, struct prefix *prefix_out);

#endif
