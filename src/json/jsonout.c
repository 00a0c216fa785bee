/* jsonout.c - see jsonout.h
 *
 * jansson returns NULL for two reasons: no memory, and text that is not UTF-8. The
 * first ends the program here, once for all callers; the second is repaired.
 */
#include "json/jsonout.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *
checked(json_t *value)
{
    if (value == NULL)
        memory_fail();
    return value;
}

json_t *
jsonout_object(void)
{
    return checked(json_object());
}

json_t *
jsonout_array(void)
{
    return checked(json_array());
}

void
jsonout_set(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        memory_fail();
}

void
jsonout_append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        memory_fail();
}

/* The text with U+FFFD for each octet that is not UTF-8 (RFC 3629). */
static json_t *
repaired_text(struct slice text)
{
    char *out = memory_new(3 * text.len);
    size_t len = 0;

    while (text.len > 0) {
        uint32_t point;
        size_t used = utf8_decode(text, &point);
        struct slice piece =
            used > 0 ? slice_of(text.ptr, used) : SLICE("\xef\xbf\xbd");
        memcpy(out + len, piece.ptr, piece.len);
        len += piece.len;
        text = slice_skip(text, used > 0 ? used : 1);
    }
    json_t *value = checked(json_stringn(out, len));
    free(out);
    return value;
}

json_t *
jsonout_text(struct slice text)
{
    json_t *value = json_stringn(text.ptr, text.len);

    return value != NULL ? value : repaired_text(text);
}

json_t *
jsonout_words(struct slice words)
{
    json_t *list = jsonout_array();
    struct slice word;

    while (words.len > 0) {
        slice_cut(words, ',', &word, &words);
        if (word.len > 0)
            jsonout_append(list, jsonout_text(word));
    }
    return list;
}

json_t *
jsonout_escaped(struct slice text)
{
    size_t size = 4 * text.len + 1;
    char *escaped = memory_new(size);
    json_t *value = jsonout_text(slice_of(escaped, escape_text(text, escaped, size)));

    free(escaped);
    return value;
}

json_t *
jsonout_text_or_null(struct slice text)
{
    return text.len > 0 ? jsonout_text(text) : json_null();
}

json_t *
jsonout_number(uint64_t number)
{
    return checked(json_integer(number > INT64_MAX ? INT64_MAX : (json_int_t)number));
}

json_t *
jsonout_bool(bool value)
{
    return json_boolean(value);
}

json_t *
jsonout_time(uint64_t realtime_us)
{
    char text[CLOCK_TEXT_SIZE];

    if (realtime_us == 0)
        return json_null();
    clock_format(realtime_us, text);
    return checked(json_string(text));
}

json_t *
jsonout_id(const struct id *id)
{
    static const struct id none;
    char text[ID_TEXT_LEN + 1];

    if (id_is_equal(id, &none))
        return json_null();
    id_format(id, text);
    return checked(json_string(text));
}

static int
put_piece(const char *piece, size_t len, void *out)
{
    return memory_append(out, slice_of(piece, len)) ? 0 : -1;
}

bool
jsonout_put(struct buf *out, const json_t *value)
{
    return json_dump_callback(value, put_piece, out, JSON_COMPACT | JSON_ENCODE_ANY) ==
           0;
}

bool
jsonout_put_text(struct buf *out, struct slice text)
{
    json_t *value = jsonout_text(text);
    bool is_put = jsonout_put(out, value);

    json_decref(value);
    return is_put;
}

void
jsonout_line(json_t *value)
{
    json_dumpf(value, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(value);
}
