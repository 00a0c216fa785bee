/* option - one command line, read by a table; the same table is its help
 *
 *     enum { OPT_TO = 1, OPT_LIMIT };
 *     static const struct option_row rows[] = {
 *         {OPT_TO, 0, "to", "ADDRESS", "only messages to this recipient"},
 *         {OPT_LIMIT, 'n', "limit", "N", "at most N messages"},
 *         OPTION_COMMON_ROWS,
 *         {0},
 *     };
 *     static const struct option_page page = {"postern inbox list", "",
 *                                             "List the stored messages.", rows, NULL};
 *     struct option_reader reader;
 *     option_start(&reader, &page, argc, argv);
 *     while ((id = option_next(&reader)) > 0)
 *         …reader.value is the argument of the option, if it takes one…
 *     if (id != OPTION_DONE)
 *         return option_exit_status(id);
 *     …the operands are argv[reader.first] to argv[argc - 1]…
 *
 * Options may come before or after operands; "--" ends them; a unique prefix of a long
 * option is enough; --name=value and --name value mean the same (GNU).
 */
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

#include "base/attr.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

enum { OPTION_ROWS_MAX = 40 };

struct option_row {
    int id;           /* 1 to 999, unique in the table; 0 ends it */
    char letter;      /* short form, or 0 */
    const char *name; /* long form without "--" */
    const char *arg;  /* its argument as help shows it ("ADDR:PORT"); NULL: none */
    const char *help; /* one sentence; NULL: accepted, but not shown */
};

struct option_page {
    const char *command;  /* "postern inbox list" */
    const char *operands; /* "ID…"; "": the command takes none, any is an error */
    const char *summary;  /* one line */
    const struct option_row *rows;
    const char *more; /* paragraphs below the options, or NULL */
};

enum {
    OPTION_DONE = 0,    /* all options are read */
    OPTION_HELPED = -1, /* --help was printed: exit 0 */
    OPTION_BAD = -2,    /* an error was printed: exit 2 */
};

/* Rows that every command has, and the row of commands whose output is in English or
 * Japanese; option_next handles --color, --help and --lang itself. */
enum { OPTION_ID_HELP = 1000, OPTION_ID_COLOR, OPTION_ID_LANG };
#define OPTION_LANG_ROW                                                                \
    {                                                                                  \
        OPTION_ID_LANG, 0, "lang", "LANG",                                             \
            "en or ja (default: LC_ALL, LC_MESSAGES or LANG)"                          \
    }
#define OPTION_COMMON_ROWS                                                             \
    {OPTION_ID_COLOR, 0, "color", "WHEN", "colours: auto, always or never"},           \
    {                                                                                  \
        OPTION_ID_HELP, 'h', "help", 0, "print this help"                              \
    }

struct option_reader {
    const struct option_page *page;
    int argc;
    char **argv;
    const char *value; /* argument of the option that option_next returned */
    int first;         /* index of the first operand, once OPTION_DONE was returned */
    struct option longs[OPTION_ROWS_MAX + 1]; /* what getopt reads */
    char shorts[2 * OPTION_ROWS_MAX + 3];
};

/* Begin with argv[1]; argv[0] is ignored. argv is reordered: operands last.
 * One reader at a time (getopt has global state). */
void option_start(struct option_reader *reader, const struct option_page *page,
                  int argc, char **argv);

/* The id of the next option, or OPTION_DONE, OPTION_HELPED, OPTION_BAD. */
int option_next(struct option_reader *reader);

/* 0 for OPTION_HELPED, 2 for OPTION_BAD. */
int option_exit_status(int result);

/* The only operand, after OPTION_DONE. NULL: there is none, or more than one, or it is
 * empty; an error was printed. what: "one ID or \"latest\"". */
const char *option_operand(const struct option_reader *reader, const char *what);

/* Read value of option --name as a number from min to max. False: an error was printed.
 */
MUST_USE bool option_number(const char *name, const char *value, uint64_t min,
                            uint64_t max, uint64_t *number_out);

/* Print "postern: <format>: try '<command> --help'" on stderr; returns 2, the exit
 * status. For errors that do not say what to do. */
int option_complain(const struct option_page *page, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* The same for an error that says what to do: without the hint. */
int option_refuse(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
