/* session_line - one line of a conversation, for people and for programs */
#ifndef CLI_SESSION_LINE_H
#define CLI_SESSION_LINE_H

#include "journal/record.h"

#include <jansson.h>

/* Write the line on standard output:
 *     0.000412 <- 503 5.5.1 RCPT: send MAIL FROM first   [E, SEQ-06]
 * Octets of the peer are escaped; of a secret only the length is told. */
void session_line_print(const struct record *record);

/* {n, offset_us, direction: "client" | "server" | "event", kind, text, redacted,
 * octets, command, code, enhanced, before, after, rule, reply}; null where a key has no
 * meaning. */
json_t *session_line_json(uint64_t n, const struct record *record);

#endif
