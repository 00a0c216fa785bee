/* live.c - frames in, events out
 *
 * A frame goes to three places: to the inbox, which indexes new messages; to the hub,
 * for the listeners; and, if it is about an open session, into memory here, because the
 * store has the lines of a session only later.
 */
#include "live/live.h"

#include "base/clock.h"
#include "base/memory.h"
#include "document/document.h"
#include "engine/commands.h"
#include "net/packet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAIT_MS = 50,
    INBOX_PAUSE_MS = 200, /* between two announcements of changes … */
    BUSY_PAUSE_MS = 2000, /* … under heavy inbound load */
    STATS_PAUSE_MS = 250,
    PING_MS = 15000,
    ENDED_KEPT_MS = 5000, /* the store has it by then */
};

/* ---- open sessions ---- */

/* The last octets of an id are random. */
static struct live_known **
bucket_of(struct live *live, const struct id *id)
{
    return &live->buckets[id->octets[ID_SIZE - 1] % LIVE_BUCKETS];
}

static void
forget(struct live *live, struct live_known **place)
{
    struct live_known *known = *place, **in_bucket = bucket_of(live, &known->id);

    while (*in_bucket != known)
        in_bucket = &(*in_bucket)->in_bucket;
    *in_bucket = known->in_bucket;

    *place = known->next;
    live->count--;
    live->memory -= sizeof(*known) + known->notes.size;
    buf_clear(&known->notes);
    free(known);
}

/* Forget the oldest while there are too many or they use too much memory. */
static void
make_room(struct live *live)
{
    while (live->count > LIVE_SESSIONS_MAX || live->memory > LIVE_MEMORY_MAX) {
        struct live_known **place = &live->known;

        while ((*place)->next != NULL)
            place = &(*place)->next;
        forget(live, place);
    }
}

static void
forget_ended(struct live *live, uint64_t now_us)
{
    struct live_known **place = &live->known;

    while (*place != NULL) {
        if ((*place)->ended_us != 0 &&
            now_us - (*place)->ended_us > ENDED_KEPT_MS * 1000ull)
            forget(live, place);
        else
            place = &(*place)->next;
    }
}

static struct live_known *
find(struct live *live, const struct id *id)
{
    struct live_known *known = *bucket_of(live, id);

    while (known != NULL && !id_is_equal(&known->id, id))
        known = known->in_bucket;
    return known;
}

static void
copy_text(char *out, size_t size, struct slice text)
{
    snprintf(out, size, "%.*s", (int)text.len, text.ptr != NULL ? text.ptr : "");
}

static struct live_known *
remember(struct live *live, const struct feed_session *update)
{
    struct live_known *known = memory_new(sizeof(*known));

    known->id = update->id;
    known->started_at_us = update->started_at_us;
    known->first_line = update->first_line;
    known->has_gap = update->first_line > 0;
    copy_text(known->client, sizeof(known->client), update->client);
    copy_text(known->listener, sizeof(known->listener), update->listener);
    copy_text(known->profile, sizeof(known->profile), update->profile);
    buf_init(&known->notes, LIVE_NOTES_MAX);
    known->next = live->known;
    live->known = known;
    known->in_bucket = *bucket_of(live, &known->id);
    *bucket_of(live, &known->id) = known;
    live->count++;
    live->memory += sizeof(*known);
    return known;
}

/* Count the notes of a run and keep the argument of an EHLO among them: a frame has it
 * as a field of its own only if it begins after the EHLO. */
static uint32_t
scan_notes(struct live_known *known, struct slice run)
{
    struct record record;
    uint32_t count = 0;

    while (record_take(&run, &record)) {
        const struct postern_note *note = &record.note;

        count++;
        if (note->kind == POSTERN_NOTE_COMMAND &&
            command_has(note->command, TRAIT_HELLO))
            copy_text(known->hello, sizeof(known->hello), note->argument);
    }
    return count;
}

static void
add_notes(struct live *live, struct live_known *known,
          const struct feed_session *update)
{
    size_t before = known->notes.size;

    if (update->notes.len == 0)
        return;
    if (update->first_line !=
        known->first_line + known->lines) { /* lines are missing */
        known->has_gap = true;
        known->notes.len = 0;
        known->first_line = update->first_line;
        known->lines = 0;
    }
    if (!buf_append(&known->notes, update->notes)) { /* too long: keep its end */
        known->has_gap = true;
        known->first_line += known->lines;
        known->lines = 0;
        known->notes.len = 0;
        if (!buf_append(&known->notes, update->notes))
            return;
    }
    known->lines += scan_notes(known, update->notes);
    live->memory += known->notes.size - before;
}

static struct store_session
shown(const struct live_known *known, bool with_notes)
{
    return (struct store_session){
        .id = known->id,
        .started_at_us = known->started_at_us,
        .ended_at_us = known->ended_us,
        .client = slice_from(known->client),
        .listener = slice_from(known->listener),
        .profile = slice_from(known->profile),
        .hello = slice_from(known->hello),
        .outcome = slice_from(known->outcome),
        .messages = known->messages,
        .faults = known->faults,
        .lines = known->first_line + known->lines,
        .first_line = known->first_line,
        .notes = with_notes ? buf_slice(&known->notes) : (struct slice){0},
        .is_truncated = known->has_gap,
    };
}

void
live_each(struct live *live, bool with_notes,
          bool (*each)(void *context, const struct store_session *session),
          void *context)
{
    pthread_mutex_lock(&live->lock);
    for (const struct live_known *known = live->known; known != NULL;
         known = known->next) {
        struct store_session session = shown(known, with_notes);

        if (!each(context, &session))
            break;
    }
    pthread_mutex_unlock(&live->lock);
}

/* ---- publishing ---- */

static char *
dump(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);

    json_decref(object);
    return text;
}

static void
publish_session(struct live *live, const struct live_known *known)
{
    struct store_session session = shown(known, false);
    json_t *object;

    if (!hub_is_wanted(live->hub, HUB_SESSION))
        return;
    object = document_session(&session);
    jsonout_set(object, "lines", jsonout_number(session.lines));
    hub_put(live->hub, HUB_SESSION, &known->id, dump(object));
}

static void
publish_lines(struct live *live, const struct feed_session *update)
{
    json_t *object, *lines;
    struct slice run = update->notes;
    struct record record;

    if (run.len == 0 || !hub_is_wanted(live->hub, HUB_LINES))
        return;
    object = jsonout_object();
    lines = jsonout_array();
    for (uint64_t n = update->first_line + 1; record_take(&run, &record); n++)
        jsonout_append(lines, document_line(n, &record));
    jsonout_set(object, "session", jsonout_id(&update->id));
    jsonout_set(object, "lines", lines);
    hub_put(live->hub, HUB_LINES, &update->id, dump(object));
}

/* Each 4yz and 5yz line is an event of its own for Mailpit's clients. */
static void
publish_refusals(struct live *live, const struct feed_session *update)
{
    struct slice run = update->notes, client = update->client;
    struct record record;

    if (!hub_is_wanted(live->hub, HUB_MAILPIT))
        return;
    while (client.len > 0 && client.ptr[client.len - 1] != ':')
        client.len--; /* the port */
    client.len -= client.len > 0;
    while (record_take(&run, &record)) {
        json_t *data;

        if (record.note.kind != POSTERN_NOTE_REPLY || record.note.code < 400)
            continue;
        data = jsonout_object();
        jsonout_set(data, "Level",
                    json_string(record.note.code < 500 ? "warning" : "error"));
        jsonout_set(data, "Type", json_string("smtpd"));
        jsonout_set(data, "IP", jsonout_text(client));
        jsonout_set(data, "Message", jsonout_text(record.note.octets));
        hub_put(live->hub, HUB_MAILPIT, NULL,
                dump(json_pack("{s:s, s:o}", "Type", "error", "Data", data)));
    }
}

static void
update_session(struct live *live, const struct feed_session *update)
{
    struct live_known *known;

    pthread_mutex_lock(&live->lock);
    known = find(live, &update->id);
    if (known == NULL)
        known = remember(live, update);
    if (update->hello.len > 0)
        copy_text(known->hello, sizeof(known->hello), update->hello);
    copy_text(known->outcome, sizeof(known->outcome), update->outcome);
    known->messages = update->messages;
    known->faults = update->faults;
    known->touched_us = clock_realtime_us();
    if (!slice_is_equal(update->outcome, SLICE("open")))
        known->ended_us = known->touched_us;
    add_notes(live, known, update);
    publish_session(live, known);
    make_room(live);
    pthread_mutex_unlock(&live->lock);
    publish_lines(live, update);
    publish_refusals(live, update);
}

static void
handle(struct live *live, const struct feed_frame *frame)
{
    switch (frame->kind) {
    case FEED_DROPPED:
        atomic_fetch_add(&live->dropped, frame->count);
        if (frame->messages > 0) {
            inbox_resync(live->inbox);
            atomic_store(&live->has_inbox_changed, true);
        }
        break;
    case FEED_SESSION:
        update_session(live, &frame->session);
        break;
    case FEED_ACCEPTED:
        inbox_on_accepted(live->inbox, &frame->id);
        atomic_store(&live->has_inbox_changed, true);
        break;
    case FEED_CHANGED:
        inbox_on_changed(live->inbox, &frame->id);
        atomic_store(&live->has_inbox_changed, true);
        break;
    case FEED_DELETED:
        inbox_on_deleted(live->inbox, &frame->id);
        if (live->on_deleted != NULL)
            live->on_deleted(live->context, &frame->id);
        atomic_store(&live->has_inbox_changed, true);
        break;
    }
}

void
live_inbox_changed(struct live *live)
{
    atomic_store(&live->has_inbox_changed, true);
}

/* Everything that is due by the clock. */
static void
tick(struct live *live)
{
    uint64_t now = clock_realtime_us();
    bool is_stats_due = false, is_ping_due = now - live->ping_us > PING_MS * 1000ull;

    pthread_mutex_lock(&live->lock);
    forget_ended(live, now);
    if (atomic_load(&live->has_inbox_changed) &&
        now - live->inbox_announced_us > (inbox_is_busy(live->inbox)
                                              ? BUSY_PAUSE_MS * 1000ull
                                              : INBOX_PAUSE_MS * 1000ull)) {
        atomic_store(&live->has_inbox_changed, false);
        live->inbox_announced_us = now;
        if (live->stats_due_us == 0)
            live->stats_due_us = now + STATS_PAUSE_MS * 1000ull;
        hub_put(live->hub, HUB_INBOX, NULL, strdup("{}"));
    }
    if (live->stats_due_us != 0 && now >= live->stats_due_us) {
        live->stats_due_us = 0;
        is_stats_due = true;
    }
    pthread_mutex_unlock(&live->lock);
    if (is_stats_due && live->on_stats_due != NULL)
        live->on_stats_due(live->context);
    if (is_ping_due)
        live->ping_us = now;
    hub_wake(live->hub, is_ping_due);
    inbox_tick(live->inbox);
}

/* ---- the thread ---- */

static void *
read_feed(void *context)
{
    struct live *live = context;
    static char packet[FEED_PACKET_MAX + 64];

    while (!atomic_load(&live->is_stopping)) {
        long len = net_packet_receive(live->fd, packet, sizeof(packet), WAIT_MS);
        struct slice left = {packet, len > 0 ? (size_t)len : 0};
        struct feed_frame frame;

        if (len < 0)
            break; /* the supervisor has ended, and will end us */
        if (len > 0)
            atomic_fetch_add(&live->packets, 1);
        while (feed_take(&left, &frame))
            handle(live, &frame);
        tick(live);
    }
    return NULL;
}

bool
live_start(struct live *live, struct inbox *inbox, struct hub *hub, int fd,
           struct error *error)
{
    live->inbox = inbox;
    live->hub = hub;
    live->fd = fd;
    pthread_mutex_init(&live->lock, NULL);
    if (pthread_create(&live->thread, NULL, read_feed, live) == 0)
        return true;
    error_set(error, ERROR_SYSTEM, "web: no threads left: free some");
    return false;
}

void
live_stop(struct live *live)
{
    atomic_store(&live->is_stopping, true);
    pthread_join(live->thread, NULL);
    while (live->known != NULL)
        forget(live, &live->known);
    pthread_mutex_destroy(&live->lock);
}
