/* piece.c - one piece of a line becomes an event, or nothing */
#include "explain/said.h"

#include "explain/secret.h"
#include "explain/words.h"

static void
take_element(struct transcript *t, struct element *e, struct slice piece,
             struct slice line, uint32_t n, bool has_nul)
{
    struct slice trimmed = words_trim(e->text);

    /* "[credentials hidden]" may have gone with the marks */
    struct slice answer = trimmed.len == 0 && e->mark == MARK_CLIENT ? piece : trimmed;
    if (e->kind == ELEMENT_TEXT && e->mark != MARK_SERVER && t->is_sasl_due &&
        secret_is_answer(answer)) {
        said_login(t, answer, e, n);
        return;
    }
    switch (e->kind) {
    case ELEMENT_REPLY:
        said_reply(t, e, line, n);
        if (e->is_quoted && e->code > 0 && e->code < 400)
            said_message(t, piece, e, n);
        break;
    case ELEMENT_COMMAND:
        if (e->is_quoted)
            said_message(t, piece, e, n);
        said_command(t, e, n, has_nul);
        break;
    case ELEMENT_TEXT:
        if (said_message(t, piece, e, n) || said_more(t, piece, n) ||
            said_wrapped(t, piece, e, n) || said_without_code(t, piece, n) ||
            said_told(t, piece, e, n))
            break;
        note_complaint(t, piece, n);
        if (e->mark == MARK_CLIENT && e->is_strong && trimmed.len > 0)
            said_command(t, e, n, has_nul);
        else if (e->mark == MARK_NONE)
            t->typed = trimmed, t->typed_line = n;
        break;
    }
}

/* In the message every line of the client is content, whatever it looks like; a reply
 * with the server's mark, or one that ends a message, is not. */
static bool
is_content(const struct transcript *t, const struct element *e)
{
    if (!t->is_in_content || e->mark == MARK_SERVER)
        return false;
    if (e->kind == ELEMENT_REPLY && !e->is_quoted)
        return false;
    if (e->kind == ELEMENT_REPLY && e->is_quoted && e->mark == MARK_NONE)
        return false;
    if (e->kind == ELEMENT_COMMAND && t->content < 0 && e->command != POSTERN_HELP)
        return false; /* nothing was sent: the dialogue goes on */
    if (e->kind == ELEMENT_COMMAND && e->mark == MARK_CLIENT &&
        (e->command == POSTERN_QUIT || e->command == POSTERN_RSET))
        return false; /* lists that leave the content out */
    return true;
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
    t->topics = topics_find(&t->index, piece);
    if (is_content(t, &e)) {
        struct slice body = e.mark == MARK_CLIENT ? words_trim(e.text) : piece;
        said_content(t, body, n);
        return;
    }
    if (e.kind == ELEMENT_TEXT && slice_is_equal(words_trim(e.text), SLICE(".")) &&
        (t->count > 0 || e.mark == MARK_CLIENT)) {
        said_content(t, SLICE("."), n);
        return;
    }
    note_oddities(t, piece, n);
    take_element(t, &e, piece, line, n, has_nul);
}
