/* test_pattern - the machine of catalog/pattern.c with programs written by hand, and
 * with those of the catalog
 *
 * The machine runs programs of one table, which is made when the tree is built. For
 * the programs below it is compiled a second time here, over tables of our own.
 */
#include "unit.h"

#define catalog_steps        hand_steps
#define catalog_sets         hand_sets
#define pattern_match_start  hand_match_start
#define pattern_match_skip   hand_match_skip
#define pattern_match_inside hand_match_inside
#include "catalog/pattern.c"
#undef catalog_steps
#undef catalog_sets
#undef pattern_match_start
#undef pattern_match_skip
#undef pattern_match_inside

#include "base/ascii.h"
#include "catalog/wording.h"
#include "guard.h"

bool pattern_match_start(const struct pattern *pattern, struct slice text,
                         struct slice *group_out);
bool pattern_match_skip(const struct pattern *pattern, struct slice text, size_t skip);
bool pattern_match_inside(const struct pattern *pattern, struct slice text);

/* 0: digits */
const struct pattern_set hand_sets[] = {{.bits = {0, 0x03ff0000}}};

#define OCTET(c)                                                                       \
    {                                                                                  \
        PATTERN_OCTET, c, 0, 0                                                         \
    }
#define OP(op, a, b)                                                                   \
    {                                                                                  \
        PATTERN_##op, 0, a, b                                                          \
    }

enum { MATCH_ALL, LITERAL, DIGITS, DIGITS_LAZY, EITHER, LOOP, ENDED, STARTED, ANY_TWO };

static const uint32_t programs[] = {
    [MATCH_ALL] = 0, [LITERAL] = 1, [DIGITS] = 4,   [DIGITS_LAZY] = 10, [EITHER] = 16,
    [LOOP] = 22,     [ENDED] = 28,  [STARTED] = 31, [ANY_TWO] = 34,
};

const struct pattern_step hand_steps[] = {
    /* nothing at all */
    OP(MATCH, 0, 0),
    /* ab */
    OCTET('a'),
    OCTET('b'),
    OP(MATCH, 0, 0),
    /* ([0-9]+): as many as there are */
    OP(OPEN, 0, 0),
    OP(SET, 0, 0),
    OP(SPLIT, 1, 3),
    OP(CLOSE, 0, 0),
    OCTET(':'),
    OP(MATCH, 0, 0),
    /* ([0-9]+?) as few as will do */
    OP(OPEN, 0, 0),
    OP(SET, 0, 0),
    OP(SPLIT, 3, 1),
    OP(CLOSE, 0, 0),
    OP(MATCH, 0, 0),
    OP(MATCH, 0, 0),
    /* a|b and then x */
    OP(SPLIT, 1, 3),
    OCTET('a'),
    OP(JUMP, 4, 0),
    OCTET('b'),
    OCTET('x'),
    OP(MATCH, 0, 0),
    /* (a*)*b, which a machine that goes back would need for ever */
    OP(SPLIT, 1, 4),
    OP(SPLIT, 2, 0),
    OCTET('a'),
    OP(JUMP, 1, 0),
    OCTET('b'),
    OP(MATCH, 0, 0),
    /* a$ */
    OCTET('a'),
    OP(END, 0, 0),
    OP(MATCH, 0, 0),
    /* ^a */
    OP(START, 0, 0),
    OCTET('a'),
    OP(MATCH, 0, 0),
    /* .. */
    OP(ANY, 0, 0),
    OP(ANY, 0, 0),
    OP(MATCH, 0, 0),
};

static const uint16_t sizes[] = {
    [MATCH_ALL] = 1, [LITERAL] = 3, [DIGITS] = 6,  [DIGITS_LAZY] = 6, [EITHER] = 6,
    [LOOP] = 6,      [ENDED] = 3,   [STARTED] = 3, [ANY_TWO] = 3,
};

static struct pattern
pattern_of(int program, struct slice prefix)
{
    struct pattern pattern = {
        .prefix = prefix, .program = programs[program], .steps = sizes[program]};

    memset(&pattern.first, 0xff, sizeof pattern.first);
    return pattern;
}

struct match_case {
    const char *name;
    int program;
    struct slice prefix, text;
    bool is_match;
    struct slice group;
};

static const struct match_case starts[] = {
    {.name = "an empty program matches everything",
     .program = MATCH_ALL,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("abc"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "a prefix is enough",
     .program = MATCH_ALL,
     .prefix = SLICE_INIT("550 "),
     .text = SLICE_INIT("550 no"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "a prefix that is not there",
     .program = MATCH_ALL,
     .prefix = SLICE_INIT("550 "),
     .text = SLICE_INIT("551 no"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "a text shorter than the prefix",
     .program = MATCH_ALL,
     .prefix = SLICE_INIT("550 "),
     .text = SLICE_INIT("550"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "octets in a row",
     .program = LITERAL,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("abc"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "octets in a row, not at the start",
     .program = LITERAL,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("xab"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "octets cut off",
     .program = LITERAL,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("a"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "octets behind a prefix",
     .program = LITERAL,
     .prefix = SLICE_INIT("x"),
     .text = SLICE_INIT("xab"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "a group of a set",
     .program = DIGITS,
     .prefix = SLICE_INIT("id="),
     .text = SLICE_INIT("id=12345: x"),
     .is_match = true,
     .group = SLICE_INIT("12345")},
    {.name = "a group of one",
     .program = DIGITS,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("7:"),
     .is_match = true,
     .group = SLICE_INIT("7")},
    {.name = "a set that is not met",
     .program = DIGITS,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("x:"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "a set that does not end",
     .program = DIGITS,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("12345"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "the branch that is first wins",
     .program = DIGITS_LAZY,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("12345"),
     .is_match = true,
     .group = SLICE_INIT("1")},
    {.name = "one branch",
     .program = EITHER,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("ax"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "the other branch",
     .program = EITHER,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("bx"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "no branch",
     .program = EITHER,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("cx"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "a branch without what follows",
     .program = EITHER,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("ay"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "a loop in a loop",
     .program = LOOP,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("aaab"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "a loop in a loop, none",
     .program = LOOP,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("b"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "a loop in a loop without its end",
     .program = LOOP,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("aaaac"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "the end of the text",
     .program = ENDED,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("a"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "not the end of the text",
     .program = ENDED,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("ab"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "the start of the text",
     .program = STARTED,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("ab"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "behind a prefix is no start",
     .program = STARTED,
     .prefix = SLICE_INIT("x"),
     .text = SLICE_INIT("xa"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "any octet, NUL and high ones",
     .program = ANY_TWO,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("\0\xff"),
     .is_match = true,
     .group = SLICE_INIT("")},
    {.name = "any octet is not none",
     .program = ANY_TWO,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT("x"),
     .is_match = false,
     .group = SLICE_INIT("")},
    {.name = "nothing in an empty text",
     .program = LITERAL,
     .prefix = SLICE_INIT(""),
     .text = SLICE_INIT(""),
     .is_match = false,
     .group = SLICE_INIT("")},
};

static void
programs_match_at_the_start(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 200);
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        const struct match_case *c = &starts[i];
        struct pattern pattern = pattern_of(c->program, c->prefix);
        struct slice text = guard_copy(&guard, c->text), group = {NULL, 7};

        CASE(c->name, hand_match_start(&pattern, text, &group) == c->is_match);
        CASE_SLICE(c->name, group, c->group);
        CASE(c->name, hand_match_start(&pattern, text, NULL) == c->is_match);
        CASE(c->name, hand_match_skip(&pattern, text, 0) == c->is_match);
    }
    guard_clear(&guard);
}

static void
programs_match_inside_of_a_text(void **state)
{
    static const struct {
        const char *name;
        int program;
        struct slice text;
        bool is_match;
    } cases[] = {
        {.name = "at the start",
         .program = LITERAL,
         .text = SLICE_INIT("abx"),
         .is_match = true},
        {.name = "in the middle",
         .program = LITERAL,
         .text = SLICE_INIT("xxabx"),
         .is_match = true},
        {.name = "at the end",
         .program = LITERAL,
         .text = SLICE_INIT("xxab"),
         .is_match = true},
        {.name = "behind a false start",
         .program = LITERAL,
         .text = SLICE_INIT("aab"),
         .is_match = true},
        {.name = "nowhere",
         .program = LITERAL,
         .text = SLICE_INIT("a b a"),
         .is_match = false},
        {.name = "nothing",
         .program = LITERAL,
         .text = SLICE_INIT(""),
         .is_match = false},
        {.name = "the end, not before it",
         .program = ENDED,
         .text = SLICE_INIT("axa"),
         .is_match = true},
        {.name = "no end",
         .program = ENDED,
         .text = SLICE_INIT("axx"),
         .is_match = false},
        {.name = "the start only",
         .program = STARTED,
         .text = SLICE_INIT("xa"),
         .is_match = false},
        {.name = "one branch further on",
         .program = EITHER,
         .text = SLICE_INIT("aabx"),
         .is_match = true},
        {.name = "a set further on",
         .program = DIGITS,
         .text = SLICE_INIT("queued as 42: x"),
         .is_match = true},
    };
    struct guard guard;

    (void)state;
    guard_init(&guard, 200);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct pattern pattern = pattern_of(cases[i].program, SLICE(""));
        CASE(cases[i].name,
             hand_match_inside(&pattern, guard_copy(&guard, cases[i].text)) ==
                 cases[i].is_match);
    }
    guard_clear(&guard);
}

static void
only_octets_that_begin_a_match_are_begun_at(void **state)
{
    struct pattern pattern = pattern_of(LITERAL, SLICE(""));

    (void)state;
    memset(&pattern.first, 0, sizeof pattern.first);
    pattern.first.bits['a' / 32] = 1u << 'a' % 32;
    assert_true(hand_match_inside(&pattern, SLICE("xxab")));
    pattern.first.bits['a' / 32] = 0;
    assert_false(hand_match_inside(&pattern, SLICE("xxab")));
}

static void
the_front_of_a_prefix_may_be_left_out(void **state)
{
    struct pattern pattern = pattern_of(LITERAL, SLICE("550 no "));

    (void)state;
    assert_true(hand_match_skip(&pattern, SLICE("450 no ab"), 4));
    assert_true(hand_match_skip(&pattern, SLICE("xxxxxxxab"), 7));
    assert_false(hand_match_skip(&pattern, SLICE("450 nO ab"), 4));
    assert_false(hand_match_skip(&pattern, SLICE("450 no"), 4));
    assert_false(hand_match_start(&pattern, SLICE("450 no ab"), NULL));
}

/* Time is text × program: thousands of octets for a loop in a loop end at once. */
static void
loops_in_loops_come_to_an_end(void **state)
{
    static char text[20000];
    struct pattern pattern = pattern_of(LOOP, SLICE(""));

    (void)state;
    memset(text, 'a', sizeof text);
    assert_false(hand_match_start(&pattern, slice_of(text, sizeof text), NULL));
    assert_false(hand_match_inside(&pattern, slice_of(text, sizeof text)));
    text[sizeof text - 1] = 'b';
    assert_true(hand_match_start(&pattern, slice_of(text, sizeof text), NULL));
}

static void
a_set_has_its_octets(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++)
        assert_int_equal(pattern_set_has(&hand_sets[0], (char)c), c >= '0' && c <= '9');
}

static void
hashes_are_in_their_range(void **state)
{
    (void)state;
    assert_in_range(pattern_hash("\xff\xff\xff"), 0, PATTERN_HASHES - 1);
    assert_in_range(pattern_hash("\0\0\0"), 0, PATTERN_HASHES - 1);
    assert_int_equal(pattern_hash("abc"), pattern_hash("abcd"));
    assert_int_not_equal(pattern_hash("abc"), pattern_hash("abd"));
}

/* Each sample of the catalog, cut at every octet and at an unreadable page: the
 * pattern holds for the whole, and a beginning never reads past its end. */
static void
patterns_of_the_catalog_stay_in_their_text(void **state)
{
    struct guard guard;
    char text[POSTERN_REPLY_TEXT_MAX];

    (void)state;
    guard_init(&guard, sizeof text);
    for (size_t i = 0; i < postern_wording_count; i += 7) {
        const struct pattern *pattern = &catalog_wording_patterns[i];
        struct slice sample = postern_wordings[i].sample, group;

        for (size_t n = 0; n < sample.len; n++)
            text[n] = ascii_lower(sample.ptr[n]);
        if (text[3] == '-')
            text[3] = ' ';
        for (size_t len = 0; len <= sample.len; len++) {
            struct slice part = guard_copy(&guard, slice_of(text, len));
            if (len < pattern->prefix.len)
                CASE(postern_wordings[i].name.ptr,
                     !pattern_match_start(pattern, part, NULL));
            if (pattern_match_start(pattern, part, &group))
                CASE(postern_wordings[i].name.ptr,
                     group.len == 0 || (group.ptr >= part.ptr &&
                                        group.ptr + group.len <= part.ptr + part.len));
            pattern_match_inside(pattern, part);
        }
        if (pattern->prefix.len >= 4) {
            text[0] = '#';
            CASE(postern_wordings[i].name.ptr,
                 !pattern_match_start(pattern, slice_of(text, sample.len), NULL));
            CASE(postern_wordings[i].name.ptr,
                 pattern_match_skip(pattern, slice_of(text, sample.len), 4));
        }
    }
    guard_clear(&guard);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_match_at_the_start),
        cmocka_unit_test(programs_match_inside_of_a_text),
        cmocka_unit_test(only_octets_that_begin_a_match_are_begun_at),
        cmocka_unit_test(the_front_of_a_prefix_may_be_left_out),
        cmocka_unit_test(loops_in_loops_come_to_an_end),
        cmocka_unit_test(a_set_has_its_octets),
        cmocka_unit_test(hashes_are_in_their_range),
        cmocka_unit_test(patterns_of_the_catalog_stay_in_their_text),
    };

    return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
