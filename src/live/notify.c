/* notify.c - see notify.h */
#include "live/notify.h"

#include "inbox/summary.h"
#include "json/jsonout.h"
#include "live/live.h"

static void
put(struct hub *hub, const char *type, json_t *data)
{
    json_t *event = json_pack("{s:s, s:o}", "Type", type, "Data", data);

    hub_put(hub, HUB_MAILPIT, NULL, json_dumps(event, JSON_COMPACT));
    json_decref(event);
}

void
notify(struct hub *hub, const char *type, json_t *data)
{
    put(hub, type, data);
    hub_wake(hub, false);
}

void
notify_new(void *context, const struct index_entry *entry)
{
    struct web *web = context;
    struct index_row row = {.id = entry->id,
                            .received_at_us = entry->received_at_us,
                            .size = entry->size,
                            .attachments = entry->attachments,
                            .inlines = entry->inlines,
                            .is_read = entry->is_read,
                            .is_broken = entry->is_broken,
                            .tags = entry->tags,
                            .summary = entry->summary};

    if (!hub_is_wanted(web->hub, HUB_MAILPIT))
        return;
    put(web->hub, "new", summary_json(&row));
    live_inbox_changed(web->live); /* the counts have changed too */
    hub_wake(web->hub, false);
}

json_t *
notify_stats_data(struct web *web)
{
    struct inbox_reader *reader = inbox_reader_take(web->inbox);
    struct index_counts counts = {0};
    struct error error = ERROR_INIT;
    uint64_t stored; /* messages that are not indexed yet are unread */

    if (!index_count(reader->index, &(struct index_query){0}, &counts, &error))
        counts = (struct index_counts){0};
    stored = store_count(reader->store);
    counts.unread += stored > counts.messages ? stored - counts.messages : 0;
    inbox_reader_release(web->inbox, reader);
    return json_pack("{s:I, s:I, s:s}", "Total", (json_int_t)stored, "Unread",
                     (json_int_t)counts.unread, "Version", web->settings->version);
}

void
notify_stats(void *context)
{
    struct web *web = context;

    if (hub_is_wanted(web->hub, HUB_MAILPIT))
        put(web->hub, "stats", notify_stats_data(web));
}
