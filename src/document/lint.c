/* lint.c - runs postern/lint.h on a recorded session */
#include "document/lint.h"

#include "base/attr.h"
#include "journal/record.h"

/* The client without its port: "192.0.2.1", "[2001:db8::1]", "unix". */
static struct slice
host_of(struct slice client)
{
    size_t len = client.len;

    while (len > 0 && client.ptr[len - 1] != ':')
        len--;
    return len > 0 ? slice_of(client.ptr, len - 1) : client;
}

static bool
is_loopback(struct slice host)
{
    static const struct slice here[] = {SLICE_INIT("127."), SLICE_INIT("[127."),
                                        SLICE_INIT("[::ffff:127."), SLICE_INIT("[::1]"),
                                        SLICE_INIT("unix")};

    for (size_t i = 0; i < ARRAY_LEN(here); i++) {
        if (slice_has_prefix_fold(host, here[i]))
            return true;
    }
    return false;
}

struct postern_lint_facts
lint_facts(const struct store_session *session)
{
    struct slice run = session->notes;
    struct record record;
    uint64_t lines = 0;
    bool has_starttls = false;

    for (; record_take(&run, &record); lines++) {
        if (record.note.kind == POSTERN_NOTE_REPLY && record.note.code == 220 &&
            record.note.command == POSTERN_STARTTLS)
            has_starttls = true;
    }
    return (struct postern_lint_facts){
        .is_loopback = is_loopback(host_of(session->client)),
        .has_implicit_tls = session->tls.len > 0 && !has_starttls,
        .is_closed = session->ended_at_us > 0 && !session->is_truncated &&
                     session->first_line == 0 && session->lines == lines,
    };
}

/* ---- other sessions of the same client ---- */

struct recent {
    char host[128];
    size_t host_len;
    uint64_t from_us, to_us;
    uint32_t count;
};

static bool
read_client(void *context, const struct store_session *session)
{
    enum { MINUTE_US = 60 * 1000 * 1000 };
    struct recent *recent = context;
    struct slice host = host_of(session->client);

    if (host.len == 0 || host.len > sizeof(recent->host))
        return false;
    memcpy(recent->host, host.ptr, host.len);
    recent->host_len = host.len;
    recent->to_us = session->started_at_us;
    recent->from_us = recent->to_us > MINUTE_US ? recent->to_us - MINUTE_US : 0;
    recent->count = session->messages <= 1; /* itself */
    return false;
}

static bool
count_recent(void *context, const struct store_session *session)
{
    struct recent *recent = context;
    struct slice host = slice_of(recent->host, recent->host_len);

    if (session->started_at_us < recent->from_us)
        return false; /* newest first: older ones follow */
    if (session->started_at_us <= recent->to_us && session->messages <= 1 &&
        slice_is_equal(host_of(session->client), host))
        recent->count++;
    return true;
}

uint32_t
lint_recent(struct store *store, const struct id *id)
{
    struct recent recent = {.count = 0};
    struct error error = ERROR_INIT;

    if (store_sessions(store, &(struct store_session_query){.only = id}, read_client,
                       &recent, &error) != STORE_OK ||
        recent.host_len == 0 ||
        store_sessions(store, &(struct store_session_query){.before = id}, count_recent,
                       &recent, &error) != STORE_OK)
        return 0;
    return recent.count;
}

struct postern_lint_findings
lint_check(struct postern_lint_session *memory, const struct store_session *session,
           const struct postern_lint_facts *facts)
{
    struct slice run = session->notes;
    struct record record;

    postern_lint_start(memory, facts);
    while (record_take(&run, &record))
        postern_lint_note(memory, &record.note);
    return postern_lint_finish(memory);
}

/* ---- JSON ---- */

static json_t *
finding_json(const struct postern_lint_finding *finding, enum postern_language language)
{
    const struct postern_lint_entry *entry = &postern_lints[finding->lint];
    json_t *object = jsonout_object();

    jsonout_set(object, "lint", jsonout_text(entry->slug));
    jsonout_set(object, "severity",
                jsonout_text(slice_from(postern_severity_name(entry->severity))));
    jsonout_set(object, "line", jsonout_number((uint64_t)finding->first_note + 1));
    jsonout_set(object, "count", jsonout_number(finding->count));
    jsonout_set(object, "name", jsonout_text(entry->name.in[language]));
    jsonout_set(object, "why", jsonout_text(entry->why.in[language]));
    jsonout_set(object, "fix", jsonout_text(entry->fix.in[language]));
    jsonout_set(object, "rfc", jsonout_text(entry->rfc));
    return object;
}

json_t *
lint_json(const struct postern_lint_findings *found, enum postern_language language)
{
    json_t *list = jsonout_array();

    for (uint32_t i = 0; i < found->count; i++)
        jsonout_append(list, finding_json(&found->list[i], language));
    return list;
}
