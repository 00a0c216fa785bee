/* nearest - which of the known words was probably meant; pure */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

enum { NEAREST_WORD_MAX = 40 }; /* longer words are near to nothing */

struct nearest {
    const char *word; /* what was typed */
    const char *best; /* the nearest name so far; NULL: none is near enough */
    size_t distance;  /* slips between the two */
};

void nearest_start(struct nearest *nearest, const char *word);

/* Compare with one more known name. A name is near if a third of the letters, rounded
 * up, would have to change at most: an insertion, a deletion, a wrong letter and two
 * letters swapped are one slip each. The first of equally near ones stays. */
void nearest_offer(struct nearest *nearest, const char *name);

#endif
