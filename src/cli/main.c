/* main.c - the program postern: a table of commands, each in its own file */
#include "cli/command.h"
#include "cli/dispatch.h"
#include "cli/terminal.h"
#include "cli/version.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct dispatch_row rows[] = {
    {"serve", "run the SMTP server", cmd_serve, false},
    {"inbox", "list, read, wait for, delete, export and import messages", cmd_inbox,
     false},
    {"sessions", "look at recorded conversations, line by line", cmd_sessions, false},
    {"play", "speak SMTP with the engine, without a network", cmd_play, false},
    {"explain", "say what a code, a line or a pasted conversation means", cmd_explain,
     false},
    {"compare", "compare two reply codes", cmd_compare, false},
    {"codes", "list the catalog of replies, or search it", cmd_codes, false},
    {"doctor", "check store, server, ports and limits", cmd_doctor, false},
    {"role", "one of the processes of serve", cmd_role, true},
    {0},
};

static const struct dispatch_page page = {
    .command = "postern",
    .summary = "The SMTP server that keeps its word and explains itself.",
    .rows = rows,
    .more = "--version prints the version.",
};

int
main(int argc, char **argv)
{
    terminal_start();
    if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)) {
        printf("postern %s\n", version_text);
        return 0;
    }
    int status = dispatch_run(&page, argc, argv);
    /* Output that a full disk or a closed pipe did not take is an error. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "postern: standard output: %s: make room or write elsewhere\n",
                strerror(errno));
        return status != 0 ? status : 1;
    }
    return status;
}
