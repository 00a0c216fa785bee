/* dispatch.c - for postern itself and for commands with subcommands */
#include "cli/dispatch.h"

#include "base/nearest.h"
#include "cli/terminal.h"

#include <stdio.h>
#include <string.h>

static const struct dispatch_row *
find(const struct dispatch_page *page, const char *name)
{
    for (const struct dispatch_row *row = page->rows; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

static void
print_help(const struct dispatch_page *page)
{
    printf("Usage: %s COMMAND [OPTION]…\n%s\n\nCommands:\n", page->command,
           page->summary);
    for (const struct dispatch_row *row = page->rows; row->name != NULL; row++) {
        if (!row->is_hidden)
            printf("  %-12s%s\n", row->name, row->summary);
    }
    printf("\nSee also '%s COMMAND --help'.%s%s\n", page->command,
           page->more != NULL ? " " : "", page->more != NULL ? page->more : "");
}

static int
complain(const struct dispatch_page *page, const char *name)
{
    struct nearest nearest;

    nearest_start(&nearest, name);
    for (const struct dispatch_row *row = page->rows; row->name != NULL; row++) {
        if (!row->is_hidden)
            nearest_offer(&nearest, row->name);
    }
    fputs("postern: ", stderr);
    terminal_write(stderr, slice_from(name));
    fprintf(stderr, ": %s: ", name[0] == '-' ? "no such option" : "no such command");
    if (nearest.best != NULL)
        fprintf(stderr, "did you mean '%s %s'?\n", page->command, nearest.best);
    else
        fprintf(stderr, "'%s --help' lists them\n", page->command);
    return 2;
}

static int
run_help(const struct dispatch_page *page, int argc, char **argv)
{
    char help_option[] = "--help";

    if (argc < 3) {
        print_help(page);
        return 0;
    }
    const struct dispatch_row *row = find(page, argv[2]);
    if (row == NULL)
        return complain(page, argv[2]);
    return row->run(2, (char *[]){argv[2], help_option, NULL});
}

int
dispatch_run(const struct dispatch_page *page, int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "postern: no command given: '%s --help' lists them\n",
                page->command);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(page);
        return 0;
    }
    if (strcmp(argv[1], "help") == 0)
        return run_help(page, argc, argv);
    const struct dispatch_row *row = find(page, argv[1]);
    return row != NULL ? row->run(argc - 1, argv + 1) : complain(page, argv[1]);
}
