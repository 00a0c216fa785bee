/* jsonout - making JSON values and writing them (RFC 8259, by jansson)
 *
 * What comes from a peer may be ill-formed UTF-8, which JSON cannot hold: each such
 * octet becomes U+FFFD. Every function that returns json_t * returns a new reference,
 * never NULL: where there is no memory the program ends (base/memory.h). So this half
 * of the room is for commands and the web role, not for the mail role.
 */
#ifndef JSON_JSONOUT_H
#define JSON_JSONOUT_H

#include "base/buf.h"
#include "base/id.h"
#include "base/slice.h"
#include "json/json.h"

/* ---- values ---- */

json_t *jsonout_object(void);
json_t *jsonout_array(void);

/* Put value, which is taken over, under key into object (in place of what was there),
 * or at the end of array. */
void jsonout_set(json_t *object, const char *key, json_t *value);
void jsonout_append(json_t *array, json_t *value);

/* A string; for the empty slice "", or null. */
json_t *jsonout_text(struct slice text);
json_t *jsonout_text_or_null(struct slice text);

/* The words of a comma-separated list, but the empty ones, as an array of strings. */
json_t *jsonout_words(struct slice words);

/* The text with control characters as \\xHH, for texts that reach a terminal (S-40). */
json_t *jsonout_escaped(struct slice text);

json_t *jsonout_number(uint64_t number); /* INT64_MAX when it is larger */
json_t *jsonout_bool(bool value);
json_t *jsonout_time(uint64_t realtime_us); /* RFC 3339 in UTC, milliseconds; 0: null */
json_t *jsonout_id(const struct id *id);    /* 26 characters; all zeros: null */

/* ---- writing ---- */

/* Append a value, or text as a JSON string, to out, on one line. The value is not taken
 * over. False: it does not fit under out's ceiling; a part of it may be there then. */
MUST_USE bool jsonout_put(struct buf *out, const json_t *value);
MUST_USE bool jsonout_put_text(struct buf *out, struct slice text);

/* Write value, which is taken over, as one line of standard output, at once. */
void jsonout_line(json_t *value);

#endif
