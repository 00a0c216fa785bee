/* message - what clients, libraries and logs say of their own, without a reply code */
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

/* The messages of a line, surest first match only: the message of the highest
 * certainty that stands anywhere in line, the first of equals; NULL if none does.
 * folded: the line with small ASCII letters, and blanks for "_". */
const struct catalog_message *catalog_message_find(struct slice folded);

/* Write line as catalog_message_find wants it: small letters, blanks for "_", one blank
 * for several. Returns the octets written. */
size_t catalog_message_fold(struct slice line, char *out, size_t size);

/* Generated. A message is tried only where three octets in a row can begin it:
 * the messages for a hash are catalog_message_list[heads[h]] up to heads[h + 1]. */
extern const struct catalog_message catalog_messages[];
extern const size_t catalog_message_count;
extern const uint16_t catalog_message_heads[PATTERN_HASHES + 1];
extern const uint16_t catalog_message_list[];

#endif
