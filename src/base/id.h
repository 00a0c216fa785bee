/* id - names for messages and sessions: UUIDv7 as 26 characters (RFC 9562 5.7)
 *
 * 48 bits of milliseconds, 12 of their fraction, then random bits: ids sort by age, do
 * not repeat and cannot be guessed. Printed in Crockford's base32, upper case: letters
 * and digits only, so an id is an Atom in a Received field (RFC 5321 4.4).
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/slice.h"

enum { ID_SIZE = 16, ID_TEXT_LEN = 26 };

struct id {
    uint8_t octets[ID_SIZE];
};

/* A new id for the time given. Thread-safe. */
struct id id_new(uint64_t realtime_us);

/* 26 characters and a NUL. */
void id_format(const struct id *id, char out[ID_TEXT_LEN + 1]);

/* Read what id_format wrote; letters in any case, and as Crockford's base32 demands, I
 * and L are read as 1, O as 0. False: not an id, *id_out unchanged. */
bool id_parse(struct slice text, struct id *id_out);

static inline bool
id_is_equal(const struct id *a, const struct id *b)
{
    return memcmp(a->octets, b->octets, ID_SIZE) == 0;
}

#endif
