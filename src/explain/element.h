/* element - the SMTP in one line of anything: a reply, a command, or neither
 *
 * Debug output, logs, stack traces and bounces put their own words around a line of
 * SMTP. What is at the heart is known by its form - a reply by its three digits, a
 * command by its verb - and the words around it tell who said it, to which
 * conversation it belongs, and whether it is quoted rather than spoken.
 */
#ifndef EXPLAIN_ELEMENT_H
#define EXPLAIN_ELEMENT_H

#include "base/slice.h"
#include "explain/mark.h"
#include "postern/catalog.h"
#include "postern/smtp.h"

enum element_kind { ELEMENT_TEXT, ELEMENT_REPLY, ELEMENT_COMMAND };

struct element {
    enum element_kind kind;
    enum mark mark;    /* who speaks, as the words around say */
    bool is_strong;    /* the mark is no quotation mark of a forum */
    bool is_quoted;    /* told about, not spoken: an error message, a log, a bounce */
    bool is_weak;      /* only a number: 'responseCode: 535', 'code "503"' */
    bool is_last;      /* reply: "250 " and not "250-" */
    uint16_t code;     /* reply; 0: only an enhanced code was there */
    struct slice text; /* reply: what stands behind the code; command: from the verb
                          on; else: the line after its marks. Borrowed. */
    struct slice
        whole; /* reply: from the code on, if that is in one piece; else empty */
    struct slice
        marked; /* text: all that stands behind the mark; NULL: there is none */
    enum postern_command command;
    enum postern_step step; /* a reply's label says what it answers; or STEP_COUNT */
    uint32_t key; /* of the conversation: a process or session id; 0: none is told */
};

/* Look at a line that is clean (explain/clean.h). Borrows from it. */
void element_find(struct slice line, struct element *element_out);

#endif
