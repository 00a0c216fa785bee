/* explain_answer.c - the conversation with its fault marked, then verdict, why, fix */
#include "cli/explain.h"

#include "cli/page.h"
#include "cli/terminal.h"
#include "document/labels.h"

#include <stdio.h>
#include <string.h>

/* Of a long conversation, the beginning and the lines around the fault are shown. */
enum { SHOW_ALL = 40, SHOW_HEAD = 6, SHOW_BEFORE = 12, SHOW_AFTER = 6 };

static enum terminal_style
style_of(const struct postern_said *said)
{
    if (said->kind == POSTERN_SAID_COMMAND || said->kind == POSTERN_SAID_LOGIN ||
        said->kind == POSTERN_SAID_CONTENT)
        return TERMINAL_CLIENT;
    if (said->kind == POSTERN_SAID_REPLY && said->note->code >= 400)
        return said->note->code >= 500 ? TERMINAL_BAD : TERMINAL_WARNING;
    return said->kind == POSTERN_SAID_REPLY ? TERMINAL_SERVER : TERMINAL_DIM;
}

/* "C:" or "S:"; what a program itself prints has no side. */
static const char *
side_of(const struct postern_said *said)
{
    if (said->is_quoted)
        return "  ";
    if (said->kind == POSTERN_SAID_REPLY)
        return "S:";
    return said->kind == POSTERN_SAID_OTHER ? "  " : "C:";
}

static void
print_hidden(uint32_t octets)
{
    char text[PHRASE_MAX];
    struct slice said = phrase_with(POSTERN_PHRASE_HIDDEN, &octets, 1, text);

    printf(" %.*s", (int)said.len, said.ptr);
}

static void
print_body(const struct postern_explain *explain, uint32_t n,
           const struct postern_said *said)
{
    char text[600];
    struct slice rest = said->text, line;

    if (said->kind == POSTERN_SAID_CONTENT) {
        size_t len =
            postern_explain_narrate(explain, n, language(), text, sizeof(text));
        printf("(%.*s)", (int)len, text);
        return;
    }
    slice_cut(rest, '\n', &line, &rest);
    terminal_write(stdout, line);
    if (said->note->redacted > 0)
        print_hidden(said->note->redacted);
    while (rest.len > 0) {
        slice_cut(rest, '\n', &line, &rest);
        printf("%s\n           %s", terminal_style(stdout, TERMINAL_PLAIN),
               terminal_style(stdout, TERMINAL_SERVER));
        terminal_write(stdout, line);
    }
}

static void
print_said(const struct postern_explain *explain, uint32_t n,
           const struct postern_said *said, bool is_every_line)
{
    char text[700];

    printf("%s%5u%s %s %s%s ", terminal_style(stdout, TERMINAL_DIM), said->line,
           terminal_style(stdout, TERMINAL_PLAIN), said->is_fault ? "▶" : " ",
           terminal_style(stdout, style_of(said)), side_of(said));
    print_body(explain, n, said);
    printf("%s\n", terminal_style(stdout, TERMINAL_PLAIN));
    if (!is_every_line || said->kind == POSTERN_SAID_CONTENT)
        return;
    size_t len = postern_explain_narrate(explain, n, language(), text, sizeof(text));
    printf("%s", terminal_style(stdout, TERMINAL_DIM));
    page_paragraph(slice_of(text, len), 11);
    printf("%s", terminal_style(stdout, TERMINAL_PLAIN));
}

static void
print_gap(uint32_t count)
{
    char text[PHRASE_MAX];
    struct slice said = phrase_with(POSTERN_PHRASE_LINES_LEFT_OUT, &count, 1, text);

    printf("%s      %.*s%s\n", terminal_style(stdout, TERMINAL_DIM), (int)said.len,
           said.ptr, terminal_style(stdout, TERMINAL_PLAIN));
}

static void
print_conversation(const struct postern_explain *explain,
                   const struct explain_style *style)
{
    struct postern_said said;
    uint32_t count = 0, fault = 0, left = 0;

    for (; postern_explain_said(explain, count, &said); count++) {
        if (said.is_fault)
            fault = count;
    }
    for (uint32_t n = 0; postern_explain_said(explain, n, &said); n++) {
        bool is_near = n + SHOW_BEFORE >= fault && n <= fault + SHOW_AFTER;
        if (count > SHOW_ALL && !style->is_every_line && n >= SHOW_HEAD && !is_near) {
            left++;
            continue;
        }
        if (left > 0)
            print_gap(left);
        left = 0;
        print_said(explain, n, &said, style->is_every_line);
    }
    if (left > 0)
        print_gap(left);
    if (count > 0)
        putchar('\n');
}

/* "nested-mail, certain: MAIL was repeated (line 20: 503 5.5.1)" */
static void
print_facts(const struct postern_finding *f)
{
    char line[PHRASE_MAX], text[600];
    struct slice where = phrase_with(POSTERN_PHRASE_LINE_N, &f->line, 1, line);
    char step_room[LABEL_STEP_SIZE];
    struct slice certainty = label_certainty(language(), f->certainty);
    struct slice step = label_step(language(), f->fault, f->step, step_room);

    int n = snprintf(text, sizeof(text), "%.*s, %.*s: %.*s",
                     (int)postern_causes[f->cause].slug.len,
                     postern_causes[f->cause].slug.ptr, (int)certainty.len,
                     certainty.ptr, (int)step.len, step.ptr);
    if (f->line > 0)
        n += snprintf(text + n, sizeof(text) - (size_t)n, " (%.*s", (int)where.len,
                      where.ptr);
    if (f->line > 0 && f->code > 0)
        n += snprintf(text + n, sizeof(text) - (size_t)n, ": %u%s%.*s", f->code,
                      f->enhanced.len > 0 ? " " : "", (int)f->enhanced.len,
                      f->enhanced.ptr);
    if (f->line > 0)
        snprintf(text + n, sizeof(text) - (size_t)n, ")");
    page_field(POSTERN_PHRASE_LABEL_CAUSE, slice_from(text));
}

static void
print_alternatives(const struct postern_diagnosis *d)
{
    for (unsigned i = 1; i < d->finding_count; i++) {
        const struct postern_cause_entry *c = &postern_causes[d->findings[i].cause];
        struct slice name = in_language(&c->name);
        char text[600];
        snprintf(text, sizeof(text), "%.*s (%.*s)", (int)name.len, name.ptr,
                 (int)c->slug.len, c->slug.ptr);
        page_field(POSTERN_PHRASE_LABEL_ALTERNATIVES, slice_from(text));
    }
}

static void
print_dropped(uint32_t dropped)
{
    char text[PHRASE_MAX];

    if (dropped > 0)
        page_field(POSTERN_PHRASE_LABEL_NOTE,
                   phrase_with(POSTERN_PHRASE_EVENTS_DROPPED, &dropped, 1, text));
}

int
explain_answer(const struct postern_explain *explain, const struct postern_diagnosis *d,
               const struct explain_style *style)
{
    char summary[LABEL_SUMMARY_SIZE];
    const struct postern_finding *f = &d->findings[0];
    const struct postern_cause_entry *c = &postern_causes[f->cause];

    if (style->is_json) {
        jsonout_line(document_diagnosis(d, language()));
        return d->finding_count > 0 ? 0 : 1;
    }
    print_conversation(explain, style);
    page_field(POSTERN_PHRASE_LABEL_VERDICT, label_summary(language(), d, summary));
    if (d->finding_count == 0) {
        page_field(POSTERN_PHRASE_LABEL_FIX, phrase(POSTERN_PHRASE_NO_SMTP_FIX));
        return 1;
    }
    print_facts(f);
    if (f->cause != POSTERN_CAUSE_BENIGN_MESSAGE) {
        page_field(POSTERN_PHRASE_LABEL_SAID_BY, d->product);
        page_text(POSTERN_PHRASE_LABEL_WHY, &c->why);
        page_field(POSTERN_PHRASE_LABEL_SIDE, label_side(language(), f->side));
        page_text(POSTERN_PHRASE_LABEL_FIX, &c->fix);
        page_field(POSTERN_PHRASE_LABEL_DEFINED, c->rfc);
        print_alternatives(d);
    }
    print_dropped(d->dropped);
    return 0;
}
