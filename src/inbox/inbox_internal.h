/* inbox_internal - what the files of the inbox share */
#ifndef INBOX_INBOX_INTERNAL_H
#define INBOX_INBOX_INTERNAL_H

#include "inbox/inbox.h"

/* inbox.c: map the memory shared with our successor, and read what our predecessor left
 * there: a message that was being parsed when it ended is broken. */
MUST_USE bool inbox_memo_open(struct inbox *inbox, struct error *error);

/* This process ends on purpose: the message being parsed is not the cause. */
void inbox_memo_forget(struct inbox *inbox);

/* inbox_pending.c: add a message to those that wait, with inbox->lock held. is_new: it
 * is announced when it is indexed. */
void pending_push(struct inbox *inbox, const struct id *id, bool is_new);

/* Take the newest that waits. False: none does. */
bool pending_pop(struct inbox *inbox, struct id *id_out, bool *is_new_out);

/* inbox_index.c: the index has an entry for that message. */
bool inbox_is_indexed(struct index *index, const struct id *id);

/* Parse a message and put it into the index; is_new: then announce it. False: it is no
 * longer in the store, or the index could not be written. */
bool inbox_put(struct inbox *inbox, struct store *store, const struct id *id,
               bool is_new);

/* Compare the whole store with the index: missing messages are added to those that
 * wait, marks are corrected, entries of deleted messages removed. */
void inbox_compare(struct inbox *inbox, struct store *store, struct index *index);

/* summary.c: make the index entry of a parsed message. Everything in entry borrows from
 * message or memory, which the caller clears. */
void summary_make(const char *hostname, const struct inbox_message *message,
                  struct index_entry *entry, struct buf *memory);

#endif
