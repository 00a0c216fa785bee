/* lint_page.c - findings as text: the worst first, each with its line and the reason */
#include "cli/lint.h"

#include "cli/page.h"
#include "cli/terminal.h"
#include "journal/record.h"

#include <stdio.h>
#include <string.h>

static struct slice
severity_word(enum postern_severity severity)
{
    return phrase((enum postern_phrase)(POSTERN_PHRASE_SEVERITY_ERROR + (int)severity));
}

static enum terminal_style
severity_style(enum postern_severity severity)
{
    return severity == POSTERN_SEVERITY_ERROR     ? TERMINAL_BAD
           : severity == POSTERN_SEVERITY_WARNING ? TERMINAL_WARNING
                                                  : TERMINAL_DIM;
}

/* The text of line n of the session, counted from 0. */
static struct slice
text_of(const struct store_session *session, uint32_t n)
{
    struct slice run = session->notes;
    struct record record;

    while (record_take(&run, &record)) {
        if (n-- == 0)
            return record.note.octets;
    }
    return slice_of(NULL, 0);
}

/* "line 5, 2 times in all: MAIL FROM:<a@example.org>" */
static void
print_line(const struct postern_lint_finding *finding,
           const struct store_session *session)
{
    enum { SHOW = 160 };
    const uint32_t numbers[2] = {finding->first_note + 1, finding->count};
    bool is_one = finding->count == 1;
    struct slice line = text_of(session, finding->first_note);
    char text[PHRASE_MAX], all[PHRASE_MAX + SHOW + 3];
    struct slice where =
        phrase_with(is_one ? POSTERN_PHRASE_LINE_N : POSTERN_PHRASE_LINT_LINE_OF_MANY,
                    numbers, is_one ? 1 : 2, text);
    size_t len = where.len;

    memcpy(all, where.ptr, len);
    if (line.len > SHOW)
        line.len = SHOW;
    if (line.len > 0) {
        memcpy(all + len, ": ", 2);
        memcpy(all + len + 2, line.ptr,
               line.len); /* untrusted: page_field escapes it */
        len += 2 + line.len;
    }
    page_field(POSTERN_PHRASE_LABEL_SEEN_AT, slice_of(all, len));
}

/* This lint is seen in the client's other sessions, so it has no line. */
static void
print_connections(const struct postern_lint_finding *finding)
{
    char text[PHRASE_MAX];

    page_field(POSTERN_PHRASE_LABEL_SEEN_AT,
               phrase_with(POSTERN_PHRASE_LINT_CONNECTIONS, &finding->count, 1, text));
}

static void
print_finding(const struct postern_lint_finding *finding,
              const struct store_session *session)
{
    const struct postern_lint_entry *entry = &postern_lints[finding->lint];
    struct slice severity = severity_word(entry->severity);
    struct slice name = in_language(&entry->name);

    printf("%s%.*s%s: %s%.*s%s (%.*s)\n",
           terminal_style(stdout, severity_style(entry->severity)), (int)severity.len,
           severity.ptr, terminal_style(stdout, TERMINAL_PLAIN),
           terminal_style(stdout, TERMINAL_BOLD), (int)name.len, name.ptr,
           terminal_style(stdout, TERMINAL_PLAIN), (int)entry->slug.len,
           entry->slug.ptr);
    if (finding->lint == POSTERN_LINT_ONE_MESSAGE_CONNECTIONS)
        print_connections(finding);
    else
        print_line(finding, session);
    page_text(POSTERN_PHRASE_LABEL_WHY, &entry->why);
    page_text(POSTERN_PHRASE_LABEL_FIX, &entry->fix);
    page_field(POSTERN_PHRASE_LABEL_DEFINED, entry->rfc);
    putchar('\n');
}

void
lint_print(const struct postern_lint_findings *found,
           const struct store_session *session)
{
    uint32_t counts[POSTERN_SEVERITY_COUNT] = {0};
    char text[PHRASE_MAX];

    putchar('\n');
    for (uint32_t i = 0; i < found->count; i++)
        counts[postern_lints[found->list[i].lint].severity]++;
    page_title(phrase(POSTERN_PHRASE_LINT_TITLE),
               found->count > 0
                   ? phrase_with(POSTERN_PHRASE_LINT_COUNTS, counts, 3, text)
                   : phrase(POSTERN_PHRASE_LINT_NOTHING));
    for (uint32_t i = 0; i < found->count; i++)
        print_finding(&found->list[i], session);
}
