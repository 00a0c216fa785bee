/* piece.c - one piece of a line becomes an event, or nothing */
#include "explain/transcript_add.h"

#include "engine/command.h"
#include "engine/commands.h"
#include "explain/secret.h"
#include "explain/words.h"

/* Keep an unmarked line: it may turn out to be a mistyped command, or the first half of
 * a sentence. */
static void
keep_typed(struct transcript *t, struct slice text, uint32_t n)
{
    size_t len = text.len < TRANSCRIPT_TYPED ? text.len : TRANSCRIPT_TYPED;

    if (len > 0)
        memcpy(t->typed_octets, text.ptr, len);
    t->typed = slice_of(t->typed_octets, len);
    t->typed_line = n;
}

/* The response in an AUTH exchange that this line may be: its last word, if everything
 * was taken for marks, as "[credentials hidden]" may be. */
static struct slice
sasl_answer_of(struct slice trimmed, struct slice piece)
{
    struct slice word, last = piece;

    if (trimmed.len > 0 || secret_is_answer(piece))
        return trimmed.len > 0 ? trimmed : piece;
    while ((word = words_next(&piece)).len > 0)
        last = word;
    return last;
}

/* The line has the client's mark but is not a valid command: "HALLO c.example",
 * "AUTH PLAIN <scrambled by me>", "foo". The words of a log after such a mark do not
 * count. */
static bool
is_from_client(struct element *e, struct slice trimmed)
{
    struct slice rest = e->marked, word = words_next(&rest);
    bool is_capital = word.len >= 4;

    if (e->mark != MARK_CLIENT || !e->is_strong)
        return false;
    for (size_t i = 0; i < word.len; i++)
        is_capital = is_capital && word.ptr[i] >= 'A' && word.ptr[i] <= 'Z';
    enum postern_command known = command_find(word);
    if (is_capital && known == POSTERN_AUTH)
        e->command = known;
    else if (!is_capital || command_is_verb(known) || words_count(rest, 3) == 3)
        return trimmed.len > 0 && trimmed.ptr == e->marked.ptr &&
               memchr("<[(", trimmed.ptr[0], 3) == NULL; /* an aside */
    e->text = e->marked;
    return true;
}

static void
take_element(struct transcript *t, struct element *e, struct slice piece,
             struct slice line, uint32_t n, bool has_nul)
{
    struct slice trimmed = words_trim(e->text);

    if (e->kind == ELEMENT_TEXT && e->mark != MARK_SERVER && t->is_sasl_due) {
        struct slice answer = sasl_answer_of(trimmed, piece);
        if (secret_is_answer(answer)) {
            transcript_add_login(t, answer, e, n);
            return;
        }
    }
    switch (e->kind) {
    case ELEMENT_REPLY:
        transcript_add_reply(t, e, line, n);
        if (e->is_quoted && e->code > 0 && e->code < 400)
            transcript_add_message(t, piece, e, n);
        break;
    case ELEMENT_COMMAND:
        if (e->is_quoted)
            transcript_add_message(t, piece, e, n);
        transcript_add_command(t, e, n, has_nul);
        break;
    case ELEMENT_TEXT:
        if (transcript_add_message(t, piece, e, n) ||
            transcript_add_rest_of_quote(t, piece, n) ||
            transcript_add_wrapped_message(t, piece, e, n) ||
            transcript_add_line_without_code(t, piece, n) ||
            transcript_add_report(t, piece, e, n))
            break;
        transcript_note_complaint(t, piece, n);
        if (is_from_client(e, trimmed))
            transcript_add_command(t, e, n, has_nul);
        else if (e->mark == MARK_NONE)
            keep_typed(t, trimmed, n);
        break;
    }
}

/* Between 354 and the dot every line of the client is content, whatever it looks like.
 * A reply with the server's mark, or one that ends the message, is not. */
static bool
is_content(const struct transcript *t, const struct element *e, struct slice piece,
           uint32_t n)
{
    if (!t->is_in_content || e->mark == MARK_SERVER)
        return false;
    bool is_arrow = t->has_server_mark && (piece.ptr[0] == '>' || piece.ptr[0] == '-');
    if (e->mark == MARK_CLIENT && (e->is_strong || is_arrow) && piece.ptr[0] != '=' &&
        e->kind == ELEMENT_REPLY && !e->is_quoted)
        return true; /* "C: 550 apples" */
    if (e->mark == MARK_NONE && n < t->dot_line)
        return true;
    if (e->kind == ELEMENT_REPLY && !e->is_quoted)
        return false;
    if (e->kind == ELEMENT_REPLY && e->is_quoted && e->mark == MARK_NONE)
        return false;
    if (e->kind == ELEMENT_COMMAND && !e->is_quoted && t->content < 0 &&
        e->command != POSTERN_HELP)
        return false; /* no content came: the dialogue goes on */
    if (e->kind == ELEMENT_COMMAND && e->mark == MARK_CLIENT &&
        (e->command == POSTERN_QUIT || e->command == POSTERN_RSET))
        return false; /* a log that leaves the content out */
    return true;
}

/* The text after the marks of a line that is not SMTP. */
static struct slice
spoken(const struct element *e)
{
    return e->kind == ELEMENT_TEXT && e->marked.ptr != NULL ? e->marked : e->text;
}

void
piece_take(struct transcript *t, struct slice piece, struct slice line, uint32_t n,
           bool has_nul)
{
    struct element e;

    piece = words_trim(piece);
    if (piece.len == 0 && !t->is_in_content)
        return;
    element_find(piece, &e);
    if (e.kind == ELEMENT_REPLY && e.mark == MARK_SERVER && !e.is_quoted)
        t->has_server_mark = true;
    t->topics = topics_find(&t->index, piece);
    if (is_content(t, &e, piece, n)) {
        struct slice body = e.mark == MARK_CLIENT ? words_trim(spoken(&e)) : piece;
        transcript_add_content(t, body, n);
        return;
    }
    if (e.kind == ELEMENT_TEXT && slice_is_equal(words_trim(spoken(&e)), SLICE(".")) &&
        (t->count > 0 || e.mark == MARK_CLIENT)) {
        transcript_add_content(t, SLICE("."), n);
        return;
    }
    transcript_note_clues(t, piece, n);
    take_element(t, &e, piece, line, n, has_nul);
}
