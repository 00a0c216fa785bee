/* report.c - notes become objects, with what the catalog says of a refusal
 *
 * Octets of the client pass escape_text before they are written, as for a terminal;
 * what is left of them is UTF-8 and fit for JSON. The end of a report always has room:
 * RESERVE octets are kept for it.
 */
#include "playground/report.h"

#include "base/escape.h"
#include "catalog/reply.h"
#include "diagram/graph.h"
#include "diagram/phase_label.h"

enum { RESERVE = 2048, TEXT_MAX = 1024 };

/* ---- JSON ---------------------------------------------------------------- */

/* text is UTF-8 without control characters. */
static void
put_string(struct pen *pen, struct slice text)
{
    PEN_LITERAL(pen, "\"");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            PEN_LITERAL(pen, "\\");
        pen_put(pen, slice_of(text.ptr + i, 1));
    }
    PEN_LITERAL(pen, "\"");
}

/* ,"key":"text"; nothing for an empty text. */
static void
put_member(struct pen *pen, const char *key, struct slice text)
{
    if (text.len == 0)
        return;
    PEN_LITERAL(pen, ",");
    put_string(pen, slice_from(key));
    PEN_LITERAL(pen, ":");
    put_string(pen, text);
}

static void
put_number(struct pen *pen, const char *key, uint64_t number)
{
    char digits[SLICE_NUMBER_MAX];

    PEN_LITERAL(pen, ",");
    put_string(pen, slice_from(key));
    PEN_LITERAL(pen, ":");
    pen_put(pen, slice_format_number(number, digits));
}

static void
put_command(struct pen *pen, enum postern_command command, bool is_first)
{
    if (!is_first)
        PEN_LITERAL(pen, ",");
    put_string(pen, slice_from(postern_command_name(command)));
}

/* Octets of the wire, of which the first TEXT_MAX are enough. */
static void
put_octets(struct pen *pen, struct slice octets)
{
    char text[4 * TEXT_MAX + 1];

    if (octets.len > TEXT_MAX)
        octets.len = TEXT_MAX;
    size_t len = escape_text(octets, text, sizeof(text));
    PEN_LITERAL(pen, ",\"text\":");
    put_string(pen, slice_of(text, len));
}

/* ---- lines --------------------------------------------------------------- */

/* Why, and what to do; for a reply without words of its own what its code means. */
static void
put_reason(struct report *report, const struct catalog_reply *reply)
{
    struct pen *pen = &report->pen;
    const struct postern_code *code = postern_code_find(reply->code);

    put_member(pen, "name", reply->name);
    if (reply->why[report->language].len == 0 && code != NULL) {
        put_member(pen, "means", code->means.in[report->language]);
        put_member(pen, "fix", code->fix.in[report->language]);
        return;
    }
    put_member(pen, "why", reply->why[report->language]);
    put_member(pen, "fix", reply->fix[report->language]);
    if (reply->cause != POSTERN_CAUSE_NONE)
        put_member(pen, "cause", postern_causes[reply->cause].slug);
}

/* What must come before a command that came out of order; a refusal may have moved the
 * session, so the way begins where it is now. */
static void
put_way(struct report *report, const struct postern_note *note, uint32_t facts)
{
    enum postern_command way[WAY_MAX];
    size_t count = way_find(note->after, facts, note->command, way);

    if (count == 0)
        return;
    report->missing = way[0];
    PEN_LITERAL(&report->pen, ",\"way\":[");
    for (size_t i = 0; i < count; i++)
        put_command(&report->pen, way[i], i == 0);
    PEN_LITERAL(&report->pen, "]");
}

static void
put_refusal(struct report *report, const struct postern_note *note, uint32_t facts)
{
    const struct catalog_reply *reply = catalog_reply(note->reply);

    put_reason(report, reply);
    if (reply->rule.len > 0)
        put_way(report, note, facts);
}

static struct slice
from_of(const struct postern_note *note)
{
    if (note->kind == POSTERN_NOTE_EVENT)
        return SLICE("note");
    return note->kind == POSTERN_NOTE_REPLY ? SLICE("server") : SLICE("client");
}

static struct slice
kind_of(const struct postern_note *note)
{
    static const struct slice kinds[] = {
        [POSTERN_NOTE_COMMAND] = SLICE_INIT("command"),
        [POSTERN_NOTE_REPLY] = SLICE_INIT("reply"),
        [POSTERN_NOTE_CONTENT] = SLICE_INIT("content"),
        [POSTERN_NOTE_SASL] = SLICE_INIT("login"),
        [POSTERN_NOTE_EVENT] = SLICE_INIT("event"),
    };

    return kinds[note->kind];
}

static void
put_note(struct report *report, const struct postern_note *note, uint32_t facts)
{
    struct pen *pen = &report->pen;

    PEN_LITERAL(pen, "{\"from\":");
    put_string(pen, from_of(note));
    put_member(pen, "kind", kind_of(note));
    put_octets(pen, note->octets);
    put_number(pen, "octets", note->count);
    put_number(pen, "hidden", note->redacted);
    put_member(pen, "before", slice_from(postern_phase_name(note->before)));
    put_member(pen, "after", slice_from(postern_phase_name(note->after)));
    if (note->kind == POSTERN_NOTE_REPLY) {
        put_member(pen, "command", slice_from(postern_command_name(note->command)));
        put_number(pen, "code", note->code);
        pen_put(pen, note->is_last ? SLICE(",\"is_last\":true")
                                   : SLICE(",\"is_last\":false"));
        if (note->is_last && note->code >= 400)
            put_refusal(report, note, facts);
    }
    PEN_LITERAL(pen, "}");
}

/* ---- doors --------------------------------------------------------------- */

void
report_begin(struct report *report, enum postern_language language, bool is_lmtp,
             char *out, size_t size)
{
    *report = (struct report){.pen = {.out = out, .size = size},
                              .language = language,
                              .is_lmtp = is_lmtp,
                              .missing = POSTERN_COMMAND_COUNT};
    PEN_LITERAL(&report->pen, "{\"lines\":[");
}

void
report_note(struct report *report, const struct postern_note *note, uint32_t facts)
{
    size_t mark = report->pen.len;

    if (report->has_line)
        PEN_LITERAL(&report->pen, ",\n");
    put_note(report, note, facts);
    if (report->pen.len + RESERVE > report->pen.size) {
        report->pen.len = mark;
        report->is_cut = true;
        return;
    }
    report->has_line = true;
}

static struct slice
takes(const struct postern_server *server, uint64_t chunk_left)
{
    enum postern_phase phase = postern_server_phase(server);

    if (phase == POSTERN_PHASE_CLOSING)
        return SLICE("nothing");
    if (chunk_left > 0)
        return SLICE("chunk");
    if (phase == POSTERN_PHASE_DATA)
        return SLICE("content");
    return phase == POSTERN_PHASE_AUTH ? SLICE("login") : SLICE("command");
}

size_t
report_end(struct report *report, const struct postern_server *server,
           uint64_t chunk_left)
{
    struct pen *pen = &report->pen;
    enum postern_phase phase = postern_server_phase(server);
    char letter = postern_phase_letter(phase);
    bool is_first = true;

    PEN_LITERAL(pen, "]");
    put_member(pen, "phase", slice_from(postern_phase_name(phase)));
    put_member(pen, "letter", slice_of(&letter, 1));
    put_member(pen, "label", phase_label(phase, report->is_lmtp, report->language));
    put_member(pen, "meaning", phase_meaning(phase, report->language));
    PEN_LITERAL(pen, ",\"allowed\":[");
    for (int i = 0; i < POSTERN_COMMAND_COUNT; i++) {
        enum postern_command command = (enum postern_command)i;
        if (!postern_server_allows(server, command))
            continue;
        put_command(pen, command, is_first);
        is_first = false;
    }
    PEN_LITERAL(pen, "]");
    put_member(pen, "takes", takes(server, chunk_left));
    put_number(pen, "chunk", chunk_left);
    pen_put(pen,
            report->is_cut ? SLICE(",\"is_cut\":true}") : SLICE(",\"is_cut\":false}"));
    return pen->len;
}
