/* option - one command line, read by a table; the same table is its help
 *
 *     enum { OPT_TO = 1, OPT_LIMIT };
 *     static const struct option_row rows[] = {
 *         {OPT_TO, 0, "to", "ADDRESS", "only messages to this recipient"},
 *         {OPT_LIMIT, 'n', "limit", "N", "at most N messages"},
 *         OPTION_COMMON_ROWS,
 *         {0},
 *     };
 *     static const struct option_page page = {"postern inbox list", "[OPTION]…",
 *                                             "list the stored messages", rows, NULL};
 *     struct option_reader reader;
 *     option_start(&reader, &page, argc, argv);
 *     while ((id = option_next(&reader)) > 0)
 *         …reader.value holds the argument of the option, if it takes one…
 *     if (id != OPTION_DONE)
 *         return option_exit_status(id);
 *     …the operands are argv[reader.first] to argv[argc - 1]…
 *
 * Options may stand before and behind operands; "--" ends them; a unique prefix of a
 * long option will do; --name=value and --name value mean the same (GNU).
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
    const char *arg;  /* what it takes, as help shows it ("ADDR:PORT"); NULL: nothing */
    const char *help; /* one sentence; NULL: works, but is not shown */
};

struct option_page {
    const char *command;  /* "postern inbox list" */
    const char *operands; /* "ID…"; "": the command takes none, and one is an error */
    const char *summary;  /* one line */
    const struct option_row *rows;
    const char *more; /* paragraphs below the options, or NULL */
};

enum {
    OPTION_DONE = 0,    /* all read */
    OPTION_HELPED = -1, /* --help was printed: exit 0 */
    OPTION_BAD = -2,    /* the complaint was printed: exit 2 */
};

/* Rows every command has, and the row of those that speak two languages; option_next
 * handles --color, --help and --lang by itself. */
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
    const char *value; /* of the option option_next returned */
    int first;         /* index of the first operand, once OPTION_DONE was returned */
    struct option longs[OPTION_ROWS_MAX + 1]; /* what getopt reads */
    char shorts[2 * OPTION_ROWS_MAX + 3];
};

/* Begin with argv[1]; argv[0] is passed over. argv is reordered: operands last.
 * One reader at a time (getopt has global state). */
void option_start(struct option_reader *reader, const struct option_page *page,
                  int argc, char **argv);

/* The id of the next option, or OPTION_DONE, OPTION_HELPED, OPTION_BAD. */
int option_next(struct option_reader *reader);

/* 0 for OPTION_HELPED, 2 for OPTION_BAD. */
int option_exit_status(int result);

/* Read value of option --name as a number from min to max. False: complained. */
MUST_USE bool option_number(const struct option_page *page, const char *name,
                            const char *value, uint64_t min, uint64_t max,
                            uint64_t *number_out);

/* Complain "postern: <format>: try '<command> --help'" on stderr; returns 2. */
int option_complain(const struct option_page *page, const char *format, ...)
    PRINTF_LIKE(2, 3);

#endif
