/* jsontry.c - see jsontry.h */
#include "json/jsontry.h"

static void
drop(json_t **value)
{
    json_decref(*value);
    *value = NULL;
}

void
jsontry_set(json_t **object, const char *key, json_t *value)
{
    /* jansson takes NULL for both, and has dropped value when it fails */
    if (json_object_set_new(*object, key, value) != 0)
        drop(object);
}

void
jsontry_append(json_t **array, json_t *value)
{
    if (json_array_append_new(*array, value) != 0)
        drop(array);
}
