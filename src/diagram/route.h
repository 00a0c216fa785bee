/* route - where the phases stand on the page, and how a line runs between two
 *
 * The places of the phases are the only thing the diagram knows by heart. Everything
 * else follows from them: columns 0 to 2 from left to right, rows from top to bottom.
 */
#ifndef DIAGRAM_ROUTE_H
#define DIAGRAM_ROUTE_H

#include "postern/smtp.h"

#include <stddef.h>

struct point {
    int x, y;
};

enum {
    PAGE_WIDTH = 468,
    PAGE_HEIGHT = 532,
    BOX_WIDTH = 96,
    BOX_HEIGHT = 46,
    LINE_HEIGHT = 14, /* of labels */
};

/* The middle of the box of a phase. */
struct point route_middle(enum postern_phase phase);

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

enum { ROUTE_MAX_POINTS = 7 };

struct route {
    struct point at[ROUTE_MAX_POINTS]; /* corners, from the first box to the second */
    size_t count;
    struct point label; /* where its first line begins, or has its middle or end */
    int second;         /* y of the second line of the label */
    enum anchor anchor;
};

/* The line from one phase to another, or from a phase to itself. */
struct route route_between(enum postern_phase from, enum postern_phase to);

#endif
