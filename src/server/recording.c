/* recording.c - see recording.h
 *
 * The session row and a run of notes travel as one STORE_SESSION item, with the
 * message when there is one: recording then costs no sync of its own.
 */
#include "server/recording.h"

#include "base/clock.h"

#include <stdlib.h>

enum {
    LONG_RUN = 16 * 1024, /* a run this long does not wait for a message */
    FREE_RUN = 4096,      /* a run this short is not charged to the memory budget */
    IN_FLIGHT_MAX = 16 * 1024 * 1024 /* notes waiting for the committer, per reactor */
};

/* A row and a run on their way; their texts are in the same memory. */
struct journal_work {
    struct work work; /* first: comes back on completion */
    struct store_session row;
    struct reactor *reactor;
    char *notes;
    size_t octets; /* part of reactor->journal_in_flight */
    size_t budget;
    char client[NET_TEXT_SIZE], listener[NET_TEXT_SIZE];
    char hello[256];
};

struct recording *
recording_new(struct reactor *reactor, const struct session_facts *facts)
{
    struct recording *recording;

    if (facts->listener->record == RECORD_NONE)
        return NULL;
    recording = calloc(1, sizeof(*recording));
    if (recording == NULL) {
        stats_add(&reactor->stats, STAT_RECORDS_DROPPED, 1);
        return NULL;
    }
    recording->reactor = reactor;
    recording->facts = facts;
    buf_init(&recording->run, RECORD_SESSION_MAX);
    return recording;
}

struct recording *
recording_free(struct recording *recording)
{
    if (recording == NULL)
        return NULL;
    limits_release_memory(&recording->reactor->service->limits, recording->budget);
    buf_clear(&recording->run);
    free(recording->hello);
    free(recording);
    return NULL;
}

/* ---- the live feed ---- */

/* Texts of a session that a frame begins with, for as long as the frame is written. */
struct feed_texts {
    char client[NET_TEXT_SIZE], listener[NET_TEXT_SIZE];
};

static struct feed_session
describe(const struct recording *recording, struct feed_texts *texts,
         enum session_outcome outcome)
{
    const struct session_facts *facts = recording->facts;

    net_end_format(&facts->peer, texts->client);
    net_address_format(&facts->listener->address, texts->listener);
    return (struct feed_session){
        .id = facts->id,
        .started_at_us = facts->started_at_us,
        .client = slice_from(texts->client),
        .listener = slice_from(texts->listener),
        .profile = slice_from(postern_profile_name(facts->listener->profile)),
        .hello = slice_of(recording->hello, recording->hello_len),
        .outcome = slice_from(session_outcome_name(outcome)),
        .messages = facts->messages,
        .faults = facts->faults,
        .first_line = recording->lines,
    };
}

static void
send_note(const struct recording *recording, uint64_t offset_us,
          const struct postern_note *note)
{
    struct reactor *reactor = recording->reactor;
    const struct session_facts *facts = recording->facts;
    struct feed_session session = {
        .id = facts->id, .messages = facts->messages, .faults = facts->faults};
    struct feed_texts texts;

    if (reactor->feed.fd < 0 || feed_is_full(&reactor->feed))
        return;
    /* formatting the texts costs more than the note: only a new frame needs them */
    if (!feed_is_going_on(&reactor->feed, &facts->id))
        session = describe(recording, &texts, OUTCOME_OPEN);
    feed_note(&reactor->feed, &session, offset_us, note);
    reactor_plan_feed(reactor);
}

void
recording_report_end(struct recording *recording, enum session_outcome outcome)
{
    struct feed_session session;
    struct feed_texts texts;

    if (recording == NULL || recording->reactor->feed.fd < 0)
        return;
    session = describe(recording, &texts, outcome);
    feed_state(&recording->reactor->feed, &session);
    reactor_plan_feed(recording->reactor);
}

/* ---- gathering ---- */

/* Charge a long run to the memory budget. */
static bool
charge(struct recording *recording)
{
    uint32_t cost = recording->run.size > FREE_RUN ? (uint32_t)recording->run.size : 0;

    if (cost <= recording->budget)
        return true;
    if (!limits_reserve_memory(&recording->reactor->service->limits,
                               cost - recording->budget))
        return false;
    recording->budget = cost;
    return true;
}

void
recording_note(struct recording *recording, const struct postern_note *note)
{
    uint64_t offset_us;

    if (recording == NULL)
        return;
    offset_us = recording->reactor->now_us - recording->facts->opened_us;
    send_note(recording, offset_us, note);
    recording->lines++;
    if (recording->is_truncated)
        return;
    if (!record_append(&recording->run, offset_us, note) || !charge(recording))
        recording->is_truncated = true;
}

void
recording_hello(struct recording *recording, struct slice name)
{
    size_t len = slice_clip(name, UINT8_MAX).len;
    char *copy = recording != NULL ? malloc(len + 1) : NULL;

    if (copy == NULL)
        return; /* the notes have it too */
    memcpy(copy, name.ptr, len);
    free(recording->hello);
    recording->hello = copy;
    recording->hello_len = (uint8_t)len;
}

/* ---- to the store ---- */

static void
journal_done(struct work *work)
{
    struct journal_work *journal = (struct journal_work *)(void *)work;
    struct reactor *reactor = journal->reactor;

    if (work->result != STORE_OK)
        stats_add(&reactor->stats, STAT_RECORDS_DROPPED, 1);
    reactor->journal_in_flight -= journal->octets;
    limits_release_memory(&reactor->service->limits, journal->budget);
    free(journal->notes);
    free(journal);
}

static void
fill_row(struct journal_work *journal, const struct recording *recording,
         enum session_outcome outcome, struct slice notes)
{
    const struct session_facts *facts = recording->facts;

    net_end_format(&facts->peer, journal->client);
    net_address_format(&facts->listener->address, journal->listener);
    if (recording->hello_len > 0)
        memcpy(journal->hello, recording->hello, recording->hello_len);
    journal->row = (struct store_session){
        .id = facts->id,
        .started_at_us = facts->started_at_us,
        .ended_at_us = outcome == OUTCOME_OPEN ? 0 : clock_realtime_us(),
        .client = slice_from(journal->client),
        .listener = slice_from(journal->listener),
        .profile = slice_from(postern_profile_name(facts->listener->profile)),
        .hello = slice_of(journal->hello, recording->hello_len),
        .outcome = slice_from(session_outcome_name(outcome)),
        .messages = facts->messages,
        .faults = facts->faults,
        .lines = recording->lines,
        .first_line = recording->first_line,
        .notes = notes,
        .is_truncated = recording->is_truncated,
    };
}

static bool
is_worth_keeping(const struct recording *recording, enum session_outcome outcome)
{
    bool is_regular = outcome == OUTCOME_QUIT || outcome == OUTCOME_OPEN;

    return recording->facts->listener->record == RECORD_ALL ||
           recording->facts->faults > 0 || recording->was_kept || !is_regular;
}

struct work *
recording_cut(struct recording *recording, enum session_outcome outcome)
{
    struct journal_work *journal;
    struct reactor *reactor;
    struct slice notes;

    if (recording == NULL || !is_worth_keeping(recording, outcome))
        return NULL;
    reactor = recording->reactor;
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
    fill_row(journal, recording, outcome, notes);
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

void
recording_submit_if_long(struct recording *recording)
{
    struct work *notes;

    if (recording == NULL || recording->run.len < LONG_RUN ||
        (recording->facts->listener->record != RECORD_ALL &&
         recording->facts->faults == 0))
        return;
    notes = recording_cut(recording, OUTCOME_OPEN);
    if (notes != NULL)
        reactor_submit(recording->reactor, notes, notes);
}
