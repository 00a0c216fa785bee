/* transcript_command.c - what a client sends: commands, logins, the message
 *
 * A password never gets into the octets of a note (S-44). Of the message only the form
 * is noted, never the text.
 */
#include "explain/transcript_add.h"

#include "base/utf8.h"
#include "engine/command.h"
#include "explain/secret.h"
#include "explain/words.h"

void
transcript_add_command(struct transcript *t, const struct element *e, uint32_t n,
                       bool has_nul)
{
    struct event *command = event_new(t, POSTERN_NOTE_COMMAND, n);
    struct command parsed;
    struct slice text = words_trim(e->text);

    command_parse(text, &parsed);
    command->text = command->note.octets = text;
    command->note.command = e->command;
    command->note.argument = parsed.argument;
    command->note.count = text.len + 2;
    command->mark = e->mark;
    command->key = e->key;
    command->is_quoted = e->is_quoted;
    command->has_nul = has_nul;
    command->is_utf8 = slice_has_high(text);
    command->is_premature = t->open >= 0 && t->events[t->open].note.code == 220;
    t->cut = t->open;
    t->open = -1;
    t->is_in_content = false;
    t->is_sasl_due = false;
    if (e->command == POSTERN_UNKNOWN && secret_is_word(text)) {
        command->note.octets = command->note.argument = slice_of(text.ptr, 0);
        command->note.redacted = (uint32_t)text.len; /* the response to a 334 that the
                                                         paste does not show */
    }
    if (e->command != POSTERN_AUTH)
        return;
    t->sasl = 0;
    struct slice rest = parsed.argument;
    struct slice mechanism = words_next(&rest), initial = words_trim(rest);
    if (secret_is_word(mechanism)) { /* "AUTH AHVz…": the mechanism is missing */
        initial = mechanism;
        mechanism = slice_of(text.ptr, 4);
    }
    size_t shown = (size_t)(mechanism.ptr + mechanism.len - text.ptr);
    if (mechanism.len > 0 && initial.len > 0) { /* a secret: S-44 */
        command->note.octets = slice_of(text.ptr, shown);
        command->note.argument = mechanism;
        command->note.redacted = (uint32_t)initial.len;
    }
}

void
transcript_add_login(struct transcript *t, struct slice text, const struct element *e,
                     uint32_t n)
{
    struct event *answer = event_new(t, POSTERN_NOTE_SASL, n);

    answer->text = text;
    answer->note.redacted = (uint32_t)text.len;
    answer->note.count = text.len + 2;
    answer->mark = e->mark;
    answer->key = e->key;
    answer->sasl = ++t->sasl;
    t->is_sasl_due = false;
}

void
transcript_add_content(struct transcript *t, struct slice text, uint32_t n)
{
    struct event *content;

    content = event_last(t);
    if (t->content < 0 && content != NULL &&
        content->note.kind == POSTERN_NOTE_CONTENT && content->body.has_ended &&
        slice_is_equal(text, SLICE("."))) {
        /* a second final dot without a reply in between: the first one was a line of
         * the message that nobody had dot-stuffed */
        content->body.dot_line = content->last_line;
        content->last_line = content->body.last_line = n;
        return;
    }
    if (t->content < 0) {
        content = event_new(t, POSTERN_NOTE_CONTENT, n);
        content->body.first_line = n;
        t->content = (int32_t)t->count - 1;
    }
    content = &t->events[t->content];
    content->last_line = content->body.last_line = n;
    content->note.count += text.len + 2;
    if (slice_is_equal(text, SLICE("."))) {
        content->is_eod = content->body.has_ended = true;
        t->is_in_content = false;
        t->content = -1;
        return;
    }
    if ((t->topics & TOPIC_WHOLE_MESSAGE) != 0)
        content->is_eod = content->body.has_ended = true;
    content->body.lines++;
    if (text.len > 998 && content->body.long_line == 0)
        content->body.long_line = n;
    if (text.len > 1 && text.ptr[0] == '.' && text.ptr[1] != '.' &&
        content->body.dot_line == 0)
        content->body.dot_line = n;
}
