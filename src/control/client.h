/* client - asking a running server to do something with its store */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

#include "base/error.h"
#include "base/slice.h"

#include <jansson.h>

/* The path of the socket for a store file. NULL: no memory. Freed by the caller. */
char *control_path(const char *store_path);

/* Send request (not taken over), and body behind it, to the server that has the
 * store file at store_path; see server/control.h for the requests.
 * Returns the answer, a new object ("ok" tells whether it was done). NULL with error
 * set: ERROR_NOT_FOUND when no server has that store, ERROR_SYSTEM when it does not
 * answer. */
json_t *control_call(const char *store_path, json_t *request, struct slice body,
                     struct error *error);

#endif
