/* route.c - lines that do not run through boxes
 *
 *        col 0      col 1      col 2
 *  row 0  refused   greeted    tls         rows 0 and 1: how a session opens
 *  row 1  helo      ehlo       auth
 *  row 2 │          mail    │  bdat-failed rows 2 to 4: a transaction, downwards;
 *  row 3 │          rcpt    │  bdat        every way back up runs in a lane
 *  row 4 │          data    │  closing
 *
 * Between neighbours a line runs straight, or through the corridor between their rows.
 * Lines to a phase above from row 2 on use lanes: left of all boxes to column 0,
 * between columns 1 and 2 to column 1. From column 2 to the left lane it is once
 * around the page.
 */
#include "diagram/route.h"

#include <stdbool.h>

static const struct {
    unsigned char column, row;
} places[POSTERN_PHASE_COUNT] = {
    [POSTERN_PHASE_REFUSED] = {0, 0},     [POSTERN_PHASE_GREETED] = {1, 0},
    [POSTERN_PHASE_TLS] = {2, 0},         [POSTERN_PHASE_HELO] = {0, 1},
    [POSTERN_PHASE_EHLO] = {1, 1},        [POSTERN_PHASE_AUTH] = {2, 1},
    [POSTERN_PHASE_MAIL] = {1, 2},        [POSTERN_PHASE_RCPT] = {1, 3},
    [POSTERN_PHASE_DATA] = {1, 4},        [POSTERN_PHASE_BDAT] = {2, 3},
    [POSTERN_PHASE_BDAT_FAILED] = {2, 2}, [POSTERN_PHASE_CLOSING] = {2, 4},
};

enum {
    HALF_WIDTH = BOX_WIDTH / 2,
    HALF_HEIGHT = BOX_HEIGHT / 2,
    PORT = 11, /* from the middle of a side to its upper and lower port */
    LANE_LEFT = 22,
    LANE_MIDDLE = 344,
    LANE_RIGHT = 462,
    LANE_BOTTOM = PAGE_HEIGHT - 12,
    MIDDLE_OF_GAP = (262 + LANE_MIDDLE) / 2, /* beside column 1, on its right */
};

static const int columns[] = {54, 214, 404};
static const int rows[] = {52, 170, 268, 366, 464};

struct point
route_middle(enum postern_phase phase)
{
    return (struct point){columns[places[phase].column], rows[places[phase].row]};
}

static void
go(struct route *route, int x, int y)
{
    route->at[route->count++] = (struct point){x, y};
}

static void
label(struct route *route, int x, int y, int second, enum anchor anchor)
{
    route->label = (struct point){x, y};
    route->second = second;
    route->anchor = anchor;
}

/* A small bow on the left of the upper side. */
static struct route
loop(struct point at, int column)
{
    struct route route = {0};
    int left = at.x - HALF_WIDTH + 5, top = at.y - HALF_HEIGHT;

    go(&route, left, top);
    go(&route, left, top - 14);
    go(&route, left + 16, top - 14);
    go(&route, left + 16, top);
    if (column == 1)
        label(&route, left - 5, top - 6, top - 6, ANCHOR_END);
    else
        label(&route, left + 21, top - 6, top - 6, ANCHOR_START);
    return route;
}

/* Side by side. Where a transaction is, the upper port belongs to the lanes. */
static struct route
sideways(struct point from, struct point to, bool is_opening)
{
    struct route route = {0};
    int way = to.x > from.x ? 1 : -1;
    bool is_upper = is_opening && way > 0;
    int y = from.y + (is_upper ? -PORT : PORT), left = way > 0 ? from.x : to.x;
    int x = left == columns[1] ? MIDDLE_OF_GAP : (from.x + to.x) / 2;

    go(&route, from.x + way * HALF_WIDTH, y);
    go(&route, to.x - way * HALF_WIDTH, y);
    label(&route, x, is_upper ? y - 5 : y + LINE_HEIGHT, y + 2 * LINE_HEIGHT,
          ANCHOR_MIDDLE);
    return route;
}

/* From the row above to the one below in the same column, or back up. */
static struct route
straight(struct point from, struct point to)
{
    struct route route = {0};
    int way = to.y > from.y ? 1 : -1, x = way > 0 ? from.x : from.x - 16;

    go(&route, x, from.y + way * HALF_HEIGHT);
    go(&route, x, to.y - way * HALF_HEIGHT);
    if (way > 0)
        label(&route, x + 6, from.y + HALF_HEIGHT + 17,
              from.y + HALF_HEIGHT + 17 + LINE_HEIGHT, ANCHOR_START);
    else
        label(&route, x - 6, from.y - HALF_HEIGHT - 19, from.y, ANCHOR_END);
    return route;
}

/* Through the corridor between two rows to the next column. */
static struct route
across(struct point from, struct point to, int to_column)
{
    struct route route = {0};
    int down = to.y > from.y ? 1 : -1, right = to.x > from.x ? 1 : -1;
    int top = (down > 0 ? from.y : to.y) + HALF_HEIGHT;
    int corridor = top + (down < 0 && to_column == 1 ? 41 : 21);
    int leave = from.x + right * 34;
    int enter = to_column == 0   ? to.x + 20
                : to_column == 1 ? to.x - (down > 0 ? 34 : 16)
                                 : to.x;

    go(&route, leave, from.y + down * HALF_HEIGHT);
    go(&route, leave, corridor);
    go(&route, enter, corridor);
    go(&route, enter, to.y - down * HALF_HEIGHT);
    label(&route, (leave + enter) / 2, corridor - 5, corridor + LINE_HEIGHT,
          ANCHOR_MIDDLE);
    return route;
}

/* Back to column 0 in the lane on the left. */
static struct route
back_left(struct point from, struct point to, int column)
{
    struct route route = {0};
    int left = from.x - HALF_WIDTH, right = from.x + HALF_WIDTH;

    if (column == 1) {
        go(&route, left, from.y);
        go(&route, LANE_LEFT, from.y);
        label(&route, left - 7, from.y - 5, from.y + LINE_HEIGHT, ANCHOR_END);
    } else {
        go(&route, right, from.y);
        go(&route, LANE_RIGHT, from.y);
        go(&route, LANE_RIGHT, LANE_BOTTOM);
        go(&route, LANE_LEFT, LANE_BOTTOM);
        label(&route, right, from.y - HALF_HEIGHT - 6, from.y, ANCHOR_END);
    }
    go(&route, LANE_LEFT, to.y + HALF_HEIGHT);
    return route;
}

/* Back to column 1 in the lane on its right. */
static struct route
back_middle(struct point from, struct point to, int column)
{
    struct route route = {0};
    int y = from.y - PORT, bottom = from.y + HALF_HEIGHT;

    if (column == 1) {
        go(&route, from.x + HALF_WIDTH, y);
        label(&route, from.x + HALF_WIDTH + 5, y - 5, y + LINE_HEIGHT, ANCHOR_START);
    } else {
        go(&route, from.x - HALF_WIDTH, y);
        label(&route, from.x - HALF_WIDTH + 2, bottom + LINE_HEIGHT,
              bottom + 2 * LINE_HEIGHT, ANCHOR_START);
    }
    go(&route, LANE_MIDDLE, y);
    go(&route, LANE_MIDDLE, to.y + PORT);
    go(&route, to.x + HALF_WIDTH, to.y + PORT);
    return route;
}

/* Every box has a small door of its own to the end of the session. */
static struct route
door(struct point from)
{
    struct route route = {0};

    go(&route, from.x + 12, from.y + 10);
    go(&route, from.x + 24, from.y + 10);
    label(&route, from.x + 7, from.y + 14, from.y + 14, ANCHOR_END);
    return route;
}

struct route
route_between(enum postern_phase from, enum postern_phase to)
{
    struct point a = route_middle(from), b = route_middle(to);
    int column = places[from].column, row = places[from].row;
    int to_column = places[to].column, to_row = places[to].row;

    if (from == to)
        return loop(a, column);
    if (to == POSTERN_PHASE_CLOSING)
        return door(a);
    if (row == to_row)
        return sideways(a, b, row < 2);
    if (row >= 2 && to_row < row)
        return to_column == 0 ? back_left(a, b, column) : back_middle(a, b, column);
    if (column == to_column)
        return straight(a, b);
    return across(a, b, to_column);
}
