/* api_wait.c - waiting for a message without polling
 *
 * ?query=…&timeout=SECONDS&after=TIME: 200 with {"message": MessageSummary} as soon as
 * one matches, the newest if there are several; 408 after the timeout. A
 * waiting connection is suspended and holds no thread.
 */
#include "api/api.h"

#include "base/clock.h"
#include "base/memory.h"
#include "http/web.h"
#include "inbox/query.h"
#include "inbox/summary.h"
#include "json/jsonout.h"
#include "live/hub.h"

#include <microhttpd.h>
#include <stdlib.h>

enum { WAIT_STANDARD_S = 10, WAIT_MAX_S = 300 };

struct waiter {
    struct hub_listener listener; /* first */
    struct web *web;
    struct MHD_Connection *connection;
    bool is_asleep; /* under the hub's lock */
};

static void
wake(struct hub_listener *listener)
{
    struct waiter *waiter = (struct waiter *)(void *)listener;

    if (!waiter->is_asleep)
        return;
    waiter->is_asleep = false;
    MHD_resume_connection(waiter->connection);
}

static void
release(void *memory)
{
    struct waiter *waiter = memory;

    hub_leave(waiter->web->hub, &waiter->listener);
    free(waiter);
}

static struct waiter *
waiter_new(struct web *web, const struct request *request)
{
    struct waiter *waiter = memory_new(sizeof(*waiter));
    uint64_t timeout = request_number(request, "timeout", WAIT_STANDARD_S);

    timeout = timeout < WAIT_MAX_S ? timeout : WAIT_MAX_S;
    waiter->web = web;
    waiter->connection = request->connection;
    waiter->listener.topics = HUB_INBOX;
    waiter->listener.wake = wake;
    waiter->listener.wake_at_us = clock_monotonic_us() + timeout * 1000000;
    hub_join(web->hub, &waiter->listener);
    request->state->memory = waiter;
    request->state->release = release;
    return waiter;
}

static bool
keep_summary(void *context, const struct index_row *row)
{
    *(json_t **)context = summary_json(row);
    return false;
}

static json_t *
find_message(struct web *web, const struct query *query)
{
    struct inbox_reader *reader = inbox_reader_take(web->inbox);
    struct error error = ERROR_INIT;
    json_t *message = NULL;

    inbox_refresh(web->inbox, reader);
    if (!index_search(reader->index, &query->index, keep_summary, &message, &error)) {
        json_decref(message);
        message = NULL;
    }
    inbox_reader_release(web->inbox, reader);
    return message;
}

static void
read_query(const struct request *request, struct query *query)
{
    uint64_t after =
        query_date(request_parameter(request, "after", NULL), (struct slice){0});

    query_read(query, request_parameter(request, "query", NULL),
               request_parameter(request, "tz", NULL));
    if (after > 0 && query->index.term_count < INDEX_TERMS_MAX)
        query->index.terms[query->index.term_count++] =
            (struct index_term){.kind = INDEX_AFTER, .number = after};
    query->index.limit = 1;
}

/* Suspend the connection until the hub has an event or the timeout passes. False: there
 * is an event already, so search again. */
static bool
sleep_on(struct waiter *waiter)
{
    struct hub *hub = waiter->web->hub;
    const struct hub_event *event;
    bool is_asleep;

    pthread_mutex_lock(&hub->lock);
    is_asleep = hub_next(hub, &waiter->listener, &event) == HUB_NOTHING;
    if (is_asleep) {
        waiter->is_asleep = true;
        MHD_suspend_connection(waiter->connection);
    }
    pthread_mutex_unlock(&hub->lock);
    return is_asleep;
}

void
api_wait(struct web *web, const struct request *request, struct reply *reply)
{
    struct waiter *waiter = request->state->memory != NULL ? request->state->memory
                                                           : waiter_new(web, request);
    struct query query;
    json_t *message;

    read_query(request, &query);
    while ((message = find_message(web, &query)) == NULL &&
           !atomic_load(&web->is_stopping) &&
           clock_monotonic_us() < waiter->listener.wake_at_us) {
        reply->is_asleep = sleep_on(waiter);
        if (reply->is_asleep)
            break;
    }
    query_clear(&query);
    if (message != NULL)
        reply_json(reply, json_pack("{s:o}", "message", message));
    else if (!reply->is_asleep)
        api_refuse(reply, 408, "no message matched in time");
}
