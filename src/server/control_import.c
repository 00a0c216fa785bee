/* control_import.c - a message that comes in by the control socket
 *
 * Small bodies are one MESSAGE item, larger ones BEGIN, CHUNK … and ACCEPT, one piece
 * in memory at a time. The octets behind a request that is refused are read and
 * thrown away, so that the next line is the next request.
 */
#include "base/clock.h"
#include "message/header.h"
#include "server/arena.h"
#include "server/control_internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { ADDRESS_MAX = 1024, HEADER_LOOKED_AT = 16 * 1024, SUBJECT_MAX = 1000 };

struct import {
    struct control_client *client;
    struct store_envelope envelope;
    struct store_recipient *recipients; /* in arena */
    struct arena arena;
    struct slice tags; /* comma-separated */
    uint64_t size, left;
    char *piece; /* the octets at hand */
    size_t piece_len;
};

/* ---- the envelope ---- */

static bool
read_address(const json_t *value, struct slice *out)
{
    if (!json_is_string(value) || json_string_length(value) > ADDRESS_MAX)
        return false;
    *out = slice_of(json_string_value(value), json_string_length(value));
    for (size_t i = 0; i < out->len; i++) {
        unsigned char c = (unsigned char)out->ptr[i];

        if (c < 0x20 || c == 0x7f)
            return false;
    }
    return true;
}

static bool
read_recipients(struct import *import, const json_t *list)
{
    size_t count = json_array_size(list);

    if (!json_is_array(list) ||
        count > import->client->control->server->settings->max_recipients)
        return false;
    import->recipients =
        arena_room(&import->arena, (count + 1) * sizeof(struct store_recipient));
    if (import->recipients == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        import->recipients[i] = (struct store_recipient){0};
        if (!read_address(json_array_get(list, i), &import->recipients[i].address))
            return false;
    }
    import->envelope.recipients = import->recipients;
    import->envelope.recipient_count = count;
    return true;
}

/* Who gave it: "AUTH=name" in the envelope, as xtext (RFC 4954 5, RFC 3461 4). */
static bool
read_login(struct import *import, const json_t *login)
{
    enum { LOGIN_MAX = 200 };
    char text[5 + 3 * LOGIN_MAX + 1] = "AUTH=";
    size_t len = 5;
    const char *name = json_string_value(login);

    if (login == NULL)
        return true;
    if (name == NULL || name[0] == '\0' || json_string_length(login) > LOGIN_MAX)
        return false;
    for (const unsigned char *p = (const unsigned char *)name; *p != '\0'; p++) {
        bool is_plain = *p > 0x20 && *p < 0x7f && *p != '+' && *p != '=';

        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                is_plain ? "%c" : "+%02X", *p);
    }
    return arena_copy(&import->arena, slice_of(text, len),
                      &import->envelope.parameters);
}

static bool
read_tags(struct import *import, const json_t *tags)
{
    struct buf text;
    bool is_good = tags == NULL || control_read_tags(tags, &text);

    if (tags == NULL || !is_good)
        return is_good;
    is_good = arena_copy(&import->arena, buf_slice(&text), &import->tags);
    buf_clear(&text);
    return is_good;
}

/* NULL, or what is wrong. The texts stay in request. */
static const char *
read_request(struct import *import, const json_t *request)
{
    uint64_t max = import->client->control->server->settings->max_message;
    const json_t *received = json_object_get(request, "received_at_us");
    uint64_t now = clock_realtime_us();

    if (max != 0 && import->size > max)
        return "size: larger than the server takes (--max-message-size)";
    if (!read_address(json_object_get(request, "mail_from"),
                      &import->envelope.mail_from))
        return "mail_from: not an address";
    if (!read_recipients(import, json_object_get(request, "rcpt_to")))
        return "rcpt_to: not a list of addresses, or too many";
    if (!read_login(import, json_object_get(request, "login")))
        return "login: not a name";
    if (!read_tags(import, json_object_get(request, "tags")))
        return "tags: not a list of words without commas, 2000 octets in all";
    import->envelope.received_at_us =
        json_is_integer(received) && json_integer_value(received) > 0
            ? (uint64_t)json_integer_value(received)
            : now;
    import->envelope.id = id_new(import->envelope.received_at_us);
    return NULL;
}

static void
find_subject(struct import *import)
{
    size_t len = import->piece_len;
    struct slice value;
    char text[SUBJECT_MAX];

    if (len > HEADER_LOOKED_AT)
        len = HEADER_LOOKED_AT;
    if (!header_find(slice_of(import->piece, len), SLICE("Subject"), &value))
        return;
    len = header_decode(value, text, sizeof(text));
    if (!arena_copy(&import->arena, slice_of(text, len), &import->envelope.subject))
        import->envelope.subject = (struct slice){0};
}

/* ---- the octets ---- */

/* Read the next piece of the body. False: the peer does not send it. */
static bool
read_piece(struct import *import)
{
    size_t len =
        import->left < STORE_CHUNK_MAX ? (size_t)import->left : STORE_CHUNK_MAX;

    if (!net_stream_read(&import->client->stream, import->piece, len))
        return false;
    import->piece_len = len;
    import->left -= len;
    return true;
}

static void
skip_rest(struct import *import)
{
    while (import->left > 0 && read_piece(import))
        ;
}

static enum store_result
commit_one(struct import *import, struct store_item item)
{
    struct control_work work = {.work = {.item = item, .is_notable = true}};

    work.work.item.id = import->envelope.id;
    work.work.item.envelope = &import->envelope;
    control_commit(import->client, &work, 1);
    return work.work.result;
}

static enum store_result
keep_large(struct import *import)
{
    enum store_result result =
        commit_one(import, (struct store_item){.kind = STORE_BEGIN});

    if (result != STORE_OK)
        return result;
    for (;;) {
        struct slice octets = slice_of(import->piece, import->piece_len);

        result = commit_one(import,
                            (struct store_item){.kind = STORE_CHUNK, .octets = octets});
        if (result != STORE_OK || import->left == 0 || !read_piece(import))
            break;
    }
    if (result == STORE_OK && import->left == 0)
        result =
            commit_one(import, (struct store_item){.kind = STORE_ACCEPT,
                                                   .size = import->size,
                                                   .text = import->envelope.subject});
    else
        result = result != STORE_OK ? result : STORE_FAILED; /* the peer went away */
    if (result != STORE_OK &&
        commit_one(import, (struct store_item){.kind = STORE_DISCARD}) != STORE_OK) {
        /* the sweep at the next start does it */
    }
    return result;
}

static json_t *
keep(struct import *import)
{
    enum store_result result;
    char id[ID_TEXT_LEN + 1];

    if (!read_piece(import))
        return control_refusal("the octets did not come in time");
    find_subject(import);
    if (import->size <= STORE_CHUNK_MAX)
        result = commit_one(
            import,
            (struct store_item){.kind = STORE_MESSAGE,
                                .octets = slice_of(import->piece, import->piece_len)});
    else
        result = keep_large(import);
    skip_rest(import);
    if (result != STORE_OK)
        return control_result(result);
    if (import->tags.len > 0 &&
        commit_one(import, (struct store_item){.kind = STORE_TAG,
                                               .text = import->tags}) != STORE_OK) {
        /* the message is kept all the same */
    }
    control_tell(import->client->control, FEED_ACCEPTED, &import->envelope.id, 1);
    id_format(&import->envelope.id, id);
    return json_pack("{s:b, s:s}", "ok", 1, "id", id);
}

json_t *
control_import(struct control_client *client, const json_t *request)
{
    const json_t *size = json_object_get(request, "size");
    struct limits *limits = &client->control->server->limits;
    struct import import = {.client = client};
    bool has_memory = limits_take_memory(limits, STORE_CHUNK_MAX);
    const char *wrong;
    json_t *reply;

    if (!json_is_integer(size) || json_integer_value(size) < 0) {
        if (has_memory)
            limits_give_memory(limits, STORE_CHUNK_MAX);
        return control_refusal("size: not a number of octets");
    }
    import.size = import.left = (uint64_t)json_integer_value(size);
    arena_init(&import.arena);
    import.piece = has_memory ? malloc(STORE_CHUNK_MAX) : NULL;
    if (import.piece == NULL) {
        reply = NULL; /* nothing to read into: the connection ends */
    } else if ((wrong = read_request(&import, request)) != NULL) {
        skip_rest(&import);
        reply = control_refusal(wrong);
    } else {
        reply = keep(&import);
    }
    free(import.piece);
    arena_clear(&import.arena);
    if (has_memory)
        limits_give_memory(limits, STORE_CHUNK_MAX);
    return reply;
}
