/* dispatch - a table of commands and its help; runs the command that is named */
#ifndef CLI_DISPATCH_H
#define CLI_DISPATCH_H

#include <stdbool.h>

struct dispatch_row {
    const char *name;    /* NULL ends the table */
    const char *summary; /* one line for --help */
    int (*run)(int argc, char **argv);
    bool is_hidden;
};

struct dispatch_page {
    const char *command; /* "postern", "postern inbox" */
    const char *summary;
    const struct dispatch_row *rows;
    const char *more; /* below the commands, or NULL */
};

/* Run the command that argv[1] names, with argv + 1. --help, -h and help print the
 * page, help NAME the help of that command; for an unknown command an error suggests
 * the nearest. Returns the exit status. */
int dispatch_run(const struct dispatch_page *page, int argc, char **argv);

#endif
