/* jsontry - making values where a lack of memory must not end the program
 *
 * For the mail role and the supervisor. An object or array is made with jansson's
 * json_object() and json_array() and filled here; a value that could not be made is
 * NULL, and makes what it was to be put into NULL too. So a document is built without a
 * check between, and is NULL at the end when anything of it failed.
 */
#ifndef JSON_JSONTRY_H
#define JSON_JSONTRY_H

#include "json/json.h"

/* Put value, which is taken over, under key into *object, or at the end of *array. When
 * one of both is NULL or there is no memory, both are dropped and *object is NULL. */
void jsontry_set(json_t **object, const char *key, json_t *value);
void jsontry_append(json_t **array, json_t *value);

#endif
