/* diagnosis_page.c - the text area for a paste, and its diagnosis
 *
 * The result comes first: what went wrong, who must act, what to do. Below it is the
 * conversation with the fault marked and a sentence for each line; the middle of a long
 * one is folded. Credentials are not shown, only the sentence about them.
 */
#include "reference/reference.h"

#include "base/memory.h"
#include "document/lookup.h"
#include "document/labels.h"
#include "postern/explain.h"
#include "reference/entry.h"
#include "reference/parts.h"

#include <stdlib.h>

/* ---- the conversation ---- */

/* Of a long conversation the beginning and what surrounds the fault are open. */
enum { SHOW_ALL = 60, SHOW_HEAD = 6, SHOW_BEFORE = 14, SHOW_AFTER = 8 };

enum { SENTENCE_MAX = 700 };

static const char *
class_of(const struct postern_said *said)
{
    if (said->is_quoted || said->kind == POSTERN_SAID_OTHER)
        return "program";
    if (said->kind != POSTERN_SAID_REPLY)
        return "client";
    return said->note->code >= 400 ? "server refusal" : "server";
}

static void
put_text(struct html *html, const struct postern_said *said)
{
    char digits[SLICE_NUMBER_MAX], text[SENTENCE_MAX];
    struct slice hidden = slice_format_number(said->note->redacted, digits);

    html_markup(html, "<code translate=\"no\">");
    html_text(html, said->text);
    html_markup(html, "</code>");
    if (said->note->redacted == 0)
        return;
    size_t len = postern_phrase_write(POSTERN_PHRASE_HIDDEN, html->language, &hidden, 1,
                                      text, sizeof(text));
    html_markup(html, " <span class=\"hidden-octets\">");
    html_text(html, slice_of(text, len));
    html_markup(html, "</span>");
}

static void
put_said(struct html *html, const struct postern_explain *explain, uint32_t n,
         const struct postern_said *said)
{
    const char *class = class_of(said);
    char text[SENTENCE_MAX];
    size_t len =
        postern_explain_narrate(explain, n, html->language, text, sizeof(text));

    html_format(html, "<li class=\"%s%s\"%s><span class=\"line\">%u</span> ", class,
                said->is_fault ? " fault" : "", said->is_fault ? " id=\"fault\"" : "",
                said->line);
    html_format(html, "<span class=\"side\">%s</span> ",
                class[0] == 'p'   ? ""
                : class[0] == 'c' ? "C:"
                                  : "S:");
    if (said->kind != POSTERN_SAID_CONTENT)
        put_text(html, said);
    if (said->is_fault) {
        html_markup(html, " <span class=\"mark\">");
        html_word(html, WORD_REF_MARK_FAULT);
        html_markup(html, "</span>");
    }
    html_markup(html, "<p>");
    html_text(html, slice_of(text, len));
    html_markup(html, "</p></li>\n");
}

static void
open_lines(struct html *html)
{
    html_markup(html, "<ol class=\"conversation told\">\n");
}

/* The events from … to, folded away, between two lists. */
static void
put_folded(struct html *html, const struct postern_explain *explain, uint32_t from,
           uint32_t to)
{
    char digits[SLICE_NUMBER_MAX], text[SENTENCE_MAX];
    struct slice count = slice_format_number(to - from, digits);
    size_t len = postern_phrase_write(POSTERN_PHRASE_LINES_LEFT_OUT, html->language,
                                      &count, 1, text, sizeof(text));
    struct postern_said said;

    html_markup(html, "<details><summary>");
    html_text(html, slice_of(text, len));
    html_markup(html, "</summary>\n");
    open_lines(html);
    for (uint32_t n = from; n < to && postern_explain_said(explain, n, &said); n++)
        put_said(html, explain, n, &said);
    html_markup(html, "</ol></details>\n");
}

static void
put_conversation(struct html *html, const struct postern_explain *explain)
{
    struct postern_said said;
    uint32_t count = 0, fault = 0, from = 0;

    for (; postern_explain_said(explain, count, &said); count++) {
        if (said.is_fault)
            fault = count;
    }
    if (count == 0)
        return;
    part_heading(html, "conversation", WORD_REF_CONVERSATION);
    open_lines(html);
    for (uint32_t n = 0; postern_explain_said(explain, n, &said); n++) {
        bool is_near = n + SHOW_BEFORE >= fault && n <= fault + SHOW_AFTER;
        if (count > SHOW_ALL && n >= SHOW_HEAD && !is_near)
            continue;
        if (n > from) {
            html_markup(html, "</ol>\n");
            put_folded(html, explain, from, n);
            open_lines(html);
        }
        from = n + 1;
        put_said(html, explain, n, &said);
    }
    html_markup(html, "</ol>\n");
    if (count > from)
        put_folded(html, explain, from, count);
}

/* ---- the answer ---- */

/* The line it is about, with the reply: a link to the line where it is marked. */
static void
put_place(struct html *html, const struct postern_finding *f)
{
    char digits[SLICE_NUMBER_MAX], text[SENTENCE_MAX];
    struct slice line = slice_format_number(f->line, digits);
    size_t len;

    if (f->line == 0 && f->code == 0)
        return;
    html_markup(html, "<div><dt>");
    html_word(html, WORD_REF_PLACE);
    html_markup(html, "</dt><dd>");
    len = postern_phrase_write(POSTERN_PHRASE_LINE_N, html->language, &line, 1, text,
                               sizeof(text));
    if (f->line > 0)
        html_text(html, slice_of(text, len));
    if (f->line > 0 && f->code > 0)
        html_markup(html, ": ");
    if (f->code > 0 && postern_code_find(f->code) != NULL)
        part_number_link(html, f->code);
    else if (f->code > 0)
        html_number(html, f->code);
    if (f->enhanced.len > 0)
        html_markup(html, " ");
    if (f->enhanced.len > 0 && postern_enhanced_find(f->enhanced) != NULL)
        part_code_link(html, f->enhanced);
    else
        html_text(html, f->enhanced);
    html_markup(html, "</dd></div>\n");
}

static void
put_facts(struct html *html, const struct postern_diagnosis *d)
{
    const struct postern_finding *f = &d->findings[0];
    enum postern_language language = html->language;
    char step[LABEL_STEP_SIZE];

    html_markup(html, "<dl class=\"facts\">\n<div><dt>");
    html_phrase(html, POSTERN_PHRASE_LABEL_CAUSE);
    html_markup(html, "</dt><dd>");
    part_cause_link(html, f->cause);
    html_markup(html, "</dd></div>\n");
    part_fact(html, POSTERN_PHRASE_LABEL_CERTAINTY,
              label_certainty(language, f->certainty));
    if (f->fault != POSTERN_FAULT_NONE)
        part_fact(html, POSTERN_PHRASE_LABEL_STEP,
                  label_step(language, f->fault, f->step, step));
    put_place(html, f);
    if (f->side != POSTERN_SIDE_NONE)
        part_fact(html, POSTERN_PHRASE_LABEL_SIDE, label_side(language, f->side));
    part_fact(html, POSTERN_PHRASE_LABEL_SAID_BY, d->product);
    part_fact(html, POSTERN_PHRASE_LABEL_QUEUE_ID, d->queue_id);
    part_fact_rfc(html, POSTERN_PHRASE_LABEL_DEFINED, postern_causes[f->cause].rfc);
    html_markup(html, "</dl>\n");
}

static void
put_dropped(struct html *html, uint32_t dropped)
{
    char digits[SLICE_NUMBER_MAX], text[SENTENCE_MAX];
    struct slice count = slice_format_number(dropped, digits);

    if (dropped == 0)
        return;
    size_t len = postern_phrase_write(POSTERN_PHRASE_EVENTS_DROPPED, html->language,
                                      &count, 1, text, sizeof(text));
    html_markup(html, "<p class=\"note\">");
    html_text(html, slice_of(text, len));
    html_markup(html, "</p>\n");
}

static void
put_evidence(struct html *html, const struct postern_diagnosis *d)
{
    if (d->evidence_count == 0)
        return;
    part_heading_phrase(html, "evidence", POSTERN_PHRASE_LABEL_EVIDENCE);
    html_markup(html, "<ol class=\"evidence\">\n");
    for (unsigned i = 0; i < d->evidence_count; i++) {
        html_format(html, "<li><span class=\"line\">%u</span> <code translate=\"no\">",
                    d->evidence[i].line);
        html_text(html, d->evidence[i].text);
        html_markup(html, "</code></li>\n");
    }
    html_markup(html, "</ol>\n");
}

static void
put_alternatives(struct html *html, const struct postern_diagnosis *d)
{
    if (d->finding_count < 2)
        return;
    part_heading_phrase(html, "alternatives", POSTERN_PHRASE_LABEL_ALTERNATIVES);
    html_markup(html, "<ul class=\"entries causes\">\n");
    for (unsigned i = 1; i < d->finding_count; i++) {
        html_markup(html, "<li>");
        part_cause_link(html, d->findings[i].cause);
        html_markup(html, " <span class=\"note\">");
        html_text(html, label_certainty(html->language, d->findings[i].certainty));
        html_markup(html, "</span><p>");
        html_catalog(html, &postern_causes[d->findings[i].cause].summary);
        html_markup(html, "</p></li>\n");
    }
    html_markup(html, "</ul>\n");
}

/* The diagnosis of a pasted text, below the form. */
static void
put_answer(struct html *html, const struct postern_explain *explain,
           const struct postern_diagnosis *d)
{
    const struct postern_cause_entry *c = &postern_causes[d->findings[0].cause];
    bool is_found = d->finding_count > 0;
    bool is_benign = !is_found || d->findings[0].cause == POSTERN_CAUSE_BENIGN_MESSAGE;
    enum postern_language language = html->language;
    char summary[LABEL_SUMMARY_SIZE];
    struct slice none = {NULL, 0};

    html_format(html, "<section class=\"panel verdict %s\">\n",
                !is_found   ? "unknown"
                : is_benign ? "good"
                            : "bad");
    part_heading_phrase(html, "verdict", POSTERN_PHRASE_LABEL_VERDICT);
    html_markup(html, "<p class=\"lead\">");
    html_text(html, label_summary(language, d, summary));
    html_markup(html, "</p>\n");
    if (is_found)
        put_facts(html, d);
    if (!is_benign || !is_found) {
        html_markup(html, "<h3>");
        html_phrase(html, POSTERN_PHRASE_LABEL_FIX);
        html_markup(html, "</h3>\n<p>");
        part_prose(html,
                   is_found ? c->fix.in[language]
                            : postern_phrase(POSTERN_PHRASE_NO_SMTP_FIX, language),
                   none);
        html_markup(html, "</p>\n");
    }
    put_dropped(html, d->dropped);
    html_markup(html, "</section>\n");
    put_conversation(html, explain);
    if (!is_benign)
        part_section(html, POSTERN_PHRASE_LABEL_WHY, c->why.in[language], none);
    put_evidence(html, d);
    if (!is_benign)
        put_alternatives(html, d);
}

static void
explain_text(struct html *html, struct slice text)
{
    struct postern_explain *explain = memory_new(postern_explain_size());

    put_answer(html, explain, postern_explain(explain, text));
    free(explain);
}

/* ---- codes and words ---- */

static void
put_missing(struct html *html, const struct lookup *l)
{
    bool is_word = l->kind == LOOKUP_MISSPELT;
    struct slice what = is_word ? l->what : l->missing;

    html_markup(html, "<section class=\"panel verdict unknown\">\n<h2>");
    html_word_with(html, is_word ? WORD_REF_NO_ENTRY : WORD_REF_NO_CODE, &what, 1);
    html_markup(html, "</h2>\n</section>\n");
    part_nearest(html, what, l->nearest);
}

/* A verb, a keyword, a cause: its page is a click away. */
static void
put_word(struct html *html, const struct lookup *l)
{
    struct slice name = l->verb != NULL        ? l->verb->verb
                        : l->extension != NULL ? l->extension->keyword
                                               : postern_causes[l->cause].slug;
    const struct postern_text *text = l->verb != NULL ? &l->verb->means
                                      : l->extension != NULL
                                          ? &l->extension->means
                                          : &postern_causes[l->cause].summary;

    html_markup(html, "<section class=\"panel\">\n<h2><a href=\"/codes/");
    html_path(html, name);
    html_markup(html, "\">");
    html_text(html, l->cause != POSTERN_CAUSE_NONE
                        ? postern_causes[l->cause].name.in[html->language]
                        : name);
    html_markup(html, "</a></h2>\n<p class=\"lead\">");
    html_catalog(html, text);
    html_markup(html, "</p>\n</section>\n");
}

static void
explain_what(struct html *html, struct slice paste)
{
    struct lookup l;

    lookup_what(&l, slice_trim(paste, SLICE(" \t\r\n")));
    switch (l.kind) {
    case LOOKUP_NUMBER:
        if (l.code != NULL)
            entry_code_short(html, l.code);
        if (l.enhanced != NULL)
            entry_enhanced_short(html, l.enhanced, l.enhanced_text);
        break;
    case LOOKUP_WORD:
        put_word(html, &l);
        break;
    case LOOKUP_NO_CODE:
    case LOOKUP_NO_ENHANCED:
    case LOOKUP_MISSPELT:
        put_missing(html, &l);
        break;
    case LOOKUP_TEXT:
        explain_text(html, paste);
        break;
    }
}

/* ---- examples ---- */

enum example_form {
    AS_TYPED, /* "C: DATA" as in the catalog */
    AS_DEBUG, /* "send: 'DATA\r\n'", as smtplib of Python prints it */
};

static void
put_example_lines(struct html *html, struct slice lines, enum example_form form)
{
    struct slice line;

    while (lines.len > 0) {
        slice_cut(lines, '\n', &line, &lines);
        bool is_client = slice_has_prefix_fold(line, SLICE("C: "));
        if (!is_client && !slice_has_prefix_fold(line, SLICE("S: ")))
            continue;
        line.len -= line.ptr[line.len - 1] == '*'; /* anything */
        if (form == AS_TYPED) {
            html_text(html, line);
        } else {
            html_string(html, is_client ? "send: '" : "reply: b'");
            html_text(html, slice_skip(line, 3));
            html_string(html, "\\r\\n'");
        }
        html_markup(html, "\n");
    }
}

static void
open_example(struct html *html)
{
    html_markup(html, "<li><form action=\"/explain\" method=\"post\">"
                      "<input type=\"hidden\" name=\"text\" value=\"");
}

static void
close_example(struct html *html, enum word label, struct slice value)
{
    html_markup(html, "\"><button class=\"link\">");
    html_word_with(html, label, &value, 1);
    html_markup(html, "</button></form></li>\n");
}

static void
put_example(struct html *html, unsigned number, enum example_form form, enum word label)
{
    const struct postern_code *code = postern_code_find(number);
    char digits[SLICE_NUMBER_MAX];

    if (code == NULL || code->failing.len == 0)
        return;
    open_example(html);
    put_example_lines(html, code->failing, form);
    close_example(html, label, slice_format_number(number, digits));
}

/* The first wording of a product with that code and cause. */
static void
put_reply_example(struct html *html, struct slice product, unsigned code,
                  enum postern_cause cause)
{
    for (size_t i = 0; i < postern_wording_count; i++) {
        const struct postern_wording *w = &postern_wordings[i];
        if (w->code != code || w->cause != cause ||
            !slice_is_equal(w->product, product))
            continue;
        open_example(html);
        html_text(html, w->sample);
        close_example(html, WORD_REF_EXAMPLE_REPLY, w->product);
        return;
    }
}

static void
put_examples(struct html *html)
{
    part_heading(html, "examples", WORD_REF_EXAMPLES);
    html_markup(html, "<ul class=\"examples\">\n");
    put_example(html, 503, AS_TYPED, WORD_REF_EXAMPLE_CONVERSATION);
    put_example(html, 550, AS_DEBUG, WORD_REF_EXAMPLE_DEBUG);
    put_reply_example(html, SLICE("Postfix"), 554, POSTERN_CAUSE_RELAY_DENIED);
    html_markup(html, "</ul>\n");
}

/* ---- the page ---- */

void
reference_explain(struct html *html, struct slice path, struct slice paste)
{
    bool is_asked = slice_trim(paste, SLICE(" \t\r\n")).len > 0;

    part_begin(html, word_text(WORD_REF_EXPLAIN_TITLE, html->language), HTML_EXPLAIN,
               path);
    if (is_asked) {
        explain_what(html, paste);
        part_heading(html, "another", WORD_REF_EXPLAIN_ANOTHER);
    } else {
        html_markup(html, "<p class=\"lead\">");
        html_word(html, WORD_REF_EXPLAIN_LEAD);
        html_markup(html, "</p>\n");
    }
    part_paste_form(html);
    put_examples(html);
    html_end(html);
}
