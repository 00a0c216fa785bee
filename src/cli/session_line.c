/* session_line.c - a note of the engine as a line of text */
#include "cli/session_line.h"

#include "cli/terminal.h"
#include "catalog/reply.h"

#include <stdio.h>

/* The mark of each kind of note. */
static const struct {
    const char *arrow;
    enum terminal_style style;
} sides[] = {
    [POSTERN_NOTE_COMMAND] = {"->", TERMINAL_CLIENT},
    [POSTERN_NOTE_REPLY] = {"<-", TERMINAL_SERVER},
    [POSTERN_NOTE_CONTENT] = {"->", TERMINAL_CLIENT},
    [POSTERN_NOTE_SASL] = {"->", TERMINAL_CLIENT},
    [POSTERN_NOTE_EVENT] = {"--", TERMINAL_DIM},
};

static struct slice
rule_of(const struct postern_note *note)
{
    return catalog_reply(note->reply)->rule;
}

static enum terminal_style
style_of(const struct postern_note *note)
{
    if (note->kind == POSTERN_NOTE_REPLY && note->code >= 400)
        return note->code >= 500 ? TERMINAL_BAD : TERMINAL_WARNING;
    return sides[note->kind].style;
}

/* "[M→P]", "[E, SEQ-06]", "[E, not waited for]"; nothing if there is no remark. */
static void
print_remark(const struct postern_note *note)
{
    bool is_reply = note->kind == POSTERN_NOTE_REPLY;
    bool has_rule = is_reply && rule_of(note).len > 0;
    bool has_moved = note->before != note->after;

    if (is_reply && !note->is_last)
        return; /* once, after the last line of the reply */
    if (!has_rule && !has_moved && !note->is_out_of_sync)
        return;
    printf("  %s[%c", terminal_style(stdout, TERMINAL_DIM),
           postern_phase_letter(note->before));
    if (has_moved)
        printf("→%c", postern_phase_letter(note->after));
    if (has_rule)
        printf(", %.*s", (int)rule_of(note).len, rule_of(note).ptr);
    if (note->is_out_of_sync)
        printf(", not waited for");
    printf("]%s", terminal_style(stdout, TERMINAL_PLAIN));
}

void
session_line_print(const struct record *record)
{
    const struct postern_note *note = &record->note;

    printf("%s%11.6f%s %s%s ", terminal_style(stdout, TERMINAL_DIM),
           (double)record->offset_us / 1e6, terminal_style(stdout, TERMINAL_PLAIN),
           terminal_style(stdout, style_of(note)), sides[note->kind].arrow);
    terminal_write(stdout, note->octets);
    if (note->kind == POSTERN_NOTE_CONTENT)
        printf("(%llu octets of content)", (unsigned long long)note->count);
    if (note->redacted > 0)
        printf("(%u octets withheld)", note->redacted);
    printf("%s", terminal_style(stdout, TERMINAL_PLAIN));
    print_remark(note);
    putchar('\n');
}
