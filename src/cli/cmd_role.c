/* cmd_role.c - postern role: the processes of serve, started only by its supervisor */
#include "cli/command.h"

#include "base/slice.h"
#include "server/mail_role.h"

#include <limits.h>
#include <stdio.h>

static int
read_descriptor(const char *text)
{
    uint64_t number;

    return slice_parse_number(slice_from(text), &number) && number <= INT_MAX
               ? (int)number
               : -1;
}

/* role mail SETTINGS-FD READY-FD */
int
cmd_role(int argc, char **argv)
{
    int settings_fd = argc == 4 ? read_descriptor(argv[2]) : -1;
    int ready_fd = argc == 4 ? read_descriptor(argv[3]) : -1;

    if (settings_fd < 0 || ready_fd < 0 || strcmp(argv[1], "mail") != 0) {
        fputs("postern: role: started by serve only: use 'postern serve'\n", stderr);
        return 2;
    }
    return mail_role_run(settings_fd, ready_fd);
}
