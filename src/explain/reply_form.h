/* reply_form - is this text a reply? Decided by its form alone
 *
 * RFC 5321 4.2: three digits, then a blank, or "-" on every line but the last. Pastes
 * also hold ports, sizes and ranges of numbers, which look almost the same.
 */
#ifndef EXPLAIN_REPLY_FORM_H
#define EXPLAIN_REPLY_FORM_H

#include "base/slice.h"

/* text begins with three digits, the first of them 2 to 5. */
bool reply_form_has_code(struct slice text);

/* The number that the first three octets of text are; they must be digits. */
uint16_t reply_form_code(struct slice text);

/* text begins with a reply: a code, and " ", "-" or the end after it. */
bool reply_form_is(struct slice text);

#endif
