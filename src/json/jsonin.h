/* jsonin - reading JSON that somebody else wrote (RFC 8259, by jansson)
 *
 * A peer may leave out any key and put any kind of value under it. So every function
 * takes an object and a key, accepts NULL or a value of another kind as the object, and
 * gives one fixed answer when the value is absent or not of the wanted kind: no caller
 * has to ask first. Nothing here allocates but jsonin_object and jsonin_file, so the
 * mail role, which must survive a lack of memory, may use all of it.
 */
#ifndef JSON_JSONIN_H
#define JSON_JSONIN_H

#include "base/attr.h"
#include "base/id.h"
#include "base/slice.h"
#include "json/json.h"

/* The object that text is; freed with json_decref. NULL: text is not JSON, or no
 * object, or there is no memory. A key given twice counts as its last value;
 * jsonin_object_once gives NULL then, for peers that must not be ambiguous. */
json_t *jsonin_object(struct slice text);
json_t *jsonin_object_once(struct slice text);

/* The object in the file descriptor fd, read from its position to its end; as above. */
json_t *jsonin_file(int fd);

/* The text under key, borrowed from object and followed by a NUL. It may hold NULs of
 * its own. ptr is NULL when there is none. */
struct slice jsonin_slice(const json_t *object, const char *key);

/* The text under key as a C string, borrowed; NULL when there is none. */
const char *jsonin_text(const json_t *object, const char *key);

/* The whole number under key. 0: there is none, it is a fraction or below 0. */
uint64_t jsonin_number(const json_t *object, const char *key);

/* The same where 0 is not nothing: false when there is none, *out keeps its value. */
MUST_USE bool jsonin_find_number(const json_t *object, const char *key, uint64_t *out);

/* The whole number under key as an int, for descriptors; -1: none, or out of range. */
int jsonin_int(const json_t *object, const char *key);

/* True when true stands under key. */
bool jsonin_bool(const json_t *object, const char *key);

/* The id under key. False: there is none, *out keeps its value. */
MUST_USE bool jsonin_id(const json_t *object, const char *key, struct id *out);

/* The text of a value, as jsonin_slice; for the items of an array. */
struct slice jsonin_slice_of(const json_t *value);

#endif
