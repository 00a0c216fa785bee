/* settings - what the web role is handed, and what follows from it
 *
 * Filled once at the start by web/settings.c; lives as long as the process.
 */
#ifndef HTTP_SETTINGS_H
#define HTTP_SETTINGS_H

#include "settings/settings.h"

struct web_settings {
    struct settings given;       /* the rows that the table gives to the web role, and
                                    its place: sockets, contents of the login files */
    const char *version;         /* of the program */
    char *store_file;            /* the file that given.store names */
    char address[NET_TEXT_SIZE]; /* of the pages: "127.0.0.1:8025", "unix:/path" */
    char smtp[NET_TEXT_SIZE];    /* first address that receives mail, or "" */
    const char *users;           /* contents of the password file, or NULL */
    const char *token;           /* the access token, or NULL */
};

#endif
