/* mailpit_list.c - lists and searches, and changes to many messages */
#include "api/mailpit.h"

#include "base/memory.h"
#include "http/web.h"
#include "inbox/query.h"
#include "inbox/summary.h"
#include "json/jsonin.h"
#include "json/jsonout.h"
#include "live/change.h"

#include <stdlib.h>

enum { LIMIT_STANDARD = 50 };

/* ---- ids ---- */

static bool
add_row(void *context, const struct index_row *row)
{
    ids_add(context, &row->id);
    return true;
}

/* The ids of all messages that match words, newest first. False, with the reply: part
 * of the search cannot be read, and ignoring it would change more messages than meant.
 */
static bool
search_ids(struct inbox *inbox, struct ids *ids, struct slice words, struct slice zone,
           struct reply *reply)
{
    struct inbox_reader *reader = inbox_reader_take(inbox);
    struct error error = ERROR_INIT;
    struct query query;
    bool is_whole;

    query_read(&query, words, zone);
    is_whole = !query.is_partial && query.index.term_count > 0;
    if (is_whole) {
        inbox_refresh(inbox, reader);
        if (!index_search(reader->index, &query.index, add_row, ids, &error))
            ids->count = 0;
    } else {
        reply_text(reply, 400,
                   "Error: a part of the search cannot be read, and without it more "
                   "messages would be changed than are meant: nothing was done");
    }
    query_clear(&query);
    inbox_reader_release(inbox, reader);
    return is_whole;
}

/* ---- lists ---- */

static bool
add_summary(void *context, const struct index_row *row)
{
    jsonout_append(context, summary_json(row));
    return true;
}

static void
add_tag(void *context, struct slice tag, uint64_t count)
{
    (void)count;
    jsonout_append(context, jsonout_text(tag));
}

/* MessagesSummary for a query whose offset and limit are set. */
static void
answer_list(struct web *web, struct query *query, bool is_empty, struct reply *reply)
{
    struct inbox_reader *reader = inbox_reader_take(web->inbox);
    struct index_counts all, found;
    struct error error = ERROR_INIT;
    json_t *object = jsonout_object(), *tags = jsonout_array(),
           *messages = jsonout_array();
    bool is_done;

    inbox_refresh(web->inbox, reader);
    is_done = index_count(reader->index, &(struct index_query){0}, &all, &error) &&
              index_count(reader->index, &query->index, &found, &error) &&
              index_tags(reader->index, add_tag, tags, &error) &&
              (is_empty || index_search(reader->index, &query->index, add_summary,
                                        messages, &error));
    inbox_reader_release(web->inbox, reader);
    if (!is_done) {
        json_decref(object);
        json_decref(tags);
        json_decref(messages);
        reply_text(reply, 500, error.text);
        return;
    }
    jsonout_set(object, "total", jsonout_number(all.messages));
    jsonout_set(object, "unread", jsonout_number(all.unread));
    jsonout_set(object, "count", jsonout_number(json_array_size(messages)));
    jsonout_set(object, "messages_count", jsonout_number(found.messages));
    jsonout_set(object, "messages_unread", jsonout_number(found.unread));
    jsonout_set(object, "start", jsonout_number(query->index.offset));
    jsonout_set(object, "tags", tags);
    jsonout_set(object, "messages", messages);
    reply_json(reply, object);
}

static void
add_before(struct query *query, const struct request *request)
{
    uint64_t before = query_date(request_parameter(request, "before", NULL),
                                 request_parameter(request, "tz", NULL));

    if (before > 0 && query->index.term_count < INDEX_TERMS_MAX)
        query->index.terms[query->index.term_count++] =
            (struct index_term){.kind = INDEX_BEFORE, .number = before - 1};
}

void
mailpit_list(struct web *web, const struct request *request, struct reply *reply)
{
    struct query query;

    query_read(&query, (struct slice){0}, (struct slice){0});
    add_before(&query, request);
    query.index.offset = request_number(request, "start", 0);
    query.index.limit = request_number(request, "limit", LIMIT_STANDARD);
    answer_list(web, &query, false, reply);
    query_clear(&query);
}

static bool
is_blank(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != ' ')
            return false;
    }
    return true;
}

void
mailpit_search(struct web *web, const struct request *request, struct reply *reply)
{
    struct slice words = request_parameter(request, "query", NULL);
    struct query query;

    if (is_blank(words)) {
        reply_text(reply, 400, "Error: no search query");
        return;
    }
    query_read(&query, words, request_parameter(request, "tz", NULL));
    add_before(&query, request);
    query.index.offset = request_number(request, "start", 0);
    query.index.limit = request_number(request, "limit", LIMIT_STANDARD);
    answer_list(web, &query, query.index.limit == 0, reply);
    query_clear(&query);
}

/* ---- changes ---- */

void
mailpit_ok(struct reply *reply)
{
    reply_text(reply, 200, "ok");
}

struct read_filter {
    struct inbox_reader *reader;
    bool is_read, is_changing;
};

static bool
compare_read(void *context, const struct index_row *row)
{
    struct read_filter *filter = context;

    filter->is_changing = row->is_read != filter->is_read;
    return false;
}

/* Keep only the messages whose mark changes: only these are announced. */
static void
keep_changing(struct inbox *inbox, struct ids *ids, bool is_read)
{
    struct read_filter filter = {.reader = inbox_reader_take(inbox),
                                 .is_read = is_read};
    struct error error = ERROR_INIT;
    size_t kept = 0;

    for (size_t i = 0; i < ids->count; i++) {
        filter.is_changing = false;
        if (index_find(filter.reader->index, &ids->list[i], compare_read, &filter,
                       &error) &&
            filter.is_changing)
            ids->list[kept++] = ids->list[i];
    }
    ids->count = kept;
    inbox_reader_release(inbox, filter.reader);
}

/* The key is absent, or has a value of that type; an array has only strings. */
static bool
has_type(const json_t *object, const char *key, json_type type)
{
    const json_t *value = json_object_get(object, key), *item;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)value, i, item)
    {
        if (!json_is_string(item))
            return false;
    }
    return value == NULL || json_is_null(value) || json_typeof(value) == type;
}

void
mailpit_set_read(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *body = request_json(request);
    const json_t *ids = json_object_get(body, "ids"),
                 *search = json_object_get(body, "search");
    bool is_read = jsonin_bool(body, "read");
    struct ids list = {0};
    bool is_clear = true;

    if (json_array_size(ids) > 0 && json_string_length(search) > 0) {
        reply_text(reply, 400, "You may specify either IDs or a search, not both");
        json_decref(body);
        return;
    }
    if (body == NULL || !has_type(body, "ids", JSON_ARRAY) ||
        !has_type(body, "search", JSON_STRING) ||
        !(has_type(body, "read", JSON_TRUE) || has_type(body, "read", JSON_FALSE))) {
        reply_text(reply, 400,
                   "The request is not an object with Read, and IDs or Search");
        json_decref(body);
        return;
    }
    if (json_array_size(ids) > 0)
        ids_add_json(&list, ids);
    else if (is_blank(slice_from(json_string_value(search))))
        ids_add_all(&list, web->inbox);
    else
        is_clear = search_ids(web->inbox, &list, slice_from(json_string_value(search)),
                              request_parameter(request, "tz", NULL), reply);
    keep_changing(web->inbox, &list, is_read);
    if (is_clear && change_read(web->change, &list, is_read, reply)) {
        mailpit_ok(reply);
    }
    ids_clear(&list);
    json_decref(body);
}

void
mailpit_delete(struct web *web, const struct request *request, struct reply *reply)
{
    json_t *body = request_json(request);
    const json_t *ids = json_object_get(body, "ids");
    bool is_everything = json_array_size(ids) == 0;
    struct ids list = {0};

    ids_add_json(&list, ids);
    if (is_everything ? change_delete_all(web->change, reply)
                      : change_delete(web->change, &list, reply))
        mailpit_ok(reply);
    ids_clear(&list);
    json_decref(body);
}

void
mailpit_delete_search(struct web *web, const struct request *request,
                      struct reply *reply)
{
    struct slice words = request_parameter(request, "query", NULL);
    struct ids list = {0};

    if (is_blank(words)) {
        reply_text(reply, 400, "Error: no search query");
        return;
    }
    if (search_ids(web->inbox, &list, words, request_parameter(request, "tz", NULL),
                   reply) &&
        change_delete(web->change, &list, reply))
        mailpit_ok(reply);
    ids_clear(&list);
}
