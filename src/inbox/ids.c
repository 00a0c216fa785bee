/* ids.c - see ids.h */
#include "inbox/ids.h"

#include "base/memory.h"

#include <stdlib.h>

void
ids_add(struct ids *ids, const struct id *id)
{
    if (ids->count == ids->size) {
        ids->size = ids->size == 0 ? 64 : ids->size * 2;
        ids->list = memory_grow(ids->list, ids->size * sizeof(*ids->list));
    }
    ids->list[ids->count++] = *id;
}

void
ids_clear(struct ids *ids)
{
    free(ids->list);
    *ids = (struct ids){0};
}

void
ids_add_json(struct ids *ids, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *text = json_array_get(array, i);
        struct id id;

        if (json_is_string(text) &&
            id_parse(slice_of(json_string_value(text), json_string_length(text)), &id))
            ids_add(ids, &id);
    }
}

static bool
add_message(void *context, const struct store_message *row)
{
    ids_add(context, &row->id);
    return true;
}

void
ids_add_all(struct ids *ids, struct inbox *inbox)
{
    struct inbox_reader *reader = inbox_reader_take(inbox);
    struct error error = ERROR_INIT;

    if (store_list(reader->store, &(struct store_query){0}, add_message, ids, &error) !=
        STORE_OK)
        ids->count = 0;
    inbox_reader_release(inbox, reader);
}
