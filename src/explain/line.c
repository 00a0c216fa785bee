/* line.c - cut a line of a paste into the pieces of conversation that it holds
 *
 * A line may hold several pieces: a whole conversation on one line, the lines of a
 * reply without line endings, line breaks written as escapes.
 */
#include "explain/transcript_add.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "explain/clean.h"
#include "explain/command_form.h"
#include "explain/reply_form.h"
#include "explain/words.h"

/* How a line that holds several pieces is cut. */
enum dialogue {
    DIALOGUE_NONE,
    DIALOGUE_MARKED, /* a whole conversation, a mark before each piece */
    DIALOGUE_BARE,   /* a whole conversation without marks */
};

/* The length of the mark at the front of s, " >> "; 0: there is none. */
static size_t
mark_length(struct slice s)
{
    static const struct slice marks[] = {
        SLICE_INIT(" >> "), SLICE_INIT(" << "), SLICE_INIT(" !! "), SLICE_INIT(" -> "),
        SLICE_INIT(" <- "), SLICE_INIT(" C: "), SLICE_INIT(" S: "), SLICE_INIT(" > "),
        SLICE_INIT(" < "),  SLICE_INIT(" -- "), SLICE_INIT(" | "),  SLICE_INIT(" => "),
        SLICE_INIT(" <= "),
    };

    if (s.len < 2 || s.ptr[0] != ' ' || memchr("><!-CS|=", s.ptr[1], 8) == NULL)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (slice_has_prefix_fold(s, marks[i]))
            return marks[i].len;
    }
    return 0;
}

/* There is a mark at i, with a piece of conversation on each side. */
static bool
is_mark_at(struct slice s, size_t i, enum dialogue dialogue)
{
    struct slice mark = slice_skip(s, i), after, rest;
    size_t len = mark_length(mark);
    enum postern_command command;
    struct element before;

    if (len == 0)
        return false;
    after = rest = words_trim(slice_skip(mark, len));
    if (mark.ptr[1] != '!' && !reply_form_is(after) &&
        !command_form_is(after, true, &command) &&
        !(dialogue == DIALOGUE_MARKED && command_form_is_verb(words_next(&rest))) &&
        !(after.len > 0 && after.ptr[0] == '.' && after.len < 3))
        return false;
    element_find(slice_of(s.ptr, i), &before);
    bool is_forwarded = /* "Remote server returned … -> 550" is one reply */
        mark.ptr[1] == '-' && words_have(before.text, SLICE("returned"));
    return before.kind != ELEMENT_TEXT && !is_forwarded;
}

/* A code of the catalog or a verb in capitals. */
static bool
is_bare_piece(struct slice s)
{
    struct slice words = s;

    if (reply_form_is(s) && s.len > 3 && postern_code_find(reply_form_code(s)) != NULL)
        return true;
    return command_form_is_verb(words_next(&words));
}

/* Where the next piece of conversation begins in s, not at its front: at a mark, or in
 * a line that holds a whole conversation without marks, at any element. */
static size_t
find_split(struct slice s, enum dialogue dialogue)
{
    for (size_t i = 5; i + 4 < s.len; i++) {
        if (s.ptr[i] == ' ' && is_mark_at(s, i, dialogue))
            return i;
        if (dialogue == DIALOGUE_BARE && s.ptr[i - 1] == ' ' &&
            is_bare_piece(slice_skip(s, i)))
            return i;
    }
    return SIZE_MAX;
}

static enum dialogue
dialogue_of(const struct transcript *t, struct slice line)
{
    size_t marks = 0;

    if ((topics_find(&t->index, line) & TOPIC_DIALOGUE) == 0)
        return DIALOGUE_NONE;
    for (size_t i = 0; i < line.len && marks < 3; i++)
        marks += is_mark_at(line, i, DIALOGUE_MARKED);
    return marks == 3 ? DIALOGUE_MARKED : DIALOGUE_BARE;
}

/* "250-SIZE 35882577250-8BITMIME250 SMTPUTF8": lines of a reply without line endings.
 */
static size_t
find_glued(struct slice s)
{
    if (!reply_form_is(s) || s.len < 12)
        return SIZE_MAX;
    bool is_open = s.ptr[3] == '-';
    for (size_t i = 5; is_open && i + 5 < s.len; i++) {
        if (memcmp(s.ptr + i, s.ptr, 3) != 0 ||
            (s.ptr[i + 3] != '-' && s.ptr[i + 3] != ' '))
            continue;
        char next = s.ptr[i + 4];
        bool is_word = (next >= 'A' && next <= 'Z') || next == '8' ||
                       (next >= '2' && next <= '5' && s.ptr[i + 5] == '.');
        if (is_word)
            return i;
    }
    return SIZE_MAX;
}

static void
take_glued(struct transcript *t, struct slice piece, struct slice line, uint32_t n,
           bool has_nul)
{
    struct element e;

    element_find(piece, &e);
    if (e.kind == ELEMENT_REPLY && !e.is_quoted && e.whole.len > 0) {
        size_t at;
        struct slice whole = e.whole;
        if (find_glued(whole) != SIZE_MAX) {
            while ((at = find_glued(whole)) != SIZE_MAX) {
                piece_take(t, slice_of(whole.ptr, at), line, n, has_nul);
                whole = slice_skip(whole, at);
            }
            piece_take(t, whole, line, n, has_nul);
            return;
        }
    }
    piece_take(t, piece, line, n, has_nul);
}

/* An escaped line break counts only where SMTP follows it. */
static bool
is_break(struct slice after)
{
    enum postern_command command;

    after = words_trim(after);
    return after.len == 0 || reply_form_is(after) ||
           command_form_is(after, false, &command) ||
           memchr("<>-.", after.ptr[0], 4) != NULL ||
           slice_has_prefix_fold(after, SLICE("C: ")) ||
           slice_has_prefix_fold(after, SLICE("S: "));
}

static void
take_split(struct transcript *t, struct slice s, uint32_t n, bool has_nul)
{
    struct slice line = s;
    enum dialogue dialogue = dialogue_of(t, s);
    size_t at;

    while (s.len > 0 && (at = find_split(s, dialogue)) != SIZE_MAX) {
        take_glued(t, slice_of(s.ptr, at), line, n, has_nul);
        s = slice_skip(s, at);
    }
    take_glued(t, s, line, n, has_nul);
}

/* One word of letters and digits: usually base64 of an attachment. Nothing else has to
 * be found in it, and large messages are mostly this. */
static bool
is_plain_content(struct slice line)
{
    return line.len > 8 && !ascii_is_digit(line.ptr[0]) &&
           (ascii_base64_value(line.ptr[0]) >= 0) &&
           memchr(line.ptr, ' ', line.len) == NULL &&
           memchr(line.ptr, ':', line.len) == NULL &&
           memchr(line.ptr, '<', line.len) == NULL &&
           memchr(line.ptr, '\\', line.len) == NULL;
}

/* A debug line that holds the whole message: "send: b'Subject: …\\r\\n.\\r\\n'". */
static bool
take_sent_content(struct transcript *t, struct slice line, uint32_t n)
{
    struct element e;

    if (!t->is_in_content || memchr(line.ptr, '\n', words_trim(line).len) == NULL)
        return false;
    element_find(line, &e);
    if (e.mark != MARK_CLIENT)
        return false;
    transcript_add_content(t, line, n);
    size_t dot = slice_find_fold(line, SLICE("\n.\n"));
    if (dot != SIZE_MAX || words_have(line, SLICE("\n.\"")) ||
        words_have(line, SLICE("\n.'")))
        transcript_add_content(t, SLICE("."), n);
    return true;
}

void
line_read(struct transcript *t, struct slice line, uint32_t n)
{
    size_t mark = t->arena.used;
    struct slice clean = line;
    bool has_nul = line.len > 0 && memchr(line.ptr, '\0', line.len) != NULL;

    t->is_borrowed = false;
    if (t->is_in_content && t->content >= 0 && is_plain_content(line)) {
        transcript_add_content(t, line, n);
        return;
    }
    if (line.len > LINE_SEARCH_MAX && t->is_in_content) {
        transcript_add_content(t, line, n);
        return;
    }
    if (line.len > LINE_READ_MAX)
        clean.len = line.len = LINE_READ_MAX;
    if (has_nul)
        clue_note(&t->clues.nul, n);
    t->is_indented = line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
    if (clean_is_needed(line))
        clean = clean_line(line, &t->arena);
    if (clean.ptr != line.ptr && words_have(clean, SLICE("<br"))) /* escaped twice */
        clean = clean_line(clean, &t->arena);
    if (take_sent_content(t, clean, n))
        return;
    struct slice rest = clean;
    size_t from = 0;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.ptr[i] != '\n' || !is_break(slice_skip(rest, i + 1)))
            continue;
        take_split(t, slice_of(rest.ptr + from, i - from), n, has_nul);
        from = i + 1;
    }
    if (from < rest.len || rest.len == 0)
        take_split(t, slice_skip(rest, from), n, has_nul);
    if (!t->is_borrowed)
        t->arena.used = mark; /* no event borrows from it */
}
