/* gen_pattern - compiles the patterns of catalog/ (POSIX ERE) for catalog/pattern.h */
#ifndef TOOLS_GEN_PATTERN_H
#define TOOLS_GEN_PATTERN_H

#include "catalog/pattern.h"
#include "entries.h"

struct compiled {
    char prefix[512]; /* literal beginning, small letters */
    unsigned program; /* index of the first step in the pool */
    unsigned steps;
    unsigned weight; /* literal octets outside of groups */
    struct pattern_set first;
};

/* Compile text, case ignored. group: number of the group whose place is wanted, 0:
 * none. A pattern that begins with "^" gets a prefix; "[ -]" behind the three digits
 * of a code counts as a blank, for replies are flattened. What is wrong is said with
 * the place of the entry. */
void compile_pattern(const struct entry *entry, const char *text, unsigned group,
                     struct compiled *compiled_out);

/* Call found(context, three) with every three octets (small letters) that can begin a
 * match. More than max of them, or a match shorter than three octets, is an error. */
void pattern_starts(const struct entry *entry, const struct compiled *compiled, int max,
                    void (*found)(void *context, const char three[3]), void *context);

/* Write the pools of steps and sets, once all is compiled. */
void write_patterns(FILE *out);

/* "        .pattern = {…}," */
void write_pattern(FILE *out, const struct compiled *compiled);

#endif
