/* addresses - the mailboxes in the address fields of a header */
#ifndef MIME_ADDRESSES_H
#define MIME_ADDRESSES_H

#include "mime/mime.h"

/* The addresses in all fields called name of source, up to a limit. Cleared with
 * addresses_clear. */
struct mime_addresses addresses_of(struct slice source, struct slice name);
void addresses_clear(struct mime_addresses *addresses);

#endif
