/* message - what clients, libraries and logs say in their own words, without a code */
#ifndef CATALOG_MESSAGE_H
#define CATALOG_MESSAGE_H

#include "catalog/pattern.h"
#include "postern/catalog.h"

enum catalog_certainty { CATALOG_POSSIBLE, CATALOG_LIKELY, CATALOG_CERTAIN };

struct catalog_message {
    struct slice name, sample;
    enum postern_cause cause;
    bool has_step; /* fault and step are stated here */
    enum postern_fault fault;
    enum postern_step step;
    enum catalog_certainty certainty; /* when nothing else is known */
    struct pattern pattern;
};

/* The message found anywhere in a line that has the highest certainty, the first of
 * equals; NULL if there is none. folded: the line as catalog_message_fold writes it. */
const struct catalog_message *catalog_message_find(struct slice folded);

/* Write line as catalog_message_find expects it: lower case, blanks for "_", one blank
 * for several. Returns the octets written. */
size_t catalog_message_fold(struct slice line, char *out, size_t size);

/* Generated. A message is tried only where three octets in a row can begin it:
 * the messages for a hash are catalog_message_list[heads[h]] up to heads[h + 1]. */
extern const struct catalog_message catalog_messages[];
extern const size_t catalog_message_count;
extern const uint16_t catalog_message_heads[PATTERN_HASHES + 1];
extern const uint16_t catalog_message_list[];

#endif
