/* session_timeline.c - the conversation line by line, each with its explanation
 *
 * A line is a <details>: closed it is what was sent, open it says what that means,
 * which rule decided, and which phase came after. The line at fault is open from the
 * start.
 */
#include "pages/session_view.h"

#include "base/memory.h"
#include "catalog/reply.h"
#include "diagram/phase_label.h"
#include "journal/record.h"
#include "pages/page.h"
#include "reference/parts.h"

enum { LINES_SHOWN_MAX = 2000, NARRATED_MAX = 2000 };

bool
session_view_is_lmtp(const struct inspector *inspector)
{
    return slice_is_equal(inspector->copy.session.profile, SLICE("lmtp"));
}

bool
session_view_is_in_order(const struct postern_diagnosis *d)
{
    return d->finding_count == 0 ||
           d->findings[0].cause == POSTERN_CAUSE_BENIGN_MESSAGE;
}

/* ---- the expected commands ---- */

size_t
session_view_missing(const struct postern_note *note, enum postern_command way[WAY_MAX])
{
    if (note->kind != POSTERN_NOTE_REPLY || note->command == POSTERN_UNKNOWN)
        return 0;
    return way_find(note->before, 0, note->command, way);
}

static void
put_expected(struct inspector *inspector, const struct postern_note *note)
{
    const struct catalog_reply *reply = catalog_reply(note->reply);
    struct html *html = inspector->html;
    enum postern_command way[WAY_MAX];
    size_t count = session_view_missing(note, way);

    if (count == 0 && reply->why[html->language].len == 0)
        return;
    html_markup(html, "<div class=\"expected\">");
    if (count > 0) {
        html_markup(html, "<p><b>");
        html_word(html, WORD_EXPECTED);
        html_markup(html, "</b> ");
        for (size_t i = 0; i < count; i++) {
            html_markup(html, i > 0 ? " → <code>" : "<code>");
            html_string(html, postern_command_name(way[i]));
            html_markup(html, "</code>");
        }
        html_markup(html, " → <code>");
        html_string(html, postern_command_name(note->command));
        html_markup(html, "</code></p>");
    }
    if (reply->why[html->language].len > 0) {
        html_markup(html, "<p>");
        html_text(html, reply->why[html->language]);
        html_markup(html, " ");
        html_text(html, reply->fix[html->language]);
        html_markup(html, "</p>");
    }
    html_markup(html, "</div>");
}

/* ---- one line ---- */

static const char *
class_of(const struct postern_note *note)
{
    switch (note->kind) {
    case POSTERN_NOTE_REPLY:
        return note->code >= 500   ? "server refusal"
               : note->code >= 400 ? "server deferral"
                                   : "server";
    case POSTERN_NOTE_COMMAND:
    case POSTERN_NOTE_CONTENT:
    case POSTERN_NOTE_SASL:
        return "client";
    case POSTERN_NOTE_EVENT:
        break;
    }
    return "event";
}

static void
put_number_word(struct html *html, enum word word, uint64_t number)
{
    char digits[SLICE_NUMBER_MAX];
    struct slice value = slice_format_number(number, digits);

    html_markup(html, "<i>");
    html_word_with(html, word, &value, 1);
    html_markup(html, "</i>");
}

/* The words for an event without a line; WORD_COUNT: its own text is shown. */
static enum word
event_word(const struct postern_note *note)
{
    static const enum word words[POSTERN_SESSION_EVENT_COUNT] = {
        [POSTERN_SESSION_EVENT_NONE] = WORD_COUNT,
        [POSTERN_SESSION_EVENT_SPOKE_FIRST] = WORD_HAPPENED_SPOKE_FIRST,
        [POSTERN_SESSION_EVENT_TLS] = WORD_HAPPENED_TLS,
        [POSTERN_SESSION_EVENT_NO_TLS] = WORD_HAPPENED_NO_TLS,
        [POSTERN_SESSION_EVENT_CLOSED] = WORD_HAPPENED_CLOSED,
        [POSTERN_SESSION_EVENT_TIMEOUT] = WORD_HAPPENED_TIMEOUT,
        [POSTERN_SESSION_EVENT_NO_REPLY] = WORD_COUNT,
    };

    return words[note->session_event];
}

static void
put_said(struct html *html, const struct record *record)
{
    const struct postern_note *note = &record->note;
    enum word word = event_word(note);

    if (word != WORD_COUNT)
        html_word(html, word);
    else
        html_text(html, note->octets);
    if (note->kind == POSTERN_NOTE_CONTENT)
        put_number_word(html, WORD_OCTETS_CONTENT, note->count);
    if (note->redacted > 0) {
        html_markup(html, " ");
        put_number_word(html, WORD_OCTETS_HIDDEN, note->redacted);
    }
}

/* The sentence of explain for the note. Several notes may be one event (the lines of a
 * reply): the sentence is at the last. */
static void
put_narration(struct inspector *inspector, uint32_t line)
{
    struct html *html = inspector->html;
    struct postern_said said;
    char text[NARRATED_MAX];

    while (postern_explain_said(inspector->explain, inspector->event, &said) &&
           said.last_line < line)
        inspector->event++;
    if (!postern_explain_said(inspector->explain, inspector->event, &said) ||
        said.line > line)
        return;
    html_markup(html, "<p>");
    html_text(html, slice_of(text, postern_explain_narrate(
                                       inspector->explain, inspector->event,
                                       html->language, text, sizeof(text))));
    html_markup(html, "</p>");
}

static void
put_code_links(struct html *html, const struct postern_note *note)
{
    if (note->kind != POSTERN_NOTE_REPLY || note->code == 0)
        return;
    html_markup(html, "<p>");
    part_number_link(html, note->code);
    if (note->enhanced.len > 0) {
        html_markup(html, " · ");
        part_code_link(html, note->enhanced);
    }
    if (note->code >= 400 && note->code != 503) {
        html_markup(html, " · ");
        html_format(html, "<a href=\"/compare/250/%u\">250 / %u</a>", note->code,
                    note->code);
    }
    if (note->code == 503)
        html_markup(html, " · <a href=\"/compare/250/503\">250 / 503</a>");
    html_markup(html, "</p>");
}

static void
put_more(struct inspector *inspector, const struct record *record, uint32_t line)
{
    const struct postern_note *note = &record->note;
    struct slice rule = catalog_reply(note->reply)->rule;
    struct html *html = inspector->html;

    html_markup(html, "<div class=\"explained\">");
    if (event_word(note) == WORD_COUNT) /* else the line itself is a sentence */
        put_narration(inspector, line);
    put_code_links(html, note);
    html_markup(html, "<dl class=\"facts\"><div><dt>");
    html_word(html, WORD_PHASE);
    html_markup(html, "</dt><dd>");
    html_text(html, phase_label(note->before, session_view_is_lmtp(inspector),
                                html->language));
    if (note->after != note->before) {
        html_markup(html, " → ");
        html_text(html, phase_label(note->after, session_view_is_lmtp(inspector),
                                    html->language));
    }
    html_markup(html, "</dd></div>");
    if (note->kind == POSTERN_NOTE_REPLY)
        page_fact(html, WORD_RULE, rule);
    html_markup(html, "<div><dt>");
    html_word(html, WORD_OCTETS);
    html_format(html, "</dt><dd>%llu</dd></div></dl>", (unsigned long long)note->count);
    html_markup(html, "</div>");
}

static void
put_line(struct inspector *inspector, const struct record *record, uint32_t line)
{
    const struct postern_note *note = &record->note;
    struct html *html = inspector->html;
    bool is_fault = line == inspector->fault_line &&
                    !session_view_is_in_order(inspector->diagnosis);

    html_format(html,
                "<li id=\"n%u\" class=\"%s%s%s\"><details%s><summary><span "
                "class=\"at\">%.3f</span> <span class=\"dir\">%s</span> <span "
                "class=\"said\">",
                line, class_of(note), is_fault ? " fault" : "",
                note->after == POSTERN_PHASE_TLS ? " tls" : "", is_fault ? " open" : "",
                (double)record->offset_us / 1e3,
                note->kind == POSTERN_NOTE_REPLY   ? "S:"
                : note->kind == POSTERN_NOTE_EVENT ? "–"
                                                   : "C:");
    put_said(html, record);
    html_markup(html, "</span>");
    if (is_fault) {
        html_markup(html, " <span class=\"flag\">");
        html_word(html, WORD_FAULT_HERE);
        html_markup(html, "</span>");
    }
    if (note->is_out_of_sync) {
        html_markup(html, " <span class=\"flag\">");
        html_word(html, WORD_NOT_WAITED);
        html_markup(html, "</span>");
    } else if (note->is_pipelined) {
        html_markup(html, " <span class=\"pipelined\">");
        html_word(html, WORD_PIPELINED);
        html_markup(html, "</span>");
    }
    html_markup(html, "</summary>");
    if (is_fault && note->kind == POSTERN_NOTE_REPLY)
        put_expected(inspector, note);
    put_more(inspector, record, line);
    html_markup(html, "</details></li>\n");
}

void
session_timeline(struct inspector *inspector)
{
    struct slice run = inspector->copy.session.notes;
    struct html *html = inspector->html;
    struct record record;
    uint32_t line = 0;

    html_markup(html, "<section class=\"conversation-panel\"><h2>");
    html_word(html, WORD_CONVERSATION);
    html_markup(html, "</h2><p class=\"note\">");
    html_word(html, WORD_CONVERSATION_NOTE);
    html_format(html,
                "</p><p class=\"tools\"><button type=\"button\" class=\"copy\" hidden "
                "data-copy-from=\"/sessions/%s?view=transcript\">",
                inspector->id);
    html_word(html, WORD_COPY_TRANSCRIPT);
    html_format(html,
                "</button> <a class=\"button\" href=\"/sessions/%s?view=transcript\" "
                "data-key=\"e\">",
                inspector->id);
    html_word(html, WORD_TRANSCRIPT);
    html_format(html,
                "</a> <button type=\"button\" class=\"copy\" hidden "
                "data-copy-address=\"/sessions/%s\">",
                inspector->id);
    html_word(html, WORD_COPY_LINK);
    html_markup(html, "</button></p><ol class=\"timeline\">");
    while (line < LINES_SHOWN_MAX && record_take(&run, &record)) {
        line++;
        if (line == inspector->copy.gap_at) {
            html_markup(html, "<li class=\"gap\">");
            html_word(html, WORD_GAP);
            html_markup(html, "</li>");
        }
        put_line(inspector, &record, line);
    }
    html_markup(html, "</ol>");
    if (run.len > 0 || inspector->copy.session.is_truncated) {
        html_markup(html, "<p class=\"note\">");
        html_word(html, WORD_CONVERSATION_CUT);
        html_markup(html, "</p>");
    }
    if (line == 0) {
        html_markup(html, "<p class=\"empty\">");
        html_word(html, WORD_NO_LINES);
        html_markup(html, "</p>");
    }
    html_markup(html, "</section>");
}
