/* compose - a message made from the fields of a request (POST /api/v1/send) */
#ifndef MIME_COMPOSE_H
#define MIME_COMPOSE_H

#include "base/buf.h"
#include "json/json.h"

/* Make the message that request (top-level keys in lower case) describes, behind
 * source; recipients_out: a new list of all its addresses; from_out: that of From,
 * borrowed from request. NULL, or what is wrong with the request, in out. */
const char *compose(const json_t *request, struct buf *source, json_t **recipients_out,
                    const char **from_out, char out[300]);

#endif
