/* gen_row - one entry of the catalog as one row of a C table
 *
 * What is written follows from the entry's keys (kinds.c) alone.
 */
#ifndef TOOLS_GEN_ROW_H
#define TOOLS_GEN_ROW_H

#include "gen_pattern.h"
#include "kinds.h"

struct row_writer {
    FILE *out;
    const struct entries *all; /* KIND_COUNT of them, for references */
    bool is_lean;              /* only texts with KEY_LEAN */
};

/* Write "    [INDEXNAME] = {…}," or, without index, "    {…},". lead: members to put in
 * front, or NULL. compiled: of the entry's pattern; NULL where it has none. A value
 * that its form does not allow ends the program. */
void row_write(const struct row_writer *writer, enum kind_id id,
               const struct entry *entry, const char *index, const char *lead,
               const struct compiled *compiled);

#endif
