/* inbox.c - readers; loading and parsing one message
 *
 * The web role and its successor share one page of memory with the id of the message
 * being parsed: a parser that crashes leaves it there.
 */
#include "inbox/inbox_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "inbox/inbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- readers ---- */

struct inbox_reader *
inbox_reader_take(struct inbox *inbox)
{
    struct inbox_reader *reader = NULL;

    pthread_mutex_lock(&inbox->lock);
    while (reader == NULL) {
        for (size_t i = 0; i < INBOX_READERS && reader == NULL; i++) {
            if (!inbox->readers[i].is_taken)
                reader = &inbox->readers[i];
        }
        if (reader == NULL)
            pthread_cond_wait(&inbox->changed, &inbox->lock);
    }
    reader->is_taken = true;
    pthread_mutex_unlock(&inbox->lock);
    return reader;
}

void
inbox_reader_release(struct inbox *inbox, struct inbox_reader *reader)
{
    pthread_mutex_lock(&inbox->lock);
    reader->is_taken = false;
    pthread_cond_broadcast(&inbox->changed);
    pthread_mutex_unlock(&inbox->lock);
}

/* ---- one message ---- */

/* Copy all texts of the row, and its recipients, into one allocation. */
static bool
keep_row(void *context, const struct store_message *row)
{
    struct inbox_message *message = context;
    size_t octets = row->mail_from.len + row->parameters.len + row->subject.len +
                    row->durable.len + row->tags.len;
    char *to;

    for (size_t i = 0; i < row->recipient_count; i++)
        octets += row->recipients[i].address.len + row->recipients[i].parameters.len;
    message->row = *row;
    message->recipients =
        memory_new((row->recipient_count + 1) * sizeof(*message->recipients));
    message->memory = to = memory_new(octets + 1);
    struct slice *const texts[] = {&message->row.mail_from, &message->row.parameters,
                                   &message->row.subject, &message->row.durable,
                                   &message->row.tags};
#define KEEP(s)                                                                        \
    do {                                                                               \
        if ((s)->len > 0)                                                              \
            memcpy(to, (s)->ptr, (s)->len);                                            \
        (s)->ptr = to;                                                                 \
        to += (s)->len;                                                                \
    } while (0)
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        KEEP(texts[i]);
    for (size_t i = 0; i < row->recipient_count; i++) {
        message->recipients[i] = row->recipients[i];
        KEEP(&message->recipients[i].address);
        KEEP(&message->recipients[i].parameters);
    }
#undef KEEP
    message->row.recipients = message->recipients;
    return false;
}

static bool
keep_octets(void *context, struct slice octets)
{
    struct inbox_message *message = context;

    if (!buf_append(&message->source, octets))
        memory_fail();
    return true;
}

bool
inbox_load(struct inbox_reader *reader, const struct id *id, bool with_source,
           struct inbox_message *message)
{
    struct error error = ERROR_INIT;

    memset(message, 0, sizeof(*message));
    if (store_find(reader->store, id, keep_row, message, &error) != STORE_OK)
        return false;
    buf_init(&message->source, (size_t)message->row.size);
    if (!with_source ||
        (buf_reserve(&message->source, (size_t)message->row.size) &&
         store_read(reader->store, id, keep_octets, message, &error) == STORE_OK))
        return true;
    inbox_unload(message); /* deleted in between */
    return false;
}

void
inbox_unload(struct inbox_message *message)
{
    buf_clear(&message->source);
    free(message->recipients);
    free(message->memory);
    message->recipients = NULL;
    message->memory = NULL;
}

/* ---- parsing ---- */

/* What our successor reads. */
struct inbox_memo {
    uint32_t is_parsing;
    struct id id;
};

static bool
is_broken(const struct inbox *inbox, const struct id *id)
{
    for (size_t i = 0; i < inbox->broken_count; i++) {
        if (id_is_equal(&inbox->broken[i], id))
            return true;
    }
    return false;
}

bool
inbox_memo_open(struct inbox *inbox, struct error *error)
{
    struct inbox_memo *memo = MAP_FAILED;

    if (ftruncate(inbox->settings->given.web_place.parsing, sizeof(*memo)) == 0)
        memo = mmap(NULL, sizeof(*memo), PROT_READ | PROT_WRITE, MAP_SHARED,
                    inbox->settings->given.web_place.parsing, 0);
    if (memo == MAP_FAILED) {
        error_set(error, ERROR_SYSTEM, "web: cannot share a page of memory: free some");
        return false;
    }
    inbox->memo = memo;
    if (memo->is_parsing != 0) {
        char text[ID_TEXT_LEN + 1];

        id_format(&memo->id, text);
        log_event(
            LOG_LEVEL_ERROR, NULL, "web.broken_message",
            " id=%s why=\"it crashed the process that parsed it: only its source is "
            "shown\"",
            text);
        inbox->broken[inbox->broken_count++] = memo->id;
        memo->is_parsing = 0;
    }
    return true;
}

void
inbox_memo_forget(struct inbox *inbox)
{
    inbox->memo->is_parsing = 0;
}

void
inbox_parse(struct inbox *inbox, struct inbox_message *message)
{
    pthread_mutex_lock(&inbox->parse_lock);
    message->is_broken = message->is_broken || is_broken(inbox, &message->row.id);
    if (!message->is_broken) {
        inbox->memo->id = message->row.id;
        atomic_thread_fence(memory_order_seq_cst);
        inbox->memo->is_parsing = 1;
    }
    atomic_store(&inbox->parse_since_us, clock_monotonic_us());
    message->mime = message->is_broken ? mime_parse_header(buf_slice(&message->source))
                                       : mime_parse(buf_slice(&message->source));
}

void
inbox_parse_end(struct inbox *inbox, struct inbox_message *message)
{
    message->mime = mime_free(message->mime);
    atomic_store(&inbox->parse_since_us, 0);
    inbox->memo->is_parsing = 0;
    pthread_mutex_unlock(&inbox->parse_lock);
}
