/* source.c - see source.h */
#include "inbox/source.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "inbox/summary.h"
#include "json/jsonout.h"
#include "message/header.h"

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
    const struct view *view;
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
            received->view->inbox->settings->given.hostname,
            row->recipient_count > 0 ? (int)row->recipients[0].address.len : 0,
            row->recipient_count > 0 ? row->recipients[0].address.ptr : "", date))
        memory_fail();
    g_free(date);
    g_date_time_unref(time);
    return false;
}

/* ---- the whole source ---- */

static bool
has_field(struct slice source, const char *name)
{
    struct slice value;

    return header_find(source, slice_from(name), &value);
}

/* "Bcc: a, b" of the recipients that no field names, in addition to a Bcc of its own.
 */
static void
put_bcc(const struct view *view, struct buf *out)
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
source_render(const struct view *view, struct buf *out)
{
    const struct inbox_message *message = &view->message;
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
        /* it came by the API, or its session is not recorded: no Received field */
    }
    if (!has_field(source, "Message-ID")) {
        json_t *id = summary_message_id(view->inbox->settings->given.hostname, message);

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

/* A field, its name in canonical form and its value unfolded, both in place. */
struct output_field {
    struct slice name, value;
};

/* "message-id" as "Message-Id", in place */
static void
canonical(char *name, size_t len)
{
    bool is_first = true;

    for (size_t i = 0; i < len; i++) {
        name[i] = is_first ? ascii_upper(name[i]) : ascii_lower(name[i]);
        is_first = name[i] == '-';
    }
}

/* Without its line ends, in place. Returns the new length. */
static size_t
unfold(char *value, size_t len)
{
    size_t kept = 0;

    for (size_t i = 0; i < len; i++) {
        if (value[i] != '\r' && value[i] != '\n')
            value[kept++] = value[i];
    }
    return kept;
}

/* By name; fields of the same name in their order in the message. */
static int
in_order(const void *a, const void *b)
{
    const struct output_field *left = a, *right = b;
    size_t shorter =
        left->name.len < right->name.len ? left->name.len : right->name.len;
    int order = memcmp(left->name.ptr, right->name.ptr, shorter);

    if (order == 0)
        order = (left->name.len > right->name.len) - (left->name.len < right->name.len);
    return order != 0 ? order : left->name.ptr < right->name.ptr ? -1 : 1;
}

/* The fields of source, which is overwritten; *count_out of them. The caller frees
 * them. A name that is not UTF-8 cannot be a key: its field is left out. */
static struct output_field *
fields_of(struct buf *source, size_t *count_out)
{
    struct slice block = header_block(buf_slice(source));
    struct output_field *fields = NULL;
    struct header_field field;
    size_t count = 0, size = 0;

    while (header_take(&block, &field)) {
        char *name = source->ptr + (field.name.ptr - source->ptr);
        char *value = source->ptr + (field.value.ptr - source->ptr);

        if (!utf8_is_valid(field.name))
            continue;
        if (count == size) {
            size = size > 0 ? 2 * size : 64;
            fields = memory_grow(fields, size * sizeof(*fields));
        }
        canonical(name, field.name.len);
        fields[count].name = field.name;
        fields[count++].value = slice_of(value, unfold(value, field.value.len));
    }
    if (count > 0)
        qsort(fields, count, sizeof(*fields), in_order);
    *count_out = count;
    return fields;
}

static bool
put_fields(const struct output_field *fields, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        bool is_more = i > 0 && slice_is_equal(fields[i].name, fields[i - 1].name);

        if (!is_more && !(buf_append(out, i > 0 ? SLICE("],") : SLICE("{")) &&
                          jsonout_put_text(out, fields[i].name)))
            return false;
        if (!buf_append(out, is_more ? SLICE(",") : SLICE(":[")) ||
            !jsonout_put_text(out, fields[i].value))
            return false;
    }
    return buf_append(out, count > 0 ? SLICE("]}") : SLICE("{}"));
}

bool
source_headers(const struct view *view, struct buf *out)
{
    struct output_field *fields;
    struct buf source;
    size_t count;
    bool is_put;

    buf_init(&source, view->message.source.len + (1 << 20));
    source_render(view, &source);
    fields = fields_of(&source, &count);
    is_put = put_fields(fields, count, out);
    free(fields);
    buf_clear(&source);
    return is_put;
}
