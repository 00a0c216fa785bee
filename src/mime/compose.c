/* compose.c - see compose.h; the message is written by GMime */
#include "mime/compose.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "message/address.h"

#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fields that "headers" may not set: they have keys of their own or are generated. */
static const char *const own_fields[] = {"To",      "From",         "Cc",
                                         "Bcc",     "Reply-To",     "Date",
                                         "Subject", "Content-Type", "Mime-Version"};

struct draft {
    const json_t *request;
    GMimeMessage *message;
    json_t *recipients;
    char *wrong; /* buffer for the first error */
    bool is_wrong;
};

static const char *
text_of(const json_t *object, const char *key)
{
    json_t *value;
    const char *name;

    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (slice_is_equal_fold(slice_from(name), slice_from(key)))
            return json_is_string(value) ? json_string_value(value) : "";
    }
    return "";
}

/* Report an error, "what" followed by "detail"; only the first one counts. */
static void
reject(struct draft *draft, const char *what, const char *detail)
{
    if (draft->is_wrong)
        return;
    draft->is_wrong = true;
    snprintf(draft->wrong, 300, "%s%s", what, detail);
}

/* ---- addresses ---------------------------------------------------------------------
 */

static bool
is_address(const char *text)
{
    struct slice list = slice_from(text), found;

    const char *at = strrchr(text, '@');

    return address_take(&list, &found) && found.len == strlen(text) && at != NULL &&
           at > text && at[1] != '\0';
}

static void
add_address(struct draft *draft, GMimeAddressType type, const char *what,
            const char *name, const char *address, bool is_recipient)
{
    if (!is_address(address)) {
        char start[60];

        snprintf(start, sizeof(start), "invalid %s address: ", what);
        reject(draft, start, address);
        return;
    }
    g_mime_message_add_mailbox(draft->message, type, name[0] != '\0' ? name : NULL,
                               address);
    if (is_recipient)
        json_array_append_new(draft->recipients, json_string(address));
}

static void
add_list(struct draft *draft, const char *key, GMimeAddressType type, const char *what,
         bool is_recipient)
{
    const json_t *list = json_object_get(draft->request, key), *entry;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)list, i, entry)
    {
        if (json_is_string(entry))
            add_address(draft, type, what, "", json_string_value(entry), is_recipient);
        else
            add_address(draft, type, what, text_of(entry, "Name"),
                        text_of(entry, "Email"), is_recipient);
    }
}

/* ---- fields ---- */

static bool
is_own_field(const char *name, bool has_tags)
{
    for (size_t i = 0; i < sizeof(own_fields) / sizeof(*own_fields); i++) {
        if (slice_is_equal_fold(slice_from(name), slice_from(own_fields[i])))
            return true;
    }
    return has_tags && slice_is_equal_fold(slice_from(name), SLICE("X-Tags"));
}

static bool
is_field(const char *name, const char *value)
{
    for (const char *p = name; *p != '\0'; p++) {
        if (!ascii_is_printable(*p) || *p == ' ' || *p == ':')
            return false;
    }
    return name[0] != '\0' && strpbrk(value, "\r\n") == NULL;
}

static void
reject_field(struct draft *draft, const char *what, const char *name)
{
    char text[200];

    snprintf(text, sizeof(text), ": \"%s\"", name);
    reject(draft, what, text);
}

static void
add_fields(struct draft *draft)
{
    const json_t *fields = json_object_get(draft->request, "headers");
    bool has_tags = json_array_size(json_object_get(draft->request, "tags")) > 0;
    json_t *value;
    const char *name;

    json_object_foreach((json_t *)(uintptr_t)fields, name, value)
    {
        const char *text = json_is_string(value) ? json_string_value(value) : "";

        if (is_own_field(name, has_tags))
            reject_field(draft, "cannot overwrite header", name);
        else if (!is_field(name, text))
            reject_field(draft, "invalid header", name);
        else
            g_mime_object_set_header(GMIME_OBJECT(draft->message), name, text, "UTF-8");
    }
}

static void
add_tags(struct draft *draft)
{
    const json_t *tags = json_object_get(draft->request, "tags"), *tag;
    GString *all = g_string_new(NULL);
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)tags, i, tag)
    {
        if (!json_is_string(tag) || strpbrk(json_string_value(tag), "\r\n,") != NULL)
            continue;
        g_string_append_printf(all, "%s%s", all->len > 0 ? ", " : "",
                               json_string_value(tag));
    }
    if (all->len > 0)
        g_mime_object_set_header(GMIME_OBJECT(draft->message), "X-Tags", all->str,
                                 "UTF-8");
    g_string_free(all, TRUE);
}

/* ---- content ---- */

static GMimeObject *
text_part(const char *subtype, const char *text)
{
    GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);

    g_mime_text_part_set_charset(part, "utf-8");
    g_mime_text_part_set_text(part, text);
    g_mime_part_set_content_encoding(GMIME_PART(part),
                                     GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    return GMIME_OBJECT(part);
}

/* The type of octets, if the request does not give one. */
static const char *
sniff(const guchar *octets, gsize len)
{
    static const struct {
        const char *magic, *type;
        size_t len;
    } known[] = {{"\x89PNG", "image/png", 4},
                 {"\xff\xd8\xff", "image/jpeg", 3},
                 {"GIF8", "image/gif", 4},
                 {"%PDF", "application/pdf", 4},
                 {"PK\x03\x04", "application/zip", 4}};

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (len >= known[i].len && memcmp(octets, known[i].magic, known[i].len) == 0)
            return known[i].type;
    }
    return g_utf8_validate((const char *)octets, (gssize)len, NULL)
               ? "text/plain"
               : "application/octet-stream";
}

static const char base64_octets[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    "0123456789+/= \r\n";

/* text without characters that would end the header field it is written to. */
static char *
one_line(const char *text)
{
    char *copy = memory_copy(slice_from(text));

    for (char *p = copy; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '_';
    }
    return copy;
}

static GMimeObject *
attached_part(struct draft *draft, const json_t *attachment)
{
    const char *content = text_of(attachment, "Content"), *comma;
    const char *name = text_of(attachment, "Filename");
    const char *type = text_of(attachment, "ContentType");
    const char *id = text_of(attachment, "ContentID");
    gsize len = 0;
    guchar *octets;
    GMimeStream *stream;
    GMimeDataWrapper *wrapper;
    GMimeContentType *parsed;
    GMimePart *part = g_mime_part_new();

    comma = strrchr(content, ','); /* skip "data:…;base64," */
    content = comma != NULL ? comma + 1 : content;
    if (strspn(content, base64_octets) != strlen(content))
        reject(draft, "illegal base64 data in attachment ", name);
    octets = g_base64_decode(content, &len);
    if (type[0] == '\0')
        type = sniff(octets, len);
    parsed = g_mime_content_type_parse(NULL, type);
    if (parsed == NULL)
        reject(draft, "invalid content type: ", type);
    else
        g_mime_object_set_content_type(GMIME_OBJECT(part), parsed);
    stream = g_mime_stream_mem_new_with_buffer((const char *)octets, len);
    wrapper =
        g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_part_set_content(part, wrapper);
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_disposition(GMIME_OBJECT(part),
                                  id[0] != '\0' ? "inline" : "attachment");
    if (name[0] != '\0') {
        char *line = one_line(name);

        g_mime_part_set_filename(part, line);
        free(line);
    }
    if (id[0] != '\0') {
        char *line = one_line(id);

        g_mime_part_set_content_id(part, line);
        free(line);
    }
    if (parsed != NULL)
        g_object_unref(parsed);
    g_object_unref(wrapper);
    g_object_unref(stream);
    g_free(octets);
    return GMIME_OBJECT(part);
}

/* first and second in a new multipart; both are taken over. */
static GMimeObject *
together(const char *subtype, GMimeObject *first, GMimeObject *second)
{
    GMimeMultipart *multipart = g_mime_multipart_new_with_subtype(subtype);

    g_mime_multipart_add(multipart, first);
    g_mime_multipart_add(multipart, second);
    g_object_unref(first);
    g_object_unref(second);
    return GMIME_OBJECT(multipart);
}

static void
add_content(struct draft *draft)
{
    const char *text = text_of(draft->request, "text"),
               *html = text_of(draft->request, "html");
    const json_t *list = json_object_get(draft->request, "attachments"), *attachment;
    GMimeObject *body = text_part("plain", text);
    GMimeMultipart *mixed = NULL;
    size_t i;

    if (html[0] != '\0' && text[0] != '\0')
        body = together("alternative", body, text_part("html", html));
    else if (html[0] != '\0') {
        g_object_unref(body);
        body = text_part("html", html);
    }
    json_array_foreach((json_t *)(uintptr_t)list, i, attachment)
    {
        GMimeObject *part = attached_part(draft, attachment);

        if (mixed == NULL) {
            body = together("mixed", body, part);
            mixed = GMIME_MULTIPART(body);
            continue;
        }
        g_mime_multipart_add(mixed, part);
        g_object_unref(part);
    }
    g_mime_message_set_mime_part(draft->message, body);
    g_object_unref(body);
}

/* ---- the message ---- */

/* With CR LF as line ends, as in SMTP. */
static void
write_message(struct draft *draft, struct buf *source)
{
    GMimeStream *memory = g_mime_stream_mem_new();
    GMimeStream *filtered = g_mime_stream_filter_new(memory);
    GMimeFilter *crlf = g_mime_filter_unix2dos_new(FALSE);
    GByteArray *octets;

    g_mime_stream_filter_add(GMIME_STREAM_FILTER(filtered), crlf);
    g_mime_object_write_to_stream(GMIME_OBJECT(draft->message), NULL, filtered);
    g_mime_stream_flush(filtered);
    octets = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    if (!buf_append(source, slice_of((const char *)octets->data, octets->len)))
        reject(draft, "the message is too large", "");
    g_object_unref(crlf);
    g_object_unref(filtered);
    g_object_unref(memory);
}

const char *
compose(const json_t *request, struct buf *source, json_t **recipients_out,
        const char **from_out, char out[300])
{
    struct draft draft = {.request = request,
                          .message = g_mime_message_new(TRUE),
                          .recipients = json_array(),
                          .wrong = out};
    const json_t *from = json_object_get(request, "from");
    GDateTime *now = g_date_time_new_now_local();
    char *id;

    *from_out = text_of(from, "Email");
    add_address(&draft, GMIME_ADDRESS_TYPE_FROM, "From", text_of(from, "Name"),
                *from_out, false);
    add_list(&draft, "to", GMIME_ADDRESS_TYPE_TO, "To", true);
    add_list(&draft, "cc", GMIME_ADDRESS_TYPE_CC, "Cc", true);
    add_list(&draft, "bcc", GMIME_ADDRESS_TYPE_BCC, "Bcc", true);
    add_list(&draft, "replyto", GMIME_ADDRESS_TYPE_REPLY_TO, "Reply-To", false);
    g_mime_message_set_subject(draft.message, text_of(request, "subject"), "UTF-8");
    g_mime_message_set_date(draft.message, now);
    id = g_mime_utils_generate_message_id("postern");
    g_mime_message_set_message_id(draft.message, id);
    add_fields(&draft);
    add_tags(&draft);
    add_content(&draft);
    if (json_array_size(draft.recipients) == 0)
        reject(&draft, "no recipients found", "");
    if (!draft.is_wrong)
        write_message(&draft, source);
    g_free(id);
    g_date_time_unref(now);
    g_object_unref(draft.message);
    *recipients_out = draft.recipients;
    return draft.is_wrong ? out : NULL;
}
