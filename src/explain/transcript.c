/* transcript.c - read a paste line by line, or the notes of a recorded session
 *
 * Some pastes have one word on each line; those are put together first. The middle of a
 * very long paste is only searched for refusals, which bounds time and memory.
 */
#include "explain/transcript.h"

#include "base/ascii.h"
#include "engine/commands.h"
#include "explain/clean.h"
#include "explain/command_form.h"
#include "explain/reply_form.h"
#include "explain/transcript_add.h"
#include "explain/words.h"

/* In a paste longer than LONG_PASTE only LONG_END octets at each end are read in full;
 * the middle is searched for refusals, and at most LONG_LINES lines of it are read. */
enum {
    LONG_PASTE = 1 << 20,
    LONG_END = 96 * 1024,
    LONG_LINES = 300,
    SHORT_LINE = 40,
    DOT_LOOKED_FOR = 2000
};

/* ---- one token a line ---- */

/* Most lines are a single word, and some of these a bare code: a column copied from a
 * table, or a very narrow terminal. */
static bool
is_tokenised(struct slice paste)
{
    size_t lines = 0, single = 0, codes = 0;
    struct slice line;

    while (paste.len > 0 && lines < 400) {
        slice_cut(paste, '\n', &line, &paste);
        line = words_trim(line);
        if (line.len == 0)
            continue;
        lines++;
        single += words_count(line, 2) == 1;
        codes += line.len == 3 && reply_form_is(line);
    }
    return lines >= 8 && single * 20 >= lines * 19 && codes >= 2;
}

static void
flush_tokens(struct transcript *t)
{
    if (t->token.len > 0)
        line_read(t, t->token, t->token_line);
    t->token = slice_of(NULL, 0);
}

static void
take_token(struct transcript *t, struct slice word, uint32_t n)
{
    word = words_trim(word);
    if (word.len == 0)
        return;
    if (reply_form_is(word) || command_form_is_verb(word))
        flush_tokens(t);
    if (t->token.len == 0) {
        t->token_line = n;
        event_reserve(t);
        arena_begin(&t->arena);
    } else {
        t->arena.open = (size_t)(t->token.ptr - t->arena.ptr);
        arena_octet(&t->arena, ' ');
    }
    arena_add(&t->arena, word);
    t->token = arena_end(&t->arena);
}

/* ---- a paste ---- */

void
transcript_start(struct transcript *t)
{
    memset(&t->count, 0,
           offsetof(struct transcript, index) - offsetof(struct transcript, count));
    topics_start(&t->index);
    t->arena = (struct arena){.ptr = t->octets, .size = sizeof(t->octets)};
    t->open = t->cut = t->content = -1;
}

/* Cut off the first line, whether it ends in LF, CR LF or CR alone. */
static struct slice
next_line(struct slice *rest)
{
    const char *lf = memchr(rest->ptr, '\n', rest->len);
    size_t len = lf == NULL ? rest->len : (size_t)(lf - rest->ptr);
    const char *cr = memchr(rest->ptr, '\r', len);
    size_t used = lf == NULL ? len : len + 1;

    if (cr != NULL) {
        size_t at = (size_t)(cr - rest->ptr);
        bool is_alone = at + 1 < len && rest->ptr[at + 1] != '\r';
        len = at;
        if (is_alone)
            used = at + 1;
    }
    struct slice line = slice_of(rest->ptr, len);
    *rest = slice_skip(*rest, used);
    return line;
}

/* The line may hold a refusal: 4yz or 5yz as a word of its own. */
static bool
may_refuse(struct slice line)
{
    for (size_t i = 0; i + 3 < line.len; i++) {
        const char *c = line.ptr + i;
        if ((*c == '4' || *c == '5') && (c[3] == ' ' || c[3] == '-') &&
            ascii_is_digit(c[1]) && ascii_is_digit(c[2]) &&
            (i == 0 || !ascii_is_alnum(c[-1])))
            return true;
    }
    return false;
}

/* The line of the final dot of a message that begins after line n; 0: no line is just
 * the dot, or a command comes first. */
static uint32_t
find_dot(struct slice rest, uint32_t n)
{
    enum postern_command command;

    for (int i = 0; rest.len > 0 && i < DOT_LOOKED_FOR; i++) {
        struct slice line = words_trim(next_line(&rest));
        if (slice_is_equal(line, SLICE(".")))
            return n + (uint32_t)i + 1;
        if (command_form_is(line, false, &command) &&
            command_facts[command].argument != ARGUMENT_TEXT)
            return 0;
    }
    return 0;
}

/* Is this line in the middle of a long paste to be read? */
static bool
is_worth_reading(struct transcript *t, struct slice line, unsigned *left)
{
    bool is_in_message = t->is_in_content && t->content >= 0;
    if (is_in_message && line.len < SHORT_LINE)
        return true; /* it may be the final dot */
    if (*left > 0 && may_refuse(line)) {
        --*left;
        return true;
    }
    t->skipped++;
    if (is_in_message)
        return false;
    t->has_skipped = true;
    t->open = t->cut = -1;
    t->is_in_content = t->is_sasl_due = false;
    return false;
}

void
transcript_read(struct transcript *t, struct slice paste)
{
    unsigned left = LONG_LINES;

    transcript_start(t);
    if (clean_is_utf16(paste)) {
        struct arena part = {.ptr = t->octets, .size = sizeof(t->octets) / 4 * 3};
        paste = clean_utf16(paste, &part);
        t->was_utf16 = true;
        t->arena.ptr += part.used; /* the paste stays where it is */
        t->arena.size -= part.used;
    }
    bool tokenised = is_tokenised(paste), is_long = paste.len > LONG_PASTE;
    size_t middle = paste.len - LONG_END; /* octets left where it begins */
    while (paste.len > 0) {
        bool is_middle = is_long && paste.len < middle && paste.len > LONG_END;
        struct slice line = next_line(&paste);
        t->lines++;
        if (is_middle && !is_worth_reading(t, line, &left))
            continue;
        bool was_in_content = t->is_in_content;
        if (tokenised) {
            take_token(t, line, t->lines);
        } else {
            event_reserve(t);
            line_read(t, line, t->lines);
        }
        if (t->is_in_content && !was_in_content)
            t->dot_line = find_dot(paste, t->lines);
    }
    flush_tokens(t);
    transcript_finish(t);
}

/* ---- the notes of a recorded session ---- */

void
transcript_note(struct transcript *t, const struct postern_note *note, uint32_t n)
{
    if (note->kind == POSTERN_NOTE_REPLY && t->open >= 0) {
        struct event *reply = &t->events[t->open];
        transcript_extend_reply(t, reply,
                                note->octets.len > 4 ? slice_skip(note->octets, 4)
                                                     : slice_of(note->octets.ptr, 0));
        reply->last_line = n;
        reply->is_complete = note->is_last;
        reply->note.after = note->after;
        if (note->is_last)
            t->open = -1;
        return;
    }
    event_reserve(t);
    struct event *e = event_new(t, note->kind, n);
    e->note = *note;
    e->text = note->octets;
    e->mark = note->kind == POSTERN_NOTE_REPLY ? MARK_SERVER : MARK_CLIENT;
    e->is_complete = note->is_last;
    e->is_eod = note->kind == POSTERN_NOTE_CONTENT;
    e->body.has_ended = e->is_eod;
    if (note->kind == POSTERN_NOTE_REPLY && !note->is_last)
        t->open = (int32_t)t->count - 1;
    t->lines = n;
}

void
transcript_finish(struct transcript *t)
{
    if (t->content >= 0)
        t->clues.cut_content = t->events[t->content].line;
    t->open = -1;
}
