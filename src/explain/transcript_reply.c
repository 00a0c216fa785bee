/* transcript_reply.c - replies: their lines joined, quoted ones told from live ones
 *
 * A reply is live when the paste shows the dialogue itself, and quoted when a program
 * repeats it in a log, an exception or a bounce. The same refusal is often there twice,
 * once in each form; it must count once.
 */
#include "explain/transcript_add.h"

#include "base/attr.h"
#include "explain/context.h"
#include "explain/reply_form.h"
#include "explain/reported.h"
#include "explain/secret.h"
#include "explain/words.h"

static struct slice
enhanced_of(struct slice text)
{
    struct slice rest = text, word = words_next(&rest);

    while (word.len > 0 &&
           (word.ptr[word.len - 1] == ':' || word.ptr[word.len - 1] == ','))
        word.len--;
    if (postern_enhanced_is(word) && word.ptr[0] != 'X')
        return word;
    if (word.len > 0 && word.ptr[0] == '#')
        word = slice_skip(word, 1);
    if (word.len > 1 && word.ptr[0] == '(' && word.ptr[1] == '#')
        word = slice_skip(word, 2);
    if (word.len > 0 && word.ptr[word.len - 1] == ')')
        word.len--;
    if (postern_enhanced_is(word) && word.ptr[0] != 'X')
        return word;
    /* qmail puts it last: "(#5.7.1)" */
    size_t at = slice_find_fold(text, SLICE("(#"));
    if (at == SIZE_MAX)
        return slice_of(text.ptr, 0);
    rest = slice_skip(text, at + 2);
    const char *close = memchr(rest.ptr, ')', rest.len);
    word = slice_of(rest.ptr, close == NULL ? 0 : (size_t)(close - rest.ptr));
    return postern_enhanced_is(word) && word.ptr[0] != 'X' ? word
                                                           : slice_of(text.ptr, 0);
}

/* "550 5.1.1 text" in one piece: borrowed where the paste has it so, else written into
 * the arena. */
static struct slice
whole_reply(struct transcript *t, const struct element *e)
{
    char code[4] = {(char)('0' + e->code / 100), (char)('0' + e->code / 10 % 10),
                    (char)('0' + e->code % 10), ' '};
    bool has_underscores = e->whole.len > 3 && e->whole.ptr[3] == '_';

    if (e->whole.len > 0 && !has_underscores)
        return e->whole;
    arena_begin(&t->arena);
    if (e->code > 0)
        arena_add(&t->arena, slice_of(code, e->text.len > 0 ? 4 : 3));
    for (size_t i = 0; i < e->text.len; i++) /* qmail: Remote_host_said:_550_… */
        arena_octet(&t->arena,
                    has_underscores && e->text.ptr[i] == '_' ? ' ' : e->text.ptr[i]);
    return arena_end(&t->arena);
}

void
transcript_extend_reply(struct transcript *t, struct event *reply, struct slice text)
{
    t->is_borrowed = true;
    const char *end = t->arena.ptr + t->arena.used;
    bool is_at_end = t->arena.used > 0 && reply->text.ptr >= t->arena.ptr &&
                     reply->text.ptr + reply->text.len == end;

    if (!is_at_end) {
        arena_begin(&t->arena);
        arena_add(&t->arena, reply->text);
        reply->text = arena_end(&t->arena);
    }
    t->arena.open = (size_t)(reply->text.ptr - t->arena.ptr);
    arena_octet(&t->arena, '\n');
    arena_add(&t->arena, text);
    reply->text = arena_end(&t->arena);
}

static bool
continues(const struct transcript *t, const struct element *e)
{
    if (t->open < 0 || e->is_quoted)
        return false;
    const struct event *reply = &t->events[t->open];
    return reply->key == e->key || reply->key == 0 || e->key == 0;
}

/* The same refusal once more: "SMTP ERROR: …" below the line itself. */
static bool
is_repeated_report(const struct transcript *t, const struct element *e,
                   struct slice whole)
{
    size_t looked = 0;

    for (uint32_t i = t->count; i-- > 0 && looked < 24; looked++) {
        const struct event *old = &t->events[i];
        if (old->note.kind != POSTERN_NOTE_REPLY)
            continue;
        if (old->note.code == e->code &&
            (e->is_weak || old->is_weak ||
             (whole.len >= 4 && old->text.len >= 4 &&
              (words_have(old->text,
                          slice_skip(whole, whole.len < 30 ? 4 : whole.len / 3)) ||
               slice_has_prefix_fold(
                   whole,
                   slice_of(old->text.ptr, old->text.len < 20 ? old->text.len : 20))))))
            return true;
        if (e->code == 0 && old->note.enhanced.len > 0 &&
            words_have(whole, old->note.enhanced))
            return true;
    }
    return false;
}

static void
enter_reply(struct transcript *t, const struct event *e)
{
    t->is_sasl_due = e->note.code == 334;
    if (e->note.code == 354 && !e->is_quoted)
        t->is_in_content = true;
    else if (!e->is_quoted)
        t->is_in_content = false;
    if (e->note.code != 334)
        t->sasl = 0;
    if (!t->is_in_content)
        t->content = -1;
}

/* "Expected response code 354 but got …": the number after the word; 0: none. */
static uint16_t
expected_code(struct slice line)
{
    size_t at = slice_find_fold(line, SLICE("expected"));

    for (size_t i = at; at != SIZE_MAX && i + 3 <= line.len && i < at + 40; i++) {
        struct slice s = slice_skip(line, i);
        if (reply_form_has_code(s))
            return reply_form_code(s);
    }
    return 0;
}

/* The step that a code can answer, for the codes that answer only one. */
static enum postern_step
step_of_success(unsigned code)
{
    return code == 354                  ? POSTERN_STEP_DATA
           : code == 334 || code == 235 ? POSTERN_STEP_AUTH
           : code == 221                ? POSTERN_STEP_QUIT
                                        : POSTERN_STEP_COUNT;
}

/* The line reports a failure, whatever the code says. */
static bool
is_failure_around(struct slice line, const struct element *e)
{
    size_t len = e->whole.len > 0 ? (size_t)(e->whole.ptr - line.ptr) : line.len;

    struct slice before = slice_of(line.ptr, len < line.len ? len : line.len);
    if (words_have(before, SLICE("expected")) && words_have(before, SLICE("got")))
        return true;
    return words_have_any(
        before, SLICE("error|exception|fail |failed|failure|refused|unexpected|"
                      "not accepted|rejected|bounced"));
}

/* The step that the words around a quoted reply name; its own words do not count. */
static enum postern_step
step_around(struct slice line, const struct element *e)
{
    struct slice own = e->whole.len > 0 ? e->whole : e->text;

    if (own.len == 0 || own.ptr < line.ptr || own.ptr > line.ptr + line.len)
        return context_step(line);
    size_t at = (size_t)(own.ptr - line.ptr);
    enum postern_step step = context_step(slice_of(line.ptr, at));
    if (step == POSTERN_STEP_COUNT && at + own.len <= line.len)
        step = context_step(slice_skip(line, at + own.len));
    return step;
}

/* A list of replies without commands: labels say which commands they answer, so these
 * are added as if they had been seen. */
static void
add_unseen(struct transcript *t, const struct element *e, uint32_t n)
{
    static const struct {
        enum postern_step step;
        enum postern_command command;
    } commands[] = {
        {POSTERN_STEP_EHLO, POSTERN_EHLO}, {POSTERN_STEP_MAIL, POSTERN_MAIL},
        {POSTERN_STEP_RCPT, POSTERN_RCPT}, {POSTERN_STEP_DATA, POSTERN_DATA},
        {POSTERN_STEP_QUIT, POSTERN_QUIT}, {POSTERN_STEP_RSET, POSTERN_RSET},
    };
    const struct event *last = event_last(t);

    if (e->is_quoted || e->step == POSTERN_STEP_COUNT ||
        (last != NULL && last->note.kind != POSTERN_NOTE_REPLY))
        return;
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (commands[i].step != e->step)
            continue;
        struct event *unseen = event_new(t, POSTERN_NOTE_COMMAND, n);
        unseen->note.command = commands[i].command;
        unseen->note.octets = unseen->text =
            slice_from(postern_command_name(commands[i].command));
        unseen->note.argument = slice_skip(unseen->text, unseen->text.len);
        unseen->key = e->key;
        unseen->is_unseen = true;
    }
}

/* One more line of the open reply; false if it has another code, which
 * RFC 5321 4.2.1 forbids inside one reply. */
static bool
join_open(struct transcript *t, const struct element *e, uint32_t n)
{
    struct event *reply = &t->events[t->open];

    if (reply->note.code != e->code) {
        reply->is_mixed = true;
        t->open = -1;
        return false;
    }
    transcript_extend_reply(t, reply,
                            e->whole.len > 4 ? slice_skip(e->whole, 4) : e->text);
    reply->last_line = n;
    reply->is_complete = e->is_last;
    if (e->is_last)
        t->open = -1;
    return true;
}

/* The line before a 500 to 503 is not a command that we know, but was meant as one. */
static void
add_typed(struct transcript *t, const struct element *e, uint32_t n)
{
    struct element typed = {.command = POSTERN_UNKNOWN};
    const struct event *last = event_last(t);

    if (e->code < 500 || e->code > 503 || e->is_quoted || e->mark != MARK_NONE ||
        t->typed_line == 0 || t->typed_line + 1 != n || last == NULL ||
        last->line > t->typed_line)
        return;
    arena_begin(&t->arena);
    arena_add(&t->arena, t->typed);
    typed.text = arena_end(&t->arena);
    transcript_add_command(t, &typed, t->typed_line, false);
}

/* The reply's octets; for a bare number in prose, the part of the line that the catalog
 * knows as a wording. */
static struct slice
octets_of(struct transcript *t, const struct element *e, struct slice line)
{
    struct element with_text = *e;
    struct slice wording;

    if (!e->is_weak || t->clues.reports++ >= REPORTS_MAX ||
        reported_wording(line, t->topics, &wording) == NULL)
        return whole_reply(t, e);
    with_text.whole = slice_of(NULL, 0);
    with_text.text = wording;
    return whole_reply(t, &with_text);
}

/* Servers repeat what they do not understand, which may be a password sent out of
 * place; and where a challenge and its response are on one line, only the challenge is
 * a reply (S-44). */
static struct slice
without_secrets(const struct transcript *t, const struct element *e, struct slice whole)
{
    whole = secret_cut(whole);
    if (e->code == 334 && whole.len > 4) {
        struct slice rest = slice_skip(whole, 4), word = words_next(&rest);
        if (word.len > 0)
            whole.len = (size_t)(word.ptr + word.len - whole.ptr);
    }
    size_t challenge =
        e->code != 334 ? slice_find_fold(whole, SLICE(" 334 ")) : SIZE_MAX;
    if (challenge != SIZE_MAX) /* a whole dialogue in one line */
        whole.len = challenge;
    bool is_echo = e->code >= 500 && e->code <= 503 &&
                   words_have_any(whole, SLICE("recogni|unknown|decode|command"));
    struct slice rest = whole.len > 4 ? slice_skip(whole, 4) : slice_of(NULL, 0), word;
    while (e->code != 334 && e->code >= 300 && (word = words_next(&rest)).len > 0) {
        while (word.len > 0 && memchr("\"'<>.,:;()[]", word.ptr[0], 12) != NULL)
            word = slice_skip(word, 1);
        while (word.len > 0 && memchr("\"'<>.,:;()[]", word.ptr[word.len - 1], 12))
            word.len--;
        if (is_echo && word.len >= 12 && secret_is_word(word))
            return words_trim(slice_of(whole.ptr, (size_t)(word.ptr - whole.ptr)));
        for (uint32_t i = t->count; i-- > 0 && i + 4 > t->count && word.len >= 8;) {
            const struct event *old = &t->events[i];
            if (old->note.redacted > 0 && words_have(old->text, word) &&
                !words_have(old->note.octets, word))
                return words_trim(slice_of(whole.ptr, (size_t)(word.ptr - whole.ptr)));
        }
    }
    return whole;
}

void
transcript_add_reply(struct transcript *t, const struct element *e, struct slice line,
                     uint32_t n)
{
    if (continues(t, e) && join_open(t, e, n))
        return;
    if (t->cut >= 0 && t->events[t->cut].note.code == e->code && !e->is_quoted)
        t->events[t->cut].is_split = true;
    t->cut = -1;
    add_typed(t, e, n);
    add_unseen(t, e, n);
    struct slice whole = without_secrets(t, e, octets_of(t, e, line));
    bool reports_failure = e->is_quoted && is_failure_around(line, e);
    if (e->is_quoted && !(reports_failure && e->code < 400 && e->code > 0) &&
        is_repeated_report(t, e, whole))
        return;
    struct event *reply = event_new(t, POSTERN_NOTE_REPLY, n);
    reply->text = reply->note.octets = whole;
    reply->note.code = e->code;
    reply->note.enhanced =
        enhanced_of(e->code > 0 && whole.len > 4 ? slice_skip(whole, 4) : whole);
    reply->note.is_last = reply->is_complete = e->is_last;
    reply->note.count = whole.len + 2;
    reply->mark = e->mark;
    reply->key = e->key;
    reply->is_quoted = e->is_quoted;
    reply->is_weak = e->is_weak;
    reply->reports_failure = reports_failure;
    if (reports_failure)
        reply->expected = expected_code(line);
    if (e->is_quoted)
        reply->step = (uint8_t)step_around(line, e);
    if (reply->step == POSTERN_STEP_COUNT)
        reply->step = (uint8_t)step_of_success(reply->expected);
    t->open = e->is_last || e->is_quoted ? -1 : (int32_t)t->count - 1;
    enter_reply(t, reply);
}
