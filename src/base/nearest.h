/* nearest - the known word that was probably meant; pure */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

enum { NEAREST_WORD_MAX = 40 }; /* longer words are not compared */

struct nearest {
    const char *word; /* what was typed */
    const char *best; /* the nearest name so far; NULL: none is near enough */
    size_t distance;  /* typing errors between the two */
};

void nearest_start(struct nearest *nearest, const char *word);

/* Compare with one more known name. A name is near enough if the typing errors are at
 * most a third of its letters, rounded up: an extra letter, a missing letter, a wrong
 * letter and two letters swapped are one error each. Of equally near names the first
 * stays. */
void nearest_offer(struct nearest *nearest, const char *name);

#endif
