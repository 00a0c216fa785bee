/* change.c - see change.h */
#include "live/change.h"

#include "control/client.h"
#include "inbox/summary.h"
#include "inbox/view.h"
#include "json/jsonout.h"
#include "live/live.h"
#include "live/notify.h"

#include <stdio.h>
#include <string.h>

enum {
    BATCH = 500,         /* ids of one request; it takes 1000 */
    ANNOUNCED_MAX = 200, /* more changes than that are one event */
};

void
change_init(struct change *change, const char *store_file, struct inbox *inbox,
            struct hub *hub, struct live *live)
{
    change->store_file = store_file;
    change->inbox = inbox;
    change->hub = hub;
    change->live = live;
    pthread_mutex_init(&change->own_lock, NULL);
}

/* ---- asking ---- */

static json_t *
call(struct change *change, json_t *request, struct slice body, struct reply *reply)
{
    struct error error = ERROR_INIT;
    json_t *answer = control_call(change->store_file, request, body, &error);
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

/* Send request for all ids, in batches; it is given back. */
static bool
call_for(struct change *change, json_t *request, const struct ids *ids,
         struct reply *reply)
{
    bool is_done = true;

    for (size_t i = 0; is_done && i < ids->count; i += BATCH) {
        json_t *part = json_copy(request), *list = jsonout_array(), *answer;

        for (size_t k = i; k < ids->count && k < i + BATCH; k++)
            jsonout_append(list, jsonout_id(&ids->list[k]));
        jsonout_set(part, "ids", list);
        answer = call(change, part, (struct slice){0}, reply);
        is_done = answer != NULL;
        json_decref(answer);
    }
    json_decref(request);
    live_inbox_changed(change->live);
    return is_done;
}

/* ---- announcing ---- */

/* One event for each message, or one for all when there are many. key and value, which
 * is taken over, say what changed; NULL: nothing but the id is said. */
static void
announce(struct change *change, const struct ids *ids, const char *type,
         const char *key, json_t *value)
{
    if (ids->count > ANNOUNCED_MAX) {
        notify(change->hub, "prune", json_null());
        json_decref(value);
        return;
    }
    for (size_t i = 0; i < ids->count; i++) {
        json_t *data = jsonout_object();

        jsonout_set(data, "ID", jsonout_id(&ids->list[i]));
        if (key != NULL)
            json_object_set(data, key, value);
        notify(change->hub, type, data);
    }
    json_decref(value);
}

/* ---- deleting ---- */

/* The feed will report what we delete: it is recognised then. */
static void
note_own(struct change *change, const struct ids *ids)
{
    pthread_mutex_lock(&change->own_lock);
    if (change->own_count + ids->count > CHANGE_OWN_MAX)
        change->own_count = 0; /* very many, or never reported: announced twice then */
    for (size_t i = 0; i < ids->count && change->own_count < CHANGE_OWN_MAX; i++)
        change->own[change->own_count++] = ids->list[i];
    pthread_mutex_unlock(&change->own_lock);
}

/* True once for each message that note_own noted. */
static bool
take_own(struct change *change, const struct id *id)
{
    bool is_own = false;

    pthread_mutex_lock(&change->own_lock);
    for (size_t i = 0; i < change->own_count && !is_own; i++) {
        is_own = id_is_equal(&change->own[i], id);
        if (is_own)
            change->own[i] = change->own[--change->own_count];
    }
    pthread_mutex_unlock(&change->own_lock);
    return is_own;
}

static bool
delete_from_both(struct change *change, const struct ids *ids, struct reply *reply)
{
    struct error error = ERROR_INIT;

    note_own(change, ids);
    if (!call_for(change, json_pack("{s:s}", "op", "delete"), ids, reply)) {
        /* when they are deleted later it is somebody else's doing */
        for (size_t i = 0; i < ids->count; i++)
            (void)take_own(change, &ids->list[i]);
        return false;
    }
    atomic_fetch_add(&change->deleted, ids->count);
    pthread_mutex_lock(&change->inbox->write_lock);
    if (!index_remove(change->inbox->writer, ids->list, ids->count, &error))
        inbox_resync(change->inbox);
    pthread_mutex_unlock(&change->inbox->write_lock);
    return true;
}

bool
change_delete(struct change *change, const struct ids *ids, struct reply *reply)
{
    if (!delete_from_both(change, ids, reply))
        return false;
    announce(change, ids, "delete", NULL, NULL);
    return true;
}

bool
change_delete_all(struct change *change, struct reply *reply)
{
    struct ids ids = {0};
    bool is_done;

    ids_add_all(&ids, change->inbox);
    is_done = delete_from_both(change, &ids, reply);
    if (is_done)
        notify(change->hub, "truncate", json_null());
    ids_clear(&ids);
    return is_done;
}

void
change_on_deleted(struct change *change, const struct id *id)
{
    struct ids one = {.count = 1};
    struct id copy = *id;

    one.list = &copy;
    if (!take_own(change, id))
        announce(change, &one, "delete", NULL, NULL);
}

/* ---- marking ---- */

bool
change_read(struct change *change, const struct ids *ids, bool is_read,
            struct reply *reply)
{
    struct error error = ERROR_INIT;

    if (!call_for(change, json_pack("{s:s, s:b}", "op", "read", "read", is_read), ids,
                  reply))
        return false;
    pthread_mutex_lock(&change->inbox->write_lock);
    if (!index_set_read(change->inbox->writer, ids->list, ids->count, is_read, &error))
        inbox_resync(change->inbox);
    pthread_mutex_unlock(&change->inbox->write_lock);
    announce(change, ids, "update", "Read", jsonout_bool(is_read));
    return true;
}

void
change_mark_read(struct change *change, struct view *view)
{
    struct ids one = {.list = &view->message.row.id, .count = 1};

    view_end_parse(view);
    if (!view->message.row.is_read && change_read(change, &one, true, NULL))
        view->message.row.is_read = true;
}

static bool
set_tags(struct change *change, const struct ids *ids, struct slice tags,
         struct reply *reply)
{
    struct error error = ERROR_INIT;
    json_t *list = jsonout_array();
    struct slice left = tags, tag;

    while (left.len > 0) {
        slice_cut(left, ',', &tag, &left);
        if (tag.len > 0)
            jsonout_append(list, jsonout_text(tag));
    }
    if (!call_for(change, json_pack("{s:s, s:o}", "op", "tag", "tags", list), ids,
                  reply))
        return false;
    pthread_mutex_lock(&change->inbox->write_lock);
    if (!index_set_tags(change->inbox->writer, ids->list, ids->count, tags, &error))
        inbox_resync(change->inbox);
    pthread_mutex_unlock(&change->inbox->write_lock);
    return true;
}

bool
change_tags(struct change *change, const struct ids *ids, struct slice tags,
            struct reply *reply)
{
    if (!set_tags(change, ids, tags, reply))
        return false;
    announce(change, ids, "update", "Tags", summary_tags(tags));
    return true;
}

bool
change_each_tags(struct change *change, const struct ids *ids, char *const *tags,
                 struct reply *reply)
{
    for (size_t i = 0; i < ids->count; i++) {
        struct ids one = {.list = &ids->list[i], .count = 1};

        if (!set_tags(change, &one, slice_from(tags[i]), reply))
            return false;
    }
    notify(change->hub, "prune", json_null());
    return true;
}

/* ---- the rest ---- */

bool
change_import(struct change *change, struct slice source, json_t *envelope,
              struct id *id_out, struct reply *reply)
{
    json_t *answer;
    const char *id;
    bool is_done;

    jsonout_set(envelope, "op", jsonout_text(SLICE("import")));
    jsonout_set(envelope, "size", jsonout_number(source.len));
    answer = call(change, envelope, source, reply);
    id = json_string_value(json_object_get(answer, "id"));
    is_done = id != NULL && id_parse(slice_from(id), id_out);
    json_decref(answer);
    live_inbox_changed(change->live);
    return is_done;
}

json_t *
change_stats(struct change *change)
{
    json_t *answer =
               call(change, json_pack("{s:s}", "op", "stats"), (struct slice){0}, NULL),
           *stats = json_incref(json_object_get(answer, "stats"));

    json_decref(answer);
    return stats;
}
