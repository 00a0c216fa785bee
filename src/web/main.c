/* main.c - postern-web SETTINGS-FD READY-FD: started by postern serve, not by hand */
#include "web/web.h"

#include "base/slice.h"

#include <stdio.h>
#include <string.h>

static bool
parse_fd(const char *text, int *fd_out)
{
    uint64_t number;

    if (!slice_parse_number(slice_from(text), &number) || number > 100000)
        return false;
    *fd_out = (int)number;
    return true;
}

int
main(int argc, char **argv)
{
    int settings, ready;

    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("postern-web %s\n", POSTERN_VERSION);
        return 0;
    }
    if (argc != 3 || !parse_fd(argv[1], &settings) || !parse_fd(argv[2], &ready)) {
        fputs("postern-web: it is started by \"postern serve\" and not by hand: use "
              "that\n",
              argc == 2 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
        return argc == 2 && strcmp(argv[1], "--help") == 0 ? 0 : 2;
    }
    return web_run(settings, ready);
}
