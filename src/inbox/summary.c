/* summary.c - what is stored in the index, and read back from it
 *
 * The keys are those of Mailpit's MessageSummary: one shape for its API and our pages.
 * What can change later (tags, read) or is a column of the index is not part of it.
 */
#include "inbox/summary.h"

#include "base/ascii.h"
#include "base/memory.h"
#include "inbox/inbox_internal.h"
#include "json/jsonin.h"
#include "json/jsonout.h"
#include "message/header.h"
#include "mime/markup.h"

#include <stdlib.h>
#include <string.h>

enum {
    SNIPPET_MAX = 250,            /* characters */
    TEXT_MAX = 256 * 1024,        /* octets of text that are read */
    BODY_INDEXED_MAX = 16 * 1024, /* … and that are searched, folded */
    FIELD_INDEXED_MAX = 4 * 1024,
};

/* ---- addresses ---- */

static json_t *
address_json(struct slice name, struct slice address)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "Name", jsonout_text(name));
    jsonout_set(object, "Address", jsonout_text(address));
    return object;
}

static json_t *
parsed_address(const struct mime_address *address)
{
    return address_json(slice_from(address->name), slice_from(address->address));
}

static json_t *
first_address(const struct mime_addresses *addresses)
{
    return addresses->count > 0 ? parsed_address(&addresses->list[0])
                                : address_json(SLICE(""), SLICE(""));
}

static json_t *
addresses_json(const struct mime_addresses *addresses)
{
    json_t *list = jsonout_array();

    for (size_t i = 0; i < addresses->count; i++)
        jsonout_append(list, parsed_address(&addresses->list[i]));
    return list;
}

static bool
has_address(const struct mime_addresses *addresses, struct slice address)
{
    for (size_t i = 0; i < addresses->count; i++) {
        if (slice_is_equal_fold(slice_from(addresses->list[i].address), address))
            return true;
    }
    return false;
}

json_t *
summary_bcc(const struct mime *mime, const struct store_message *row)
{
    json_t *list = addresses_json(&mime->bcc);

    for (size_t i = 0; i < row->recipient_count; i++) {
        struct slice address = row->recipients[i].address;

        if (has_address(&mime->to, address) || has_address(&mime->cc, address) ||
            has_address(&mime->bcc, address))
            continue;
        jsonout_append(list, address_json(SLICE(""), address));
    }
    return list;
}

json_t *
summary_message_id(const char *hostname, const struct inbox_message *message)
{
    char id[ID_TEXT_LEN + 1];

    if (message->mime->message_id[0] != '\0')
        return jsonout_text(slice_from(message->mime->message_id));
    id_format(&message->row.id, id);
    return json_sprintf("%s@%s", id, hostname);
}

json_t *
summary_username(const struct store_message *row)
{
    static const struct id none;
    static const char key[] = "AUTH=";
    struct slice value = row->parameters;
    char name[256];
    size_t len = 0;

    if (!id_is_equal(&row->session_id, &none) ||
        !slice_has_prefix_fold(value, slice_from(key)))
        return jsonout_text((struct slice){0});
    value = slice_skip(value, sizeof(key) - 1);
    for (size_t i = 0; i < value.len && len < sizeof(name); i++) {
        int high = i + 2 < value.len ? ascii_hex_value(value.ptr[i + 1]) : -1;
        int low = i + 2 < value.len ? ascii_hex_value(value.ptr[i + 2]) : -1;

        if (value.ptr[i] == '+' && high >= 0 && low >= 0) { /* xtext, RFC 3461 4 */
            name[len++] = (char)(high * 16 + low);
            i += 2;
        } else {
            name[len++] = value.ptr[i];
        }
    }
    return jsonout_text(slice_of(name, len));
}

/* ---- text ---- */

/* What is searched and shown in lists: the text of the HTML if there is HTML. */
static void
searched_text(const struct mime *mime, struct buf *out)
{
    struct buf html;

    buf_init(&html, MARKUP_MAX);
    mime_html(mime, &html);
    if (html.len > 0)
        markup_text(buf_slice(&html), out);
    if (out->len == 0)
        mime_text(mime, out);
    buf_clear(&html);
}

void
summary_text(const struct mime *mime, struct buf *out)
{
    struct buf html;

    mime_text(mime, out);
    if (out->len > 0)
        return;
    buf_init(&html, MARKUP_MAX);
    mime_html(mime, &html);
    markup_text(buf_slice(&html), out);
    buf_clear(&html);
}

/* The first characters of text, with runs of blanks reduced to one. */
static json_t *
snippet_of(struct slice text)
{
    char out[4 * SNIPPET_MAX + 1];
    size_t len = 0;
    unsigned characters = 0;
    bool was_blank = true;

    for (size_t i = 0; i < text.len && characters < SNIPPET_MAX; i++) {
        char c = text.ptr[i];
        bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';

        if (is_blank && was_blank)
            continue;
        was_blank = is_blank;
        out[len++] = is_blank ? ' ' : c;
        /* a character is counted at its last octet */
        characters += i + 1 == text.len || (text.ptr[i + 1] & 0xc0) != 0x80;
        if (len >= sizeof(out) - 4)
            break;
    }
    while (len > 0 && out[len - 1] == ' ')
        len--;
    return jsonout_text(slice_of(out, len));
}

/* ---- what is searched ---- */

/* Folds texts into memory. Places in it are offsets, since it moves as it grows. */
struct folding {
    struct buf *memory;
    size_t start[INDEX_FIELD_COUNT], end[INDEX_FIELD_COUNT];
};

static void
fold(struct folding *folding, enum index_field field, struct slice text, size_t limit)
{
    if (folding->memory->len > folding->start[field] &&
        !buf_append(folding->memory, SLICE(" ")))
        memory_fail();
    mime_fold(text, limit, field != INDEX_SUBJECT, folding->memory);
}

static void
fold_addresses(struct folding *folding, enum index_field field,
               const struct mime_addresses *addresses)
{
    for (size_t i = 0; i < addresses->count; i++) {
        if (folding->memory->len - folding->start[field] > FIELD_INDEXED_MAX)
            return;
        fold(folding, field, slice_from(addresses->list[i].name), FIELD_INDEXED_MAX);
        fold(folding, field, slice_from(addresses->list[i].address), FIELD_INDEXED_MAX);
    }
}

static void
fold_field(struct folding *folding, enum index_field field,
           const struct inbox_message *message, struct slice text)
{
    const struct mime *mime = message->mime;

    switch (field) {
    case INDEX_FROM:
        fold_addresses(folding, field, &mime->from);
        break;
    case INDEX_TO:
        fold_addresses(folding, field, &mime->to);
        break;
    case INDEX_CC:
        fold_addresses(folding, field, &mime->cc);
        break;
    case INDEX_BCC:
        fold_addresses(folding, field, &mime->bcc);
        for (size_t i = 0; i < message->row.recipient_count && i < 100; i++) {
            struct slice address = message->row.recipients[i].address;

            if (!has_address(&mime->to, address) && !has_address(&mime->cc, address))
                fold(folding, field, address, FIELD_INDEXED_MAX);
        }
        break;
    case INDEX_REPLY_TO:
        fold_addresses(folding, field, &mime->reply_to);
        break;
    case INDEX_RETURN_PATH:
        fold(folding, field, message->row.mail_from, FIELD_INDEXED_MAX);
        break;
    case INDEX_SUBJECT:
        fold(folding, field, slice_from(mime->subject), FIELD_INDEXED_MAX);
        break;
    case INDEX_MESSAGE_ID:
        fold(folding, field, slice_from(mime->message_id), FIELD_INDEXED_MAX);
        break;
    case INDEX_BODY:
        /* the subject again: here punctuation counts as blanks, in INDEX_SUBJECT not */
        fold(folding, field, slice_from(mime->subject), FIELD_INDEXED_MAX);
        fold(folding, field, text, BODY_INDEXED_MAX);
        break;
    case INDEX_NAMES:
        for (size_t i = 0; i < mime->part_count; i++) {
            if (mime->parts[i].file_name[0] != '\0')
                fold(folding, field, slice_from(mime->parts[i].file_name),
                     FIELD_INDEXED_MAX);
        }
        break;
    case INDEX_FIELD_COUNT:
        break;
    }
}

/* ---- one entry ---- */

void
summary_set_head(json_t *object, const char *hostname,
                 const struct inbox_message *message)
{
    const struct mime *mime = message->mime;

    jsonout_set(object, "MessageID", summary_message_id(hostname, message));
    jsonout_set(object, "From", first_address(&mime->from));
    jsonout_set(object, "To", addresses_json(&mime->to));
    jsonout_set(object, "Cc", addresses_json(&mime->cc));
    jsonout_set(object, "Bcc", summary_bcc(mime, &message->row));
    jsonout_set(object, "ReplyTo", addresses_json(&mime->reply_to));
}

static json_t *
shown_json(const char *hostname, const struct inbox_message *message, struct slice text)
{
    const struct mime *mime = message->mime;
    json_t *object = jsonout_object();

    summary_set_head(object, hostname, message);
    jsonout_set(object, "Subject", jsonout_text(slice_from(mime->subject)));
    jsonout_set(object, "Username", summary_username(&message->row));
    jsonout_set(object, "Snippet", snippet_of(text));
    return object;
}

static void
count_parts(const struct mime *mime, struct index_entry *entry)
{
    for (size_t i = 0; i < mime->part_count; i++) {
        const struct mime_part *part = &mime->parts[i];

        entry->attachments += part->role == MIME_ATTACHMENT && mime_is_listed(part);
        entry->inlines += part->role == MIME_INLINE && mime_is_listed(part);
    }
}

void
summary_make(const char *hostname, const struct inbox_message *message,
             struct index_entry *entry, struct buf *memory)
{
    struct folding folding = {.memory = memory};
    struct buf text;
    json_t *shown;
    char *summary;
    size_t summary_end;

    buf_init(&text, TEXT_MAX);
    searched_text(message->mime, &text);
    shown = shown_json(hostname, message, buf_slice(&text));
    summary = json_dumps(shown, JSON_COMPACT);
    if (summary == NULL || !buf_append(memory, slice_from(summary)))
        memory_fail();
    summary_end = memory->len;
    for (int i = 0; i < INDEX_FIELD_COUNT; i++) {
        folding.start[i] = memory->len;
        fold_field(&folding, (enum index_field)i, message, buf_slice(&text));
        folding.end[i] = memory->len;
    }
    *entry = (struct index_entry){
        .id = message->row.id,
        .received_at_us = message->row.received_at_us,
        .size = message->row.size,
        .is_read = message->row.is_read,
        .is_broken = message->mime->refused == PRESCAN_BROKEN,
        .tags = message->row.tags,
        .summary = slice_of(memory->ptr, summary_end),
    };
    for (int i = 0; i < INDEX_FIELD_COUNT; i++)
        entry->texts[i] =
            slice_of(memory->ptr + folding.start[i], folding.end[i] - folding.start[i]);
    count_parts(message->mime, entry);
    free(summary);
    json_decref(shown);
    buf_clear(&text);
}

/* ---- from the index ---- */

json_t *
summary_json(const struct index_row *row)
{
    json_t *object = jsonin_object(row->summary);

    if (object == NULL)
        object = jsonout_object(); /* cannot happen: we wrote it */
    jsonout_set(object, "ID", jsonout_id(&row->id));
    jsonout_set(object, "Read", jsonout_bool(row->is_read));
    jsonout_set(object, "Created", jsonout_time(row->received_at_us));
    jsonout_set(object, "Tags", jsonout_words(row->tags));
    jsonout_set(object, "Size", jsonout_number(row->size));
    jsonout_set(object, "Attachments", jsonout_number(row->attachments));
    return object;
}
