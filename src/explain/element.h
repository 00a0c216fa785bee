/* element - the SMTP in one line of anything: a reply, a command, or neither
 *
 * Debug output, logs, stack traces and bounces put their own words around a line of
 * SMTP. The SMTP is recognised by its form - a reply by its three digits, a command by
 * its verb - and the words around it show who sent it, to which conversation it
 * belongs, and whether it is quoted or part of a live dialogue.
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
    enum mark mark; /* who speaks, by the words around it */
    bool is_strong; /* the mark is not a ">" as in quoted mail */
    bool is_quoted; /* reported, not live: an error message, a log, a bounce */
    bool is_weak;   /* just a number: 'responseCode: 535', 'code "503"' */
    bool is_last;   /* reply: "250 " and not "250-" */
    uint16_t code;  /* reply; 0: there was only an enhanced code */
    /* Borrowed. reply: what follows the code; command: from the verb on; else: the line
     * after its marks. */
    struct slice text;
    struct slice whole;  /* reply: from the code on, if in one piece; else empty */
    struct slice marked; /* text: all that follows the mark; NULL: there is no mark */
    enum postern_command command;
    enum postern_step step; /* what a reply answers, by its label; or STEP_COUNT */
    uint32_t key;           /* of the conversation: a process or session id; 0: none */
};

/* Look at a line that is clean (explain/clean.h). Borrows from it. */
void element_find(struct slice line, struct element *element_out);

#endif
