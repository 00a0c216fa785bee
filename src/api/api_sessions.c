/* api_sessions.c - conversations as JSON */
#include "api/api.h"

#include "base/memory.h"
#include "document/document.h"
#include "document/lint.h"
#include "http/web.h"
#include "live/sessions.h"

#include <stdlib.h>

void
api_refuse(struct reply *reply, unsigned status, const char *why)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "error", jsonout_text(slice_from(why)));
    reply_json(reply, object);
    reply->status = status;
}

static bool
add_session(void *context, const struct store_session *session)
{
    json_t *object = document_session(session);

    jsonout_set(object, "lines", jsonout_number(session->lines));
    jsonout_append(context, object);
    return true;
}

void
api_sessions(struct web *web, const struct request *request, struct reply *reply)
{
    struct sessions_filter filter = {
        .with_faults = request_number(request, "faults", 0) > 0,
        .is_open = request_number(request, "open", 0) > 0,
        .client = request_parameter(request, "client", NULL),
        .code = request_number(request, "code", 0),
        .limit = (uint32_t)request_number(request, "limit", 50),
    };
    struct slice before = request_parameter(request, "before", NULL);
    json_t *list = jsonout_array(), *object = jsonout_object();
    struct id id;

    if (before.len > 0 && !id_parse(before, &id)) {
        api_refuse(reply, 400, "before: not the id of a session");
        json_decref(list);
        json_decref(object);
        return;
    }
    filter.before = before.len > 0 ? &id : NULL;
    sessions_list(web->live, &filter, add_session, list);
    jsonout_set(object, "sessions", list);
    reply_json(reply, object);
}

/* The errors of the sending program, and hints for it. */
static json_t *
session_lint(struct web *web, const struct store_session *session,
             enum postern_language language)
{
    struct postern_lint_facts facts = lint_facts(session);
    struct postern_lint_session memory;
    struct postern_lint_findings found;
    struct inbox_reader *reader = inbox_reader_take(web->inbox);

    facts.recent_connections = lint_recent(reader->store, &session->id);
    inbox_reader_release(web->inbox, reader);
    found = lint_check(&memory, session, &facts);
    return lint_json(&found, language);
}

void
api_session(struct web *web, const struct request *request, struct reply *reply)
{
    bool is_latest = slice_is_equal(request->segments[0], SLICE("latest"));
    const struct postern_diagnosis *diagnosis;
    struct postern_explain *explain;
    struct session_copy copy;
    json_t *object, *lines;
    struct record record;
    struct slice run;
    struct id id;

    if (!(is_latest ? sessions_latest(web->live, &id)
                    : id_parse(request->segments[0], &id)) ||
        !sessions_find(web->live, &id, &copy)) {
        api_refuse(reply, 404, "there is no such session");
        return;
    }
    object = document_session(&copy.session);
    lines = jsonout_array();
    run = copy.session.notes;
    for (uint64_t n = 1; record_take(&run, &record); n++)
        jsonout_append(lines, document_line(n, &record));
    jsonout_set(object, "lines", lines);
    explain = document_diagnose(copy.session.notes, &diagnosis);
    jsonout_set(object, "explain", document_diagnosis(diagnosis, request->language));
    jsonout_set(object, "lint", session_lint(web, &copy.session, request->language));
    reply_json(reply, object);
    free(explain);
    session_copy_clear(&copy);
}
