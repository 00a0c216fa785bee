/* jsonout - values of the store as JSON, and JSON on standard output (jansson)
 *
 * Bytes of a peer may be ill-formed UTF-8, which JSON cannot hold: such octets become
 * U+FFFD. Everything here ends the program when there is no memory.
 */
#ifndef JSON_JSONOUT_H
#define JSON_JSONOUT_H

#include "base/buf.h"
#include "base/id.h"
#include "base/slice.h"

#include <jansson.h>

json_t *jsonout_object(void);
json_t *jsonout_array(void);

/* Put value, which is taken over, under key into object, or at the end of array. */
void jsonout_set(json_t *object, const char *key, json_t *value);
void jsonout_append(json_t *array, json_t *value);

json_t *jsonout_text(struct slice text);
json_t *jsonout_escaped(struct slice text); /* control characters as \\xHH (S-40) */
json_t *jsonout_text_or_null(struct slice text); /* null for the empty slice */
json_t *jsonout_number(uint64_t number);
json_t *jsonout_bool(bool value);
json_t *jsonout_time(uint64_t realtime_us); /* RFC 3339 in UTC, milliseconds; 0: null */
json_t *jsonout_id(const struct id *id);    /* 26 characters; all zeros: null */

/* Write a value, or text as a JSON string, behind out. False: it does not fit. */
MUST_USE bool jsonout_put(struct buf *out, const json_t *value);
MUST_USE bool jsonout_put_text(struct buf *out, struct slice text);

/* Write value on one line of standard output, at once, and drop it. */
void jsonout_line(json_t *value);

#endif
