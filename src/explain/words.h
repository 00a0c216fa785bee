/* words - looking for words in lines of any program; pure */
#ifndef EXPLAIN_WORDS_H
#define EXPLAIN_WORDS_H

#include "base/slice.h"

/* Without white space at its ends. */
struct slice words_trim(struct slice s);

static inline bool
words_have(struct slice s, struct slice needle)
{
    return slice_find_fold(s, needle) != SIZE_MAX;
}

/* One of the words of list ("error|failed|denied") stands in s. */
bool words_have_any(struct slice s, struct slice list);

/* s is one of the words of list, without case. */
bool words_are_any(struct slice s, struct slice list);

/* The next run of octets without white space, from the front of *rest; empty at the
 * end. *rest is then what stands behind it. */
struct slice words_next(struct slice *rest);

/* How many words s has, counted up to max. */
unsigned words_count(struct slice s, unsigned max);

#endif
