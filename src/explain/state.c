/* state.c - what is known of a session: phase, transaction, extensions in force */
#include "explain/follow.h"

#include "base/attr.h"
#include "engine/commands.h"
#include "explain/words.h"

static bool
is_masked_word(struct slice word)
{
    size_t same = 0;

    for (size_t i = 0; i < word.len; i++)
        same += word.ptr[i] == 'X' || word.ptr[i] == '*';
    return word.len >= 4 && same + 1 >= word.len;
}

static void
read_extension(struct state *s, struct slice line, bool is_first)
{
    static const struct {
        struct slice keyword;
        uint32_t bit;
    } known[] = {
        {SLICE_INIT("STARTTLS"), EXT_STARTTLS},
        {SLICE_INIT("AUTH"), EXT_AUTH},
        {SLICE_INIT("PIPELINING"), EXT_PIPELINING},
        {SLICE_INIT("SIZE"), EXT_SIZE},
        {SLICE_INIT("SMTPUTF8"), EXT_SMTPUTF8},
        {SLICE_INIT("CHUNKING"), EXT_CHUNKING},
        {SLICE_INIT("8BITMIME"), EXT_8BITMIME},
        {SLICE_INIT("DSN"), EXT_DSN},
        {SLICE_INIT("BINARYMIME"), EXT_BINARYMIME},
    };
    struct slice rest = line, word = words_next(&rest);

    if (is_masked_word(word) && !is_first)
        s->extensions |= EXT_ALTERED;
    if (slice_has_prefix_fold(word, SLICE("AUTH="))) {
        s->extensions |= EXT_AUTH;
        if (s->mechanisms.len == 0)
            s->mechanisms = slice_skip(line, (size_t)(word.ptr - line.ptr) + 5);
    }
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (!slice_is_equal_fold(word, known[i].keyword))
            continue;
        s->extensions |= known[i].bit;
        if (known[i].bit == EXT_AUTH)
            s->mechanisms = words_trim(rest);
        else if (known[i].bit == EXT_SIZE)
            slice_parse_number(words_trim(rest), &s->size_limit);
    }
}

void
state_read_extensions(struct state *s, const struct event *reply)
{
    struct slice rest = reply->text, line;
    bool is_first = true;

    s->extensions = 0;
    s->mechanisms = slice_of(NULL, 0);
    s->size_limit = 0;
    s->has_list = reply->text.len > 0;
    if (memchr(rest.ptr, '\n', rest.len) == NULL) {
        struct slice words = rest;
        for (int i = 0; i < 60 && words.len > 0; i++) {
            struct slice word = words_next(&words);
            struct slice here = slice_of(word.ptr, word.len + words.len);
            if (i > 1)
                read_extension(s, here, false);
        }
        s->has_list = s->extensions != 0;
        return;
    }
    while (rest.len > 0) {
        slice_cut(rest, '\n', &line, &rest);
        if (is_first && line.len > 4)
            line = slice_skip(line, 4);
        read_extension(s, line,
                       is_first); /* the first is a name, unless the head is cut off */
        is_first = false;
    }
}

void
state_reset(struct state *s)
{
    uint32_t messages = s->messages;

    *s = (struct state){.phase = POSTERN_PHASE_GREETED};
    s->messages = messages;
    s->greeting = s->hello = s->starttls = s->auth = s->mail = s->data = -1;
    s->hello_refusal = s->auth_refusal = s->mail_refusal = -1;
    s->rcpt_refusal = s->last_reply = s->last_command = -1;
    s->early = s->desync = -1;
    s->late_greeting = s->partial = s->vrfy = s->message_reply = s->abandoned = -1;
    s->early_success = s->contradiction = -1;
}

void
state_forget_transaction(struct state *s)
{
    s->mail = s->data = s->mail_refusal = s->rcpt_refusal = -1;
    s->rcpt_tried = s->rcpt_accepted = 0;
    s->facts &= ~(uint32_t)(FACT_MAIL_REFUSED | FACT_RCPT_TRIED | FACT_BINARY);
}

void
state_assume(struct state *s, enum postern_command command)
{
    enum postern_phase assumed = (enum postern_phase)command_facts[command].assumed;

    if (s->has_start || s->is_assumed)
        return;
    if (command_has(command, TRAIT_HELLO)) {
        s->has_start = true;
        return;
    }
    s->is_assumed = true;
    if (assumed != POSTERN_PHASE_REFUSED)
        s->phase = assumed;
}

void
state_enter(struct judgement *j, struct event *reply, enum postern_phase phase)
{
    reply->note.before = j->state.phase;
    reply->note.after = phase;
    j->state.phase = phase;
}

enum postern_phase
state_idle(const struct state *s)
{
    return (s->facts & FACT_HELO) != 0 ? POSTERN_PHASE_HELO : POSTERN_PHASE_EHLO;
}
