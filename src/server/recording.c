/* recording.c - see recording.h
 *
 * The session row and a run of notes travel as one STORE_SESSION item, with the
 * message when there is one, so recording costs no sync of its own there.
 */
#include "server/recording.h"

#include "base/clock.h"
#include "server/session.h"

#include <stdlib.h>

enum {
    RUN_DUE = 16 * 1024, /* send a run this long without waiting for a message */
    FREE_RUN = 4096,     /* a run this short is not charged to the budget */
    IN_FLIGHT_MAX = 16 * 1024 * 1024 /* notes waiting for the committer, per reactor */
};

/* A row and a run on their way; the texts stand behind it in the same memory. */
struct journal_work {
    struct work work; /* first: the way back */
    struct store_session row;
    struct reactor *reactor;
    char *notes;
    size_t octets; /* accounted for in journal_in_flight */
    size_t budget;
    char client[NET_TEXT_SIZE], listener[NET_TEXT_SIZE];
    char hello[256];
};

struct recording *
recording_new(struct reactor *reactor, enum record_level level)
{
    struct recording *recording;

    if (level == RECORD_NONE)
        return NULL;
    recording = calloc(1, sizeof(*recording));
    if (recording == NULL) {
        stats_add(&reactor->stats, STAT_RECORDS_DROPPED, 1);
        return NULL;
    }
    buf_init(&recording->run, RECORD_SESSION_MAX);
    return recording;
}

struct recording *
recording_free(struct reactor *reactor, struct recording *recording)
{
    if (recording == NULL)
        return NULL;
    limits_give_memory(&reactor->server->limits, recording->budget);
    buf_clear(&recording->run);
    free(recording->hello);
    free(recording);
    return NULL;
}

/* Long runs are charged to the memory budget. */
static bool
pay(struct reactor *reactor, struct recording *recording)
{
    uint32_t cost = recording->run.size > FREE_RUN ? (uint32_t)recording->run.size : 0;

    if (cost > recording->budget &&
        !limits_take_memory(&reactor->server->limits, cost - recording->budget))
        return false;
    recording->budget = cost > recording->budget ? cost : recording->budget;
    return true;
}

/* ---- telling it to whoever watches --------------------------------------------- */

/* Texts of a session that a frame begins with; kept ready for as long as it is told. */
struct told {
    char client[NET_TEXT_SIZE], listener[NET_TEXT_SIZE];
    struct feed_session session;
};

static void
fill_told(struct told *told, const struct session *session, struct slice outcome)
{
    const struct recording *recording = session->recording;

    net_end_format(&session->peer, told->client);
    net_address_format(&session->listener->address, told->listener);
    told->session = (struct feed_session){
        .id = session->id,
        .started_at_us = session->started_at_us,
        .client = slice_from(told->client),
        .listener = slice_from(told->listener),
        .profile = slice_from(postern_profile_name(session->listener->profile)),
        .hello = slice_of(recording->hello, recording->hello_len),
        .outcome = outcome,
        .messages = session->messages,
        .faults = session->faults,
        .first_line = recording->lines,
    };
}

static void
tell_note(const struct session *session, uint64_t offset_us,
          const struct postern_note *note)
{
    struct reactor *reactor = session->reactor;
    struct told told;

    if (reactor->feed.fd < 0 || feed_is_full(&reactor->feed))
        return;
    if (feed_is_going_on(&reactor->feed, &session->id)) /* the texts are there */
        told.session = (struct feed_session){.id = session->id,
                                             .messages = session->messages,
                                             .faults = session->faults};
    else
        fill_told(&told, session, SLICE("open"));
    feed_note(&reactor->feed, &told.session, offset_us, note);
    reactor_tell(reactor);
}

void
recording_tell_end(const struct session *session, struct slice outcome)
{
    struct reactor *reactor = session->reactor;
    struct told told;

    if (session->recording == NULL || reactor->feed.fd < 0)
        return;
    fill_told(&told, session, outcome);
    feed_state(&reactor->feed, &told.session);
    reactor_tell(reactor);
}

void
recording_note(struct session *session, const struct postern_note *note)
{
    struct recording *recording = session->recording;
    uint64_t offset = session->reactor->now_us - session->opened_us;

    tell_note(session, offset, note);
    recording->lines++;
    if (recording->is_truncated)
        return;
    if (!record_append(&recording->run, offset, note) ||
        !pay(session->reactor, recording))
        recording->is_truncated = true;
}

void
recording_hello(struct recording *recording, struct slice name)
{
    size_t len = name.len < 255 ? name.len : 255;
    char *copy = malloc(len + 1);

    if (copy == NULL)
        return; /* the notes tell it too */
    memcpy(copy, name.ptr, len);
    free(recording->hello);
    recording->hello = copy;
    recording->hello_len = (uint8_t)len;
}

bool
recording_is_due(const struct session *session)
{
    const struct recording *recording = session->recording;

    return recording != NULL && recording->run.len >= RUN_DUE &&
           (session->listener->record == RECORD_ALL || session->faults > 0);
}

static void
journal_done(struct work *work)
{
    struct journal_work *journal = (struct journal_work *)(void *)work;
    struct reactor *reactor = journal->reactor;

    if (work->result != STORE_OK)
        stats_add(&reactor->stats, STAT_RECORDS_DROPPED, 1);
    reactor->journal_in_flight -= journal->octets;
    limits_give_memory(&reactor->server->limits, journal->budget);
    free(journal->notes);
    free(journal);
}

static void
fill_row(struct journal_work *journal, const struct session *session,
         struct slice outcome, struct slice notes)
{
    const struct recording *recording = session->recording;
    bool is_open = slice_is_equal(outcome, SLICE("open"));

    net_end_format(&session->peer, journal->client);
    net_address_format(&session->listener->address, journal->listener);
    if (recording->hello_len > 0)
        memcpy(journal->hello, recording->hello, recording->hello_len);
    journal->row = (struct store_session){
        .id = session->id,
        .started_at_us = session->started_at_us,
        .ended_at_us = is_open ? 0 : clock_realtime_us(),
        .client = slice_from(journal->client),
        .listener = slice_from(journal->listener),
        .profile = slice_from(postern_profile_name(session->listener->profile)),
        .hello = slice_of(journal->hello, recording->hello_len),
        .outcome = outcome,
        .messages = session->messages,
        .faults = session->faults,
        .lines = recording->lines,
        .first_line = recording->first_line,
        .notes = notes,
        .is_truncated = recording->is_truncated,
    };
}

static bool
is_worth_keeping(const struct session *session, struct slice outcome)
{
    bool is_regular = slice_is_equal(outcome, SLICE("quit")) ||
                      slice_is_equal(outcome, SLICE("open"));

    return session->listener->record == RECORD_ALL || session->faults > 0 ||
           session->recording->was_kept || !is_regular;
}

struct work *
recording_cut(struct session *session, struct slice outcome)
{
    struct recording *recording = session->recording;
    struct reactor *reactor = session->reactor;
    struct journal_work *journal;
    struct slice notes;

    if (recording == NULL || !is_worth_keeping(session, outcome))
        return NULL;
    if (reactor->journal_in_flight > IN_FLIGHT_MAX ||
        (journal = malloc(sizeof(*journal))) == NULL) {
        stats_add(&reactor->stats, STAT_RECORDS_DROPPED, 1);
        recording->is_truncated = true;
        return NULL;
    }
    journal->reactor = reactor;
    journal->octets = recording->run.len + sizeof(*journal);
    journal->budget = recording->budget;
    notes = buf_slice(&recording->run);
    journal->notes = buf_take(&recording->run);
    fill_row(journal, session, outcome, notes);
    journal->work = (struct work){
        .item = {.kind = STORE_SESSION,
                 .session = &journal->row,
                 .octets = journal->row.notes},
        .finish = journal_done,
    };
    reactor->journal_in_flight += journal->octets;
    recording->first_line = recording->lines;
    recording->budget = 0;
    recording->was_kept = true;
    return &journal->work;
}
