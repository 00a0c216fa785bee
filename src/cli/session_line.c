/* session_line.c - words for notes */
#include "cli/session_line.h"

#include "cli/jsonout.h"
#include "cli/terminal.h"
#include "catalog/reply.h"

#include <stdio.h>

/* Which side a note comes from, by its kind. */
static const struct {
    const char *kind, *direction, *arrow;
    enum terminal_style style;
} sides[] = {
    [POSTERN_NOTE_COMMAND] = {"command", "client", "->", TERMINAL_CLIENT},
    [POSTERN_NOTE_REPLY] = {"reply", "server", "<-", TERMINAL_SERVER},
    [POSTERN_NOTE_CONTENT] = {"content", "client", "->", TERMINAL_CLIENT},
    [POSTERN_NOTE_SASL] = {"sasl", "client", "->", TERMINAL_CLIENT},
    [POSTERN_NOTE_EVENT] = {"event", "event", "--", TERMINAL_DIM},
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

/* "[M→P]", "[E, SEQ-06]", "[not waited for]"; nothing if there is nothing to say. */
static void
print_remark(const struct postern_note *note)
{
    bool is_reply = note->kind == POSTERN_NOTE_REPLY;
    bool has_rule = is_reply && rule_of(note).len > 0;
    bool has_moved = note->before != note->after;

    if (is_reply && !note->is_last)
        return; /* said once, behind the whole reply */
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

json_t *
session_line_json(uint64_t n, const struct record *record)
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
    jsonout_set(object, "rule", jsonout_text_or_null(rule_of(note)));
    jsonout_set(object, "reply",
                jsonout_text_or_null(catalog_reply(note->reply)->name));
    return object;
}
