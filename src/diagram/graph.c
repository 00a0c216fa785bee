/* graph.c - the edges of the diagram, found by asking
 *
 * 1. There is no list of transitions here: each phase, with each hello that can be in
 *    force in it, is asked about each command.
 * 2. Only what a session can reach is kept: BDAT after HELO is refused, so nothing
 *    leads from BDAT back to the HELO that was in force.
 */
#include "diagram/graph.h"

#include "engine/commands.h"
#include "engine/order.h"

#include <assert.h>

/* A session is in a phase, with HELO in force or not. */
struct place {
    enum postern_phase phase;
    bool is_helo;
};

static uint32_t
bit_of(struct place place)
{
    return 1u << ((unsigned)place.phase * 2 + place.is_helo);
}

static struct place
follow(struct place from, struct order_step step)
{
    struct place to = {order_next(step, from.phase, from.is_helo), from.is_helo};

    if (to.phase == POSTERN_PHASE_HELO)
        to.is_helo = true;
    else if (to.phase == POSTERN_PHASE_EHLO || to.phase == POSTERN_PHASE_GREETED)
        to.is_helo = false;
    return to;
}

static bool
is_in_scope(const struct graph_scope *scope, enum postern_command command)
{
    uint8_t offer = command_facts[command].offer;

    if (offer == OFFER_LMTP || offer == OFFER_SMTP)
        return scope->is_lmtp == (offer == OFFER_LMTP);
    return offer != OFFER_TRUSTED || scope->has_xclient;
}

/* What happens to the bit-th command in a place. */
static struct order_step
ask(const struct graph_scope *scope, struct place place, unsigned bit)
{
    uint32_t facts = (place.is_helo ? FACT_HELO : 0u) |
                     (scope->is_lmtp ? FACT_LMTP : 0u) |
                     (bit == GRAPH_BDAT_LAST ? FACT_LAST : 0u);

    return order_check(
        place.phase, bit == GRAPH_BDAT_LAST ? POSTERN_BDAT : (enum postern_command)bit,
        facts);
}

static void
add(struct graph *graph, enum postern_phase from, enum postern_phase to,
    enum edge_kind kind, uint32_t commands)
{
    for (size_t i = 0; i < graph->count; i++) {
        struct edge *edge = &graph->edges[i];
        if (edge->from != from || edge->to != to)
            continue;
        if (edge->kind == EDGE_REFUSED && kind != EDGE_REFUSED)
            *edge = (struct edge){from, to, kind, 0};
        if (edge->kind == kind)
            edge->commands |= commands;
        return;
    }
    assert(graph->count < GRAPH_MAX_EDGES);
    graph->edges[graph->count++] = (struct edge){from, to, kind, commands};
}

/* Add what leads away from place; the places it leads to. */
static uint32_t
leave(const struct graph_scope *scope, struct place place, struct graph *graph)
{
    uint32_t reached = 0;
    struct order_step end = order_end(place.phase);

    for (unsigned bit = 0; bit <= GRAPH_BDAT_LAST; bit++) {
        if (bit < POSTERN_COMMAND_COUNT &&
            !is_in_scope(scope, (enum postern_command)bit))
            continue;
        struct order_step step = ask(scope, place, bit);
        struct place to = follow(place, step);
        bool is_refused = step.refusal != POSTERN_REPLY_NONE;
        if (step.next == ORDER_SAME || (is_refused && to.phase == place.phase))
            continue;
        add(graph, place.phase, to.phase, is_refused ? EDGE_REFUSED : EDGE_ACCEPTED,
            1u << bit);
        reached |= bit_of(to);
    }
    if (end.next != ORDER_SAME) {
        struct place to = follow(place, end);
        add(graph, place.phase, to.phase, EDGE_END, 0);
        reached |= bit_of(to);
    }
    return reached;
}

void
graph_walk(const struct graph_scope *scope, struct graph *graph_out)
{
    uint32_t reached = bit_of((struct place){POSTERN_PHASE_GREETED, false}) |
                       bit_of((struct place){POSTERN_PHASE_REFUSED, false});
    uint32_t before;

    /* once more when nothing new came up: then the edges stand in order */
    do {
        before = reached;
        graph_out->count = 0;
        graph_out->phases = 0;
        for (int i = 0; i < 2 * POSTERN_PHASE_COUNT; i++) {
            struct place place = {(enum postern_phase)(i / 2), i % 2 == 1};
            if ((before & bit_of(place)) == 0)
                continue;
            graph_out->phases |= 1u << place.phase;
            reached |= leave(scope, place, graph_out);
        }
    } while (reached != before);
}

/* ---- the way to a command -------------------------------------------------- */

enum { PLACES = 2 * POSTERN_PHASE_COUNT };

/* How a place was first reached. */
struct step_back {
    bool is_known;
    uint8_t from;
    enum postern_command by;
};

static struct place
place_at(size_t n)
{
    return (struct place){(enum postern_phase)(n / 2), n % 2 == 1};
}

/* The n-th command to try: first what people use to get back to a known point. */
static enum postern_command
preferred(int n, bool is_lmtp)
{
    enum postern_command hello = is_lmtp ? POSTERN_LHLO : POSTERN_EHLO;

    if (n < 2)
        return n == 0 ? POSTERN_RSET : hello;
    return (enum postern_command)(n - 2);
}

static uint32_t
facts_at(struct place place, uint32_t facts)
{
    return (facts & ~(uint32_t)FACT_HELO) | (place.is_helo ? FACT_HELO : 0u);
}

static size_t
trace(const struct step_back *known, size_t start, size_t end,
      enum postern_command way_out[WAY_MAX])
{
    size_t count = 0;

    for (size_t n = end; n != start; n = known[n].from)
        count++;
    if (count > WAY_MAX)
        return 0;
    for (size_t n = end, i = count; n != start; n = known[n].from)
        way_out[--i] = known[n].by;
    return count;
}

size_t
way_find(enum postern_phase phase, uint32_t facts, enum postern_command command,
         enum postern_command way_out[WAY_MAX])
{
    struct step_back known[PLACES] = {0};
    uint8_t queue[PLACES];
    size_t start = (size_t)phase * 2 + ((facts & FACT_HELO) != 0), count = 1;
    struct graph_scope scope = {(facts & FACT_LMTP) != 0, false};

    queue[0] = (uint8_t)start;
    known[start].is_known = true;
    for (size_t i = 0; i < count; i++) {
        struct place place = place_at(queue[i]);
        struct order_step end = order_end(place.phase);
        uint32_t now = facts_at(place, facts);
        if (end.next != ORDER_SAME)
            continue;
        if (order_check(place.phase, command, now).refusal == POSTERN_REPLY_NONE)
            return trace(known, start, queue[i], way_out);
        for (int n = 0; n < POSTERN_COMMAND_COUNT + 2; n++) {
            enum postern_command by = preferred(n, scope.is_lmtp);
            struct order_step step = order_check(place.phase, by, now);
            struct place to = follow(place, step);
            size_t at = (size_t)to.phase * 2 + to.is_helo;
            if (!is_in_scope(&scope, by) || step.refusal != POSTERN_REPLY_NONE ||
                to.phase == POSTERN_PHASE_CLOSING || known[at].is_known)
                continue;
            known[at] = (struct step_back){true, queue[i], by};
            queue[count++] = (uint8_t)at;
        }
    }
    return 0;
}
