/* rules - why was this command refused?
 *
 * There are four kinds of evidence, each a set of rules that name causes with scores:
 * 1. the conversation: what came before, what was offered, the order table;
 * 2. the wording: a known server's own text outweighs the bare number;
 * 3. the enhanced code;
 * 4. the basic code and the step it answered.
 * Part of 1 is to look back: a refusal that only follows from an earlier one is an
 * echo, and the earlier one carries the verdict.
 */
#ifndef EXPLAIN_RULES_H
#define EXPLAIN_RULES_H

#include "explain/judge.h"
#include "explain/words.h"

#define C(name) POSTERN_CAUSE_##name
#define F(name) POSTERN_FAULT_##name
#define S(name) POSTERN_STEP_##name

/* Everything a rule may look at. */
struct view {
    struct judgement *j;
    const struct state *s;
    struct verdict *v;
    const struct event *reply, *command; /* command may be NULL */
    enum postern_step step;              /* what was answered; COUNT: unknown */
    unsigned code;
    struct slice text; /* flattened */
    const struct postern_wording *wording;
    enum postern_cause stated; /* the cause that the wording states; NONE */
};

/* The reply has one of the words of a list "one|another". */
static inline bool
view_says(const struct view *view, const char *list)
{
    return words_have_any(view->text, slice_from(list));
}

static inline bool
view_is_command(const struct view *view, enum postern_command command)
{
    return view->command != NULL && view->command->note.kind == POSTERN_NOTE_COMMAND &&
           view->command->note.command == command;
}

/* ---- rules_reply.c: what the reply itself says ---- */

void rule_own_reply(struct view *view);
void rule_wording(struct view *view);
void rule_message(struct view *view);
void rule_codes(struct view *view);

/* ---- rules_order.c: a step missing, repeated, too early ---- */

void rule_order(struct view *view);
void rule_hello(struct view *view);
void rule_helo(struct view *view);
void rule_transaction(struct view *view);

/* ---- rules_auth.c: TLS and AUTH ---- */

void rule_tls(struct view *view);
void rule_auth(struct view *view);
void rule_auth_required(struct view *view);

/* ---- rules_form.c: the form of what was sent ---- */

void rule_address(struct view *view);
void rule_size(struct view *view);
void rule_wire(struct view *view);
void rule_content(struct view *view);

/* ---- rules_ends.c: the beginning and the end of a session ---- */

void rule_connect(struct view *view);
void rule_closing(struct view *view);

#endif
