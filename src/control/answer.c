/* answer.c - see answer.h
 *
 * Written in the mail role: a lack of memory makes jansson's calls fail one after the
 * other, which they all take, and ends in NULL.
 */
#include "control/answer.h"

#include "json/jsonin.h"

/* What goes over the wire; the client's own findings do not. */
static const char *const result_words[] = {
    [CONTROL_OK] = NULL,
    [CONTROL_NO_MESSAGE] = "no-message",
    [CONTROL_REFUSED] = "refused",
};

/* ---- writing ---- */

struct writer {
    json_t *document;
    bool is_whole; /* so far there was memory */
};

/* Put value, which is taken over and may be NULL, under key. */
static void
put(struct writer *writer, const char *key, json_t *value)
{
    if (json_object_set_new(writer->document, key, value) != 0)
        writer->is_whole = false;
}

static json_t *
id_to_json(const struct id *id)
{
    char text[ID_TEXT_LEN + 1];

    id_format(id, text);
    return json_string(text);
}

static void
put_left(struct writer *writer, const struct id *ids, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(list, id_to_json(&ids[i])) != 0)
            writer->is_whole = false;
    }
    put(writer, "left", list);
}

static void
put_stats(struct writer *writer, const struct control_stat *stats, size_t count)
{
    struct writer inner = {json_object(), true};

    for (size_t i = 0; i < count; i++)
        put(&inner, stats[i].name,
            stats[i].is_flag ? json_boolean(stats[i].value != 0)
                             : json_integer((json_int_t)stats[i].value));
    writer->is_whole = writer->is_whole && inner.is_whole;
    put(writer, "stats", inner.document);
}

char *
control_answer_write(const struct control_answer *answer)
{
    struct writer writer = {json_object(), true};
    char *line;

    put(&writer, "ok", json_boolean(answer->result == CONTROL_OK));
    if (answer->result != CONTROL_OK) {
        put(&writer, "result", json_string(result_words[answer->result]));
        put(&writer, "error", json_string(answer->why));
    }
    if (answer->has_count)
        put(&writer, "count", json_integer((json_int_t)answer->count));
    if (answer->left_count > 0)
        put_left(&writer, answer->left, answer->left_count);
    if (answer->id != NULL)
        put(&writer, "id", id_to_json(answer->id));
    if (answer->stats != NULL)
        put_stats(&writer, answer->stats, answer->stat_count);
    line = writer.is_whole ? json_dumps(writer.document, JSON_COMPACT) : NULL;
    json_decref(writer.document);
    return line;
}

/* ---- reading ---- */

enum control_result
control_answer_read(struct slice line, json_t **document_out, const char **why_out)
{
    json_t *document = jsonin_object(line);
    struct slice word = jsonin_slice(document, "result");

    *document_out = document;
    *why_out = jsonin_text(document, "error");
    if (jsonin_bool(document, "ok"))
        return CONTROL_OK;
    if (*why_out == NULL)
        *why_out = "it gives no reason";
    if (document == NULL)
        return CONTROL_NO_ANSWER;
    return slice_is_equal(word, slice_from(result_words[CONTROL_NO_MESSAGE]))
               ? CONTROL_NO_MESSAGE
               : CONTROL_REFUSED;
}

/* "left" is in the order of the request, so one walk through both is enough. */
void
control_answer_done(const json_t *document, const struct id *ids, size_t count,
                    bool *done_out)
{
    const json_t *left = json_object_get(document, "left");
    size_t next = 0;

    for (size_t i = 0; i < count; i++) {
        struct slice text = jsonin_slice_of(json_array_get(left, next));
        struct id id;
        bool is_left =
            text.ptr != NULL && id_parse(text, &id) && id_is_equal(&id, &ids[i]);

        done_out[i] = !is_left;
        next += is_left;
    }
}

bool
control_answer_id(const json_t *document, struct id *out)
{
    return jsonin_id(document, "id", out);
}

json_t *
control_answer_stats(const json_t *document)
{
    return json_object_get(document, "stats");
}
