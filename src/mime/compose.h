/* compose - builds a message from the fields of a request (POST /api/v1/send) */
#ifndef MIME_COMPOSE_H
#define MIME_COMPOSE_H

#include "base/buf.h"
#include "json/json.h"

/* Append the message that request (top-level keys in lower case) describes to source.
 * recipients_out: a new array of all its recipients; from_out: the address of From,
 * borrowed from request. Returns NULL, or the error in request, written to out. */
const char *compose(const json_t *request, struct buf *source, json_t **recipients_out,
                    const char **from_out, char out[300]);

#endif
