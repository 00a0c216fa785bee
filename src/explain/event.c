/* event.c - a single event: which step it is, and a reply's lines as one text, in the
 * form that the wordings of the catalog have */
#include "explain/judge.h"

#include "engine/commands.h"
#include "explain/words.h"

enum postern_step
event_step(const struct event *e)
{
    if (e == NULL)
        return POSTERN_STEP_COUNT;
    if (e->note.kind == POSTERN_NOTE_CONTENT)
        return POSTERN_STEP_EOD;
    if (e->note.kind == POSTERN_NOTE_SASL)
        return POSTERN_STEP_AUTH;
    if (e->note.kind != POSTERN_NOTE_COMMAND)
        return POSTERN_STEP_COUNT;
    return (enum postern_step)command_facts[e->note.command].step;
}

/* Bounces join the lines of a reply and leave "550-5.7.26 " in the middle: how many
 * octets to skip at i. */
static size_t
repeated_codes(const struct event *e, struct slice line, size_t i)
{
    struct slice at = slice_skip(line, i), enhanced = e->note.enhanced;
    size_t used = 4;

    if (i < 4 || line.ptr[i - 1] != ' ' || at.len < 10 || enhanced.len == 0 ||
        e->text.len < 3 || memcmp(at.ptr, e->text.ptr, 3) != 0 ||
        (at.ptr[3] != '-' && at.ptr[3] != ' ') ||
        !slice_has_prefix_fold(slice_skip(at, 4), enhanced))
        return 0;
    used += enhanced.len;
    while (used < at.len && at.ptr[used] == ' ')
        used++;
    return used;
}

struct slice
judge_flatten(const struct event *e, char out[POSTERN_REPLY_TEXT_MAX])
{
    struct slice rest = e->text, line;
    size_t len = 0;

    while (rest.len > 0 && len < POSTERN_REPLY_TEXT_MAX) {
        slice_cut(rest, '\n', &line, &rest);
        line = words_trim(line);
        if (len > 0) { /* every line repeats the enhanced code */
            struct slice words = line, first = words_next(&words);
            if (postern_enhanced_is(first))
                line = words_trim(words);
            if (line.len > 0)
                out[len++] = ' ';
        }
        bool was_blank = false;
        for (size_t i = 0; i < line.len && len < POSTERN_REPLY_TEXT_MAX; i++) {
            i += repeated_codes(e, line, i);
            if (i >= line.len)
                break;
            bool is_blank = line.ptr[i] == ' ' || line.ptr[i] == '\t';
            if (is_blank && was_blank)
                continue;
            out[len++] = is_blank ? ' ' : line.ptr[i];
            was_blank = is_blank;
        }
    }
    if (len > 3 && out[3] == '-')
        out[3] = ' ';
    return slice_of(out, len);
}
