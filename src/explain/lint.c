/* lint.c - postern/lint.h: each note is checked by all rules, then changes the state */
#include "explain/lint.h"

#include <assert.h>

void
postern_lint_start(struct postern_lint_session *session,
                   const struct postern_lint_facts *facts)
{
    struct lint *l = lint_of(session);

    static_assert(sizeof(struct lint) <= POSTERN_LINT_SIZE, "POSTERN_LINT_SIZE");
    memset(session, 0, sizeof(*session));
    l->facts = *facts;
    l->has_tls = facts->has_implicit_tls;
}

/* The note to report: for a reply, the line it answers. */
static uint32_t
place_of(const struct lint *l, const struct postern_note *note)
{
    return note->kind == POSTERN_NOTE_REPLY && l->is_line_open ? l->line_n : l->n;
}

/* Count a lint once per line, however many rules find it. */
static void
mark(struct lint *l, enum postern_lint lint, uint32_t at)
{
    struct postern_lint_finding *f = &l->found[lint];

    if (lint == POSTERN_LINT_NONE || l->marked[lint] == at + 1)
        return;
    l->marked[lint] = at + 1;
    if (f->count == 0)
        *f = (struct postern_lint_finding){.lint = lint, .first_note = at};
    f->count++;
}

static void
apply(struct lint *l, const struct lint_rule *rules, const struct postern_note *note)
{
    for (; rules->holds != NULL; rules++) {
        if (rules->kind == note->kind && rules->holds(l, note))
            mark(l, rules->lint, place_of(l, note));
    }
}

void
postern_lint_note(struct postern_lint_session *session, const struct postern_note *note)
{
    struct lint *l = lint_of(session);

    lint_read(l, note);
    apply(l, lint_rules_order, note);
    apply(l, lint_rules_form, note);
    apply(l, lint_rules_security, note);
    apply(l, lint_rules_reply, note);
    apply(l, lint_rules_courtesy, note);
    if (note->kind == POSTERN_NOTE_REPLY && note->is_last)
        mark(l, lint_shown_by(note->reply), place_of(l, note));
    lint_follow(l, note);
    l->line = (struct lint_line){.has_path = false};
    l->n++;
}

static bool
comes_before(const struct postern_lint_finding *a, const struct postern_lint_finding *b)
{
    enum postern_severity x = postern_lints[a->lint].severity;
    enum postern_severity y = postern_lints[b->lint].severity;

    return x != y ? x < y : a->first_note < b->first_note;
}

struct postern_lint_findings
postern_lint_finish(struct postern_lint_session *session)
{
    struct lint *l = lint_of(session);
    uint32_t count = 0;

    lint_weigh(l);
    for (int i = 1; i < POSTERN_LINT_COUNT; i++) {
        uint32_t at = count;
        if (l->found[i].count == 0)
            continue;
        for (; at > 0 && comes_before(&l->found[i], &l->list[at - 1]); at--)
            l->list[at] = l->list[at - 1];
        l->list[at] = l->found[i];
        count++;
    }
    return (struct postern_lint_findings){l->list, count};
}
