/* reply - the replies Postern gives, as a table
 *
 * Generated from catalog/replies.txt, the only place with these codes and words.
 */
#ifndef CATALOG_REPLY_H
#define CATALOG_REPLY_H

#include "base/slice.h"
#include "postern/catalog.h"
#include "postern/replies.h"

struct catalog_reply {
    uint16_t code;         /* 250 */
    bool is_exempt;        /* never counted as an error of the client */
    struct slice name;     /* "no-hello" */
    struct slice rule;     /* "SEQ-01", or empty */
    struct slice enhanced; /* "5.5.1", or empty */
    struct slice prefix;   /* "503 5.5.1 ", what every line of it starts with */
    struct slice lead; /* prefix and text up to the first % letter, in one piece … */
    struct slice rest; /* … and what follows, from that % on; mostly empty */
    struct slice text; /* with %V and friends, see catalog/replies.txt */
    struct slice why[POSTERN_LANGUAGE_COUNT]; /* empty where nothing needs explaining */
    enum postern_cause cause;                 /* of a sequence reply; else NONE */
    struct slice fix[POSTERN_LANGUAGE_COUNT];
};

/* Indexed by enum postern_reply; entry 0 (NONE) is all empty. */
extern const struct catalog_reply catalog_replies[POSTERN_REPLY_COUNT];

static inline const struct catalog_reply *
catalog_reply(enum postern_reply reply)
{
    return &catalog_replies[reply];
}

/* The entry with that name ("no-hello"), POSTERN_REPLY_NONE if there is none. */
enum postern_reply catalog_reply_find(struct slice name);

#endif
