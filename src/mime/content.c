/* content.c - the texts and the decoded content of a parsed message */
#include "mime/mime.h"

#include "base/memory.h"
#include "message/header.h"
#include "mime/text.h"

#include <gmime/gmime.h>
#include <string.h>

static void
append_bodies(const struct mime *mime, const char *type, const char *between,
              struct buf *out)
{
    size_t start = out->len;

    for (size_t i = 0; i < mime->part_count; i++) {
        const struct mime_part *part = &mime->parts[i];
        char *text, *valid;

        if (part->role != MIME_BODY || strcmp(part->type, type) != 0 ||
            !GMIME_IS_TEXT_PART(part->object))
            continue;
        text = g_mime_text_part_get_text(GMIME_TEXT_PART(part->object));
        if (text == NULL)
            continue;
        valid = g_utf8_make_valid(text, -1);
        if (out->len > start)
            text_append(out, slice_from(between));
        text_append(out, slice_from(valid));
        g_free(valid);
        g_free(text);
    }
}

/* Of a message that is not parsed: everything after its header. */
static void
append_raw_body(const struct mime *mime, struct buf *out)
{
    struct slice block = header_block(mime->source);
    size_t skip =
        block.len > 0 ? (size_t)(block.ptr - mime->source.ptr) + block.len : 0;
    struct slice body = slice_skip(mime->source, skip);
    char *valid;

    while (body.len > 0 && (body.ptr[0] == '\r' || body.ptr[0] == '\n'))
        body = slice_skip(body, 1);
    if (body.len > out->max - out->len)
        body.len = out->max - out->len;
    valid = g_utf8_make_valid(body.ptr != NULL ? body.ptr : "", (gssize)body.len);
    text_append(out, slice_from(valid));
    g_free(valid);
}

/* The first line is neither a field nor empty: all of it is text, which GMime would
 * drop as a malformed header. */
static bool
is_without_header(struct slice source)
{
    return source.len > 0 && source.ptr[0] != '\r' && source.ptr[0] != '\n' &&
           header_block(source).len == 0;
}

void
mime_text(const struct mime *mime, struct buf *out)
{
    if (mime->refused != PRESCAN_OK || is_without_header(mime->source))
        append_raw_body(mime, out);
    else
        append_bodies(mime, "text/plain", "\n", out);
}

void
mime_html(const struct mime *mime, struct buf *out)
{
    append_bodies(mime, "text/html", "\n", out);
}

/* Write the decoded content of a part to a stream. */
static void
write_content(const struct mime_part *part, GMimeStream *stream)
{
    if (GMIME_IS_PART(part->object)) {
        GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(part->object));

        if (content != NULL)
            g_mime_data_wrapper_write_to_stream(content, stream);
    } else if (GMIME_IS_MESSAGE_PART(part->object)) {
        GMimeMessage *inner =
            g_mime_message_part_get_message(GMIME_MESSAGE_PART(part->object));

        if (inner != NULL)
            g_mime_object_write_to_stream(GMIME_OBJECT(inner), NULL, stream);
    }
}

bool
mime_octets(const struct mime *mime, const struct mime_part *part, struct buf *out)
{
    GMimeStream *stream = g_mime_stream_mem_new();
    GByteArray *array;
    bool is_done;

    (void)mime;
    write_content(part, stream);
    array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    is_done = buf_append(out, slice_of((const char *)array->data, array->len));
    g_object_unref(stream);
    return is_done;
}

bool
mime_source(const struct mime *mime, const struct mime_part *part, struct buf *out)
{
    GMimeStream *stream = g_mime_stream_mem_new();
    GByteArray *array;
    bool is_done;

    (void)mime;
    g_mime_object_write_to_stream(GMIME_OBJECT(part->object), NULL, stream);
    array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    is_done = buf_append(out, slice_of((const char *)array->data, array->len));
    g_object_unref(stream);
    return is_done;
}

uint64_t
mime_size(const struct mime *mime, const struct mime_part *part)
{
    GMimeStream *stream = g_mime_stream_null_new();
    uint64_t size;

    (void)mime;
    write_content(part, stream);
    size = (uint64_t)GMIME_STREAM_NULL(stream)->written;
    g_object_unref(stream);
    return size;
}
