/* session_line - one line of a conversation as text */
#ifndef CLI_SESSION_LINE_H
#define CLI_SESSION_LINE_H

#include "journal/record.h"

/* Print the line on standard output:
 *     0.000412 <- 503 5.5.1 RCPT: send MAIL FROM first   [E, SEQ-06]
 * Octets of the peer are escaped; of a secret only the length is printed. */
void session_line_print(const struct record *record);

#endif
