/* memory_entry.c - one message or session in memory
 *
 * An entry and its texts are one allocation: a store may hold a million small messages,
 * and each allocation costs time and some octets of overhead.
 */
#include "store/memory_store.h"

#include "store/row.h"

#include <stdlib.h>

/* Copy text to *at and make it point there; *at moves past it. */
static void
place_text(struct slice *text, char **at)
{
    if (text->len > 0)
        memcpy(*at, text->ptr, text->len);
    text->ptr = *at;
    *at += text->len;
}

struct piece *
piece_new(struct slice octets)
{
    struct piece *piece = malloc(sizeof(*piece) + octets.len);

    if (piece == NULL)
        return NULL;
    *piece = (struct piece){.len = octets.len};
    if (octets.len > 0)
        memcpy(piece->octets, octets.ptr, octets.len);
    return piece;
}

static void
pieces_free(struct piece *first)
{
    while (first != NULL) {
        struct piece *next = first->next;
        free(first);
        first = next;
    }
}

/* ---- messages ---- */

static size_t
texts_len(const struct store_envelope *envelope)
{
    size_t len =
        envelope->mail_from.len + envelope->parameters.len + envelope->subject.len;

    for (size_t i = 0; i < envelope->recipient_count; i++)
        len += envelope->recipients[i].address.len +
               envelope->recipients[i].parameters.len;
    return len;
}

struct message *
message_new(const struct store_envelope *envelope)
{
    size_t count = envelope->recipient_count;
    struct message *message = malloc(
        sizeof(*message) + count * sizeof(message->memory[0]) + texts_len(envelope));
    char *at;

    if (message == NULL)
        return NULL;
    *message = (struct message){
        .shown = {.id = envelope->id,
                  .session_id = envelope->session_id,
                  .received_at_us = envelope->received_at_us,
                  .mail_from = envelope->mail_from,
                  .parameters = envelope->parameters,
                  .subject = envelope->subject,
                  .durable = slice_from(store_memory.durability),
                  .recipients = message->memory,
                  .recipient_count = count},
    };
    at = (char *)(message->memory + count);
    place_text(&message->shown.mail_from, &at);
    place_text(&message->shown.parameters, &at);
    place_text(&message->shown.subject, &at);
    for (size_t i = 0; i < count; i++) {
        message->memory[i] = envelope->recipients[i];
        place_text(&message->memory[i].address, &at);
        place_text(&message->memory[i].parameters, &at);
    }
    return message;
}

void
message_free(struct message *message)
{
    if (message == NULL)
        return;
    pieces_free(message->first);
    free(message->subject);
    free(message->tags);
    free(message);
}

/* ---- sessions ---- */

struct session *
session_new(const struct store_session *shown)
{
    struct store_session copy = *shown;
    struct slice *texts[ROW_SESSION_TEXTS];
    struct session *session;
    size_t len = 0;
    char *at;

    row_session_texts(&copy, texts);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        len += texts[i]->len;
    session = malloc(sizeof(*session) + len);
    if (session == NULL)
        return NULL;
    copy.notes = (struct slice){0};
    *session = (struct session){.shown = copy};
    row_session_texts(&session->shown, texts);
    at = session->memory;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        place_text(texts[i], &at);
    return session;
}

void
session_free(struct session *session)
{
    if (session == NULL)
        return;
    pieces_free(session->first);
    free(session);
}

enum store_result
memory_exhausted(struct error *error)
{
    error_set(error, ERROR_SYSTEM, "store memory: out of memory: free some");
    return STORE_FAILED;
}
