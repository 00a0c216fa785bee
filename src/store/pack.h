/* pack - the recipients of a message as one byte string
 *
 * They are written once and read together, so one value in the message row is faster
 * than a row for each (see sqlite_schema.c for the measurement).
 */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include "store/store.h"

/* Append the packed list to out. False: ceiling or no memory. */
MUST_USE bool pack_recipients(struct buf *out, const struct store_recipient *recipients,
                              size_t count);

/* Undo pack_recipients. *list_out is one allocation the caller frees (NULL for none);
 * its slices borrow from packed. False: damaged, or no memory. */
MUST_USE bool unpack_recipients(struct slice packed, struct store_recipient **list_out,
                                size_t *count_out);

#endif
