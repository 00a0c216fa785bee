/* mime.c - GMime behind one door
 *
 * 1. The source stays where it is: parts are read from it when they are asked for.
 * 2. Parts are numbered as clients of this API know them: the children of the top
 *    multipart are 1, 2 …, theirs 1.1, 1.2 …; the part of a message that has only one
 *    is 0. Multiparts in between carry numbers too.
 * 3. A forwarded message (message/rfc822) is a part, and is descended into for the tree
 *    only: its texts are not the message's.
 */
#include "mime/mime.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "message/header.h"

#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ADDRESSES_MAX = 1000,
    ADDRESS_VALUE_MAX = 256 * 1024, /* octets of a field that are looked at */
    MAILBOX_MAX = 2000,             /* octets of one; what is longer is none */
    SUBJECT_MAX = 64 * 1024,
    DEPTH_MAX = 60,
};

void
mime_start(void)
{
    g_mime_init();
}

/* A copy of s that is UTF-8 and has no NUL inside. */
static char *
valid_copy(const char *s)
{
    char *valid = g_utf8_make_valid(s != NULL ? s : "", -1);
    char *copy = memory_copy(slice_from(valid));

    g_free(valid);
    return copy;
}

/* ---- addresses ---- */

/* GMime's parser descends into each group and takes time by the square of what is no
 * address. So it is given one mailbox at a time: the list is cut at its commas by us,
 * and names of groups go (RFC 5322 3.4). */
struct cut {
    bool is_quoted, is_angled, is_literal; /* inside "…", <…>, […] */
    int comments;                          /* depth of (…) */
};

/* Does c, which follows in the list what was cut so far, part mailboxes? */
static bool
is_separator(struct cut *cut, char c)
{
    if (cut->is_quoted)
        cut->is_quoted = c != '"';
    else if (c == '(')
        cut->comments++;
    else if (cut->comments > 0)
        cut->comments -= c == ')';
    else if (c == '"')
        cut->is_quoted = true;
    else if (c == '<' || c == '>')
        cut->is_angled = c == '<';
    else if (c == '[' || c == ']')
        cut->is_literal = c == '[';
    else if (!cut->is_angled && !cut->is_literal)
        return c == ',' || c == ';' || c == ':';
    return false;
}

/* The next piece of *list, and in *separator_out what parts it from the rest: '\0'
 * where the list ends or the piece is cut at MAILBOX_MAX. */
static struct slice
take_mailbox(struct slice *list, char *separator_out)
{
    struct slice rest = *list;
    struct cut cut = {0};
    size_t len = 0;
    bool is_parted;

    while (len < rest.len && len < MAILBOX_MAX && !is_separator(&cut, rest.ptr[len]))
        len += rest.ptr[len] == '\\' && len + 1 < rest.len ? 2 : 1;
    is_parted = len < rest.len && len < MAILBOX_MAX;
    *separator_out = is_parted ? rest.ptr[len] : '\0';
    *list = slice_skip(rest, len + is_parted);
    return slice_of(rest.ptr, len);
}

static void
add_mailbox(struct mime_addresses *to, struct slice mailbox)
{
    char *copy = memory_copy(mailbox);
    InternetAddressList *list = internet_address_list_parse(NULL, copy);

    for (int i = 0; list != NULL && i < internet_address_list_length(list); i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);

        if (to->count < ADDRESSES_MAX && INTERNET_ADDRESS_IS_MAILBOX(address))
            to->list[to->count++] = (struct mime_address){
                .name = valid_copy(internet_address_get_name(address)),
                .address = valid_copy(internet_address_mailbox_get_addr(
                    INTERNET_ADDRESS_MAILBOX(address))),
            };
    }
    if (list != NULL)
        g_object_unref(list);
    free(copy);
}

/* The addresses of a header value. Cleared with mime_addresses_clear. */
static struct mime_addresses
mime_addresses_of(struct slice value)
{
    struct mime_addresses result = {
        .list = memory_new(ADDRESSES_MAX * sizeof(*result.list))};
    bool is_rest = false; /* of a piece that was too long */
    char separator;

    while (value.len > 0 && result.count < ADDRESSES_MAX) {
        struct slice piece = take_mailbox(&value, &separator);
        bool is_whole = piece.len < MAILBOX_MAX;

        if (is_whole && !is_rest && piece.len > 0 && separator != ':')
            add_mailbox(&result, piece);
        is_rest = !is_whole;
    }
    result.list = memory_grow(result.list, (result.count + 1) * sizeof(*result.list));
    return result;
}

static void
mime_addresses_clear(struct mime_addresses *addresses)
{
    for (size_t i = 0; i < addresses->count; i++) {
        free(addresses->list[i].name);
        free(addresses->list[i].address);
    }
    free(addresses->list);
    *addresses = (struct mime_addresses){0};
}

/* All fields of that name together. */
static struct mime_addresses
addresses_of(struct slice source, struct slice name)
{
    struct slice block = header_block(source);
    struct header_field field;
    struct buf all;
    struct mime_addresses result;

    buf_init(&all, ADDRESS_VALUE_MAX);
    while (header_take(&block, &field)) {
        if (slice_is_equal_fold(field.name, name) &&
            ((all.len > 0 && !buf_append(&all, SLICE(", "))) ||
             !buf_append(&all, field.value)))
            break;
    }
    result = mime_addresses_of(buf_slice(&all));
    buf_clear(&all);
    return result;
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

/* RFC 2183: what the disposition says; without one, text is body. */
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
    part->type = valid_copy(name);
    for (char *p = part->type; *p != '\0'; p++)
        *p = ascii_lower(*p);
    g_free(name);
    part->charset = valid_copy(g_mime_content_type_get_parameter(type, "charset"));
    part->encoding = valid_copy(encoding);
    part->content_id = valid_copy(g_mime_object_get_content_id(object));
    part->file_name = valid_copy(
        GMIME_IS_PART(object) ? g_mime_part_get_filename(GMIME_PART(object)) : NULL);
}

static void add_part(struct mime *mime, GMimeObject *object, const char *id,
                     unsigned depth, bool is_forwarded);

/* "1" below the top, "1.1" deeper. */
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
            MIME_CONTAINER; /* its message's, not ours: shown in the tree only */
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
    mime_addresses_clear(&mime->from);
    mime_addresses_clear(&mime->to);
    mime_addresses_clear(&mime->cc);
    mime_addresses_clear(&mime->bcc);
    mime_addresses_clear(&mime->reply_to);
    if (mime->message != NULL)
        g_object_unref(mime->message);
    free(mime);
    return NULL;
}

/* ---- content ------------------------------------------------------------------------
 */

/* Append s, cut to what fits. */
static void
append_some(struct buf *out, struct slice s)
{
    if (s.len > out->max - out->len)
        s.len = out->max - out->len;
    if (!buf_append(out, s))
        memory_fail();
}

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
            append_some(out, slice_from(between));
        append_some(out, slice_from(valid));
        g_free(valid);
        g_free(text);
    }
}

/* A message that cannot be taken apart shows what is behind its header. */
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
    append_some(out, slice_from(valid));
    g_free(valid);
}

/* The first line is neither a field nor empty: all is text, which the library would
 * take for a broken header and drop. */
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

/* ---- folding ---- */

/* Blanks of any kind become one; returns the new length. */
static size_t
squeeze(char *text, const char *blanks)
{
    size_t len = 0;
    bool was_blank = true;

    for (const char *p = text; *p != '\0'; p++) {
        bool is_blank = strchr(blanks, *p) != NULL;

        if (!is_blank || !was_blank)
            text[len++] = is_blank ? ' ' : *p;
        was_blank = is_blank;
    }
    while (len > 0 && text[len - 1] == ' ')
        len--;
    return len;
}

void
mime_fold(struct slice s, size_t limit, bool is_loose, struct buf *out)
{
    size_t most = s.len < limit ? s.len : limit, len;
    char *valid = g_utf8_make_valid(s.ptr != NULL ? s.ptr : "", (gssize)most);
    char *form = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL_COMPOSE);
    char *folded = g_utf8_casefold(form != NULL ? form : valid, -1);

    len = squeeze(folded, is_loose ? " \t\r\n><\",;()" : " \t\r\n");
    append_some(out, slice_of(folded, len));
    g_free(folded);
    g_free(form);
    g_free(valid);
}
