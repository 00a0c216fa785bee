/* table - rows under headings, by libsmartcols: wide characters align
 *
 * On a terminal the columns marked as shrinking are cut to fit; in a pipe nothing is.
 * Cells take text of anyone: they are escaped here, but for the LF of TABLE_LINES.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/slice.h"

struct table; /* opaque */

enum table_flags {
    TABLE_LEFT = 0,
    TABLE_RIGHT = 1,
    TABLE_SHRINKS = 2,
    TABLE_LINES = 4, /* cells hold lines with LF between, wrapped already (wrap.h) */
};

struct table_column {
    const char *heading;
    unsigned flags;
};

/* Ends the program when there is no memory. columns outlives the table. */
struct table *table_new(const struct table_column *columns, size_t count);

/* One more row; cells has as many entries as there are columns. */
void table_add(struct table *table, const struct slice *cells);

/* Write it to standard output, unless it has no rows. */
void table_print(struct table *table);

struct table *table_free(struct table *table);

#endif
