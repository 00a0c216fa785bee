/* control_client - asking a running server to do something with its store */
#ifndef SERVER_CONTROL_CLIENT_H
#define SERVER_CONTROL_CLIENT_H

#include "base/error.h"
#include "base/slice.h"

#include <jansson.h>

/* Send request (not taken over), and body behind it, to the server that has the
 * store file at store_path; see control.h for the requests.
 * Returns the answer, a new object ("ok" tells whether it was done). NULL with error
 * set: ERROR_NOT_FOUND when no server has that store, ERROR_SYSTEM when it does not
 * answer. */
json_t *control_call(const char *store_path, json_t *request, struct slice body,
                     struct error *error);

#endif
