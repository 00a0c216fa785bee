/* test_body.c - the automaton against the table of protocol 3.13.1, octet by octet
 *
 * The reference below is the table and nothing else: one octet in, some octets out.
 * Random content of the octets that matter goes through both, the automaton cut at
 * every place.
 */
#include "unit.h"

#include "base/escape.h"
#include "engine/body.h"
#include "guard.h"

#include <stdio.h>

enum { LONGEST = 4096 };

/* ---- the reference ------------------------------------------------------- */

struct reference {
    enum { BOL, DOT, DOTCR, TXT, CR1 } state;
    enum body_framing framing;
    bool is_normalizing;
    bool lf, cr, nul, high, ended;
    char out[LONGEST];
    size_t len;
};

static void
emit(struct reference *r, const char *octets, size_t len)
{
    memcpy(r->out + r->len, octets, len);
    r->len += len;
}

/* A bare CR or LF is kept, or becomes a line end. */
static void
emit_bare(struct reference *r, char octet)
{
    if (octet == '\n')
        r->lf = true;
    else
        r->cr = true;
    if (r->is_normalizing)
        emit(r, "\r\n", 2);
    else
        emit(r, &octet, 1);
}

static void
step_text(struct reference *r, char c)
{
    if (c == '\r') {
        r->state = CR1;
    } else if (c == '\n') {
        emit_bare(r, c);
        r->state = TXT;
    } else {
        emit(r, &c, 1);
        r->state = TXT;
    }
}

static void
step_line_start(struct reference *r, char c)
{
    if (c == '.' && r->framing == BODY_DOTTED)
        r->state = DOT;
    else
        step_text(r, c);
}

static void
step_dot(struct reference *r, char c)
{
    if (c == '.') {
        emit(r, ".", 1);
        r->state = TXT;
    } else if (c == '\r') {
        r->state = DOTCR;
    } else {
        step_text(r, c);
    }
}

/* A held CR, and then c. */
static void
step_cr(struct reference *r, char c)
{
    if (c == '\n') {
        emit(r, "\r\n", 2);
        r->state = BOL;
        return;
    }
    emit_bare(r, '\r');
    if (c == '\r')
        r->state = CR1;
    else
        step_text(r, c);
}

static void
step_dot_cr(struct reference *r, char c)
{
    if (c == '\n')
        r->ended = true;
    else
        step_cr(r, c);
}

static void
step(struct reference *r, char c)
{
    r->nul |= c == '\0';
    r->high |= (c & 0x80) != 0;
    if (r->framing == BODY_BINARY) {
        emit(r, &c, 1);
        return;
    }
    switch (r->state) {
    case BOL:
        step_line_start(r, c);
        break;
    case DOT:
        step_dot(r, c);
        break;
    case DOTCR:
        step_dot_cr(r, c);
        break;
    case TXT:
        step_text(r, c);
        break;
    case CR1:
        step_cr(r, c);
        break;
    }
}

/* The octets used. */
static size_t
refer(struct reference *r, struct slice input)
{
    size_t i = 0;

    while (i < input.len && !r->ended)
        step(r, input.ptr[i++]);
    if (r->framing == BODY_LINES) {
        if (r->state == CR1)
            emit_bare(r, '\r');
        bool is_whole = r->len == 0 || (r->len >= 2 && r->out[r->len - 2] == '\r' &&
                                        r->out[r->len - 1] == '\n');
        if (!is_whole)
            emit(r, "\r\n", 2);
    }
    return i;
}

/* ---- the automaton ------------------------------------------------------- */

struct result {
    char out[LONGEST];
    size_t len, used;
    bool ended;
    struct body body;
};

/* Give one piece; false: the end mark was found. */
static bool
feed(struct result *result, struct slice piece)
{
    unsigned idle = 0;

    while (piece.len > 0 && idle < 3) {
        struct slice run = SLICE("");
        size_t used = 0;
        enum body_result end = body_take(&result->body, piece, &used, &run);

        assert_true(used <= piece.len && run.len <= LONGEST - result->len);
        if (run.len > 0)
            memcpy(result->out + result->len, run.ptr, run.len);
        result->len += run.len;
        result->used += used;
        piece = slice_skip(piece, used);
        idle = used > 0 || run.len > 0 ? 0 : idle + 1;
        if (end == BODY_END) {
            result->ended = true;
            return false;
        }
    }
    assert_int_equal(piece.len, 0);
    return true;
}

static void
begin(struct result *result, enum body_framing framing, bool is_normalizing)
{
    result->len = result->used = 0;
    result->ended = false;
    body_init(&result->body, framing, 0, is_normalizing);
}

static void
finish(struct result *result)
{
    if (result->ended)
        return;
    struct slice rest = body_finish(&result->body);
    if (rest.len > 0)
        memcpy(result->out + result->len, rest.ptr, rest.len);
    result->len += rest.len;
}

static void
compare(const char *name, const struct reference *r, size_t used, struct result *result)
{
    CASE(name, result->ended == r->ended);
    CASE(name, !r->ended || result->used == used);
    CASE_SLICE(name, slice_of(result->out, result->len), slice_of(r->out, r->len));
    CASE(name, result->body.octets == r->len);
    if (r->framing != BODY_BINARY) {
        CASE(name, result->body.has_8bit == r->high);
        CASE(name, result->body.has_nul == r->nul);
        CASE(name, result->body.has_bare_lf == r->lf);
        CASE(name, result->body.has_bare_cr == r->cr);
    }
}

/* A DATA content without its end mark holds octets back: nothing to compare then
 * but what has come out so far. */
static void
check(const char *name, struct slice input, enum body_framing framing,
      bool is_normalizing, struct guard *guard)
{
    static struct reference r;
    static struct result result;

    memset(&r, 0, sizeof r);
    r.framing = framing;
    r.is_normalizing = is_normalizing;
    size_t used = refer(&r, input);

    for (size_t cut = 0; cut <= input.len; cut++) {
        begin(&result, framing, is_normalizing);
        if (feed(&result, guard_copy(guard, slice_of(input.ptr, cut))))
            feed(&result, guard_copy(guard, slice_skip(input, cut)));
        if (framing != BODY_DOTTED)
            finish(&result);
        if (framing != BODY_DOTTED || r.ended)
            compare(name, &r, used, &result);
        else
            CASE(name, !result.ended && result.len <= r.len);
    }
    begin(&result, framing, is_normalizing);
    for (size_t i = 0; i < input.len; i++)
        if (!feed(&result, guard_copy(guard, slice_of(input.ptr + i, 1))))
            break;
    if (framing != BODY_DOTTED)
        finish(&result);
    if (framing != BODY_DOTTED || r.ended)
        compare(name, &r, used, &result);
}

static void
check_everyhow(const char *what, struct slice input, struct guard *guard)
{
    static const char *const framings[] = {"dotted", "lines", "binary"};
    char octets[300], name[360];

    escape_octets(input, octets, sizeof octets);
    for (int framing = BODY_DOTTED; framing <= BODY_BINARY; framing++) {
        for (int normalize = 0; normalize < 2; normalize++) {
            snprintf(name, sizeof name, "%s, %s%s: %s", what, framings[framing],
                     normalize ? ", normalized" : "", octets);
            check(name, input, (enum body_framing)framing, normalize == 1, guard);
        }
    }
}

/* ---- tests --------------------------------------------------------------- */

/* The rows of protocol 3.13.2, and those of protocol G.6. */
static const struct slice rows[] = {
    SLICE_INIT("x\r\n.\r\n"),
    SLICE_INIT("x\n.\nM\r\n.\r\n"),
    SLICE_INIT("x\n.\r\nM\r\n.\r\n"),
    SLICE_INIT("x\r\n.\nM\r\n.\r\n"),
    SLICE_INIT("x\r.\rM\r\n.\r\n"),
    SLICE_INIT("x\r.\r\nM\r\n.\r\n"),
    SLICE_INIT("x\r\n.\rM\r\n.\r\n"),
    SLICE_INIT("x\n.\rM\r\n.\r\n"),
    SLICE_INIT("x\n\n.\r\nM\r\n.\r\n"),
    SLICE_INIT("x\r\r\n.\r\n"),
    SLICE_INIT("x\r\n.\r\r\nM\r\n.\r\n"),
    SLICE_INIT("x\r\n\0.\r\nM\r\n.\r\n"),
    SLICE_INIT("x\r\n.\0\r\nM\r\n.\r\n"),
    SLICE_INIT("x\r\n .\r\nM\r\n.\r\n"),
    SLICE_INIT("x\r\n. \r\nM\r\n.\r\n"),
    SLICE_INIT("x\r\n..\r\nM\r\n.\r\n"),
    SLICE_INIT(".\r\n"),
    SLICE_INIT("\r\n.\r\n"),
    SLICE_INIT("..a\r\n.b\r\n.\r\n"),
    SLICE_INIT("..\r\n...\r\n..a\r\na.\r\n.\r\n"),
    SLICE_INIT("\x80\xff\r\n.\r\n"),
    SLICE_INIT(""),
    SLICE_INIT("a"),
    SLICE_INIT("a\r"),
    SLICE_INIT("a\r\n"),
    SLICE_INIT(".\r"),
};

static void
attacks_end_as_the_handbook_says(void **state)
{
    struct guard guard;
    char name[20];

    (void)state;
    guard_init(&guard, LONGEST);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        snprintf(name, sizeof name, "row %zu", i);
        check_everyhow(name, rows[i], &guard);
    }
    guard_clear(&guard);
}

/* All contents of the octets that matter up to seven of them. */
static void
all_short_contents_agree(void **state)
{
    static const char octets[] = {'.', '\r', '\n', 'x', '\0'};
    struct guard guard;
    char text[7];

    (void)state;
    guard_init(&guard, LONGEST);
    for (size_t len = 1, count = 5; len <= 7; len++, count *= 5) {
        for (size_t n = 0; n < count; n++) {
            size_t rest = n;
            for (size_t i = 0; i < len; i++, rest /= 5)
                text[i] = octets[rest % 5];
            check_everyhow("short content", slice_of(text, len), &guard);
        }
    }
    guard_clear(&guard);
}

static uint64_t
next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void
random_contents_agree(void **state)
{
    static const char octets[] = "..\r\r\n\n\r\n.x\0\x80 ";
    struct guard guard;
    uint64_t seed = 0x243f6a8885a308d3u;
    char text[220];

    (void)state;
    guard_init(&guard, LONGEST);
    for (int n = 0; n < 2000; n++) {
        size_t len = next_random(&seed) % 200;
        bool is_long = next_random(&seed) % 2;

        for (size_t i = 0; i < len; i++)
            text[i] = is_long && next_random(&seed) % 8 != 0
                          ? 'y'
                          : octets[next_random(&seed) % (sizeof octets - 1)];
        memcpy(text + len, "\r\n.\r\n", 5);
        check_everyhow("random content", slice_of(text, len + 5), &guard);
    }
    guard_clear(&guard);
}

struct hops_case {
    const char *name;
    struct slice content;
    uint32_t hops;
};

static const struct hops_case hops_cases[] = {
    {.name = "none", .content = SLICE_INIT("Subject: x\r\n\r\nReceived: y\r\n.\r\n")},
    {.name = "one first", .content = SLICE_INIT("Received: x\r\n\r\n.\r\n"), .hops = 1},
    {.name = "in any letter case",
     .content = SLICE_INIT("rEcEiVeD: x\r\nRECEIVED:y\r\n\r\n.\r\n"),
     .hops = 2},
    {.name = "after another field",
     .content = SLICE_INIT("A: b\r\nReceived: x\r\n\r\n.\r\n"),
     .hops = 1},
    {.name = "other fields do not count",
     .content = SLICE_INIT("X-Received: x\r\nReceived-SPF: x\r\n Received: "
                           "x\r\nReceive: x\r\n\r\n.\r\n")},
    {.name = "after the header nothing counts",
     .content = SLICE_INIT("Received: x\r\n\r\nReceived: y\r\nReceived: z\r\n.\r\n"),
     .hops = 1},
    {.name = "an empty header has none",
     .content = SLICE_INIT("\r\nReceived: y\r\n.\r\n")},
};

/* S-60: the Received fields of the top header block. */
static void
received_fields_are_counted(void **state)
{
    static struct result result;
    struct guard guard;

    (void)state;
    guard_init(&guard, LONGEST);
    for (size_t i = 0; i < ARRAY_LEN(hops_cases); i++) {
        const struct hops_case *c = &hops_cases[i];
        for (size_t cut = 0; cut <= c->content.len; cut++) {
            begin(&result, BODY_DOTTED, false);
            if (feed(&result, guard_copy(&guard, slice_of(c->content.ptr, cut))))
                feed(&result, guard_copy(&guard, slice_skip(c->content, cut)));
            CASE(c->name, result.ended && result.body.hops == c->hops);
        }
    }
    guard_clear(&guard);
}

struct length_case {
    const char *name;
    struct slice content;
    bool is_long; /* with a limit of four */
};

static const struct length_case length_cases[] = {
    {.name = "as long as may be", .content = SLICE_INIT("1234\r\n.\r\n")},
    {.name = "one more", .content = SLICE_INIT("12345\r\n.\r\n"), .is_long = true},
    {.name = "a stuffed dot does not count", .content = SLICE_INIT("..234\r\n.\r\n")},
    {.name = "a dot that stays does",
     .content = SLICE_INIT("..2345\r\n.\r\n"),
     .is_long = true},
    {.name = "the second line counts from its start",
     .content = SLICE_INIT("1234\r\n1234\r\n.\r\n")},
    {.name = "any line may be the long one",
     .content = SLICE_INIT("1\r\n12345\r\n1\r\n.\r\n"),
     .is_long = true},
    {.name = "nothing is not long", .content = SLICE_INIT(".\r\n")},
};

/* RFC 5321 4.5.3.1.6. */
static void
long_lines_are_reported(void **state)
{
    static struct result result;
    struct guard guard;

    (void)state;
    guard_init(&guard, LONGEST);
    for (size_t i = 0; i < ARRAY_LEN(length_cases); i++) {
        const struct length_case *c = &length_cases[i];
        for (size_t cut = 0; cut <= c->content.len; cut++) {
            result.len = result.used = 0;
            result.ended = false;
            body_init(&result.body, BODY_DOTTED, 4, false);
            if (feed(&result, guard_copy(&guard, slice_of(c->content.ptr, cut))))
                feed(&result, guard_copy(&guard, slice_skip(c->content, cut)));
            CASE(c->name, result.ended && result.body.has_long_line == c->is_long);
        }
    }
    guard_clear(&guard);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attacks_end_as_the_handbook_says),
        cmocka_unit_test(all_short_contents_agree),
        cmocka_unit_test(random_contents_agree),
        cmocka_unit_test(received_fields_are_counted),
        cmocka_unit_test(long_lines_are_reported),
    };
    return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
