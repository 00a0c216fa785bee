/* jsonin.c - see jsonin.h
 *
 * jansson's accessors already take NULL and values of another kind; what they answer
 * then (0, NULL) differs from function to function, and is made one answer here.
 */
#include "json/jsonin.h"

#include <limits.h>

static json_t *
only_object(json_t *value)
{
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}

/* jansson refuses NULL even with a length of 0 */
static json_t *
load(struct slice text, size_t flags)
{
    return only_object(
        json_loadb(text.ptr != NULL ? text.ptr : "", text.len, flags, NULL));
}

json_t *
jsonin_object(struct slice text)
{
    return load(text, 0);
}

json_t *
jsonin_object_once(struct slice text)
{
    return load(text, JSON_REJECT_DUPLICATES);
}

json_t *
jsonin_file(int fd)
{
    return only_object(json_loadfd(fd, 0, NULL));
}

struct slice
jsonin_slice_of(const json_t *value)
{
    return slice_of(json_string_value(value), json_string_length(value));
}

struct slice
jsonin_slice(const json_t *object, const char *key)
{
    return jsonin_slice_of(json_object_get(object, key));
}

const char *
jsonin_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

bool
jsonin_find_number(const json_t *object, const char *key, uint64_t *out)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *out = (uint64_t)json_integer_value(value);
    return true;
}

uint64_t
jsonin_number(const json_t *object, const char *key)
{
    uint64_t number;

    return jsonin_find_number(object, key, &number) ? number : 0;
}

int
jsonin_int(const json_t *object, const char *key)
{
    uint64_t number;

    return jsonin_find_number(object, key, &number) && number <= INT_MAX ? (int)number
                                                                         : -1;
}

bool
jsonin_bool(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

bool
jsonin_id(const json_t *object, const char *key, struct id *out)
{
    struct slice text = jsonin_slice(object, key);

    return text.ptr != NULL && id_parse(text, out);
}
