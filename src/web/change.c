/* change.c - changes are asked of the mail role, the only writer of the store
 *
 * What it has done is put into the index at once: the next request sees it.
 */
#include "web/web.h"

#include "control/client.h"
#include "document/jsonout.h"

#include <stdio.h>
#include <string.h>

enum { BATCH = 500 }; /* ids of one request; it takes 1000 */

static json_t *
call(struct web *web, json_t *request, struct slice body, struct reply *reply)
{
    struct error error = ERROR_INIT;
    json_t *answer = control_call(web->settings.store_file, request, body, &error);
    const char *why = json_string_value(json_object_get(answer, "error"));
    char text[600];

    json_decref(request);
    if (answer != NULL && json_is_true(json_object_get(answer, "ok")))
        return answer;
    snprintf(text, sizeof(text), "%s\n",
             why != NULL ? why : "the mail role does not answer: try again");
    if (answer == NULL || strcmp(text, "no such message\n") != 0) {
        if (reply != NULL)
            reply_text(reply, answer == NULL ? 503 : 500, text);
        json_decref(answer);
        return NULL;
    }
    return answer; /* gone already: that is as good as done */
}

/* request without ids, for all ids in batches. */
static bool
change(struct web *web, json_t *request, const struct id *ids, size_t count,
       struct reply *reply)
{
    bool is_done = true;

    for (size_t i = 0; is_done && i < count; i += BATCH) {
        json_t *part = json_copy(request), *list = jsonout_array(), *answer;

        for (size_t k = i; k < count && k < i + BATCH; k++)
            jsonout_append(list, jsonout_id(&ids[k]));
        jsonout_set(part, "ids", list);
        answer = call(web, part, (struct slice){0}, reply);
        is_done = answer != NULL;
        json_decref(answer);
    }
    json_decref(request);
    live_inbox_changed(&web->live);
    return is_done;
}

/* What we delete comes back as news: it is known then. */
static void
note_own(struct web *web, const struct id *ids, size_t count)
{
    pthread_mutex_lock(&web->own_lock);
    if (web->own_count + count > WEB_OWN_MAX)
        web->own_count = 0; /* what was never heard of, or very many: told twice then */
    for (size_t i = 0; i < count && web->own_count < WEB_OWN_MAX; i++)
        web->own[web->own_count++] = ids[i];
    pthread_mutex_unlock(&web->own_lock);
}

bool
change_is_own(struct web *web, const struct id *id)
{
    bool is_own = false;

    pthread_mutex_lock(&web->own_lock);
    for (size_t i = 0; i < web->own_count && !is_own; i++) {
        is_own = id_is_equal(&web->own[i], id);
        if (is_own)
            web->own[i] = web->own[--web->own_count];
    }
    pthread_mutex_unlock(&web->own_lock);
    return is_own;
}

bool
change_delete(struct web *web, const struct id *ids, size_t count, struct reply *reply)
{
    struct error error = ERROR_INIT;

    bool is_done;

    note_own(web, ids, count);
    is_done = change(web, json_pack("{s:s}", "op", "delete"), ids, count, reply);

    if (is_done)
        atomic_fetch_add(&web->deleted, count);
    else /* whoever deletes them later is somebody else */
        for (size_t i = 0; i < count; i++)
            (void)change_is_own(web, &ids[i]);
    pthread_mutex_lock(&web->box.write_lock);
    if (is_done && !index_remove(web->box.writer, ids, count, &error))
        box_lost_track(&web->box);
    pthread_mutex_unlock(&web->box.write_lock);
    return is_done;
}

bool
change_read(struct web *web, const struct id *ids, size_t count, bool is_read,
            struct reply *reply)
{
    struct error error = ERROR_INIT;
    bool is_done = change(web, json_pack("{s:s, s:b}", "op", "read", "read", is_read),
                          ids, count, reply);

    pthread_mutex_lock(&web->box.write_lock);
    if (is_done && !index_set_read(web->box.writer, ids, count, is_read, &error))
        box_lost_track(&web->box);
    pthread_mutex_unlock(&web->box.write_lock);
    return is_done;
}

bool
change_tags(struct web *web, const struct id *ids, size_t count, struct slice tags,
            struct reply *reply)
{
    struct error error = ERROR_INIT;
    json_t *list = jsonout_array();
    struct slice left = tags, tag;
    bool is_done;

    while (left.len > 0) {
        slice_cut(left, ',', &tag, &left);
        if (tag.len > 0)
            jsonout_append(list, jsonout_text(tag));
    }
    is_done = change(web, json_pack("{s:s, s:o}", "op", "tag", "tags", list), ids,
                     count, reply);
    pthread_mutex_lock(&web->box.write_lock);
    if (is_done && !index_set_tags(web->box.writer, ids, count, tags, &error))
        box_lost_track(&web->box);
    pthread_mutex_unlock(&web->box.write_lock);
    return is_done;
}

bool
change_import(struct web *web, struct slice source, json_t *envelope, struct id *id_out,
              struct reply *reply)
{
    json_t *answer;
    const char *id;
    bool is_done;

    jsonout_set(envelope, "op", jsonout_text(SLICE("import")));
    jsonout_set(envelope, "size", jsonout_number(source.len));
    answer = call(web, envelope, source, reply);
    id = json_string_value(json_object_get(answer, "id"));
    is_done = id != NULL && id_parse(slice_from(id), id_out);
    json_decref(answer);
    live_inbox_changed(&web->live);
    return is_done;
}

json_t *
change_stats(struct web *web)
{
    json_t *answer =
               call(web, json_pack("{s:s}", "op", "stats"), (struct slice){0}, NULL),
           *stats = json_incref(json_object_get(answer, "stats"));

    json_decref(answer);
    return stats;
}
