/* mailpit_info.c - facts about the server for Mailpit's clients */
#include "api/mailpit.h"

#include "base/clock.h"
#include "http/web.h"
#include "json/jsonin.h"
#include "json/jsonout.h"
#include "live/change.h"

#include <stdio.h>

/* Resident memory of this process, in octets. */
static uint64_t
memory_of_self(void)
{
    enum { PAGE = 4096 };
    FILE *file = fopen("/proc/self/statm", "re");
    struct slice all, resident, rest;
    char line[128] = "";
    uint64_t pages = 0;

    if (file == NULL)
        return 0;
    if (fgets(line, sizeof(line), file) != NULL && /* all, resident, … in pages */
        slice_cut(slice_from(line), ' ', &all, &rest)) {
        slice_cut(rest, ' ', &resident, &rest);
        (void)slice_parse_number(resident, &pages);
    }
    fclose(file);
    return pages * PAGE;
}

static void
add_tag(void *context, struct slice tag, uint64_t count)
{
    json_t *key = jsonout_text(tag);

    jsonout_set(context, json_string_value(key), jsonout_number(count));
    json_decref(key);
}

static json_t *
runtime_json(struct web *web)
{
    json_t *object = jsonout_object(), *stats = change_stats(web->change);
    uint64_t up = (clock_realtime_us() - web->started_us) / 1000000;

#define STAT(name) jsonout_number(jsonin_number(stats, name))
    jsonout_set(object, "Uptime", jsonout_number(up));
    jsonout_set(object, "Memory", jsonout_number(memory_of_self()));
    jsonout_set(object, "MessagesDeleted",
                jsonout_number(atomic_load(&web->change->deleted)));
    jsonout_set(object, "SMTPAccepted", STAT("messages"));
    jsonout_set(object, "SMTPAcceptedSize", STAT("octets"));
    jsonout_set(object, "SMTPRejected", STAT("replies_5yz"));
    jsonout_set(object, "SMTPIgnored", jsonout_number(0));
#undef STAT
    json_decref(stats);
    return object;
}

void
mailpit_info(struct web *web, const struct request *request, struct reply *reply)
{
    struct inbox_reader *reader = inbox_reader_take(web->inbox);
    struct index_counts counts = {0};
    struct store_stats stats = {0};
    struct error error = ERROR_INIT;
    json_t *object = jsonout_object(), *tags = jsonout_object();
    bool is_done;

    (void)request;
    inbox_refresh(web->inbox, reader);
    is_done = index_count(reader->index, &(struct index_query){0}, &counts, &error) &&
              index_tags(reader->index, add_tag, tags, &error) &&
              store_stats(reader->store, &stats, &error) == STORE_OK;
    inbox_reader_release(web->inbox, reader);
    if (!is_done) {
        reply_text(reply, 500, error.text);
        json_decref(object);
        json_decref(tags);
        return;
    }
    jsonout_set(object, "Version", jsonout_text(slice_from(web->settings->version)));
    jsonout_set(object, "LatestVersion", jsonout_text(SLICE("disabled")));
    jsonout_set(object, "Database",
                jsonout_text(slice_from(web->settings->store_file)));
    jsonout_set(object, "DatabaseSize",
                jsonout_number(stats.file_octets + stats.wal_octets));
    jsonout_set(object, "Messages", jsonout_number(counts.messages));
    jsonout_set(object, "Unread", jsonout_number(counts.unread));
    jsonout_set(object, "Tags", tags);
    jsonout_set(object, "RuntimeStats", runtime_json(web));
    reply_json(reply, object);
}

void
mailpit_webui(struct web *web, const struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    reply_json(reply,
               json_pack("{s:s, s:{s:b, s:s, s:s, s:s, s:s, s:s, s:b, s:s}, s:b, "
                         "s:b, s:b, s:b}",
                         "Label", "", "MessageRelay", "Enabled", 0, "SMTPServer", "",
                         "ReturnPath", "", "AllowedRecipients", "", "BlockedRecipients",
                         "", "OverrideFrom", "", "PreserveMessageIDs", 0,
                         "RecipientAllowlist", "", "SpamAssassin", 0, "ChaosEnabled", 0,
                         "DuplicatesIgnored", 0, "HideDeleteAllButton", 0));
}

/* There is no injection of failures; clients get what a Mailpit sends that has it
 * disabled. */
void
mailpit_chaos(struct web *web, const struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    reply_text(reply, 400, "Chaos is not enabled");
}
