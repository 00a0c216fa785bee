/* table.c - the only file that includes libsmartcols */
#include "cli/table.h"

#include "base/memory.h"
#include "cli/terminal.h"

#include <libsmartcols.h>
#include <stdlib.h>

struct table {
    struct libscols_table *scols;
    bool has_lines[16];
    size_t columns;
};

static void *
checked(void *ptr)
{
    if (ptr == NULL)
        memory_fail();
    return ptr;
}

struct table *
table_new(const struct table_column *columns, size_t count)
{
    struct table *table = memory_new(sizeof(*table));

    table->scols = checked(scols_new_table());
    table->columns = count;
    for (size_t i = 0; i < count && i < 16; i++)
        table->has_lines[i] = (columns[i].flags & TABLE_LINES) != 0;
    for (size_t i = 0; i < count; i++) {
        int flags = (columns[i].flags & TABLE_RIGHT ? SCOLS_FL_RIGHT : 0) |
                    (columns[i].flags & TABLE_SHRINKS ? SCOLS_FL_TRUNC : 0) |
                    (columns[i].flags & TABLE_LINES ? SCOLS_FL_WRAP : 0);
        struct libscols_column *column = checked(
            scols_table_new_column(table->scols, columns[i].heading, 0.1, flags));
        if (columns[i].flags & TABLE_LINES) {
            scols_column_set_safechars(column, "\n");
            scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
                                      scols_wrapnl_nextchunk, NULL);
        }
    }
    return table;
}

void
table_time(uint64_t realtime_us, char out[CLOCK_TEXT_SIZE])
{
    clock_format(realtime_us, out);
    out[10] = ' ';
    out[19] = '\0'; /* to the second */
}

void
table_add(struct table *table, const struct slice *cells)
{
    struct libscols_line *line = checked(scols_table_new_line(table->scols, NULL));

    for (size_t i = 0; i < table->columns; i++) {
        char *text =
            table->has_lines[i] ? memory_copy(cells[i]) : terminal_escape(cells[i]);
        if (scols_line_refer_data(line, i, text) != 0)
            memory_fail();
    }
}

void
table_print(struct table *table)
{
    if (scols_table_is_empty(table->scols))
        return;
    scols_print_table(table->scols);
}

struct table *
table_free(struct table *table)
{
    if (table != NULL)
        scols_unref_table(table->scols);
    free(table);
    return NULL;
}
