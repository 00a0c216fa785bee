/* escape - bytes from the network made safe to read (S-40)
 *
 * Nothing that a peer sent reaches a log or a terminal unless it has passed through one
 * of these. Pages have their own escaping (html/html.h).
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/slice.h"

/* For logs: every octet outside 32-126 becomes \xHH, a backslash is doubled.
 * out gets at most out_size octets including a NUL at the end; 4 * s.len + 1 always
 * suffices, and a smaller out is cut between two escapes.
 * Returns the length written, without the NUL. */
size_t escape_octets(struct slice s, char *out, size_t out_size);

/* For terminals: as escape_octets, but printable characters in
 * well-formed UTF-8 stay readable, and a backslash stays single. C0 and C1 controls,
 * DEL and the bidirectional overrides are escaped as \xHH octet by octet. */
size_t escape_text(struct slice s, char *out, size_t out_size);

#endif
