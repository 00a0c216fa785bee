/* transcript.c - lines to events
 *
 * 1. A line may hold several pieces of a conversation, and a piece may be spread over
 *    several lines; here pieces are split and joined.
 * 2. The arena holds what had to be rewritten. When no event came of a line, what the
 *    line took of the arena is given back.
 * 3. When the events are full the oldest of the newer half go, and the next event says
 *    that there is a gap.
 * 4. Message content is not looked into: only its form is noted.
 */
#include "explain/transcript.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "base/utf8.h"
#include "catalog/wording.h"
#include "engine/command.h"
#include "explain/clean.h"
#include "explain/context.h"
#include "explain/secret.h"
#include "explain/words.h"

/* Refusals told without a code that are looked at: each costs a walk over the catalog.
 */
enum { TOLD_MAX = 24 };

/* Of a paste longer than LONG_PASTE the middle is only looked through for refusals, and
 * at most LONG_LINES lines of it are read. */
enum { LONG_PASTE = 1 << 20, LONG_END = 96 * 1024, LONG_LINES = 300 };

enum { LINE_LOOKED_AT = 4000, KEPT_HEAD = TRANSCRIPT_EVENTS / 2, DROP = 128 };

/* ---- room for events --------------------------------------------------------- */

static bool
is_in_arena(const struct transcript *t, const char *ptr)
{
    return ptr >= t->octets && ptr < t->octets + sizeof(t->octets);
}

static void
move_slice(const struct transcript *t, struct slice *s, size_t at, size_t len,
           ptrdiff_t by)
{
    if (s->ptr != NULL && is_in_arena(t, s->ptr) && s->ptr >= t->octets + at &&
        s->ptr <= t->octets + at + len)
        s->ptr -= by;
}

/* Pull the arena's octets of the events from index first on down to offset to. */
static void
pack_arena(struct transcript *t, uint32_t first, size_t to)
{
    size_t from = t->arena.used;

    for (uint32_t i = first; i < t->count; i++) {
        const struct event *e = &t->events[i];
        const struct slice *slices[] = {&e->text, &e->note.octets};
        for (size_t s = 0; s < 2; s++) {
            if (slices[s]->len > 0 && is_in_arena(t, slices[s]->ptr) &&
                (size_t)(slices[s]->ptr - t->octets) < from)
                from = (size_t)(slices[s]->ptr - t->octets);
        }
    }
    if (from <= to)
        return;
    size_t len = t->arena.used - from;
    memmove(t->octets + to, t->octets + from, len);
    for (uint32_t i = first; i < t->count; i++) {
        struct event *e = &t->events[i];
        struct slice *slices[] = {&e->text, &e->note.octets, &e->note.argument,
                                  &e->note.enhanced};
        for (size_t s = 0; s < ARRAY_LEN(slices); s++)
            move_slice(t, slices[s], from, len, (ptrdiff_t)(from - to));
    }
    t->arena.used = to + len;
}

/* Where the arena's part of the kept head ends. */
static size_t
head_end(const struct transcript *t)
{
    size_t end = 0;

    for (uint32_t i = 0; i < KEPT_HEAD; i++) {
        const struct event *e = &t->events[i];
        const struct slice *slices[] = {&e->text, &e->note.octets};
        for (size_t s = 0; s < 2; s++) {
            if (slices[s]->len == 0 || !is_in_arena(t, slices[s]->ptr))
                continue;
            size_t to = (size_t)(slices[s]->ptr - t->octets) + slices[s]->len;
            end = to > end ? to : end;
        }
    }
    return end;
}

static void
drop_middle(struct transcript *t)
{
    struct event *from = &t->events[KEPT_HEAD];

    memmove(from, from + DROP, (TRANSCRIPT_EVENTS - KEPT_HEAD - DROP) * sizeof(*from));
    t->count -= DROP;
    t->dropped += DROP;
    from->has_gap = true;
    if (t->open >= 0)
        t->open = t->open >= KEPT_HEAD + DROP ? t->open - DROP : -1;
    if (t->content >= 0)
        t->content = t->content >= KEPT_HEAD + DROP ? t->content - DROP : -1;
    t->cut = -1;
    pack_arena(t, KEPT_HEAD, head_end(t));
}

static struct event *
event_new(struct transcript *t, enum postern_note_kind kind, uint32_t line)
{
    if (t->count == TRANSCRIPT_EVENTS)
        drop_middle(t);
    struct event *e = &t->events[t->count++];
    t->is_kept = true;
    bool has_gap = t->has_skipped;
    t->has_skipped = false;
    *e = (struct event){.line = line,
                        .last_line = line,
                        .step = POSTERN_STEP_COUNT,
                        .answers = -1,
                        .reply = -1};
    e->has_gap = has_gap;
    e->note.kind = kind;
    e->note.command = POSTERN_UNKNOWN;
    return e;
}

static struct event *
event_last(struct transcript *t)
{
    return t->count > 0 ? &t->events[t->count - 1] : NULL;
}

/* ---- replies --------------------------------------------------------------------- */

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
    size_t at = words_find(text, SLICE("(#"));
    if (at == SIZE_MAX)
        return slice_of(text.ptr, 0);
    rest = slice_skip(text, at + 2);
    const char *close = memchr(rest.ptr, ')', rest.len);
    word = slice_of(rest.ptr, close == NULL ? 0 : (size_t)(close - rest.ptr));
    return postern_enhanced_is(word) && word.ptr[0] != 'X' ? word
                                                           : slice_of(text.ptr, 0);
}

/* "550 5.1.1 text" in one piece: borrowed if it is, else written. */
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

/* Append a line to the text of an open reply, LF between. */
static void
join_reply(struct transcript *t, struct event *reply, struct slice text)
{
    t->is_kept = true;
    bool is_at_end = is_in_arena(t, reply->text.ptr) &&
                     reply->text.ptr + reply->text.len == t->octets + t->arena.used;

    if (!is_at_end) {
        arena_begin(&t->arena);
        arena_add(&t->arena, reply->text);
        reply->text = arena_end(&t->arena);
    }
    t->arena.open = (size_t)(reply->text.ptr - t->octets);
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

/* The same refusal told again: "SMTP ERROR: …" below the line itself. */
static bool
is_retold(const struct transcript *t, const struct element *e, struct slice whole)
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

/* "Expected response code 354 but got …": the number behind the word; 0: none. */
static uint16_t
expected_code(struct slice line)
{
    size_t at = words_find(line, SLICE("expected"));

    for (size_t i = at; at != SIZE_MAX && i + 3 <= line.len && i < at + 40; i++) {
        struct slice s = slice_skip(line, i);
        if (s.ptr[0] >= '2' && s.ptr[0] <= '5' && ascii_is_digit(s.ptr[1]) &&
            ascii_is_digit(s.ptr[2]))
            return (uint16_t)((s.ptr[0] - '0') * 100 + (s.ptr[1] - '0') * 10 +
                              s.ptr[2] - '0');
    }
    return 0;
}

/* The line tells of a failure, whatever the code says. */
static bool
is_troubled(struct slice line, const struct element *e)
{
    size_t len = e->whole.len > 0 ? (size_t)(e->whole.ptr - line.ptr) : line.len;

    return words_have_any(
        slice_of(line.ptr, len < line.len ? len : line.len),
        SLICE("error|exception|fail |failed|failure|refused|unexpected|"
              "not accepted|rejected|bounced"));
}

/* The step the words around a quoted reply name; its own words do not count. */
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

static void add_command(struct transcript *t, const struct element *e, uint32_t n,
                        bool has_nul);
static const struct postern_wording *
find_told(const struct transcript *t, struct slice text, struct slice *best_out);

/* A list of replies only: its labels tell which commands they answer. */
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
        unseen->key = e->key;
        unseen->is_unseen = true;
    }
}

static void
add_reply(struct transcript *t, const struct element *e, struct slice line, uint32_t n)
{
    if (continues(t, e)) {
        struct event *reply = &t->events[t->open];
        struct slice whole = e->whole.len > 4 ? slice_skip(e->whole, 4) : e->text;
        if (reply->note.code == e->code) {
            join_reply(t, reply, whole);
            reply->last_line = n;
            reply->is_complete = e->is_last;
            if (e->is_last)
                t->open = -1;
            return;
        }
        /* another code inside one reply: RFC 5321 4.2.1 forbids it */
        reply->is_mixed = true;
        t->open = -1;
    }
    if (t->cut >= 0 && t->events[t->cut].note.code == e->code && !e->is_quoted)
        t->events[t->cut].is_split = true;
    t->cut = -1;
    add_unseen(t, e, n);
    if (e->code >= 500 && e->code <= 503 && !e->is_quoted && e->mark == MARK_NONE &&
        t->typed_line > 0 && t->typed_line + 1 == n && t->count > 0) {
        /* what was typed just before it is no command, but was meant as one */
        struct element typed = {.command = POSTERN_UNKNOWN, .text = t->typed};
        add_command(t, &typed, t->typed_line, false);
    }
    struct slice whole = whole_reply(t, e);
    bool is_trouble = e->is_quoted && is_troubled(line, e);
    if (e->is_quoted && !(is_trouble && e->code < 400 && e->code > 0) &&
        is_retold(t, e, whole))
        return;
    struct slice told;
    if (e->is_weak && t->oddities.told++ < TOLD_MAX &&
        find_told(t, line, &told) != NULL) {
        struct element with_text = *e;
        with_text.whole = slice_of(NULL, 0);
        with_text.text = told;
        whole = whole_reply(t, &with_text);
    }
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
    reply->is_trouble = is_trouble;
    if (is_trouble && e->code < 400)
        reply->expected = expected_code(line);
    if (e->is_quoted)
        reply->step = (uint8_t)step_around(line, e);
    t->open = e->is_last || e->is_quoted ? -1 : (int32_t)t->count - 1;
    enter_reply(t, reply);
}

/* ---- commands, logins, content -------------------------------------------------- */

static void
add_command(struct transcript *t, const struct element *e, uint32_t n, bool has_nul)
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
    if (e->command != POSTERN_AUTH)
        return;
    t->sasl = 0;
    struct slice rest = parsed.argument;
    struct slice mechanism = words_next(&rest), initial = words_trim(rest);
    size_t shown = (size_t)(mechanism.ptr + mechanism.len - text.ptr);
    if (mechanism.len > 0 && initial.len > 0) { /* a secret: S-44 */
        command->note.octets = slice_of(text.ptr, shown);
        command->note.redacted = (uint32_t)initial.len;
    }
}

static void
add_sasl(struct transcript *t, struct slice text, const struct element *e, uint32_t n)
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

/* A line of the message behind 354. False: the content is over, look at the line. */
static bool
take_content(struct transcript *t, struct slice text, uint32_t n)
{
    struct event *content;

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
        return true;
    }
    if ((t->topics & TOPIC_WHOLE_MESSAGE) != 0)
        content->is_eod = content->body.has_ended = true;
    content->body.lines++;
    if (text.len > 998 && content->body.long_line == 0)
        content->body.long_line = n;
    if (text.len > 1 && text.ptr[0] == '.' && text.ptr[1] != '.' &&
        content->body.dot_line == 0)
        content->body.dot_line = n;
    return true;
}

/* ---- what is no SMTP ----------------------------------------------------------------
 */

static void
note_once(uint32_t *slot, uint32_t n)
{
    if (*slot == 0)
        *slot = n;
}

static void
note_oddities(struct transcript *t, struct slice s, uint32_t n)
{
    struct oddities *o = &t->oddities;
    const struct {
        uint32_t topic;
        uint32_t *line;
    } slots[] = {
        {TOPIC_HTTP, &o->http},           {TOPIC_POP, &o->pop},
        {TOPIC_IMAP, &o->imap},           {TOPIC_SSH, &o->ssh},
        {TOPIC_LMTP, &o->lmtp},           {TOPIC_PORT_587, &o->port_587},
        {TOPIC_PORT_465, &o->port_465},   {TOPIC_IMPLICIT, &o->implicit},
        {TOPIC_EXPLICIT, &o->explicit},   {TOPIC_AUTH, &o->auth},
        {TOPIC_CONNECTED, &o->connected}, {TOPIC_STARS, &o->stars},
        {TOPIC_PROXY, &o->proxy},         {TOPIC_TLS_HELLO, &o->tls_hello},
        {TOPIC_S_CLIENT, &o->s_client},   {TOPIC_TIMEOUT, &o->timeout},
        {TOPIC_IN_DATA, &o->in_data},     {TOPIC_AWAITS, &o->awaits},
        {TOPIC_WRITES, &o->writes},       {TOPIC_UNDELIVERED, &o->undelivered},
        {TOPIC_DELIVERED, &o->delivered}, {TOPIC_MAIL, &o->mail_words},
    };

    for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
        if ((t->topics & slots[i].topic) != 0)
            note_once(slots[i].line, n);
    }
    if (slice_has_prefix_fold(s, SLICE("+OK")))
        note_once(&o->pop, n);
    if (slice_has_prefix_fold(s, SLICE("* OK ")))
        note_once(&o->imap, n);
}

static bool
add_message(struct transcript *t, struct slice text, const struct element *e,
            uint32_t n)
{
    char folded[LINE_LOOKED_AT];
    size_t len = catalog_message_fold(text, folded, sizeof(folded));
    const struct catalog_message *message = catalog_message_find(slice_of(folded, len));
    if (message == NULL)
        return false;
    struct event *old = event_last(t);
    if (old != NULL && old->message == message)
        return true;
    struct event *said = event_new(t, POSTERN_NOTE_EVENT, n);
    said->text = said->note.octets = text;
    said->message = message;
    said->is_quoted = true;
    said->key = e->key;
    said->step = (uint8_t)context_step(text);
    return true;
}

/* Bounces wrap long lines: the rest of a quoted reply stands indented below it. */
static bool
continue_quote(struct transcript *t, struct slice piece, uint32_t n)
{
    struct event *last = event_last(t);

    if (last == NULL || last->note.kind != POSTERN_NOTE_REPLY || !last->is_quoted ||
        last->last_line + 1 != n || !t->is_indented || last->text.len > 600)
        return false;
    size_t end = words_find(piece, SLICE("(in reply to"));
    if (end != SIZE_MAX) {
        last->step = (uint8_t)context_step(slice_skip(piece, end));
        piece = words_trim(slice_of(piece.ptr, end));
    }
    join_reply(t, last, piece);
    last->last_line = n;
    return true;
}

/* A sentence that a bounce has wrapped: look for messages over the break. */
static bool
add_wrapped(struct transcript *t, struct slice piece, const struct element *e,
            uint32_t n)
{
    if (!t->is_indented || t->typed_line == 0 || t->typed_line + 1 != n ||
        t->typed.len + piece.len > 1500)
        return false;
    arena_begin(&t->arena);
    arena_add(&t->arena, t->typed);
    arena_octet(&t->arena, ' ');
    arena_add(&t->arena, piece);
    return add_message(t, arena_end(&t->arena), e, n);
}

/* "SIZE 1000" below "250 mx.example.com": a line of the list without its code. */
static bool
is_lost_line(struct transcript *t, struct slice piece, uint32_t n)
{
    struct event *last = event_last(t);
    struct slice rest = piece, word = words_next(&rest);

    if (last == NULL || last->note.kind != POSTERN_NOTE_REPLY ||
        last->note.code != 250 || last->last_line + 1 != n || !last->is_complete ||
        words_count(piece, 4) > 3 || word.ptr[0] < 'A' || word.ptr[0] > 'Z' ||
        postern_extension_find(word) == NULL || t->count < 2 ||
        t->events[t->count - 2].note.command != POSTERN_EHLO)
        return false;
    last->is_ragged = true;
    last->last_line = n;
    return true;
}

/* Words of a refusal that only fit where an order of commands is spoken of. */
static bool
is_guess_about_order(const struct postern_wording *w, uint32_t topics)
{
    return w->is_generic &&
           (slice_is_equal(postern_causes[w->cause].group, SLICE("order")) ||
            slice_is_equal(postern_causes[w->cause].group, SLICE("greeting"))) &&
           (topics & TOPIC_ORDER) == 0;
}

/* What stands behind the next colon, bracket or quotation mark; empty: nothing. */
static struct slice
next_part(struct slice text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        char c = text.ptr[i];
        if (c == '(' || c == '"')
            return slice_skip(text, i + 1);
        if ((c == ':' || c == ']') && text.ptr[i + 1] == ' ')
            return slice_skip(text, i + 2);
    }
    return slice_of(text.ptr, 0);
}

/* The part of a line that says why something was refused: a wording some product is
 * known for, wherever it begins, else what the line in general means. */
static const struct postern_wording *
find_told(const struct transcript *t, struct slice text, struct slice *best_out)
{
    size_t said = words_find(text, SLICE("response was: "));
    if (said != SIZE_MAX)
        text = slice_skip(text, said + 14);
    char class = (t->topics & TOPIC_TEMPORARY) != 0 ? '4' : '5';
    const struct postern_wording *best = NULL;
    struct slice part = text;

    for (int i = 0; i < 8 && part.len > 6; i++, part = next_part(part)) {
        const struct postern_wording *w = catalog_wording_known(part, class);
        if (w != NULL && words_count(part, 3) == 3 &&
            (best == NULL || w->weight > best->weight)) {
            best = w;
            *best_out = part;
        }
    }
    if (best != NULL)
        return best;
    best = catalog_wording_by_text(text, class);
    *best_out = text;
    return best == NULL || is_guess_about_order(best, t->topics) ? NULL : best;
}

/* A refusal told without a code: "rejected after DATA: message looks like spam". */
static bool
add_told(struct transcript *t, struct slice piece, const struct element *e, uint32_t n)
{
    struct slice text = piece;

    if (piece.len < 12 || piece.len > 1000 || t->oddities.told > TOLD_MAX ||
        (t->topics & TOPIC_TRACE) != 0 || (t->topics & TOPIC_TROUBLE) == 0)
        return false;
    t->oddities.told++;
    const struct postern_wording *best = find_told(t, piece, &text);
    if (best == NULL ||
        (best->is_generic && best->cause == POSTERN_CAUSE_POLICY_REFUSAL))
        return false;
    struct event *told = event_new(t, POSTERN_NOTE_REPLY, n);
    told->text = told->note.octets = text;
    told->note.is_last = told->is_complete = told->is_quoted = true;
    told->key = e->key;
    told->step = (uint8_t)context_step(piece);
    return true;
}

static void
note_complaint(struct transcript *t, struct slice text, uint32_t n)
{
    if (text.len > 20 && (t->topics & TOPIC_COMPLAINT) != 0)
        note_once(&t->complaint, n);
}

/* ---- one piece of a line ------------------------------------------------------------
 */

static void
take_element(struct transcript *t, struct element *e, struct slice piece,
             struct slice line, uint32_t n, bool has_nul)
{
    struct slice trimmed = words_trim(e->text);

    /* "[credentials hidden]" may have gone with the marks */
    struct slice answer = trimmed.len == 0 && e->mark == MARK_CLIENT ? piece : trimmed;
    if (e->kind == ELEMENT_TEXT && e->mark != MARK_SERVER && t->is_sasl_due &&
        secret_is_answer(answer)) {
        add_sasl(t, answer, e, n);
        return;
    }
    switch (e->kind) {
    case ELEMENT_REPLY:
        add_reply(t, e, line, n);
        if (e->is_quoted && e->code > 0 && e->code < 400)
            add_message(t, piece, e, n);
        break;
    case ELEMENT_COMMAND:
        if (e->is_quoted)
            add_message(t, piece, e, n);
        add_command(t, e, n, has_nul);
        break;
    case ELEMENT_TEXT:
        if (add_message(t, piece, e, n) || continue_quote(t, piece, n) ||
            add_wrapped(t, piece, e, n) || is_lost_line(t, piece, n) ||
            add_told(t, piece, e, n))
            break;
        note_complaint(t, piece, n);
        if (e->mark == MARK_CLIENT && e->is_strong && trimmed.len > 0)
            add_command(t, e, n, has_nul);
        else if (e->mark == MARK_NONE)
            t->typed = trimmed, t->typed_line = n;
        break;
    }
}

/* In the message every line of the client is content, whatever it looks like; a reply
 * with the server's mark, or one that ends a message, is not. */
static bool
is_content(const struct transcript *t, const struct element *e, struct slice piece)
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
    (void)piece;
    return true;
}

static void
take_piece(struct transcript *t, struct slice piece, struct slice line, uint32_t n,
           bool has_nul)
{
    struct element e;

    piece = words_trim(piece);
    if (piece.len == 0 && !t->is_in_content)
        return;
    element_find(piece, &e);
    t->topics = topics_find(&t->index, piece);
    if (is_content(t, &e, piece)) {
        struct slice body = e.mark == MARK_CLIENT ? words_trim(e.text) : piece;
        take_content(t, body, n);
        return;
    }
    if (e.kind == ELEMENT_TEXT && slice_is_equal(words_trim(e.text), SLICE(".")) &&
        (t->count > 0 || e.mark == MARK_CLIENT)) {
        take_content(t, SLICE("."), n);
        return;
    }
    note_oddities(t, piece, n);
    take_element(t, &e, piece, line, n, has_nul);
}

/* ---- splitting a line
 * ----------------------------------------------------------------- */

/* Where in s, behind its first octets, the next piece of a conversation begins: a
 * mark and an element, or in a line that holds a whole conversation any element. */
static size_t
find_split(struct slice s, bool is_crowded)
{
    static const struct slice marks[] = {
        SLICE_INIT(" >> "), SLICE_INIT(" << "), SLICE_INIT(" !! "), SLICE_INIT(" -> "),
        SLICE_INIT(" <- "), SLICE_INIT(" C: "), SLICE_INIT(" S: "), SLICE_INIT(" > "),
        SLICE_INIT(" < "),  SLICE_INIT(" -- "), SLICE_INIT(" | "),  SLICE_INIT(" => "),
        SLICE_INIT(" <= "),
    };
    enum postern_command command;

    for (size_t i = 5; i + 4 < s.len; i++) {
        struct slice rest = slice_skip(s, i);
        bool may_be_mark =
            s.ptr[i] == ' ' && memchr("><!-CS|=", s.ptr[i + 1], 8) != NULL;
        if (!may_be_mark && !(is_crowded && s.ptr[i - 1] == ' '))
            continue;
        for (size_t m = 0; may_be_mark && m < ARRAY_LEN(marks); m++) {
            if (!slice_has_prefix_fold(rest, marks[m]))
                continue;
            struct slice behind = words_trim(slice_skip(rest, marks[m].len));
            struct element before;
            if (m != 2 && !element_is_reply(behind) &&
                !element_is_command(behind, true, &command) &&
                !(behind.len > 0 && behind.ptr[0] == '.' && behind.len < 3))
                continue;
            element_find(slice_of(s.ptr, i), &before);
            bool is_forwarded = m == 3 && words_have(before.text, SLICE("returned"));
            if (before.kind != ELEMENT_TEXT && !is_forwarded)
                return i;
        }
        if (!is_crowded || s.ptr[i - 1] != ' ')
            continue;
        if (element_is_reply(rest) && rest.len > 3 &&
            postern_code_find((unsigned)(rest.ptr[0] - '0') * 100 +
                              (unsigned)(rest.ptr[1] - '0') * 10 +
                              (unsigned)(rest.ptr[2] - '0')) != NULL)
            return i;
        struct slice words = rest;
        struct slice verb = words_next(&words);
        if (verb.len >= 4 && verb.ptr[0] >= 'A' && verb.ptr[0] <= 'Z' &&
            verb.ptr[1] >= 'A' && verb.ptr[1] <= 'Z' &&
            command_find(verb) < POSTERN_UNIMPLEMENTED)
            return i;
    }
    return SIZE_MAX;
}

/* "250-SIZE 35882577250-8BITMIME250 SMTPUTF8": lines of a reply without their ends. */
static size_t
find_glued(struct slice s)
{
    if (!element_is_reply(s) || s.len < 12)
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
        struct slice head = slice_of(piece.ptr, (size_t)(whole.ptr - piece.ptr));
        (void)head;
        if (find_glued(whole) != SIZE_MAX) {
            while ((at = find_glued(whole)) != SIZE_MAX) {
                take_piece(t, slice_of(whole.ptr, at), line, n, has_nul);
                whole = slice_skip(whole, at);
            }
            take_piece(t, whole, line, n, has_nul);
            return;
        }
    }
    take_piece(t, piece, line, n, has_nul);
}

/* A line break that was written inside a line is one only where SMTP follows. */
static bool
is_break(struct slice behind)
{
    enum postern_command command;

    behind = words_trim(behind);
    return behind.len == 0 || element_is_reply(behind) ||
           element_is_command(behind, false, &command) ||
           memchr("<>-.", behind.ptr[0], 4) != NULL ||
           slice_has_prefix_fold(behind, SLICE("C: ")) ||
           slice_has_prefix_fold(behind, SLICE("S: "));
}

static void
take_split(struct transcript *t, struct slice s, uint32_t n, bool has_nul)
{
    struct slice line = s;
    bool crowded = (topics_find(&t->index, s) & TOPIC_CROWD) != 0;
    size_t at;

    while (s.len > 0 && (at = find_split(s, crowded)) != SIZE_MAX) {
        take_glued(t, slice_of(s.ptr, at), line, n, has_nul);
        s = slice_skip(s, at);
    }
    take_glued(t, s, line, n, has_nul);
}

/* One word of letters and digits: base64 of an attachment, mostly. */
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
    take_content(t, line, n);
    size_t dot = words_find(line, SLICE("\n.\n"));
    if (dot != SIZE_MAX || words_have(line, SLICE("\n.\"")) ||
        words_have(line, SLICE("\n.'")))
        take_content(t, SLICE("."), n);
    return true;
}

/* One physical line: cleaned, then cut at the breaks written into it. */
static void
take_line(struct transcript *t, struct slice line, uint32_t n)
{
    size_t mark = t->arena.used;
    struct slice clean = line;
    bool has_nul = line.len > 0 && memchr(line.ptr, '\0', line.len) != NULL;

    t->is_kept = false;
    if (t->is_in_content && t->content >= 0 && is_plain_content(line)) {
        take_content(t, line, n);
        return;
    }
    if (line.len > LINE_LOOKED_AT && t->is_in_content) {
        take_content(t, line, n);
        return;
    }
    if (line.len > LINE_LOOKED_AT * 8)
        clean.len = line.len = LINE_LOOKED_AT * 8;
    if (has_nul)
        note_once(&t->oddities.nul, n);
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
    if (!t->is_kept)
        t->arena.used = mark; /* no event borrows from it */
}

/* ---- one token a line
 * ------------------------------------------------------------------- */

/* Most lines are a single word, and some of them a bare code: a column copied out of
 * a table, or a terminal of one word's width. */
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
        codes += line.len == 3 && element_is_reply(line);
    }
    return lines >= 8 && single * 20 >= lines * 19 && codes >= 2;
}

static void
flush_tokens(struct transcript *t)
{
    if (t->token.len > 0)
        take_line(t, t->token, t->token_line);
    t->token = slice_of(NULL, 0);
}

static void
take_token(struct transcript *t, struct slice word, uint32_t n)
{
    word = words_trim(word);
    if (word.len == 0)
        return;
    bool is_verb = word.len >= 4 && ascii_upper(word.ptr[0]) == word.ptr[0] &&
                   ascii_upper(word.ptr[1]) == word.ptr[1] &&
                   command_find(word) < POSTERN_UNIMPLEMENTED;
    if (element_is_reply(word) || is_verb)
        flush_tokens(t);
    if (t->token.len == 0) {
        t->token_line = n;
        arena_begin(&t->arena);
    } else {
        t->arena.open = (size_t)(t->token.ptr - t->octets);
        arena_octet(&t->arena, ' ');
    }
    arena_add(&t->arena, word);
    t->token = arena_end(&t->arena);
}

/* ---- the doors
 * ----------------------------------------------------------------------------- */

void
transcript_start(struct transcript *t)
{
    memset(&t->count, 0,
           offsetof(struct transcript, octets) - offsetof(struct transcript, count));
    topics_start(&t->index);
    t->arena.ptr = t->octets;
    t->arena.size = sizeof(t->octets);
    t->open = t->cut = -1;
    t->content = -1;
    t->token = slice_of(NULL, 0);
    t->sasl = 0;
    t->is_in_content = t->is_sasl_due = false;
}

/* Cut the first line off, whatever ends it: LF, CR LF, or CR alone. */
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

/* The line may hold a refusal: 4yz or 5yz, apart from other words. */
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

/* A line in the middle of a long paste: false if it need not be read. */
static bool
is_worth_reading(struct transcript *t, struct slice line, unsigned *left)
{
    if (t->is_in_content && t->content >= 0)
        return true; /* cheap, and the final dot may be near */
    if (*left > 0 && may_refuse(line)) {
        --*left;
        return true;
    }
    t->skipped++;
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
        paste = clean_utf16(paste, &t->arena);
        t->was_utf16 = true;
    }
    bool tokenised = is_tokenised(paste), is_long = paste.len > LONG_PASTE;
    size_t middle = paste.len - LONG_END; /* what is left to read where it begins */
    while (paste.len > 0) {
        bool is_middle = is_long && paste.len < middle && paste.len > LONG_END;
        struct slice line = next_line(&paste);
        t->lines++;
        if (is_middle && !is_worth_reading(t, line, &left))
            continue;
        if (tokenised)
            take_token(t, line, t->lines);
        else
            take_line(t, line, t->lines);
    }
    flush_tokens(t);
    transcript_finish(t);
}

void
transcript_note(struct transcript *t, const struct postern_note *note, uint32_t n)
{
    struct event *last = event_last(t);

    if (note->kind == POSTERN_NOTE_REPLY && t->open >= 0) {
        struct event *reply = &t->events[t->open];
        join_reply(t, reply,
                   note->octets.len > 4 ? slice_skip(note->octets, 4)
                                        : slice_of(note->octets.ptr, 0));
        reply->last_line = n;
        reply->is_complete = note->is_last;
        reply->note.after = note->after;
        if (note->is_last)
            t->open = -1;
        return;
    }
    (void)last;
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
        t->oddities.cut_content = t->events[t->content].line;
    t->open = -1;
}
