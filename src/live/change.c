/* change.c - see change.h
 *
 * A change goes to the mail role, then to the index, then to the listeners. If the
 * index cannot be written, the inbox is compared with the store later.
 */
#include "live/change.h"

#include "inbox/view.h"
#include "json/jsonout.h"
#include "live/live.h"
#include "live/notify.h"

#include <stdio.h>
#include <string.h>

enum { ANNOUNCED_MAX = 200 /* more changes than that are one "prune" event */ };

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

/* ---- requests to the mail role ---- */

/* Turn a result into a reply. A message that no longer exists needs no change: true. */
static bool
is_done(enum control_result result, const struct error *error, struct reply *reply)
{
    char text[600];

    if (result == CONTROL_OK || result == CONTROL_NO_MESSAGE)
        return true;
    if (reply == NULL)
        return false;
    if (result == CONTROL_REFUSED) {
        snprintf(text, sizeof(text), "%s\n", error->text);
        reply_text(reply, 500, text);
    } else {
        reply_text(reply, 503, "the mail role does not answer: try again\n");
    }
    return false;
}

/* ---- announcing ---- */

/* One event for each message, or one for all if there are many. key and value, which is
 * taken over, say what changed; NULL: the event has only the id. */
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

/* Remember what we delete, to recognise it when the feed reports it. */
static void
note_own(struct change *change, const struct ids *ids)
{
    pthread_mutex_lock(&change->own_lock);
    if (change->own_count + ids->count > CHANGE_OWN_MAX)
        change->own_count =
            0; /* too many at once, or reports were lost: some are announced twice */
    for (size_t i = 0; i < ids->count && change->own_count < CHANGE_OWN_MAX; i++)
        change->own[change->own_count++] = ids->list[i];
    pthread_mutex_unlock(&change->own_lock);
}

/* True, once, for a message that note_own remembered. */
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
    struct error error = ERROR_INIT, wrong = ERROR_INIT;
    enum control_result result;

    note_own(change, ids);
    result = control_delete(change->store_file, ids->list, ids->count, NULL, &wrong);
    live_inbox_changed(change->live);
    if (!is_done(result, &wrong, reply)) {
        /* not deleted by us: a later report is to be announced */
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
    bool is_deleted;

    ids_add_all(&ids, change->inbox);
    is_deleted = delete_from_both(change, &ids, reply);
    if (is_deleted)
        notify(change->hub, "truncate", json_null());
    ids_clear(&ids);
    return is_deleted;
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
    struct error error = ERROR_INIT, wrong = ERROR_INIT;
    enum control_result result =
        control_mark(change->store_file, ids->list, ids->count, is_read, &wrong);

    live_inbox_changed(change->live);
    if (!is_done(result, &wrong, reply))
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
    struct error error = ERROR_INIT, wrong = ERROR_INIT;
    enum control_result result =
        control_tag(change->store_file, ids->list, ids->count, tags, &wrong);

    live_inbox_changed(change->live);
    if (!is_done(result, &wrong, reply))
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
    announce(change, ids, "update", "Tags", jsonout_words(tags));
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

/* ---- import, counters ---- */

bool
change_import(struct change *change, struct slice source,
              const struct control_envelope *envelope, struct id *id_out,
              struct reply *reply)
{
    struct error wrong = ERROR_INIT;
    enum control_result result =
        control_import(change->store_file, envelope, source, id_out, &wrong);

    live_inbox_changed(change->live);
    return is_done(result, &wrong, reply);
}

json_t *
change_stats(struct change *change)
{
    struct error wrong = ERROR_INIT;
    json_t *stats;

    (void)!control_stats(change->store_file, &stats, &wrong);
    return stats;
}
