/* source.c - see source.h */
#include "web/source.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "document/jsonout.h"
#include "message/header.h"
#include "web/summary.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put(struct buf *out, struct slice s)
{
    if (!buf_append(out, s))
        memory_fail();
}

/* ---- Received (RFC 5321 4.4) ---- */

struct received {
    const struct message_view *view;
    struct buf *out;
};

static bool
put_received(void *context, const struct store_session *session)
{
    struct received *received = context;
    const struct store_message *row = &received->view->message.row;
    GDateTime *time =
        g_date_time_new_from_unix_utc((gint64)(row->received_at_us / 1000000));
    char *date = g_date_time_format(time, "%a, %d %b %Y %H:%M:%S +0000");
    struct slice client = session->client;

    while (client.len > 0 && client.ptr[client.len - 1] != ':')
        client.len--;
    client.len -= client.len > 0;
    if (!buf_printf(
            received->out,
            "Received: from %.*s (%.*s)\r\n        by %s (Postern) with ESMTP\r\n"
            "        for <%.*s>; %s\r\n",
            (int)session->hello.len, session->hello.ptr, (int)client.len, client.ptr,
            received->view->web->settings.hostname,
            row->recipient_count > 0 ? (int)row->recipients[0].address.len : 0,
            row->recipient_count > 0 ? row->recipients[0].address.ptr : "", date))
        memory_fail();
    g_free(date);
    g_date_time_unref(time);
    return false;
}

/* ---- the whole ---------------------------------------------------------------------
 */

static bool
has_field(struct slice source, const char *name)
{
    struct slice value;

    return header_find(source, slice_from(name), &value);
}

/* "Bcc: a, b" of those who are in no field; behind a Bcc that is there. */
static void
put_bcc(const struct message_view *view, struct buf *out)
{
    json_t *list = summary_bcc(view->message.mime, &view->message.row);
    size_t named = view->message.mime->bcc.count, i;
    bool is_first = true;

    for (i = named; i < json_array_size(list); i++) {
        const json_t *address = json_object_get(json_array_get(list, i), "Address");

        put(out, is_first ? SLICE("Bcc: ") : SLICE(", "));
        put(out, slice_from(json_string_value(address)));
        is_first = false;
    }
    if (!is_first)
        put(out, SLICE("\r\n"));
    json_decref(list);
}

void
source_render(const struct message_view *view, struct buf *out)
{
    const struct box_message *message = &view->message;
    struct slice source = buf_slice(&message->source), block = header_block(source);
    struct received received = {view, out};
    struct store_session_query one = {.only = &message->row.session_id};
    struct error error = ERROR_INIT;
    struct header_field field;
    size_t head;

    put(out, SLICE("Return-Path: <"));
    put(out, message->row.mail_from);
    put(out, SLICE(">\r\n"));
    if (store_sessions(view->reader->store, &one, put_received, &received, &error) !=
        STORE_OK) {
        /* it came by the API, or its session is not recorded: nothing to say */
    }
    if (!has_field(source, "Message-ID")) {
        json_t *id = summary_message_id(&view->web->settings, message);

        put(out, SLICE("Message-ID: <"));
        put(out, slice_from(json_string_value(id)));
        put(out, SLICE(">\r\n"));
        json_decref(id);
    }
    put_bcc(view, out);
    if (block.len == 0) { /* no header of its own: ours ends here */
        put(out, SLICE("\r\n"));
        put(out, source);
        return;
    }
    head = (size_t)(block.ptr - source.ptr);
    if (!has_field(source, "Return-Path")) {
        put(out, slice_skip(source, head));
        return;
    }
    for (struct slice left = block; header_take(&left, &field);) {
        const char *end = left.len > 0 ? left.ptr : block.ptr + block.len;

        if (!slice_is_equal_fold(field.name, SLICE("Return-Path")))
            put(out, slice_of(field.name.ptr, (size_t)(end - field.name.ptr)));
    }
    put(out, slice_skip(source, head + block.len));
}

/* ---- fields ---- */

/* "message-id" as "Message-Id" */
static char *
canonical(struct slice name)
{
    char *copy = memory_copy(name);
    bool is_first = true;

    for (char *p = copy; *p != '\0'; p++) {
        *p = is_first ? ascii_upper(*p) : ascii_lower(*p);
        is_first = *p == '-';
    }
    return copy;
}

static json_t *
unfolded(struct slice value)
{
    char *copy = memory_copy(value);
    size_t len = 0;
    json_t *text;

    for (size_t i = 0; i < value.len; i++) {
        if (copy[i] == '\r' || copy[i] == '\n')
            continue;
        copy[len++] = copy[i];
    }
    text = jsonout_text(slice_of(copy, len));
    free(copy);
    return text;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* jansson keeps the order of insertion, so the names go in sorted. */
static json_t *
sorted(json_t *object)
{
    size_t count = json_object_size(object), n = 0;
    const char **names = memory_new((count + 1) * sizeof(*names));
    json_t *result = jsonout_object(), *value;
    const char *name;

    json_object_foreach(object, name, value) names[n++] = name;
    qsort(names, n, sizeof(*names), by_name);
    for (size_t i = 0; i < n; i++)
        json_object_set(result, names[i], json_object_get(object, names[i]));
    free(names);
    json_decref(object);
    return result;
}

json_t *
source_headers(const struct message_view *view)
{
    json_t *object = jsonout_object();
    struct header_field field;
    struct slice block;
    struct buf source;

    buf_init(&source, view->message.source.len + (1 << 20));
    source_render(view, &source);
    block = header_block(buf_slice(&source));
    while (header_take(&block, &field)) {
        char *name = canonical(field.name);
        json_t *list = json_object_get(object, name), *value = unfolded(field.value);

        if (list == NULL) {
            list = jsonout_array();
            if (json_object_set_new(object, name, list) != 0)
                list = NULL; /* a name that is no UTF-8 */
        }
        if (list != NULL)
            jsonout_append(list, value);
        else
            json_decref(value);
        free(name);
    }
    buf_clear(&source);
    return sorted(object);
}
