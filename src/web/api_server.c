/* api_server.c - waiting for a message, numbers, health */
#include "web/api.h"

#include "base/clock.h"
#include "base/memory.h"
#include "document/jsonout.h"
#include "html/asset.h"
#include "web/message_view.h"
#include "web/query.h"
#include "web/summary.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WAIT_MAX_S = 25, /* below the 30 s after which clients and proxies give up */
    WAIT_STEP_MS = 20,
    WAITERS_MAX = 2, /* of four threads that answer */
};

/* ---- waiting
 * ------------------------------------------------------------------------- */

struct awaited {
    json_t *message;
};

static bool
keep_summary(void *context, const struct index_row *row)
{
    ((struct awaited *)context)->message = summary_json(row);
    return false;
}

static json_t *
look_once(struct web *web, const struct query *query)
{
    struct box_reader *reader = box_take(&web->box);
    struct awaited awaited = {0};
    struct error error = ERROR_INIT;

    box_refresh(&web->box, reader, 0);
    if (!index_search(reader->index, &query->index, keep_summary, &awaited, &error)) {
        json_decref(awaited.message);
        awaited.message = NULL;
    }
    box_give(&web->box, reader);
    return awaited.message;
}

/* ?query=…&timeout=SECONDS&after=TIME: the newest message that matches, as soon as
 * there is one. 200 with {"message": MessageSummary}, or 408 when the time is over. */
void
api_wait(struct web *web, const struct request *request, struct reply *reply)
{
    static atomic_uint waiters;
    uint64_t timeout = request_number(request, "timeout", 10), until;
    uint64_t after =
        query_date(request_parameter(request, "after", NULL), (struct slice){0});
    struct query query;
    json_t *message;

    timeout = timeout > WAIT_MAX_S ? WAIT_MAX_S : timeout;
    if (atomic_fetch_add(&waiters, 1) >= WAITERS_MAX)
        timeout = 0; /* others wait already: this one looks, and may come again */
    until = clock_monotonic_us() + timeout * 1000000;
    query_read(&query, request_parameter(request, "query", NULL),
               request_parameter(request, "tz", NULL));
    if (after > 0 && query.index.term_count < INDEX_TERMS_MAX)
        query.index.terms[query.index.term_count++] =
            (struct index_term){.kind = INDEX_AFTER, .number = after};
    query.index.limit = 1;
    while ((message = look_once(web, &query)) == NULL && clock_monotonic_us() < until &&
           !atomic_load(&web->is_stopping))
        usleep(WAIT_STEP_MS * 1000);
    atomic_fetch_sub(&waiters, 1);
    query_clear(&query);
    if (message == NULL)
        api_refuse(reply, 408, "no message matched in time");
    else
        reply_json(reply, json_pack("{s:o}", "message", message));
}

/* ---- numbers
 * ---------------------------------------------------------------------------- */

static json_t *
stats_json(struct web *web)
{
    struct box_reader *reader = box_take(&web->box);
    struct index_counts counts = {0};
    struct store_stats stats = {0};
    struct error error = ERROR_INIT;
    json_t *object = jsonout_object(), *mail = change_stats(web);

    if (!index_count(reader->index, &(struct index_query){0}, &counts, &error) ||
        store_stats(reader->store, &stats, &error) != STORE_OK)
        counts = (struct index_counts){0};
    jsonout_set(object, "version", jsonout_text(slice_from(web_version)));
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
    box_give(&web->box, reader);
    jsonout_set(object, "requests", jsonout_number(atomic_load(&web->requests)));
    jsonout_set(object, "listeners", jsonout_number(web->hub.listener_count));
    jsonout_set(object, "live_dropped",
                jsonout_number(atomic_load(&web->live.dropped)));
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

/* Prometheus' text format: each number a line, its kind above it. */
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

/* Ready: mail is taken, and its store is sound. */
void
api_ready(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *stats = change_stats(web);

    (void)request;
    if (stats == NULL)
        reply_text(reply, 503, "the mail role does not answer");
    else if (json_is_true(json_object_get(stats, "is_store_broken")))
        reply_text(reply, 503, "the store has failed: the log says why");
    else
        reply_text(reply, 200, "ok");
    json_decref(stats);
}

/* ---- the rest
 * ------------------------------------------------------------------------------ */

/* The octets of a message as they came. */
void
api_raw(struct web *web, const struct request *request, struct reply *reply)
{
    struct message_view view;

    if (!message_view_open(&view, web, request, reply))
        return;
    reply_put(reply, buf_slice(&view.message.source));
    reply->type = "message/rfc822";
    reply_header(reply, "Content-Disposition",
                 SLICE("attachment; filename=\"message.eml\""));
    message_view_close(&view);
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
