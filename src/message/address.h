/* address - the addresses in a header field (RFC 5322 3.4); pure */
#ifndef MESSAGE_ADDRESS_H
#define MESSAGE_ADDRESS_H

#include "base/slice.h"

/* Take the next address from *list, the value of a To, Cc, Delivered-To … field, and
 * move *list after it. Display names, comments and group names are skipped.
 * address_out: local-part "@" domain as written, without "<>"; borrowed from *list.
 * False: there are no more. */
bool address_take(struct slice *list, struct slice *address_out);

#endif
