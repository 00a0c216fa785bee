/* box_internal - what the files of the box share */
#ifndef WEB_BOX_INTERNAL_H
#define WEB_BOX_INTERNAL_H

#include "web/box.h"

/* box.c: map the memory that outlives us, and note what our predecessor left there. */
MUST_USE bool box_memo_open(struct box *box, struct error *error);

/* This process ends on purpose: what is at hand has not ended it. */
void box_memo_forget(struct box *box);

/* summary.c: what the index is to know of a message that is taken apart. Everything in
 * entry borrows from message or memory, which the caller clears. */
void summary_make(const struct web_settings *settings,
                  const struct box_message *message, struct index_entry *entry,
                  struct buf *memory);

#endif
