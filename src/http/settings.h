/* settings - what the supervisor tells the web role (server/settings_document.c)
 *
 * Texts borrow from the document that web/settings.c read, and live as long as the
 * process.
 */
#ifndef HTTP_SETTINGS_H
#define HTTP_SETTINGS_H

#include "json/json.h"

#include <stdint.h>

struct web_settings {
    const char *version;    /* of the program */
    const char *store;      /* the URL, as given */
    const char *store_file; /* the file it names */
    const char *hostname;
    const char *address; /* of the pages: "127.0.0.1:8025", "unix:/path" */
    const char *smtp;    /* first address that receives mail, or "" */
    const char *users;   /* text of the password file, or NULL */
    const char *token;   /* the access token, or NULL */
    const json_t *hosts; /* more host names we answer for: array of strings, or NULL */
    const json_t *listeners; /* array of {address, profile, …} */
    int socket;              /* listening, for the pages */
    int feed;                /* packets of the mail role, see journal/feed.h */
    int parsing;             /* memory shared with our successor, see inbox/inbox.h */
    uint64_t max_message;    /* octets */
    int log_level;
};

#endif
