/* mailpit_message.c - one message: its object, source, parts and views */
#include "api/mailpit.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "html/html.h"
#include "http/web.h"
#include "inbox/source.h"
#include "inbox/summary.h"
#include "inbox/view.h"
#include "json/jsonout.h"
#include "live/change.h"
#include "message/header.h"
#include "mime/markup.h"
#include "mime/thumb.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An HTML mail is displayed and nothing else: it has no origin, runs and submits
 * nothing, and loads only its own parts (%s: their address). */
#define MAIL_POLICY                                                                    \
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: %s; font-src "       \
    "data:; "                                                                          \
    "media-src %s; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "      \
    "sandbox"

static const char part_policy[] =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox";

/* ---- the object ---- */

static void
set_checksum(json_t *object, const char *key, GChecksumType type, struct slice octets)
{
    char *sum =
        g_compute_checksum_for_data(type, (const guchar *)octets.ptr, octets.len);

    jsonout_set(object, key, jsonout_text(slice_from(sum)));
    g_free(sum);
}

static json_t *
attachment_json(const struct mime *mime, const struct mime_part *part)
{
    json_t *object = jsonout_object(), *sums = jsonout_object();
    bool has_name = part->file_name[0] != '\0';
    struct buf octets;

    buf_init(&octets, 256 << 20);
    if (!mime_octets(mime, part, &octets))
        memory_fail();
    set_checksum(sums, "MD5", G_CHECKSUM_MD5, buf_slice(&octets));
    set_checksum(sums, "SHA1", G_CHECKSUM_SHA1, buf_slice(&octets));
    set_checksum(sums, "SHA256", G_CHECKSUM_SHA256, buf_slice(&octets));
    jsonout_set(object, "PartID", jsonout_text(slice_from(part->id)));
    jsonout_set(
        object, "FileName",
        jsonout_text(slice_from(has_name ? part->file_name : part->content_id)));
    jsonout_set(object, "ContentType", jsonout_text(slice_from(part->type)));
    jsonout_set(object, "ContentID", jsonout_text(slice_from(part->content_id)));
    jsonout_set(object, "Size", jsonout_number(octets.len));
    jsonout_set(object, "Checksums", sums);
    buf_clear(&octets);
    return object;
}

static json_t *
attachments_json(const struct mime *mime, enum mime_role role)
{
    json_t *list = jsonout_array();

    for (size_t i = 0; i < mime->part_count; i++) {
        if (mime->parts[i].role == role && mime_is_listed(&mime->parts[i]))
            jsonout_append(list, attachment_json(mime, &mime->parts[i]));
    }
    return list;
}

static json_t *
date_json(const struct inbox_message *message)
{
    const struct mime *mime = message->mime;
    GTimeZone *zone;
    GDateTime *utc, *there;
    json_t *value;
    char *text;

    if (mime->date_us == 0)
        return jsonout_time(message->row.received_at_us);
    zone = g_time_zone_new_offset(mime->date_zone_s);
    utc = g_date_time_new_from_unix_utc(mime->date_us / 1000000);
    there = utc != NULL ? g_date_time_to_timezone(utc, zone) : NULL;
    text = there != NULL ? g_date_time_format(there, mime->date_zone_s == 0
                                                         ? "%Y-%m-%dT%H:%M:%SZ"
                                                         : "%Y-%m-%dT%H:%M:%S%:z")
                         : NULL;
    value = text != NULL ? jsonout_text(slice_from(text))
                         : jsonout_time(message->row.received_at_us);
    g_free(text);
    if (there != NULL)
        g_date_time_unref(there);
    if (utc != NULL)
        g_date_time_unref(utc);
    g_time_zone_unref(zone);
    return value;
}

static json_t *
field_json(struct slice source, const char *name)
{
    enum { FIELD_MAX = 8000 };
    struct slice value;
    char text[FIELD_MAX];

    if (!header_find(source, slice_from(name), &value))
        return jsonout_text((struct slice){0});
    return jsonout_text(slice_of(text, header_decode(value, text, sizeof(text))));
}

/* RFC 2369: addresses in <>, separated by commas. */
static json_t *
unsubscribe_json(struct slice source)
{
    json_t *object = jsonout_object(), *links = jsonout_array(),
           *header = field_json(source, "List-Unsubscribe");
    struct slice left = slice_from(json_string_value(header)), skipped, link;
    const char *wrong = "";

    while (slice_cut(left, '<', &skipped, &left) && slice_cut(left, '>', &link, &left))
        jsonout_append(links, jsonout_text(link));
    if (json_string_length(header) > 0 && json_array_size(links) == 0)
        wrong = "no valid unsubscribe links were found";
    jsonout_set(object, "Header", header);
    jsonout_set(object, "Links", links);
    jsonout_set(object, "Errors", jsonout_text(slice_from(wrong)));
    jsonout_set(object, "HeaderPost", field_json(source, "List-Unsubscribe-Post"));
    return object;
}

static json_t *
body_json(const struct mime *mime, void (*append)(const struct mime *, struct buf *))
{
    struct buf text;
    json_t *value;

    buf_init(&text, 64 << 20);
    append(mime, &text);
    value = jsonout_text(buf_slice(&text));
    buf_clear(&text);
    return value;
}

static json_t *
return_path_json(const struct inbox_message *message)
{
    const struct mime *mime = message->mime;

    if (message->row.mail_from.len > 0 || mime->from.count == 0)
        return jsonout_text(message->row.mail_from);
    return jsonout_text(slice_from(mime->from.list[0].address));
}

static json_t *
message_json(const struct view *view)
{
    const struct inbox_message *message = &view->message;
    const struct mime *mime = message->mime;
    struct slice source = buf_slice(&message->source);
    json_t *object = jsonout_object();

    jsonout_set(object, "ID", jsonout_id(&message->row.id));
    summary_set_head(object, view->inbox->settings->given.hostname, message);
    jsonout_set(object, "ReturnPath", return_path_json(message));
    jsonout_set(object, "Subject", jsonout_text(slice_from(mime->subject)));
    jsonout_set(object, "ListUnsubscribe", unsubscribe_json(source));
    jsonout_set(object, "Date", date_json(message));
    jsonout_set(object, "Tags", jsonout_words(message->row.tags));
    jsonout_set(object, "Username", summary_username(&message->row));
    jsonout_set(object, "Text", body_json(mime, summary_text));
    jsonout_set(object, "HTML", body_json(mime, mime_html));
    jsonout_set(object, "Size", jsonout_number(message->row.size));
    jsonout_set(object, "Inline", attachments_json(mime, MIME_INLINE));
    jsonout_set(object, "Attachments", attachments_json(mime, MIME_ATTACHMENT));
    return object;
}

void
mailpit_message(struct web *web, const struct request *request, struct reply *reply)
{
    struct view view;

    if (!view_open(&view, web->inbox, request, reply))
        return;
    json_t *object = message_json(&view);
    change_mark_read(web->change, &view);
    view_close(&view);
    reply_json(reply, object); /* after view_close: other messages can be parsed now */
}

void
mailpit_headers(struct web *web, const struct request *request, struct reply *reply)
{
    struct view view;

    if (!view_open(&view, web->inbox, request, reply))
        return;
    reply->type = "application/json";
    reply->is_too_long = !source_headers(&view, &reply->body);
    view_close(&view);
}

void
mailpit_raw(struct web *web, const struct request *request, struct reply *reply)
{
    struct view view;
    char disposition[80], id[ID_TEXT_LEN + 1];

    if (!view_open(&view, web->inbox, request, reply))
        return;
    source_render(&view, &reply->body);
    reply->type = "text/plain; charset=utf-8";
    reply->policy = part_policy;
    if (request_number(request, "dl", 0) == 1) {
        id_format(&view.message.row.id, id);
        snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s.eml\"",
                 id);
        reply_header(reply, "Content-Disposition", slice_from(disposition));
    }
    view_close(&view);
}

/* ---- parts ---- */

/* text is a token that is safe in a header, of at most max octets. */
static bool
is_token(struct slice text, size_t max)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_alnum(text.ptr[i]) && strchr("-+._", text.ptr[i]) == NULL)
            return false;
    }
    return text.len > 0 && text.len <= max;
}

/* The content type of a part in a form safe for a header: type/subtype, for text with
 * its charset; else application/octet-stream. */
static void
set_part_type(struct reply *reply, const struct mime_part *part, char *out, size_t size)
{
    struct slice type, subtype;
    bool has_charset =
        strncmp(part->type, "text/", 5) == 0 && is_token(slice_from(part->charset), 40);

    if (slice_cut(slice_from(part->type), '/', &type, &subtype) && is_token(type, 50) &&
        is_token(subtype, 100))
        snprintf(out, size, "%s%s%s", part->type, has_charset ? "; charset=" : "",
                 has_charset ? part->charset : "");
    else
        snprintf(out, size, "application/octet-stream");
    reply->type = out;
}

static void
set_part_name(struct reply *reply, const struct mime_part *part)
{
    const char *name = part->file_name[0] != '\0' ? part->file_name : part->content_id;
    const char *slash = strrchr(name, '/'), *back = strrchr(name, '\\');
    enum { NAME_MAX_OCTETS = 200 };
    struct html text;

    /* the file name only: a path would reveal the sender's folders */
    name = slash != NULL && (back == NULL || slash > back) ? slash + 1
           : back != NULL                                  ? back + 1
                                                           : name;
    html_init(&text, POSTERN_EN);
    html_markup(&text, "inline; filename=\"");
    html_path(&text, slice_of(name, strnlen(name, NAME_MAX_OCTETS)));
    html_markup(&text, "\"");
    reply_header(reply, "Content-Disposition", buf_slice(&text.out));
    html_clear(&text);
}

void
mailpit_part(struct web *web, const struct request *request, struct reply *reply)
{
    static __thread char type[220];
    const struct mime_part *part;
    struct view view;

    if (!view_open(&view, web->inbox, request, reply))
        return;
    part = mime_part_find(view.message.mime, request->segments[1]);
    if (part == NULL ||
        (part->role == MIME_CONTAINER && strncmp(part->type, "multipart/", 10) == 0)) {
        reply_text(reply, 404, "404 page not found");
    } else if (mime_octets(view.message.mime, part, &reply->body)) {
        set_part_type(reply, part, type, sizeof(type));
        set_part_name(reply, part);
        reply->policy = part_policy;
        reply->is_picture = strncmp(reply->type, "image/", 6) == 0;
    } else {
        reply_text(reply, 413, "This part is too large to be shown.\n");
    }
    view_close(&view);
}

void
mailpit_thumb(struct web *web, const struct request *request, struct reply *reply)
{
    const struct mime_part *part;
    struct view view;
    struct buf octets;

    if (!view_open(&view, web->inbox, request, reply))
        return;
    part = mime_part_find(view.message.mime, request->segments[1]);
    if (part == NULL) {
        reply_text(reply, 404, "404 page not found");
    } else {
        buf_init(&octets, 64 << 20);
        if (strncmp(part->type, "image/", 6) != 0 ||
            !mime_octets(view.message.mime, part, &octets))
            octets.len = 0;
        reply->type = "image/jpeg";
        thumb_make(buf_slice(&octets), &reply->body);
        buf_clear(&octets);
    }
    view_close(&view);
}

/* ---- /view/ID.html and .txt ---- */

struct parts_of {
    const struct mime *mime;
    char id[ID_TEXT_LEN + 1];
};

static bool
resolve(void *context, struct slice content_id, struct buf *out)
{
    const struct parts_of *parts = context;
    const struct mime_part *part = mime_part_named(parts->mime, content_id);

    return part != NULL &&
           buf_printf(out, "/api/v1/message/%s/part/%s", parts->id, part->id);
}

/* Split "ID.html" into the id and the ending. False: no such view. */
static bool
cut_ending(struct request *request, bool *is_html_out)
{
    struct slice name = request->segments[0], ending;

    if (!slice_cut(name, '.', &request->segments[0], &ending))
        return false;
    *is_html_out = slice_is_equal(ending, SLICE("html"));
    return *is_html_out || slice_is_equal(ending, SLICE("txt"));
}

static void
view_html(const struct view *view, const struct request *request, struct reply *reply)
{
    struct parts_of parts = {.mime = view->message.mime};
    struct buf html;
    char own[400];

    id_format(&view->message.row.id, parts.id);
    buf_init(&html, 64 << 20);
    mime_html(view->message.mime, &html);
    if (html.len == 0) {
        enum word why = view_refusal(&view->message);

        reply_text(reply, 404, "This message does not contain an HTML part");
        if (why != WORD_COUNT) {
            reply->body.len = 0;
            reply_put(reply, word_text(why, request->language));
        }
        buf_clear(&html);
        return;
    }
    reply_put(reply, SLICE("<!DOCTYPE html><meta charset=\"utf-8\">"));
    markup_resolve(buf_slice(&html), resolve, &parts, &reply->body);
    reply->type = "text/html; charset=utf-8";
    snprintf(own, sizeof(own), "http://%.*s/api/v1/message/%s/part/",
             (int)request->host.len, request->host.ptr, parts.id);
    if (asprintf(&reply->policy_memory, MAIL_POLICY, own, own) < 0)
        memory_fail();
    reply->policy = reply->policy_memory;
    buf_clear(&html);
}

void
mailpit_view(struct web *web, const struct request *original, struct reply *reply)
{
    struct request request = *original;
    struct view view;
    bool is_html;

    if (slice_is_equal(request.segments[0], SLICE("latest"))) {
        struct id id;
        char place[64] = "/", text[ID_TEXT_LEN + 1];

        if (view_id(web->inbox, &request, SLICE("latest"), &id)) {
            id_format(&id, text);
            snprintf(place, sizeof(place), "/message/%s", text);
        }
        reply_text(reply, 302, "");
        reply_header(reply, "Location", slice_from(place));
        return;
    }
    if (!cut_ending(&request, &is_html)) {
        reply_text(reply, 404, "404 page not found");
        return;
    }
    if (!view_open(&view, web->inbox, &request, reply)) {
        reply_text(reply, 404, "Message not found");
        return;
    }
    if (is_html) {
        view_html(&view, &request, reply);
    } else {
        summary_text(view.message.mime, &reply->body);
        reply->type = "text/plain; charset=utf-8";
        reply->policy = part_policy;
    }
    change_mark_read(web->change, &view);
    view_close(&view);
}
