/* mime.c - the tree of parts, parsed by GMime
 *
 * 1. The source is not copied: the content of parts is read from it on demand.
 * 2. Parts are numbered as clients of Mailpit expect it: the children of the top
 *    multipart are 1, 2 …, theirs 1.1, 1.2 …; the only part of a message without a
 *    multipart is 0. Nested multiparts have numbers too.
 * 3. A forwarded message (message/rfc822) is a part; its own parts appear in the tree,
 *    but their texts do not belong to this message.
 */
#include "mime/mime.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "message/header.h"
#include "mime/addresses.h"
#include "mime/text.h"

#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SUBJECT_MAX = 64 * 1024,
    DEPTH_MAX = 60,
};

void
mime_start(void)
{
    g_mime_init();
}

/* ---- the header ---- */

static char *
decoded_field(struct slice source, struct slice name)
{
    struct slice value;
    char *text = memory_new(SUBJECT_MAX);

    if (header_find(source, name, &value))
        text[header_decode(value, text, SUBJECT_MAX)] = '\0';
    return memory_grow(text, strlen(text) + 1);
}

static char *
message_id_of(struct slice source)
{
    char *text = decoded_field(source, SLICE("Message-ID")), *from = text;
    size_t len;

    while (*from == ' ' || *from == '<')
        from++;
    len = strcspn(from, ">");
    memmove(text, from, len);
    while (len > 0 && text[len - 1] == ' ')
        len--;
    text[len] = '\0';
    return text;
}

struct _GDateTime *
mime_date(const char *text)
{
    return g_mime_utils_header_decode_date(text);
}

static void
read_date(struct mime *mime)
{
    struct slice value;
    char text[200];
    GDateTime *date;

    if (!header_find(mime->source, SLICE("Date"), &value))
        return;
    text[header_decode(value, text, sizeof(text))] = '\0';
    date = g_mime_utils_header_decode_date(text);
    if (date == NULL)
        return;
    mime->date_us = g_date_time_to_unix(date) * 1000000;
    mime->date_zone_s = (int)(g_date_time_get_utc_offset(date) / 1000000);
    g_date_time_unref(date);
}

static void
read_header(struct mime *mime)
{
    struct slice source = mime->source;

    mime->subject = decoded_field(source, SLICE("Subject"));
    mime->message_id = message_id_of(source);
    mime->from = addresses_of(source, SLICE("From"));
    mime->to = addresses_of(source, SLICE("To"));
    mime->cc = addresses_of(source, SLICE("Cc"));
    mime->bcc = addresses_of(source, SLICE("Bcc"));
    mime->reply_to = addresses_of(source, SLICE("Reply-To"));
    read_date(mime);
}

/* ---- parts ------------------------------------------------------------------------
 */

/* By Content-Disposition (RFC 2183); text without one is a body. */
static enum mime_role
role_of(GMimeObject *object)
{
    GMimeContentDisposition *disposition =
        g_mime_object_get_content_disposition(object);
    const char *word = disposition != NULL
                           ? g_mime_content_disposition_get_disposition(disposition)
                           : "";
    GMimeContentType *type = g_mime_object_get_content_type(object);

    if (GMIME_IS_MULTIPART(object))
        return MIME_CONTAINER;
    if (g_ascii_strcasecmp(word, "attachment") == 0)
        return MIME_ATTACHMENT;
    if (GMIME_IS_PART(object) && g_mime_part_get_filename(GMIME_PART(object)) == NULL &&
        (g_mime_content_type_is_type(type, "text", "plain") ||
         g_mime_content_type_is_type(type, "text", "html")))
        return MIME_BODY;
    if (word[0] == '\0' &&
        g_mime_content_type_is_type(type, "application", "octet-stream"))
        return MIME_ATTACHMENT;
    return MIME_INLINE;
}

static void
read_part(struct mime_part *part, GMimeObject *object)
{
    GMimeContentType *type = g_mime_object_get_content_type(object);
    const char *encoding =
        g_mime_object_get_header(object, "Content-Transfer-Encoding");
    char *name = g_mime_content_type_get_mime_type(type);

    part->object = object;
    part->role = role_of(object);
    part->type = text_valid_copy(name);
    for (char *p = part->type; *p != '\0'; p++)
        *p = ascii_lower(*p);
    g_free(name);
    part->charset = text_valid_copy(g_mime_content_type_get_parameter(type, "charset"));
    part->encoding = text_valid_copy(encoding);
    part->content_id = text_valid_copy(g_mime_object_get_content_id(object));
    part->file_name = text_valid_copy(
        GMIME_IS_PART(object) ? g_mime_part_get_filename(GMIME_PART(object)) : NULL);
}

static void add_part(struct mime *mime, GMimeObject *object, const char *id,
                     unsigned depth, bool is_forwarded);

/* Numbered "1" at the top level, "1.1" below. */
static void
add_child(struct mime *mime, GMimeObject *child, const char *parent, unsigned depth,
          int n, bool is_forwarded)
{
    char id[sizeof(mime->parts[0].id)];
    bool is_top = strcmp(parent, "0") == 0;

    if (snprintf(id, sizeof(id), "%s%s%d", is_top ? "" : parent, is_top ? "" : ".",
                 n + 1) < (int)sizeof(id))
        add_part(mime, child, id, depth + 1, is_forwarded);
}

static void
add_part(struct mime *mime, GMimeObject *object, const char *id, unsigned depth,
         bool is_forwarded)
{
    struct mime_part *part;

    if (object == NULL || mime->part_count == MIME_PARTS_MAX || depth > DEPTH_MAX)
        return;
    part = &mime->parts[mime->part_count++];
    read_part(part, object);
    part->depth = depth;
    if (is_forwarded && part->role != MIME_CONTAINER)
        part->role =
            MIME_CONTAINER; /* of the forwarded message: shown in the tree only */
    snprintf(part->id, sizeof(part->id), "%s", id);
    if (GMIME_IS_MULTIPART(object)) {
        GMimeMultipart *multipart = GMIME_MULTIPART(object);

        for (int i = 0; i < g_mime_multipart_get_count(multipart); i++)
            add_child(mime, g_mime_multipart_get_part(multipart, i), id, depth, i,
                      is_forwarded);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *inner =
            g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

        if (inner != NULL)
            add_child(mime, g_mime_message_get_mime_part(inner), id, depth, 0, true);
    }
}

static struct mime *
header_only(struct slice source, enum prescan refused)
{
    struct mime *mime = memory_new(sizeof(*mime));

    mime->source = source;
    mime->refused = refused;
    read_header(mime);
    return mime;
}

struct mime *
mime_parse_header(struct slice source)
{
    return header_only(source, PRESCAN_BROKEN);
}

struct mime *
mime_parse(struct slice source)
{
    struct mime *mime = header_only(source, prescan(source));
    GMimeStream *stream;
    GMimeParser *parser;

    if (mime->refused != PRESCAN_OK)
        return mime;
    mime->parts = memory_new(MIME_PARTS_MAX * sizeof(*mime->parts));
    stream = g_mime_stream_mem_new_with_buffer(source.ptr, source.len);
    parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_persist_stream(parser, TRUE);
    mime->message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    if (mime->message != NULL)
        add_part(mime, g_mime_message_get_mime_part(mime->message), "0", 0, false);
    return mime;
}

struct mime *
mime_free(struct mime *mime)
{
    if (mime == NULL)
        return NULL;
    for (size_t i = 0; i < mime->part_count; i++) {
        struct mime_part *part = &mime->parts[i];

        free(part->type);
        free(part->charset);
        free(part->encoding);
        free(part->file_name);
        free(part->content_id);
    }
    free(mime->parts);
    free(mime->subject);
    free(mime->message_id);
    addresses_clear(&mime->from);
    addresses_clear(&mime->to);
    addresses_clear(&mime->cc);
    addresses_clear(&mime->bcc);
    addresses_clear(&mime->reply_to);
    if (mime->message != NULL)
        g_object_unref(mime->message);
    free(mime);
    return NULL;
}

/* ---- finding ---- */

const struct mime_part *
mime_part_find(const struct mime *mime, struct slice id)
{
    for (size_t i = 0; i < mime->part_count; i++) {
        if (slice_is_equal(slice_from(mime->parts[i].id), id))
            return &mime->parts[i];
    }
    return NULL;
}

const struct mime_part *
mime_part_named(const struct mime *mime, struct slice content_id)
{
    for (size_t i = 0; i < mime->part_count; i++) {
        const struct mime_part *part = &mime->parts[i];

        if (part->content_id[0] != '\0' && part->role != MIME_CONTAINER &&
            slice_is_equal(slice_from(part->content_id), content_id))
            return part;
    }
    return NULL;
}

bool
mime_is_listed(const struct mime_part *part)
{
    return (part->role == MIME_INLINE || part->role == MIME_ATTACHMENT) &&
           (part->file_name[0] != '\0' || part->content_id[0] != '\0');
}
