/* verdict.c - causes with scores, and which refusal caused the others */
#include "explain/judge.h"

struct verdict *
verdict_new(struct judgement *j, int32_t event, int32_t command)
{
    if (j->count == VERDICTS_MAX)
        return NULL;
    struct verdict *v = &j->verdicts[j->count++];
    *v = (struct verdict){.event = event, .command = command};
    return v;
}

void
verdict_add(struct verdict *v, enum postern_cause cause, enum postern_fault fault,
            enum postern_step step, int score)
{
    unsigned i = 0;

    while (i < v->count && v->candidates[i].cause != cause)
        i++;
    if (i < v->count && v->candidates[i].score >= score)
        return;
    if (i == v->count) {
        if (v->count == CANDIDATES_MAX)
            return;
        v->count++;
    }
    v->candidates[i] = (struct candidate){cause, fault, step, score};
}

void
verdict_add_default(struct verdict *v, enum postern_cause cause, enum postern_step at,
                    int score)
{
    const struct postern_cause_entry *entry = &postern_causes[cause];
    bool moves = entry->fault == POSTERN_FAULT_REFUSED ||
                 cause == POSTERN_CAUSE_COMMAND_SYNTAX ||
                 cause == POSTERN_CAUSE_COMMAND_MID_TRANSACTION ||
                 cause == POSTERN_CAUSE_UNAUTHORIZED_PIPELINING ||
                 cause == POSTERN_CAUSE_COMMAND_NOT_IMPLEMENTED ||
                 ((cause == POSTERN_CAUSE_PARAMETER_NOT_SUPPORTED ||
                   cause == POSTERN_CAUSE_ADDRESS_SYNTAX ||
                   cause == POSTERN_CAUSE_SMTPUTF8_MISSING) &&
                  (at == POSTERN_STEP_MAIL || at == POSTERN_STEP_RCPT));
    enum postern_step step = moves && at != POSTERN_STEP_COUNT ? at : entry->step;

    verdict_add(v, cause, entry->fault, step, score);
}

void
verdict_sort(struct verdict *v)
{
    for (unsigned i = 1; i < v->count; i++) {
        struct candidate c = v->candidates[i];
        unsigned at = i;
        for (; at > 0 && v->candidates[at - 1].score < c.score; at--)
            v->candidates[at] = v->candidates[at - 1];
        v->candidates[at] = c;
    }
}

static int
weight_of(const struct judgement *j, const struct verdict *v)
{
    const struct event *e = event_or_null(j, v->event);
    int weight = (v->count > 0 ? v->candidates[0].score : 0) + v->boost;

    if (v->is_echo)
        weight -= 200;
    if (v->is_mild)
        weight -= 60;
    if (v->is_recovered)
        weight -= 40;
    if (e != NULL && e->note.kind == POSTERN_NOTE_REPLY && e->note.code >= 400)
        weight += 15;
    /* a command out of order is an error of its own, whatever was refused before it */
    if (e != NULL && e->note.code == 503 && v->count > 0 &&
        v->candidates[0].score >= 80)
        weight += 30;
    return weight;
}

int32_t
verdict_root(const struct judgement *j)
{
    int32_t best = -1;
    int best_weight = 0;

    /* Of verdicts of about equal weight the earliest wins: the others follow from it.
     */
    for (unsigned i = 0; i < j->count; i++) {
        if (j->verdicts[i].count == 0)
            continue; /* no rule named a cause */
        int weight = weight_of(j, &j->verdicts[i]);
        if (best < 0 || weight > best_weight + 20) {
            best = (int32_t)i;
            best_weight = weight;
        }
    }
    return best;
}
