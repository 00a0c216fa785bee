/* graph - the order table seen as phases and the ways between them */
#ifndef DIAGRAM_GRAPH_H
#define DIAGRAM_GRAPH_H

#include "postern/smtp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which sessions are drawn. */
struct graph_scope {
    bool is_lmtp;     /* LHLO in the place of HELO and EHLO */
    bool has_xclient; /* XCLIENT, which only trusted proxies may send */
};

/* The bit after those of enum postern_command: BDAT with LAST. */
enum { GRAPH_BDAT_LAST = POSTERN_COMMAND_COUNT };

enum edge_kind {
    EDGE_ACCEPTED, /* taken by accepted commands */
    EDGE_REFUSED,  /* taken by refused ones, where no accepted one goes the same way */
    EDGE_END,      /* taken without a command, see order_end */
};

/* All ways from one phase to one other, or to itself. */
struct edge {
    enum postern_phase from, to;
    enum edge_kind kind;
    uint32_t commands; /* bits: 1 << enum postern_command, 1 << GRAPH_BDAT_LAST */
};

enum { GRAPH_MAX_EDGES = 64 };

struct graph {
    uint32_t phases; /* bits: those a session can reach */
    struct edge edges[GRAPH_MAX_EDGES];
    size_t count;
};

/* Ask the order table for everything that may follow a greeting, accepted or not.
 * An edge from a phase to itself is there for commands that do a step again (RCPT),
 * not for those that change nothing (NOOP). In the order of the phases. */
void graph_walk(const struct graph_scope *scope, struct graph *graph_out);

enum { WAY_MAX = 8 };

/* The commands to send from a phase, one after the other, each accepted, until command
 * is in its place; the shortest such way, by RSET or EHLO where several are.
 * facts: of enum order_fact, in force now. way_out: the commands, without the last.
 * Returns how many; 0 when command is in order already or there is no way. */
size_t way_find(enum postern_phase phase, uint32_t facts, enum postern_command command,
                enum postern_command way_out[WAY_MAX]);

#endif
