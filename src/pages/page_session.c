/* page_session.c - the inspector: a conversation line by line, explained
 *
 * The notes of the session are what everything here is made of: the timeline, the
 * verdict, what the sending program does wrong, and where the diagram stands.
 */
#include "pages/page.h"

#include "base/clock.h"
#include "base/memory.h"
#include "catalog/reply.h"
#include "diagram/diagram.h"
#include "diagram/graph.h"
#include "diagram/phase_label.h"
#include "document/labels.h"
#include "document/document.h"
#include "document/lint.h"
#include "http/web.h"
#include "journal/record.h"
#include "live/sessions.h"
#include "reference/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_SHOWN_MAX = 2000, NARRATED_MAX = 2000 };

struct inspector {
    struct html *html;
    struct web *web;
    const struct request *request;
    struct session_copy copy;
    struct postern_explain *explain;
    const struct postern_diagnosis *diagnosis;
    char id[ID_TEXT_LEN + 1];
    uint32_t event;            /* the next one of explain */
    uint32_t fault_line;       /* number of the note at fault, 0: none */
    struct postern_note fault; /* … and the note */
    struct postern_note last;  /* the last note */
    bool has_notes;
};

/* ---- reading ---- */

static void
diagnose(struct inspector *inspector)
{
    struct slice run = inspector->copy.session.notes;
    struct postern_said said;
    struct record record;

    inspector->explain = document_diagnose(run, &inspector->diagnosis);
    while (record_take(&run, &record)) {
        inspector->last = record.note;
        inspector->has_notes = true;
    }
    for (uint32_t n = 0; postern_explain_said(inspector->explain, n, &said); n++) {
        if (!said.is_fault)
            continue;
        inspector->fault_line = said.last_line;
        inspector->fault = *said.note;
    }
}

static bool
is_lmtp(const struct inspector *inspector)
{
    return slice_is_equal(inspector->copy.session.profile, SLICE("lmtp"));
}

static bool
is_in_order(const struct postern_diagnosis *d)
{
    return d->finding_count == 0 ||
           d->findings[0].cause == POSTERN_CAUSE_BENIGN_MESSAGE;
}

/* ---- the head ---- */

static void
put_facts(struct inspector *inspector)
{
    const struct store_session *session = &inspector->copy.session;
    struct html *html = inspector->html;
    char number[SLICE_NUMBER_MAX];

    html_markup(html, "<dl class=\"facts\"><div><dt>");
    html_word(html, WORD_STARTED);
    html_markup(html, "</dt><dd>");
    page_time(html, session->started_at_us);
    html_markup(html, "</dd></div>");
    page_fact(html, WORD_CLIENT, session->client);
    page_fact(html, WORD_HELLO, session->hello);
    page_fact(html, WORD_LISTENER, session->listener);
    page_fact(html, WORD_PROFILE, session->profile);
    page_fact(html, WORD_LOGIN, session->login);
    page_fact(html, WORD_TLS, session->tls);
    page_fact(html, WORD_MESSAGES, slice_format_number(session->messages, number));
    page_fact(html, WORD_FAULTS, slice_format_number(session->faults, number));
    html_markup(html, "<div><dt>");
    html_word(html, WORD_OUTCOME);
    html_markup(html, "</dt><dd>");
    page_outcome(html, session->outcome);
    html_markup(html, "</dd></div></dl>");
}

static void
put_verdict(struct inspector *inspector)
{
    const struct postern_diagnosis *d = inspector->diagnosis;
    const struct postern_finding *f = &d->findings[0];
    struct html *html = inspector->html;
    char summary[LABEL_SUMMARY_SIZE], step[LABEL_STEP_SIZE];

    if (!inspector->has_notes)
        return;
    html_format(html, "<section class=\"panel verdict %s\"><h2>",
                is_in_order(d) ? "good" : "bad");
    html_phrase(html, POSTERN_PHRASE_LABEL_VERDICT);
    html_markup(html, "</h2><p class=\"lead\">");
    html_text(html, label_summary(html->language, d, summary));
    html_markup(html, "</p>");
    if (!is_in_order(d)) {
        const struct postern_cause_entry *cause = &postern_causes[f->cause];

        html_markup(html, "<dl class=\"facts\"><div><dt>");
        html_phrase(html, POSTERN_PHRASE_LABEL_CAUSE);
        html_markup(html, "</dt><dd>");
        part_cause_link(html, f->cause);
        html_markup(html, " · ");
        html_text(html, label_step(html->language, f->fault, f->step, step));
        html_markup(html, "</dd></div>");
        part_fact(html, POSTERN_PHRASE_LABEL_SIDE, label_side(html->language, f->side));
        part_fact(html, POSTERN_PHRASE_LABEL_WHY, cause->why.in[html->language]);
        part_fact(html, POSTERN_PHRASE_LABEL_FIX, cause->fix.in[html->language]);
        part_fact_rfc(html, POSTERN_PHRASE_LABEL_DEFINED, cause->rfc);
        html_markup(html, "</dl>");
        if (inspector->fault_line > 0) {
            html_format(html, "<p><a href=\"#n%u\">", inspector->fault_line);
            html_word(html, WORD_SHOW_FAULT);
            html_markup(html, "</a></p>");
        }
    }
    html_markup(html, "</section>");
}

/* ---- what should have come ---- */

/* The commands that had to come first, asked of the order table. */
static size_t
missing_commands(const struct postern_note *note, enum postern_command way[WAY_MAX])
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
    size_t count = missing_commands(note, way);

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

/* The sentence explain has for the note. Several notes may be one event (the lines of a
 * reply): it is told at the last. */
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
    html_text(html, phase_label(note->before, is_lmtp(inspector), html->language));
    if (note->after != note->before) {
        html_markup(html, " → ");
        html_text(html, phase_label(note->after, is_lmtp(inspector), html->language));
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
    bool is_fault = line == inspector->fault_line && !is_in_order(inspector->diagnosis);

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

static void
put_timeline(struct inspector *inspector)
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

/* ---- the diagram
 * -----------------------------------------------------------------------------------
 */

static void
put_diagram(struct inspector *inspector)
{
    bool is_fault = inspector->fault_line > 0 && !is_in_order(inspector->diagnosis);
    struct diagram_options options = {
        .is_lmtp = is_lmtp(inspector),
        .is_marked = inspector->has_notes,
        .current = is_fault ? inspector->fault.before : inspector->last.after,
        .missing = POSTERN_COMMAND_COUNT,
    };
    enum postern_command way[WAY_MAX];
    struct html *html = inspector->html;
    size_t size;
    char *svg;

    if (is_fault && missing_commands(&inspector->fault, way) > 0)
        options.missing = way[0];
    size = diagram_write(html->language, &options, NULL, 0);
    svg = memory_new(size + 1);
    diagram_write(html->language, &options, svg, size);
    html_markup(html, "<section class=\"panel diagram-panel\"><h2>");
    html_word(html, is_fault ? WORD_DIAGRAM_FAULT : WORD_DIAGRAM);
    html_markup(html, "</h2>");
    html_markup(html, svg);
    html_markup(html, "</section>");
    free(svg);
}

/* ---- the program that sent ---- */

static const enum word severity_words[] = {
    [POSTERN_SEVERITY_ERROR] = WORD_SEVERITY_ERROR,
    [POSTERN_SEVERITY_WARNING] = WORD_SEVERITY_WARNING,
    [POSTERN_SEVERITY_HINT] = WORD_SEVERITY_HINT,
};

static void
put_finding(struct html *html, const struct postern_lint_finding *finding)
{
    const struct postern_lint_entry *entry = &postern_lints[finding->lint];

    html_format(html, "<li class=\"lint %s\"><h3><span class=\"severity\">",
                postern_severity_name(entry->severity));
    html_word(html, severity_words[entry->severity]);
    html_markup(html, "</span> ");
    html_catalog(html, &entry->name);
    html_format(html, " <a href=\"#n%u\">", finding->first_note + 1);
    html_word(html, WORD_LINE);
    html_format(html, " %u</a>%s", finding->first_note + 1, "");
    if (finding->count > 1)
        html_format(html, " ×%u", finding->count);
    html_markup(html, "</h3><p>");
    html_catalog(html, &entry->why);
    html_markup(html, "</p><p><b>");
    html_phrase(html, POSTERN_PHRASE_LABEL_FIX);
    html_markup(html, "</b> ");
    html_catalog(html, &entry->fix);
    html_markup(html, "</p><p class=\"note\">");
    part_rfc(html, entry->rfc);
    html_markup(html, "</p></li>");
}

static void
put_lint(struct inspector *inspector)
{
    const struct store_session *session = &inspector->copy.session;
    struct postern_lint_facts facts = lint_facts(session);
    struct postern_lint_session memory;
    struct postern_lint_findings found;
    struct inbox_reader *reader = inbox_reader_take(inspector->web->inbox);
    struct html *html = inspector->html;

    facts.recent_connections = lint_recent(reader->store, &session->id);
    inbox_reader_release(inspector->web->inbox, reader);
    found = lint_look(&memory, session, &facts);
    html_markup(html, "<section class=\"lints\"><h2>");
    html_phrase(html, POSTERN_PHRASE_LINT_TITLE);
    html_markup(html, "</h2>");
    if (found.count == 0) {
        html_markup(html, "<p class=\"good\">");
        html_phrase(html, POSTERN_PHRASE_LINT_NOTHING);
        html_markup(html, "</p>");
    }
    html_markup(html, "<ul>");
    for (uint32_t i = 0; i < found.count; i++)
        put_finding(html, &found.list[i]);
    html_markup(html, "</ul></section>");
}

/* ---- the page
 * --------------------------------------------------------------------------------------------
 */

static void
put_inside(struct inspector *inspector)
{
    put_facts(inspector);
    put_verdict(inspector);
    html_markup(inspector->html, "<div class=\"inspector\">");
    put_timeline(inspector);
    html_markup(inspector->html, "<div class=\"beside\">");
    put_diagram(inspector);
    put_lint(inspector);
    html_markup(inspector->html, "</div></div>");
}

static void
put_page(struct inspector *inspector)
{
    struct html *html = inspector->html;
    char title[200];
    struct html_page page = {.place = HTML_SESSIONS,
                             .path = inspector->request->target};
    struct slice name = word_text(WORD_SESSION, html->language);

    snprintf(title, sizeof(title), "%.*s %s", (int)name.len, name.ptr, inspector->id);
    page.title = slice_from(title);
    html_begin(html, &page);
    html_markup(html, "<h1>");
    html_text(html, page.title);
    html_format(html,
                "</h1><div data-live=\"session\" data-session=\"%s\" "
                "data-fragment=\"inside\">",
                inspector->id);
    put_inside(inspector);
    html_markup(html, "</div>");
    html_end(html);
}

/* "C: EHLO …", a line each, as people paste it. */
static void
put_transcript(struct inspector *inspector, struct reply *reply)
{
    struct slice run = inspector->copy.session.notes;
    struct record record;

    while (record_take(&run, &record)) {
        const struct postern_note *note = &record.note;
        char number[60];

        reply_put(reply, note->kind == POSTERN_NOTE_REPLY   ? SLICE("S: ")
                         : note->kind == POSTERN_NOTE_EVENT ? SLICE("-- ")
                                                            : SLICE("C: "));
        reply_put(reply, note->octets);
        snprintf(
            number, sizeof(number),
            note->redacted > 0 ? "[%llu octets hidden]" : "[%llu octets of content]",
            (unsigned long long)(note->redacted > 0 ? note->redacted : note->count));
        if (note->redacted > 0 || note->kind == POSTERN_NOTE_CONTENT)
            reply_put(reply, slice_from(number));
        reply_put(reply, SLICE("\n"));
    }
    reply->type = "text/plain; charset=utf-8";
}

static void
put_missing(struct html *html, const struct request *request)
{
    struct html_page page = {.title = word_text(WORD_NO_SESSION, html->language),
                             .place = HTML_SESSIONS,
                             .path = request->target};

    html_begin(html, &page);
    html_markup(html, "<h1>");
    html_word(html, WORD_NO_SESSION);
    html_markup(html, "</h1><p>");
    html_word(html, WORD_NO_SESSION_WHY);
    html_markup(html, " ");
    page_link(html, "/sessions", WORD_NAV_SESSIONS);
    html_markup(html, "</p>");
    html_end(html);
}

void
page_session(struct web *web, const struct request *request, struct reply *reply)
{
    bool is_latest = slice_is_equal(request->segments[0], SLICE("latest"));
    struct html html;
    struct inspector inspector = {.html = &html, .web = web, .request = request};
    struct id id;

    html_init(&html, request->language);
    if (!(is_latest ? sessions_latest(web->live, &id)
                    : id_parse(request->segments[0], &id)) ||
        !sessions_find(web->live, &id, &inspector.copy)) {
        reply->status = 404;
        put_missing(&html, request);
        page_send(&html, reply);
        return;
    }
    id_format(&id, inspector.id);
    if (slice_is_equal(request_parameter(request, "view", NULL), SLICE("transcript"))) {
        put_transcript(&inspector, reply);
    } else {
        diagnose(&inspector);
        if (page_is_fragment(request, "inside"))
            put_inside(&inspector);
        else
            put_page(&inspector);
        page_send(&html, reply);
        free(inspector.explain);
    }
    session_copy_clear(&inspector.copy);
}
