/* pattern.c - a machine that is in all its states at once
 *
 * 1. A thread is a step of the program and where the wanted group began and ended.
 *    There is at most one thread a step, the one of highest priority: what a
 *    backtracking matcher would have found first.
 * 2. Steps that take no octet are followed when a thread is added, so a list holds
 *    only steps that take one, and MATCH.
 */
#include "catalog/pattern.h"

#include <assert.h>

enum { NOWHERE = UINT16_MAX };

struct thread {
    uint16_t step, open, close;
};

struct list {
    struct thread threads[PATTERN_STEPS_MAX];
    size_t count;
};

struct machine {
    const struct pattern_step *program;
    size_t at, len;                   /* position in the text, its length */
    uint16_t seen[PATTERN_STEPS_MAX]; /* round in which a step was added last */
    uint16_t round;
};

static void
next_round(struct machine *machine, struct list *list)
{
    list->count = 0;
    if (++machine->round == 0) { /* the counter wrapped: start over */
        memset(machine->seen, 0, sizeof(machine->seen));
        machine->round = 1;
    }
}

/* Follow the steps that take no octet, of highest priority first. */
static void
add(struct machine *machine, struct list *list, struct thread first)
{
    struct thread stack[PATTERN_STEPS_MAX];
    size_t depth = 0;

    stack[depth++] = first;
    while (depth > 0) {
        struct thread thread = stack[--depth];
        const struct pattern_step *step = &machine->program[thread.step];
        if (machine->seen[thread.step] == machine->round)
            continue;
        machine->seen[thread.step] = machine->round;
        struct thread next = thread;
        next.step++;
        switch ((enum pattern_op)step->op) {
        case PATTERN_SPLIT:
            assert(depth + 2 <= PATTERN_STEPS_MAX);
            next.step = step->b;
            stack[depth++] = next;
            next.step = step->a;
            stack[depth++] = next;
            break;
        case PATTERN_JUMP:
            next.step = step->a;
            stack[depth++] = next;
            break;
        case PATTERN_OPEN:
            next.open = (uint16_t)machine->at;
            stack[depth++] = next;
            break;
        case PATTERN_CLOSE:
            next.close = (uint16_t)machine->at;
            stack[depth++] = next;
            break;
        case PATTERN_START:
            if (machine->at == 0)
                stack[depth++] = next;
            break;
        case PATTERN_END:
            if (machine->at == machine->len)
                stack[depth++] = next;
            break;
        case PATTERN_OCTET:
        case PATTERN_ANY:
        case PATTERN_SET:
        case PATTERN_MATCH:
            list->threads[list->count++] = thread;
            break;
        }
    }
}

static bool
takes(const struct pattern_step *step, char octet)
{
    if (step->op == PATTERN_OCTET)
        return step->octet == (unsigned char)octet;
    return step->op == PATTERN_ANY || pattern_set_has(&catalog_sets[step->a], octet);
}

/* Run from text.ptr[start] on; is_inside: begin again at every octet that can start a
 * match. */
static bool
run(const struct pattern *pattern, struct slice text, size_t start, bool is_inside,
    struct slice *group_out)
{
    struct list lists[2];
    struct list *now = &lists[0], *then = &lists[1];
    struct machine machine = {
        .program = &catalog_steps[pattern->program], .at = start, .len = text.len};
    struct thread fresh = {0, NOWHERE, NOWHERE}, best = fresh;
    bool has_matched = false;

    assert(pattern->steps <= PATTERN_STEPS_MAX && text.len < NOWHERE);
    next_round(&machine, now);
    add(&machine, now, fresh);
    for (;; machine.at++) {
        next_round(&machine, then);
        bool has_octet = machine.at < text.len;
        size_t here = machine.at;
        machine.at++; /* threads added below are after the octet */
        for (size_t i = 0; i < now->count; i++) {
            struct thread thread = now->threads[i];
            const struct pattern_step *step = &machine.program[thread.step];
            if (step->op == PATTERN_MATCH) {
                best = thread;
                has_matched = true;
                break; /* all others have lower priority */
            }
            thread.step++;
            if (has_octet && takes(step, text.ptr[here]))
                add(&machine, then, thread);
        }
        if (has_matched && is_inside)
            break;
        if (is_inside && !has_matched && machine.at < text.len &&
            pattern_set_has(&pattern->first, text.ptr[machine.at]))
            add(&machine, then, fresh);
        machine.at--;
        struct list *swap = now;
        now = then;
        then = swap;
        if (!has_octet || (now->count == 0 && !is_inside))
            break;
    }
    if (has_matched && group_out != NULL && best.open != NOWHERE &&
        best.close != NOWHERE && best.close >= best.open)
        *group_out = slice_of(text.ptr + best.open, (size_t)(best.close - best.open));
    return has_matched;
}

bool
pattern_match_start(const struct pattern *pattern, struct slice text,
                    struct slice *group_out)
{
    struct slice prefix = pattern->prefix;

    if (group_out != NULL)
        *group_out = slice_of(NULL, 0);
    if (text.len < prefix.len || memcmp(text.ptr, prefix.ptr, prefix.len) != 0)
        return false;
    if (pattern->steps <= 1)
        return true;
    return run(pattern, text, prefix.len, false, group_out);
}

bool
pattern_match_skip(const struct pattern *pattern, struct slice text, size_t skip)
{
    struct slice prefix = slice_skip(pattern->prefix, skip), rest;

    if (text.len < pattern->prefix.len)
        return false;
    rest = slice_skip(text, skip);
    if (prefix.len > 0 && memcmp(rest.ptr, prefix.ptr, prefix.len) != 0)
        return false;
    return pattern->steps <= 1 || run(pattern, text, pattern->prefix.len, false, NULL);
}

bool
pattern_match_inside(const struct pattern *pattern, struct slice text)
{
    size_t at = 0;

    while (at < text.len && !pattern_set_has(&pattern->first, text.ptr[at]))
        at++;
    return at < text.len && run(pattern, text, at, true, NULL);
}
