/* words - search for words in a program's output; pure */
#ifndef EXPLAIN_WORDS_H
#define EXPLAIN_WORDS_H

#include "base/slice.h"

/* s without white space at both ends. */
struct slice words_trim(struct slice s);

/* s contains needle; ignores case. */
static inline bool
words_have(struct slice s, struct slice needle)
{
    return slice_find_fold(s, needle) != SIZE_MAX;
}

/* s contains one of the words of list, "error|failed|denied"; ignores case. */
bool words_have_any(struct slice s, struct slice list);

/* s is one of the words of list; ignores case. */
bool words_are_any(struct slice s, struct slice list);

/* The next run of octets without white space, from the front of *rest; empty at the
 * end. *rest is then what follows it. */
struct slice words_next(struct slice *rest);

/* How many words s has, counted up to max. */
unsigned words_count(struct slice s, unsigned max);

#endif
