/* page_session.c - the inspector of one session: facts, verdict, diagram, findings */
#include "pages/page.h"

#include "base/clock.h"
#include "base/memory.h"
#include "diagram/diagram.h"
#include "document/labels.h"
#include "document/document.h"
#include "document/lint.h"
#include "http/web.h"
#include "journal/record.h"
#include "live/sessions.h"
#include "pages/session_view.h"
#include "reference/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
                session_view_is_in_order(d) ? "good" : "bad");
    html_phrase(html, POSTERN_PHRASE_LABEL_VERDICT);
    html_markup(html, "</h2><p class=\"lead\">");
    html_text(html, label_summary(html->language, d, summary));
    html_markup(html, "</p>");
    if (!session_view_is_in_order(d)) {
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

/* ---- the diagram ---- */

static void
put_diagram(struct inspector *inspector)
{
    bool is_fault =
        inspector->fault_line > 0 && !session_view_is_in_order(inspector->diagnosis);
    struct diagram_options options = {
        .is_lmtp = session_view_is_lmtp(inspector),
        .is_marked = inspector->has_notes,
        .current = is_fault ? inspector->fault.before : inspector->last.after,
        .missing = POSTERN_COMMAND_COUNT,
    };
    enum postern_command way[WAY_MAX];
    struct html *html = inspector->html;
    size_t size;
    char *svg;

    if (is_fault && session_view_missing(&inspector->fault, way) > 0)
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

/* ---- the sending program ---- */

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
    found = lint_check(&memory, session, &facts);
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

/* ---- the page ---- */

static void
put_inside(struct inspector *inspector)
{
    put_facts(inspector);
    put_verdict(inspector);
    html_markup(inspector->html, "<div class=\"inspector\">");
    session_timeline(inspector);
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

/* One line each, "C: EHLO …", in the form that explain reads. */
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
