/* session.c - recorded sessions as JSON */
#include "document/document.h"

#include "catalog/reply.h"

/* The direction of a note, by its kind. */
static const struct {
    const char *kind, *direction;
} sides[] = {
    [POSTERN_NOTE_COMMAND] = {"command", "client"},
    [POSTERN_NOTE_REPLY] = {"reply", "server"},
    [POSTERN_NOTE_CONTENT] = {"content", "client"},
    [POSTERN_NOTE_SASL] = {"sasl", "client"},
    [POSTERN_NOTE_EVENT] = {"event", "event"},
};

json_t *
document_session(const struct store_session *session)
{
    json_t *object = jsonout_object();

    jsonout_set(object, "id", jsonout_id(&session->id));
    jsonout_set(object, "started_at", jsonout_time(session->started_at_us));
    jsonout_set(object, "ended_at", jsonout_time(session->ended_at_us));
    jsonout_set(object, "client", jsonout_text(session->client));
    jsonout_set(object, "listener", jsonout_text(session->listener));
    jsonout_set(object, "profile", jsonout_text(session->profile));
    jsonout_set(object, "hello", jsonout_text_or_null(session->hello));
    jsonout_set(object, "login", jsonout_text_or_null(session->login));
    jsonout_set(object, "tls", jsonout_text_or_null(session->tls));
    jsonout_set(object, "outcome", jsonout_text(session->outcome));
    jsonout_set(object, "messages", jsonout_number(session->messages));
    jsonout_set(object, "faults", jsonout_number(session->faults));
    jsonout_set(object, "truncated", jsonout_bool(session->is_truncated));
    return object;
}

json_t *
document_line(uint64_t n, const struct record *record)
{
    const struct postern_note *note = &record->note;
    bool is_reply = note->kind == POSTERN_NOTE_REPLY;
    bool has_verb = (is_reply || note->kind == POSTERN_NOTE_COMMAND) &&
                    note->command != POSTERN_UNKNOWN;
    json_t *object = jsonout_object();

    jsonout_set(object, "n", jsonout_number(n));
    jsonout_set(object, "offset_us", jsonout_number(record->offset_us));
    jsonout_set(object, "direction",
                jsonout_text(slice_from(sides[note->kind].direction)));
    jsonout_set(object, "kind", jsonout_text(slice_from(sides[note->kind].kind)));
    jsonout_set(object, "text", jsonout_text(note->octets));
    jsonout_set(object, "redacted", jsonout_number(note->redacted));
    jsonout_set(object, "octets", jsonout_number(note->count));
    jsonout_set(object, "command",
                has_verb ? jsonout_text(slice_from(postern_command_name(note->command)))
                         : json_null());
    jsonout_set(object, "code",
                note->code != 0 ? jsonout_number(note->code) : json_null());
    jsonout_set(object, "enhanced", jsonout_text_or_null(note->enhanced));
    jsonout_set(object, "before",
                jsonout_text(slice_from(postern_phase_name(note->before))));
    jsonout_set(object, "after",
                jsonout_text(slice_from(postern_phase_name(note->after))));
    jsonout_set(object, "rule", jsonout_text_or_null(catalog_reply(note->reply)->rule));
    jsonout_set(object, "reply",
                jsonout_text_or_null(catalog_reply(note->reply)->name));
    return object;
}
