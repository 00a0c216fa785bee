/* settings - what the supervisor tells the web role (server/settings_document.c) */
#ifndef WEB_SETTINGS_H
#define WEB_SETTINGS_H

#include "base/error.h"
#include "base/slice.h"

#include <jansson.h>
#include <stdint.h>

struct web_settings {
    json_t *document; /* what the texts below borrow from */
    const char *store, *store_file, *hostname;
    const char *address; /* of the pages */
    const char *smtp;    /* first address mail is taken at, or "" */
    const char *users;   /* text of the file of logins, or NULL */
    const char *token;   /* the token, or NULL */
    json_t *hosts;       /* more host names we answer for */
    json_t *listeners;
    int socket, live, parsing;
    uint64_t max_message;
    int log_level;
    char *store_file_memory, *token_memory;
};

/* Read the document in fd. False with error set. */
MUST_USE bool web_settings_read(struct web_settings *settings, int fd,
                                struct error *error);

#endif
