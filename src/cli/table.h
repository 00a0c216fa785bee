/* table - rows under headings, by libsmartcols: wide characters align
 *
 * On a terminal the columns marked as shrinking are cut to fit; in a pipe none is.
 * Cells may hold untrusted text: it is escaped here, except the LF of TABLE_LINES.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/clock.h"
#include "base/slice.h"

struct table; /* opaque */

enum table_flags {
    TABLE_LEFT = 0,
    TABLE_RIGHT = 1,
    TABLE_SHRINKS = 2,
    TABLE_LINES = 4, /* cells hold lines separated by LF, already wrapped (wrap.h) */
};

struct table_column {
    const char *heading;
    unsigned flags;
};

/* Exits when there is no memory. columns must outlive the table. */
struct table *table_new(const struct table_column *columns, size_t count);

/* "2026-01-02 03:04:05" (UTC), as tables show times. */
void table_time(uint64_t realtime_us, char out[CLOCK_TEXT_SIZE]);

/* One more row; cells has as many entries as there are columns. */
void table_add(struct table *table, const struct slice *cells);

/* Print it on standard output, unless it has no rows. */
void table_print(struct table *table);

struct table *table_free(struct table *table);

#endif
