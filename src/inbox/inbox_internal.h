/* inbox_internal - what the files of the inbox share */
#ifndef INBOX_INBOX_INTERNAL_H
#define INBOX_INBOX_INTERNAL_H

#include "inbox/inbox.h"

/* inbox.c: map the memory that outlives us, and note what our predecessor left there.
 */
MUST_USE bool inbox_memo_open(struct inbox *inbox, struct error *error);

/* This process ends on purpose: what is at hand has not ended it. */
void inbox_memo_forget(struct inbox *inbox);

/* summary.c: what the index is to know of a message that is taken apart. Everything in
 * entry borrows from message or memory, which the caller clears. */
void summary_make(const char *hostname, const struct inbox_message *message,
                  struct index_entry *entry, struct buf *memory);

#endif
