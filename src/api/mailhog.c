/* mailhog.c - see mailhog.h
 *
 * An ID is our id followed by "@mailhog.example", since clients expect the form of an
 * address. In requests everything after the @ is ignored.
 */
#include "api/mailhog.h"

#include "api/mailpit.h"
#include "base/memory.h"
#include "http/web.h"
#include "inbox/query.h"
#include "inbox/view.h"
#include "json/jsonout.h"
#include "live/change.h"
#include "message/header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_STANDARD = 50, LIMIT_MAX = 250 };

/* ---- objects ---- */

static json_t *
path_json(struct slice address)
{
    json_t *object = jsonout_object();
    struct slice mailbox = address, domain = {0};

    for (size_t i = address.len; i > 0; i--) {
        if (address.ptr[i - 1] != '@')
            continue;
        mailbox = slice_of(address.ptr, i - 1);
        domain = slice_skip(address, i);
        break;
    }
    jsonout_set(object, "Relays", json_null());
    jsonout_set(object, "Mailbox", jsonout_text(mailbox));
    jsonout_set(object, "Domain", jsonout_text(domain));
    jsonout_set(object, "Params", jsonout_text((struct slice){0}));
    return object;
}

static json_t *
fields_json(struct slice source)
{
    struct slice block = header_block(source);
    json_t *object = jsonout_object();
    struct header_field field;

    while (header_take(&block, &field)) {
        char *name = memory_copy(field.name);
        json_t *list = json_object_get(object, name);

        if (list == NULL) {
            list = jsonout_array();
            if (json_object_set_new(object, name, list) != 0)
                list = NULL; /* a name that is not UTF-8 */
        }
        if (list != NULL)
            jsonout_append(list, jsonout_text(field.value));
        free(name);
    }
    return object;
}

static struct slice
body_of(struct slice source)
{
    struct slice block = header_block(source), body = source;

    if (block.len > 0)
        body = slice_skip(source, (size_t)(block.ptr - source.ptr) + block.len);
    if (body.len > 1 && body.ptr[0] == '\r' && body.ptr[1] == '\n')
        return slice_skip(body, 2);
    return body.len > 0 && body.ptr[0] == '\n' ? slice_skip(body, 1) : body;
}

static json_t *
content_json(json_t *fields, struct slice body, uint64_t size)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "Headers", fields);
    jsonout_set(object, "Body", jsonout_text(body));
    jsonout_set(object, "Size", jsonout_number(size));
    jsonout_set(object, "MIME", json_null());
    return object;
}

static json_t *
part_json(const struct mime *mime, const struct mime_part *part)
{
    struct buf source;
    json_t *object;

    buf_init(&source, 64 << 20);
    if (!mime_source(mime, part, &source))
        source.len = 0;
    object = content_json(fields_json(buf_slice(&source)), body_of(buf_slice(&source)),
                          source.len);
    buf_clear(&source);
    return object;
}

/* The parts, or null for a message of a single part. */
static json_t *
mime_json(const struct mime *mime)
{
    json_t *object, *parts;

    if (mime->part_count < 2)
        return json_null();
    object = jsonout_object();
    parts = jsonout_array();
    for (size_t i = 0; i < mime->part_count; i++) {
        if (mime->parts[i].role != MIME_CONTAINER)
            jsonout_append(parts, part_json(mime, &mime->parts[i]));
    }
    jsonout_set(object, "Parts", parts);
    return object;
}

static bool
copy_hello(void *context, const struct store_session *session)
{
    *(json_t **)context = jsonout_text(session->hello);
    return false;
}

static json_t *
hello_json(const struct inbox_message *message, struct inbox_reader *reader)
{
    struct store_session_query query = {.only = &message->row.session_id};
    struct error error = ERROR_INIT;
    json_t *hello = NULL;

    if (store_sessions(reader->store, &query, copy_hello, &hello, &error) != STORE_OK ||
        hello == NULL)
        return jsonout_text((struct slice){0});
    return hello;
}

static json_t *
raw_json(const struct inbox_message *message, struct inbox_reader *reader)
{
    json_t *object = jsonout_object(), *to = jsonout_array();

    for (size_t i = 0; i < message->row.recipient_count; i++)
        jsonout_append(to, jsonout_text(message->row.recipients[i].address));
    jsonout_set(object, "From", jsonout_text(message->row.mail_from));
    jsonout_set(object, "To", to);
    jsonout_set(object, "Data", jsonout_text(buf_slice(&message->source)));
    jsonout_set(object, "Helo", hello_json(message, reader));
    return object;
}

static json_t *
message_json(const struct inbox_message *message, struct inbox_reader *reader)
{
    struct slice source = buf_slice(&message->source);
    json_t *object = jsonout_object(), *to = jsonout_array();
    char id[ID_TEXT_LEN + 1];

    id_format(&message->row.id, id);
    for (size_t i = 0; i < message->row.recipient_count; i++)
        jsonout_append(to, path_json(message->row.recipients[i].address));
    jsonout_set(object, "ID", json_sprintf("%s@mailhog.example", id));
    jsonout_set(object, "From", path_json(message->row.mail_from));
    jsonout_set(object, "To", to);
    jsonout_set(object, "Content",
                content_json(fields_json(source), body_of(source), source.len));
    jsonout_set(object, "Created", jsonout_time(message->row.received_at_us));
    jsonout_set(object, "MIME", mime_json(message->mime));
    jsonout_set(object, "Raw", raw_json(message, reader));
    return object;
}

/* ---- lists ---- */

static bool
add_id(void *context, const struct index_row *row)
{
    ids_add(context, &row->id);
    return true;
}

static json_t *
items_json(struct web *web, struct inbox_reader *reader, const struct ids *list)
{
    json_t *items = jsonout_array();

    for (size_t i = 0; i < list->count; i++) {
        struct inbox_message message;

        if (!inbox_load(reader, &list->list[i], true, &message))
            continue;
        inbox_parse(web->inbox, &message);
        jsonout_append(items, message_json(&message, reader));
        inbox_parse_end(web->inbox, &message);
        inbox_unload(&message);
    }
    return items;
}

static void
answer_list(struct web *web, const struct request *request, struct query *query,
            struct reply *reply)
{
    struct inbox_reader *reader = inbox_reader_take(web->inbox);
    uint64_t limit = request_number(request, "limit", LIMIT_STANDARD);
    struct index_counts counts = {0};
    struct error error = ERROR_INIT;
    struct ids list = {0};
    json_t *object = jsonout_object(), *items;

    query->index.offset = request_number(request, "start", 0);
    query->index.limit = limit < 1 || limit > LIMIT_MAX ? LIMIT_MAX : limit;
    inbox_refresh(web->inbox, reader);
    if (!index_count(reader->index, &query->index, &counts, &error) ||
        !index_search(reader->index, &query->index, add_id, &list, &error))
        list.count = 0;
    items = items_json(web, reader, &list);
    inbox_reader_release(web->inbox, reader);
    jsonout_set(object, "total", jsonout_number(counts.messages));
    jsonout_set(object, "count", jsonout_number(json_array_size(items)));
    jsonout_set(object, "start", jsonout_number(query->index.offset));
    jsonout_set(object, "items", items);
    reply_json(reply, object);
    ids_clear(&list);
}

void
mailhog_list(struct web *web, const struct request *request, struct reply *reply)
{
    struct query query;

    query_read(&query, (struct slice){0}, (struct slice){0});
    answer_list(web, request, &query, reply);
    query_clear(&query);
}

/* ?kind=from|to|containing&query=: a single quoted term of our own search. */
void
mailhog_search(struct web *web, const struct request *request, struct reply *reply)
{
    struct slice kind = request_parameter(request, "kind", NULL),
                 text = request_parameter(request, "query", NULL);
    const char *prefix = slice_is_equal(kind, SLICE("from"))         ? "from:"
                         : slice_is_equal(kind, SLICE("to"))         ? "to:"
                         : slice_is_equal(kind, SLICE("containing")) ? ""
                                                                     : NULL;
    struct query query;
    char *words;

    if (prefix == NULL || text.len == 0) {
        reply_text(reply, 400, "");
        return;
    }
    if (asprintf(&words, "\"%s%.*s\"", prefix, (int)text.len, text.ptr) < 0)
        memory_fail();
    query_read(&query, slice_from(words), (struct slice){0});
    if (prefix[0] == 't' &&
        query.index.term_count > 0) /* the envelope may match any of these fields */
        query.index.terms[0].fields = 1 << INDEX_TO | 1 << INDEX_CC | 1 << INDEX_BCC;
    if (prefix[0] == 'f' && query.index.term_count > 0)
        query.index.terms[0].fields = 1 << INDEX_FROM | 1 << INDEX_RETURN_PATH;
    answer_list(web, request, &query, reply);
    query_clear(&query);
    free(words);
}

/* ---- one message, by its id ---- */

/* The request with the id only, without "@…". */
static struct request
without_domain(const struct request *request)
{
    struct request copy = *request;
    struct slice domain;

    slice_cut(request->segments[0], '@', &copy.segments[0], &domain);
    return copy;
}

void
mailhog_message(struct web *web, const struct request *request, struct reply *reply)
{
    struct request named = without_domain(request);
    struct view view;

    if (!view_open(&view, web->inbox, &named, reply))
        return;
    reply_json(reply, message_json(&view.message, view.reader));
    view_close(&view);
}

void
mailhog_delete(struct web *web, const struct request *request, struct reply *reply)
{
    struct request named = without_domain(request);
    struct id id;
    struct ids one = {.list = &id, .count = 1};

    if (!id_parse(named.segments[0], &id)) {
        reply_text(reply, 404, "404 page not found");
        return;
    }
    if (change_delete(web->change, &one, reply))
        reply_text(reply, 200, "");
}

void
mailhog_download(struct web *web, const struct request *request, struct reply *reply)
{
    struct request named = without_domain(request);
    struct view view;

    if (!view_open(&view, web->inbox, &named, reply))
        return;
    reply_put(reply, buf_slice(&view.message.source));
    reply->type = "message/rfc822";
    reply_header(reply, "Content-Disposition",
                 SLICE("attachment; filename=\"message.eml\""));
    view_close(&view);
}

void
mailhog_part(struct web *web, const struct request *request, struct reply *reply)
{
    struct request named = without_domain(request);
    struct view view;
    uint64_t wanted, n = 0;
    const struct mime_part *found = NULL;

    if (!slice_parse_number(request->segments[1], &wanted))
        wanted = UINT64_MAX;
    if (!view_open(&view, web->inbox, &named, reply))
        return;
    for (size_t i = 0; i < view.message.mime->part_count; i++) {
        const struct mime_part *part = &view.message.mime->parts[i];

        if (part->role != MIME_CONTAINER && n++ == wanted)
            found = part;
    }
    if (found == NULL || !mime_octets(view.message.mime, found, &reply->body)) {
        reply_text(reply, 404, "404 page not found");
    } else {
        reply->type = "application/octet-stream";
        reply_header(reply, "Content-Disposition", SLICE("attachment"));
    }
    view_close(&view);
}

void
mailhog_release(struct web *web, const struct request *request, struct reply *reply)
{
    struct request named = without_domain(request);

    mailpit_release(web, &named, reply);
}

/* ---- not offered ---- */

void
mailhog_jim(struct web *web, const struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    reply_text(reply, 404, "");
}

void
mailhog_outgoing(struct web *web, const struct request *request, struct reply *reply)
{
    (void)web;
    (void)request;
    reply_json(reply, jsonout_object());
}
