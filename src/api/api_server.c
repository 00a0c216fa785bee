/* api_server.c - counters, health checks, files */
#include "api/api.h"

#include "base/clock.h"
#include "base/memory.h"
#include "html/asset.h"
#include "http/web.h"
#include "inbox/view.h"
#include "json/jsonin.h"
#include "json/jsonout.h"
#include "live/change.h"
#include "live/live.h"

#include <stdio.h>
#include <string.h>

/* ---- counters ---- */

static json_t *
stats_json(struct web *web)
{
    struct inbox_reader *reader = inbox_reader_take(web->inbox);
    struct index_counts counts = {0};
    struct store_stats stats = {0};
    struct error error = ERROR_INIT;
    json_t *object = jsonout_object(), *mail = change_stats(web->change);

    if (!index_count(reader->index, &(struct index_query){0}, &counts, &error) ||
        store_stats(reader->store, &stats, &error) != STORE_OK)
        counts = (struct index_counts){0};
    jsonout_set(object, "version", jsonout_text(slice_from(web->settings->version)));
    jsonout_set(object, "messages", jsonout_number(stats.messages));
    jsonout_set(object, "unread", jsonout_number(counts.unread));
    jsonout_set(object, "indexed", jsonout_number(counts.messages));
    jsonout_set(object, "octets", jsonout_number(stats.octets));
    jsonout_set(object, "sessions", jsonout_number(stats.sessions));
    jsonout_set(object, "store_octets",
                jsonout_number(stats.file_octets + stats.wal_octets));
    jsonout_set(object, "index_octets", jsonout_number(index_octets(reader->index)));
    jsonout_set(object, "durable",
                jsonout_text(slice_from(store_durability(reader->store))));
    jsonout_set(object, "library", jsonout_text(slice_from(stats.library)));
    inbox_reader_release(web->inbox, reader);
    jsonout_set(object, "requests", jsonout_number(atomic_load(&web->requests)));
    jsonout_set(object, "listeners",
                jsonout_number(atomic_load(&web->hub->listener_count)));
    jsonout_set(object, "live_dropped",
                jsonout_number(atomic_load(&web->live->dropped)));
    jsonout_set(object, "uptime_s",
                jsonout_number((clock_realtime_us() - web->started_us) / 1000000));
    jsonout_set(object, "mail", mail != NULL ? mail : json_null());
    return object;
}

void
api_stats(struct web *web, const struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, stats_json(web));
}

/* Prometheus' text format: a line for each number, after a line with its type. */
static void
put_metric(struct reply *reply, const char *name, const char *kind, const json_t *value)
{
    char line[300];
    int len;

    if (!json_is_integer(value))
        return;
    len = snprintf(line, sizeof(line), "# TYPE postern_%s %s\npostern_%s %lld\n", name,
                   kind, name, (long long)json_integer_value(value));
    reply_put(reply, slice_of(line, (size_t)len));
}

static const struct {
    const char *key, *name, *kind;
} our_metrics[] = {
    {"messages", "stored_messages", "gauge"},
    {"unread", "unread_messages", "gauge"},
    {"indexed", "indexed_messages", "gauge"},
    {"sessions", "recorded_sessions", "gauge"},
    {"store_octets", "store_bytes", "gauge"},
    {"index_octets", "index_bytes", "gauge"},
    {"requests", "http_requests_total", "counter"},
    {"listeners", "http_listeners", "gauge"},
    {"live_dropped", "live_dropped_total", "counter"},
    {"uptime_s", "web_uptime_seconds", "gauge"},
};

static const struct {
    const char *key, *name, *kind;
} mail_metrics[] = {
    {"sessions", "smtp_sessions_total", "counter"},
    {"sessions_refused", "smtp_sessions_refused_total", "counter"},
    {"sessions_open", "smtp_sessions_open", "gauge"},
    {"commands", "smtp_commands_total", "counter"},
    {"replies_4yz", "smtp_replies_4yz_total", "counter"},
    {"replies_5yz", "smtp_replies_5yz_total", "counter"},
    {"messages", "smtp_messages_total", "counter"},
    {"messages_deferred", "smtp_messages_deferred_total", "counter"},
    {"octets", "smtp_message_bytes_total", "counter"},
    {"records_dropped", "records_dropped_total", "counter"},
    {"timeouts", "smtp_timeouts_total", "counter"},
    {"accept_pauses", "smtp_accept_pauses_total", "counter"},
    {"memory", "memory_budget_bytes", "gauge"},
    {"batches", "store_commits_total", "counter"},
    {"syncs", "store_syncs_total", "counter"},
    {"store_failures", "store_failures_total", "counter"},
    {"uptime_s", "uptime_seconds", "gauge"},
};

void
api_metrics(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *stats = stats_json(web), *mail = json_object_get(stats, "mail");

    (void)request;
    reply->type = "text/plain; version=0.0.4; charset=utf-8";
    for (size_t i = 0; i < ARRAY_LEN(our_metrics); i++)
        put_metric(reply, our_metrics[i].name, our_metrics[i].kind,
                   json_object_get(stats, our_metrics[i].key));
    for (size_t i = 0; i < ARRAY_LEN(mail_metrics); i++)
        put_metric(reply, mail_metrics[i].name, mail_metrics[i].kind,
                   json_object_get(mail, mail_metrics[i].key));
    json_decref(stats);
}

void
api_live(struct web *web, const struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    reply_text(reply, 200, "ok");
}

/* Ready: the mail role answers and its store works. */
void
api_ready(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *stats = change_stats(web->change);

    (void)request;
    if (stats == NULL)
        reply_text(reply, 503, "the mail role does not answer");
    else if (jsonin_bool(stats, "is_store_broken"))
        reply_text(reply, 503, "the store has failed: the log says why");
    else
        reply_text(reply, 200, "ok");
    json_decref(stats);
}

/* ---- files ---- */

/* The octets of a message as received. */
void
api_raw(struct web *web, const struct request *request, struct reply *reply)
{
    char disposition[80], id[ID_TEXT_LEN + 1];
    struct view view;

    if (!view_open(&view, web->inbox, request, reply))
        return;
    reply_put(reply, buf_slice(&view.message.source));
    reply->type = "message/rfc822";
    id_format(&view.message.row.id, id);
    snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s.eml\"", id);
    reply_header(reply, "Content-Disposition", slice_from(disposition));
    view_close(&view);
}

void
api_openapi(struct web *web, const struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    for (size_t i = 0; i < asset_count; i++) {
        if (strcmp(assets[i].name, "openapi.json") == 0)
            reply_put(reply, assets[i].octets);
    }
    reply->type = "application/json";
    reply->is_cacheable = true;
}

void
api_options(struct web *web, const struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    reply_text(reply, 200, "");
}
