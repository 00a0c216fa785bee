/* sessions.c - see sessions.h
 *
 * A session is written to the store with each message and at its end. live has those
 * that are open or ended a moment ago. A session that is in both is taken from the
 * store, continued by the lines that only live has.
 */
#include "live/sessions.h"

#include "base/memory.h"
#include "journal/record.h"

#include <stdlib.h>
#include <string.h>

enum { NOTES_MAX = 64 << 20 };

/* ---- copies ---- */

/* Copy a session with all its texts and notes. */
static void
copy_session(struct session_copy *copy, const struct store_session *session)
{
    struct store_session *own = &copy->session;
    size_t octets = 1;
    char *to;

    *own = *session;
    struct slice *const texts[] = {&own->client, &own->listener, &own->profile,
                                   &own->hello,  &own->login,    &own->tls,
                                   &own->outcome};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        octets += texts[i]->len;
    copy->memory = to = memory_new(octets);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i]->len > 0)
            memcpy(to, texts[i]->ptr, texts[i]->len);
        texts[i]->ptr = to;
        to += texts[i]->len;
    }
    buf_init(&copy->notes, NOTES_MAX);
    if (!buf_append(&copy->notes, session->notes))
        memory_fail();
    own->notes = (struct slice){0};
}

void
session_copy_clear(struct session_copy *copy)
{
    buf_clear(&copy->notes);
    free(copy->memory);
    copy->memory = NULL;
}

/* ---- lists ---- */

struct listing {
    const struct sessions_filter *filter;
    struct session_copy *open; /* of live, newest first */
    size_t open_count, open_at;
    bool (*each)(void *context, const struct store_session *session);
    void *context;
    uint32_t given, seen;
    bool is_over;
};

static bool
has_code(struct slice run, uint64_t code)
{
    struct record record;

    while (record_take(&run, &record)) {
        if (record.note.kind == POSTERN_NOTE_REPLY && record.note.code == code)
            return true;
    }
    return false;
}

static bool
passes(const struct sessions_filter *filter, const struct store_session *session)
{
    if (filter->with_faults && session->faults == 0)
        return false;
    if (filter->is_open && !slice_is_equal(session->outcome, SLICE("open")))
        return false;
    if (filter->before != NULL &&
        memcmp(session->id.octets, filter->before->octets, ID_SIZE) >= 0)
        return false;
    if (filter->client.len > 0 &&
        slice_find_fold(session->client, filter->client) == SIZE_MAX &&
        slice_find_fold(session->hello, filter->client) == SIZE_MAX)
        return false;
    return filter->code == 0 || has_code(session->notes, filter->code);
}

static void
give(struct listing *listing, const struct store_session *session)
{
    if (listing->is_over || !passes(listing->filter, session))
        return;
    listing->given++;
    listing->is_over = !listing->each(listing->context, session) ||
                       listing->given == listing->filter->limit;
}

/* Give the open sessions that are newer than id (all for NULL). */
static void
give_open(struct listing *listing, const struct id *id)
{
    while (listing->open_at < listing->open_count) {
        struct session_copy *open = &listing->open[listing->open_at];
        struct store_session session = open->session;

        if (id != NULL && memcmp(session.id.octets, id->octets, ID_SIZE) < 0)
            return;
        listing->open_at++;
        if (id != NULL && id_is_equal(&session.id, id))
            continue; /* the store's row follows */
        session.notes = buf_slice(&open->notes);
        give(listing, &session);
    }
}

static bool
give_kept(void *context, const struct store_session *session)
{
    struct listing *listing = context;

    give_open(listing, &session->id);
    give(listing, session);
    listing->seen++;
    return !listing->is_over && listing->seen < SESSIONS_SCAN_MAX;
}

static bool
keep_open(void *context, const struct store_session *session)
{
    struct listing *listing = context;

    listing->open =
        memory_grow(listing->open, (listing->open_count + 1) * sizeof(*listing->open));
    listing->open[listing->open_count] = (struct session_copy){0};
    copy_session(&listing->open[listing->open_count++], session);
    return true;
}

static int
newest_first(const void *a, const void *b)
{
    const struct session_copy *one = a, *other = b;

    return memcmp(other->session.id.octets, one->session.id.octets, ID_SIZE);
}

void
sessions_list(struct live *live, const struct sessions_filter *filter,
              bool (*each)(void *context, const struct store_session *session),
              void *context)
{
    struct listing listing = {.filter = filter, .each = each, .context = context};
    struct store_session_query query = {.before = filter->before,
                                        .with_notes = filter->code != 0};
    struct inbox_reader *reader;
    struct error error = ERROR_INIT;

    live_each(live, filter->code != 0, keep_open, &listing);
    if (listing.open_count > 0)
        qsort(listing.open, listing.open_count, sizeof(*listing.open), newest_first);
    reader = inbox_reader_take(live->inbox);
    if (store_sessions(reader->store, &query, give_kept, &listing, &error) == STORE_OK)
        give_open(&listing, NULL);
    inbox_reader_release(live->inbox, reader);
    for (size_t i = 0; i < listing.open_count; i++)
        session_copy_clear(&listing.open[i]);
    free(listing.open);
}

/* ---- one session ---- */

struct finding {
    const struct id *id;
    struct session_copy *copy;
    bool is_found;
};

static bool
keep_kept(void *context, const struct store_session *session)
{
    struct finding *finding = context;

    copy_session(finding->copy, session);
    finding->is_found = true;
    return false;
}

/* Append the lines of live that the store does not have yet. */
static void
continue_notes(struct session_copy *copy, const struct store_session *live)
{
    struct slice run = live->notes, rest = run;
    struct record record;
    uint32_t n = live->first_line;

    if (live->lines <= copy->session.lines)
        return;
    while (n < copy->session.lines && record_take(&run, &record)) {
        rest = run;
        n++;
    }
    if (n > copy->session.lines)
        copy->gap_at = copy->session.lines + 1;
    if (!buf_append(&copy->notes, rest))
        memory_fail();
    copy->session.lines = live->lines;
    copy->session.messages = live->messages;
    copy->session.faults = live->faults;
}

static bool
add_live(void *context, const struct store_session *live)
{
    struct finding *finding = context;

    if (!id_is_equal(&live->id, finding->id))
        return true;
    if (finding->is_found) {
        continue_notes(finding->copy, live);
    } else {
        copy_session(finding->copy, live);
        finding->copy->gap_at = live->first_line > 0 ? 1 : 0;
        finding->is_found = true;
    }
    return false;
}

bool
sessions_find(struct live *live, const struct id *id, struct session_copy *copy)
{
    struct finding finding = {.id = id, .copy = copy};
    struct store_session_query query = {.only = id, .with_notes = true};
    struct inbox_reader *reader = inbox_reader_take(live->inbox);
    struct error error = ERROR_INIT;

    *copy = (struct session_copy){0};
    if (store_sessions(reader->store, &query, keep_kept, &finding, &error) ==
        STORE_FAILED)
        finding.is_found = false;
    inbox_reader_release(live->inbox, reader);
    live_each(live, true, add_live, &finding);
    if (finding.is_found)
        copy->session.notes = buf_slice(&copy->notes);
    return finding.is_found;
}

static bool
keep_id(void *context, const struct store_session *session)
{
    *(struct id *)context = session->id;
    return false;
}

bool
sessions_latest(struct live *live, struct id *id_out)
{
    static const struct id none;

    *id_out = none;
    sessions_list(live, &(struct sessions_filter){.limit = 1}, keep_id, id_out);
    return !id_is_equal(id_out, &none);
}
