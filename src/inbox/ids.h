/* ids - a growing list of message ids */
#ifndef INBOX_IDS_H
#define INBOX_IDS_H

#include "inbox/inbox.h"
#include "json/json.h"

/* {0} is an empty list. */
struct ids {
    struct id *list; /* owned; NULL while empty */
    size_t count, size;
};

void ids_add(struct ids *ids, const struct id *id);
void ids_clear(struct ids *ids);

/* Add the ids in a JSON array; anything else in it is ignored. */
void ids_add_json(struct ids *ids, const json_t *array);

/* Add the ids of all messages in the store; none if it cannot be read. */
void ids_add_all(struct ids *ids, struct inbox *inbox);

#endif
