/* escape - bytes from the network made safe to look at (S-40)
 *
 * Nothing a peer sent reaches a log, a terminal or a page before it went
 * through one of these.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/slice.h"

/* For logs: every octet outside 32-126 becomes \xHH, a backslash is doubled.
 * out gets at most out_size octets including a closing NUL; 4 * s.len + 1 always
 * suffices, and a smaller out is cut between two escapes.
 * Returns the length written, without the NUL. */
size_t escape_octets(struct slice s, char *out, size_t out_size);

/* For terminals: as escape_octets, but well-formed UTF-8 of printable
 * characters stays readable, and a backslash stays single. C0 and C1 controls,
 * DEL and the bidirectional overrides are escaped as \xHH octet by octet. */
size_t escape_text(struct slice s, char *out, size_t out_size);

#endif
