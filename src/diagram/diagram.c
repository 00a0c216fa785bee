/* diagram.c - phases and edges as SVG
 *
 * 1. What is drawn comes from graph.h, its place from route.h, the words from the
 *    catalog: nothing about SMTP is known here.
 * 2. No style attribute and no colour but currentColor, so that a page with a strict
 *    policy may hold it and choose light and dark.
 * 3. Edges first, boxes above them, doors in the boxes; each in the order of the
 * phases.
 */
#include "diagram/diagram.h"

#include "base/attr.h"
#include "catalog/reply.h"
#include "diagram/graph.h"
#include "diagram/pen.h"
#include "diagram/phase_label.h"
#include "diagram/route.h"
#include "engine/commands.h"

#include <assert.h>

struct drawing {
    struct pen pen;
    enum postern_language language;
    const struct diagram_options *options;
    struct graph graph;
};

enum { ROUNDING = 8, LABEL_MAX_COLUMNS = 10 };

static void
put_phrase(struct drawing *d, enum postern_phrase phrase)
{
    pen_escape(&d->pen, postern_phrase(phrase, d->language));
}

static void
put_phase_name(struct drawing *d, enum postern_phase phase)
{
    pen_escape(&d->pen, slice_from(postern_phase_name(phase)));
}

/* ---- lines ----------------------------------------------------------------- */

static int
sign(int n)
{
    return (n > 0) - (n < 0);
}

static int
distance(struct point a, struct point b)
{
    int x = b.x - a.x, y = b.y - a.y;

    return (x < 0 ? -x : x) + (y < 0 ? -y : y);
}

/* The point n before b on the straight line from a. */
static struct point
before(struct point a, struct point b, int n)
{
    return (struct point){b.x - n * sign(b.x - a.x), b.y - n * sign(b.y - a.y)};
}

/* A corner is rounded, the less the nearer the next one is. */
static void
put_line(struct drawing *d, const struct route *route)
{
    const struct point *at = route->at;

    PEN_LITERAL(&d->pen, "<path class=\"line\" d=\"");
    PEN_FORM(&d->pen, "M# #", at[0].x, at[0].y);
    for (size_t i = 1; i + 1 < route->count; i++) {
        int in = distance(at[i - 1], at[i]) / 2, out = distance(at[i], at[i + 1]) / 2;
        int r = in < out ? in : out;
        r = r < ROUNDING ? r : ROUNDING;
        struct point from = before(at[i - 1], at[i], r),
                     to = before(at[i + 1], at[i], r);
        PEN_FORM(&d->pen, "L# #Q# # # #", from.x, from.y, at[i].x, at[i].y, to.x, to.y);
    }
    PEN_FORM(&d->pen, "L# #\"/>", at[route->count - 1].x, at[route->count - 1].y);
}

/* The head of an arrow that ends in b, coming from a. */
static void
put_head(struct drawing *d, struct point a, struct point b)
{
    struct point base = before(a, b, 7);
    int x = sign(b.y - a.y) * 4, y = sign(b.x - a.x) * 4;

    PEN_FORM(&d->pen, "<path class=\"head\" d=\"M# #L# #L# #Z\"", b.x, b.y, base.x + x,
             base.y + y, base.x - x, base.y - y);
    PEN_LITERAL(&d->pen, " fill=\"currentColor\" stroke=\"none\"/>");
}

static void
put_text(struct drawing *d, struct point at, enum anchor anchor)
{
    static const struct slice anchors[] = {SLICE_INIT("start"), SLICE_INIT("middle"),
                                           SLICE_INIT("end")};

    PEN_FORM(&d->pen, "<text class=\"label\" x=\"#\" y=\"#\" text-anchor=\"", at.x,
             at.y);
    pen_put(&d->pen, anchors[anchor]);
    PEN_LITERAL(&d->pen, "\" fill=\"currentColor\" stroke=\"none\">");
}

/* ---- edges ----------------------------------------------------------------- */

static struct slice
word_of(unsigned bit)
{
    return bit == GRAPH_BDAT_LAST ? SLICE("BDAT LAST") : command_facts[bit].name;
}

static void
put_commands(struct drawing *d, uint32_t commands, char separator)
{
    bool is_first = true;

    for (unsigned bit = 0; bit <= GRAPH_BDAT_LAST; bit++) {
        if ((commands & 1u << bit) == 0)
            continue;
        if (!is_first)
            pen_put(&d->pen, slice_of(&separator, 1));
        pen_escape(&d->pen, word_of(bit));
        is_first = false;
    }
}

/* As many of the commands as have room in the first line. */
static uint32_t
first_line(uint32_t commands)
{
    uint32_t chosen = 0;
    size_t len = 0;

    for (unsigned bit = 0; bit <= GRAPH_BDAT_LAST; bit++) {
        if ((commands & 1u << bit) == 0)
            continue;
        len += word_of(bit).len + (len > 0);
        if (len > LABEL_MAX_COLUMNS && chosen != 0)
            break;
        chosen |= 1u << bit;
    }
    return chosen;
}

static void
put_label(struct drawing *d, const struct edge *edge, const struct route *route)
{
    static const enum postern_phrase ends[POSTERN_PHASE_COUNT] = {
        [POSTERN_PHASE_DATA] = POSTERN_PHRASE_DIAGRAM_CONTENT_ENDS,
        [POSTERN_PHASE_AUTH] = POSTERN_PHRASE_DIAGRAM_LOGIN_ENDS,
        [POSTERN_PHASE_TLS] = POSTERN_PHRASE_DIAGRAM_TLS_STARTS,
    };
    uint32_t first = first_line(edge->commands), rest = edge->commands & ~first;

    put_text(d, route->label, route->anchor);
    if (edge->kind == EDGE_END)
        put_phrase(d, ends[edge->from]);
    else
        put_commands(d, first, ' ');
    PEN_LITERAL(&d->pen, "</text>");
    if (rest == 0)
        return;
    put_text(d, (struct point){route->label.x, route->second}, route->anchor);
    put_commands(d, rest, ' ');
    PEN_LITERAL(&d->pen, "</text>");
}

static bool
is_missing(const struct drawing *d, const struct edge *edge)
{
    const struct diagram_options *o = d->options;

    return o->is_marked && edge->from == o->current && edge->kind == EDGE_ACCEPTED &&
           o->missing < POSTERN_COMMAND_COUNT &&
           (edge->commands & 1u << o->missing) != 0;
}

/* Higher on the page, from below the opening: back to a session without transaction. */
static bool
is_back(const struct edge *edge)
{
    int from = route_middle(edge->from).y, to = route_middle(edge->to).y;

    return to < from && from > route_middle(POSTERN_PHASE_EHLO).y;
}

static void
put_classes(struct drawing *d, const struct edge *edge)
{
    PEN_LITERAL(&d->pen, "<g class=\"edge");
    if (edge->from == edge->to)
        PEN_LITERAL(&d->pen, " loop");
    else if (edge->to == POSTERN_PHASE_CLOSING)
        PEN_LITERAL(&d->pen, " door");
    else if (is_back(edge))
        PEN_LITERAL(&d->pen, " back");
    if (edge->kind == EDGE_REFUSED)
        PEN_LITERAL(&d->pen, " refused");
    if (edge->kind == EDGE_END)
        PEN_LITERAL(&d->pen, " end");
    if (is_missing(d, edge))
        PEN_LITERAL(&d->pen, " missing");
    if (d->options->is_marked && edge->from == d->options->current)
        PEN_LITERAL(&d->pen, " open");
    PEN_LITERAL(&d->pen, "\"");
}

static void
put_edge(struct drawing *d, const struct edge *edge)
{
    struct route route = route_between(edge->from, edge->to);

    put_classes(d, edge);
    PEN_LITERAL(&d->pen, " data-from=\"");
    put_phase_name(d, edge->from);
    PEN_LITERAL(&d->pen, "\" data-to=\"");
    put_phase_name(d, edge->to);
    PEN_LITERAL(&d->pen, "\" data-commands=\"");
    put_commands(d, edge->commands, ',');
    PEN_LITERAL(&d->pen, "\"");
    if (edge->kind == EDGE_REFUSED)
        PEN_LITERAL(&d->pen, " stroke-dasharray=\"4 3\"");
    if (is_missing(d, edge))
        PEN_LITERAL(&d->pen, " stroke-width=\"3\"");
    else if (is_back(edge) || edge->from == edge->to)
        PEN_LITERAL(&d->pen, " opacity=\".7\"");
    PEN_LITERAL(&d->pen, ">");
    put_line(d, &route);
    put_head(d, route.at[route.count - 2], route.at[route.count - 1]);
    put_label(d, edge, &route);
    PEN_LITERAL(&d->pen, "</g>\n");
}

/* ---- phases ---------------------------------------------------------------- */

static bool
has_door(const struct drawing *d, enum postern_phase phase)
{
    for (size_t i = 0; i < d->graph.count; i++) {
        if (d->graph.edges[i].from == phase &&
            d->graph.edges[i].to == POSTERN_PHASE_CLOSING)
            return true;
    }
    return false;
}

/* The sign of the end of a session, which doors lead to. */
static void
put_stop(struct drawing *d, int x, int y)
{
    PEN_FORM(&d->pen, "<rect class=\"stop\" x=\"#\" y=\"#\" width=\"8\" height=\"8\"",
             x - 4, y - 4);
    PEN_LITERAL(&d->pen, " fill=\"currentColor\" stroke=\"none\"/>");
}

static void
put_phase(struct drawing *d, enum postern_phase phase)
{
    struct point at = route_middle(phase);
    bool is_current = d->options->is_marked && d->options->current == phase;
    bool has_two = has_door(d, phase) || phase == POSTERN_PHASE_CLOSING;

    PEN_LITERAL(&d->pen, "<g class=\"phase");
    if (is_current)
        PEN_LITERAL(&d->pen, " current");
    PEN_LITERAL(&d->pen, "\" data-phase=\"");
    put_phase_name(d, phase);
    PEN_LITERAL(&d->pen, "\" id=\"phase-");
    put_phase_name(d, phase);
    PEN_LITERAL(&d->pen, "\"><title>");
    pen_escape(&d->pen, phase_meaning(phase, d->language));
    PEN_LITERAL(&d->pen, "</title>");
    PEN_FORM(&d->pen,
             "<rect class=\"box\" x=\"#\" y=\"#\" width=\"#\" height=\"#\" rx=\"8\"",
             at.x - BOX_WIDTH / 2, at.y - BOX_HEIGHT / 2, BOX_WIDTH, BOX_HEIGHT);
    if (is_current)
        PEN_LITERAL(&d->pen, " stroke-width=\"3\"");
    PEN_LITERAL(&d->pen, "/>");
    PEN_FORM(&d->pen, "<text class=\"name\" x=\"#\" y=\"#\" text-anchor=\"middle\"",
             at.x, has_two ? at.y - 3 : at.y + 5);
    PEN_LITERAL(&d->pen, " font-weight=\"600\" fill=\"currentColor\" stroke=\"none\">");
    pen_escape(&d->pen, phase_label(phase, d->options->is_lmtp, d->language));
    PEN_LITERAL(&d->pen, "</text>");
    if (phase == POSTERN_PHASE_CLOSING)
        put_stop(d, at.x, at.y + 10);
    else if (has_two)
        put_stop(d, at.x + 28, at.y + 10);
    PEN_LITERAL(&d->pen, "</g>\n");
}

/* Where a session comes from: a greeting of either kind. */
static void
put_start(struct drawing *d)
{
    static const struct {
        enum postern_phase to;
        enum postern_reply by;
    } ways[] = {
        {POSTERN_PHASE_REFUSED, POSTERN_REPLY_GREETING_REFUSED},
        {POSTERN_PHASE_GREETED, POSTERN_REPLY_GREETING},
    };
    struct point left = route_middle(ways[0].to), right = route_middle(ways[1].to);
    struct point middle = {(left.x + right.x) / 2, left.y};

    PEN_FORM(&d->pen, "<g class=\"start\"><circle class=\"dot\" cx=\"#\" cy=\"#\"",
             middle.x, middle.y);
    PEN_LITERAL(&d->pen, " r=\"5\" fill=\"currentColor\" stroke=\"none\"/>");
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct point to = route_middle(ways[i].to);
        int way = sign(to.x - middle.x);
        struct route route = {
            .at = {{middle.x + way * 5, middle.y}, {to.x - way * BOX_WIDTH / 2, to.y}},
            .count = 2};
        put_line(d, &route);
        put_head(d, route.at[0], route.at[1]);
        put_text(d, (struct point){middle.x + way * 17, middle.y - 8}, ANCHOR_MIDDLE);
        PEN_FORM(&d->pen, "#", catalog_reply(ways[i].by)->code);
        PEN_LITERAL(&d->pen, "</text>");
    }
    PEN_LITERAL(&d->pen, "</g>\n");
}

/* ---- the whole ------------------------------------------------------------- */

static void
put_head_of_svg(struct drawing *d)
{
    PEN_FORM(&d->pen,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" class=\"diagram\""
             " aria-labelledby=\"diagram-title diagram-desc\" viewBox=\"0 0 # #\"",
             PAGE_WIDTH, PAGE_HEIGHT);
    pen_put(&d->pen, d->language == POSTERN_JA ? SLICE(" lang=\"ja\">\n")
                                               : SLICE(" lang=\"en\">\n"));
    PEN_LITERAL(&d->pen, "<title id=\"diagram-title\">");
    put_phrase(d, POSTERN_PHRASE_DIAGRAM_TITLE);
    PEN_LITERAL(&d->pen, "</title>\n<desc id=\"diagram-desc\">");
    put_phrase(d, POSTERN_PHRASE_DIAGRAM_DESC);
    PEN_LITERAL(&d->pen, "</desc>\n");
}

/* Open a group of text in a font, drawn in lines. */
static void
begin_group(struct drawing *d, struct slice class, int font_size, struct slice font)
{
    PEN_LITERAL(&d->pen, "<g class=\"");
    pen_put(&d->pen, class);
    PEN_FORM(&d->pen,
             "\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.4\""
             " font-size=\"#\" font-family=\"",
             font_size);
    pen_put(&d->pen, font);
    PEN_LITERAL(&d->pen, "\">\n");
}

static void
put_edges(struct drawing *d, bool are_doors)
{
    for (size_t i = 0; i < d->graph.count; i++) {
        const struct edge *edge = &d->graph.edges[i];
        if ((edge->to == POSTERN_PHASE_CLOSING) == are_doors)
            put_edge(d, edge);
    }
}

static void
draw(struct drawing *d)
{
    struct slice of_commands = SLICE("ui-monospace, monospace");

    put_head_of_svg(d);
    begin_group(d, SLICE("edges"), 12, of_commands);
    put_start(d);
    put_edges(d, false);
    PEN_LITERAL(&d->pen, "</g>\n");
    begin_group(d, SLICE("phases"), 13, SLICE("system-ui, sans-serif"));
    for (unsigned i = 0; i < POSTERN_PHASE_COUNT; i++) {
        if ((d->graph.phases & 1u << i) != 0)
            put_phase(d, (enum postern_phase)i);
    }
    PEN_LITERAL(&d->pen, "</g>\n");
    begin_group(d, SLICE("doors"), 12, of_commands);
    put_edges(d, true);
    PEN_LITERAL(&d->pen, "</g>\n</svg>\n");
}

size_t
diagram_write(enum postern_language language, const struct diagram_options *options,
              char *out, size_t size)
{
    struct drawing d = {.language = language, .options = options};

    graph_walk(&(struct graph_scope){options->is_lmtp, options->has_xclient}, &d.graph);
    draw(&d);
    size_t needed = d.pen.len;
    if (needed > size)
        return needed;
    d.pen = (struct pen){out, size, 0};
    draw(&d);
    assert(d.pen.len == needed);
    return needed;
}
