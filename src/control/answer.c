/* answer.c - see answer.h
 *
 * Answers are written in the mail role, which survives a lack of memory.
 */
#include "control/answer.h"

#include "json/jsonin.h"
#include "json/jsontry.h"

/* What goes over the wire; the client's own findings do not. */
static const char *const result_words[] = {
    [CONTROL_OK] = NULL,
    [CONTROL_NO_MESSAGE] = "no-message",
    [CONTROL_REFUSED] = "refused",
};

/* ---- writing ---- */

static json_t *
id_to_json(const struct id *id)
{
    char text[ID_TEXT_LEN + 1];

    id_format(id, text);
    return json_string(text);
}

static json_t *
ids_to_json(const struct id *ids, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        jsontry_append(&list, id_to_json(&ids[i]));
    return list;
}

static json_t *
stats_to_json(const struct control_stat *stats, size_t count)
{
    json_t *object = json_object();

    for (size_t i = 0; i < count; i++)
        jsontry_set(&object, stats[i].name,
                    stats[i].is_flag ? json_boolean(stats[i].value != 0)
                                     : json_integer((json_int_t)stats[i].value));
    return object;
}

char *
control_answer_write(const struct control_answer *answer)
{
    json_t *document = json_object();
    char *line;

    jsontry_set(&document, "ok", json_boolean(answer->result == CONTROL_OK));
    if (answer->result != CONTROL_OK) {
        jsontry_set(&document, "result", json_string(result_words[answer->result]));
        jsontry_set(&document, "error", json_string(answer->why));
    }
    if (answer->has_count)
        jsontry_set(&document, "count", json_integer((json_int_t)answer->count));
    if (answer->left_count > 0)
        jsontry_set(&document, "left", ids_to_json(answer->left, answer->left_count));
    if (answer->id != NULL)
        jsontry_set(&document, "id", id_to_json(answer->id));
    if (answer->stats != NULL)
        jsontry_set(&document, "stats",
                    stats_to_json(answer->stats, answer->stat_count));
    line = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
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
