/* address - addresses out of the fields of a message (RFC 5322 3.4); pure */
#ifndef MESSAGE_ADDRESS_H
#define MESSAGE_ADDRESS_H

#include "base/slice.h"

/* Take the next address from *list, the value of a To, Cc, Delivered-To … field, and
 * move *list behind it. Display names, comments and group names are passed over.
 * address_out: local-part "@" domain as it stands there, without "<>", borrowed.
 * False: none is left. */
bool address_take(struct slice *list, struct slice *address_out);

#endif
