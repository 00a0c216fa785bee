/* reference.c - entries of the catalog as JSON */
#include "document/document.h"

#include "document/fields.h"

static json_t *
words_json(struct slice list)
{
    json_t *array = jsonout_array();
    struct slice word;

    while (list.len > 0) {
        slice_cut(list, ' ', &word, &list);
        if (word.len > 0)
            jsonout_append(array, jsonout_text(word));
    }
    return array;
}

static json_t *
value_json(enum field_kind kind, struct slice value)
{
    return kind == FIELD_WORDS || kind == FIELD_CODES ? words_json(value)
                                                      : jsonout_text_or_null(value);
}

/* Add all fields of entry that have a key to object, and return it. */
static json_t *
add_fields(json_t *object, const struct fields *fields, const void *entry,
           enum postern_language language)
{
    char room[FIELD_ROOM];

    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->list[i];

        if (field->key != NULL)
            jsonout_set(
                object, field->key,
                value_json(field->kind, field_value(field, entry, language, room)));
    }
    return object;
}

/* A new object that begins with the name of the entry. */
static json_t *
named(const char *key, struct slice name)
{
    json_t *object = jsonout_object();

    jsonout_set(object, key, jsonout_text(name));
    return object;
}

json_t *
document_code(const struct postern_code *code, enum postern_language language)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "code", jsonout_number(code->code));
    return add_fields(object, &fields_of_code, code, language);
}

json_t *
document_enhanced(const struct postern_enhanced *entry, enum postern_language language)
{
    return add_fields(named("enhanced", entry->code), &fields_of_enhanced, entry,
                      language);
}

json_t *
document_extension(const struct postern_extension *entry,
                   enum postern_language language)
{
    return add_fields(named("extension", entry->keyword), &fields_of_extension, entry,
                      language);
}

json_t *
document_verb(const struct postern_verb *entry, enum postern_language language)
{
    return add_fields(named("command", entry->verb), &fields_of_verb, entry, language);
}

json_t *
document_cause(const struct postern_cause_entry *entry, enum postern_language language)
{
    return add_fields(named("cause", entry->slug), &fields_of_cause, entry, language);
}
