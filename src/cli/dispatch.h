/* dispatch - a table of commands, its help, and the way into one of them */
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

/* Run the command argv[1] names, with argv + 1. --help, -h and help print the page,
 * help NAME the help of that command; a word that is no command gets a complaint that
 * names the nearest one. Returns the exit status. */
int dispatch_run(const struct dispatch_page *page, int argc, char **argv);

#endif
