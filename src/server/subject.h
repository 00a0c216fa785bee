/* subject - the readable subject of a message, kept beside it for lists */
#ifndef SERVER_SUBJECT_H
#define SERVER_SUBJECT_H

#include "server/arena.h"

/* The decoded subject of the message that begins with start, copied into arena. Only
 * the first 16 KiB are searched. Empty: there is none, or no memory for it. */
struct slice subject_find(struct slice start, struct arena *arena);

#endif
