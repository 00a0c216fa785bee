/* control_import.c - a message that arrives by the control socket
 *
 * Small bodies are one MESSAGE item, larger ones BEGIN, CHUNK … and ACCEPT, one piece
 * in memory at a time. Octets that are not read here, because the message is refused,
 * are passed over by control.c.
 */
#include "base/clock.h"
#include "server/arena.h"
#include "server/control_internal.h"
#include "server/subject.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEADER_LOOKED_AT = 16 * 1024, SUBJECT_MAX = 1000 };

struct import {
    struct control_client *client;
    const struct control_request *request;
    struct store_envelope envelope;
    struct arena arena; /* holds what the envelope names and the request does not */
    char *piece;        /* the octets at hand */
    size_t piece_len;
};

/* ---- the envelope ---- */

static bool
fill_recipients(struct import *import)
{
    size_t count = import->request->rcpt_count;
    struct store_recipient *recipients =
        arena_room(&import->arena, (count + 1) * sizeof(*recipients));

    if (recipients == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        recipients[i] = (struct store_recipient){.address = import->request->rcpt[i]};
    import->envelope.recipients = recipients;
    import->envelope.recipient_count = count;
    return true;
}

/* Who sent it: "AUTH=name" in the envelope, as xtext (RFC 4954 5, RFC 3461 4). */
static bool
fill_login(struct import *import)
{
    char text[5 + 3 * CONTROL_LOGIN_MAX + 1] = "AUTH=";
    struct slice login = import->request->login;
    size_t len = 5;

    if (login.len == 0)
        return true;
    for (size_t i = 0; i < login.len; i++) {
        unsigned char c = (unsigned char)login.ptr[i];
        bool is_plain = c > 0x20 && c < 0x7f && c != '+' && c != '=';

        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                is_plain ? "%c" : "+%02X", c);
    }
    return arena_copy(&import->arena, slice_of(text, len),
                      &import->envelope.parameters);
}

/* NULL, or why the server does not take it. The texts stay in the request. */
static const char *
fill_envelope(struct import *import)
{
    const struct control_request *request = import->request;
    const struct settings *settings = import->client->control->server->service.settings;
    uint64_t received = request->received_at_us;

    if (settings->max_message != 0 && request->size > settings->max_message)
        return "size: larger than the server accepts (--max-message-size)";
    if (request->rcpt_count > settings->max_recipients)
        return "rcpt_to: more recipients than the server accepts (--max-recipients)";
    if (!fill_recipients(import) || !fill_login(import))
        return "out of memory";
    import->envelope.mail_from = request->mail_from;
    import->envelope.received_at_us = received > 0 ? received : clock_realtime_us();
    import->envelope.id = id_new(import->envelope.received_at_us);
    return NULL;
}

/* ---- the octets ---- */

/* Read the next piece of the body. False: the peer does not send it. */
static bool
read_piece(struct import *import)
{
    uint64_t *left = &import->client->body_left;
    size_t len = *left < STORE_CHUNK_MAX ? (size_t)*left : STORE_CHUNK_MAX;

    if (!net_stream_read(&import->client->stream, import->piece, len))
        return false;
    import->piece_len = len;
    *left -= len;
    return true;
}

static enum store_result
commit_one(struct import *import, struct store_item item)
{
    struct control_work work = {.work = {.item = item, .has_content = true}};

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
        if (result != STORE_OK || import->client->body_left == 0 || !read_piece(import))
            break;
    }
    if (result == STORE_OK && import->client->body_left == 0)
        result =
            commit_one(import, (struct store_item){.kind = STORE_ACCEPT,
                                                   .size = import->request->size,
                                                   .text = import->envelope.subject});
    else
        result = result != STORE_OK ? result : STORE_FAILED; /* the peer went away */
    if (result != STORE_OK &&
        commit_one(import, (struct store_item){.kind = STORE_DISCARD}) != STORE_OK) {
        /* the sweep at the next start does it */
    }
    return result;
}

static void
keep(struct import *import, struct control_answer *answer)
{
    enum store_result result;

    if (!read_piece(import)) {
        control_refuse(answer, "the octets did not arrive in time");
        return;
    }
    import->envelope.subject =
        subject_find(slice_of(import->piece, import->piece_len), &import->arena);
    if (import->request->size <= STORE_CHUNK_MAX)
        result = commit_one(
            import,
            (struct store_item){.kind = STORE_MESSAGE,
                                .octets = slice_of(import->piece, import->piece_len)});
    else
        result = keep_large(import);
    control_set_result(answer, result);
    if (result != STORE_OK)
        return;
    if (import->request->tags.len > 0 &&
        commit_one(import, (struct store_item){.kind = STORE_TAG,
                                               .text = import->request->tags}) !=
            STORE_OK) {
        /* the message is stored all the same */
    }
    control_announce(import->client->control, FEED_ACCEPTED, &import->envelope.id, 1);
    import->client->imported = import->envelope.id;
    answer->id = &import->client->imported;
}

void
control_import_run(struct control_client *client, const struct control_request *request,
                   struct control_answer *answer)
{
    struct limits *limits = &client->control->server->service.limits;
    struct import import = {.client = client, .request = request};
    bool has_memory = limits_reserve_memory(limits, STORE_CHUNK_MAX);
    const char *wrong;

    arena_init(&import.arena);
    import.piece = has_memory ? malloc(STORE_CHUNK_MAX) : NULL;
    wrong = import.piece != NULL ? fill_envelope(&import)
                                 : "the server has no memory for it: try again later";
    if (wrong == NULL)
        keep(&import, answer);
    else
        control_refuse(answer, wrong);
    free(import.piece);
    arena_clear(&import.arena);
    if (has_memory)
        limits_release_memory(limits, STORE_CHUNK_MAX);
}
