/* box.c - readers, one message, and taking it apart */
#include "web/box_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- readers ---- */

struct box_reader *
box_take(struct box *box)
{
    struct box_reader *reader = NULL;

    pthread_mutex_lock(&box->lock);
    while (reader == NULL) {
        for (size_t i = 0; i < BOX_READERS && reader == NULL; i++) {
            if (!box->readers[i].is_taken)
                reader = &box->readers[i];
        }
        if (reader == NULL)
            pthread_cond_wait(&box->changed, &box->lock);
    }
    reader->is_taken = true;
    pthread_mutex_unlock(&box->lock);
    return reader;
}

void
box_give(struct box *box, struct box_reader *reader)
{
    pthread_mutex_lock(&box->lock);
    reader->is_taken = false;
    pthread_cond_broadcast(&box->changed);
    pthread_mutex_unlock(&box->lock);
}

/* ---- one message ---- */

/* All texts of the row in one piece of memory, and the recipients with them. */
static bool
keep_row(void *context, const struct store_message *row)
{
    struct box_message *message = context;
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
    struct box_message *message = context;

    if (!buf_append(&message->source, octets))
        memory_fail();
    return true;
}

bool
box_load(struct box_reader *reader, const struct id *id, bool with_source,
         struct box_message *message)
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
    box_unload(message); /* deleted meanwhile */
    return false;
}

void
box_unload(struct box_message *message)
{
    buf_clear(&message->source);
    free(message->recipients);
    free(message->memory);
    message->recipients = NULL;
    message->memory = NULL;
}

/* ---- taking it apart ---------------------------------------------------------------
 */

/* What our successor finds. */
struct box_memo {
    uint32_t is_parsing;
    struct id id;
};

static bool
is_broken(const struct box *box, const struct id *id)
{
    for (size_t i = 0; i < box->broken_count; i++) {
        if (id_is_equal(&box->broken[i], id))
            return true;
    }
    return false;
}

bool
box_memo_open(struct box *box, struct error *error)
{
    struct box_memo *memo = MAP_FAILED;

    if (ftruncate(box->settings->parsing, sizeof(*memo)) == 0)
        memo = mmap(NULL, sizeof(*memo), PROT_READ | PROT_WRITE, MAP_SHARED,
                    box->settings->parsing, 0);
    if (memo == MAP_FAILED) {
        error_set(error, ERROR_SYSTEM, "web: cannot share a page of memory: free some");
        return false;
    }
    box->memo = memo;
    if (memo->is_parsing != 0) {
        char text[ID_TEXT_LEN + 1];

        id_format(&memo->id, text);
        log_event(
            LOG_LEVEL_ERROR, NULL, "web.broken_message",
            " id=%s why=\"it ended the process that took it apart: only its source "
            "is shown\"",
            text);
        box->broken[box->broken_count++] = memo->id;
        memo->is_parsing = 0;
    }
    return true;
}

void
box_memo_forget(struct box *box)
{
    box->memo->is_parsing = 0;
}

void
box_parse(struct box *box, struct box_message *message)
{
    pthread_mutex_lock(&box->parse_lock);
    message->is_broken = message->is_broken || is_broken(box, &message->row.id);
    if (!message->is_broken) {
        box->memo->id = message->row.id;
        atomic_thread_fence(memory_order_seq_cst);
        box->memo->is_parsing = 1;
    }
    atomic_store(&box->parse_since_us, clock_monotonic_us());
    message->mime = message->is_broken ? mime_parse_header(buf_slice(&message->source))
                                       : mime_parse(buf_slice(&message->source));
}

void
box_unparse(struct box *box, struct box_message *message)
{
    message->mime = mime_free(message->mime);
    atomic_store(&box->parse_since_us, 0);
    box->memo->is_parsing = 0;
    pthread_mutex_unlock(&box->parse_lock);
}
