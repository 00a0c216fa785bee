#include "unit.h"

#include "base/attr.h"
#include "base/utf8.h"
#include "diagram/diagram.h"
#include "diagram/pen.h"
#include "engine/command.h"
#include "engine/order.h"
#include "guard.h"

enum { LAST = POSTERN_COMMAND_COUNT, WORDS, NONE = WORDS, PICTURE_MAX = 64 * 1024 };

/* [from][word][to]: the command leads there */
typedef bool steps[POSTERN_PHASE_COUNT][WORDS + 1][POSTERN_PHASE_COUNT];

static const struct {
    const char *name;
    struct diagram_options options;
} kinds[] = {
    {.name = "SMTP"},
    {.name = "SMTP with XCLIENT", .options = {.has_xclient = true}},
    {.name = "LMTP", .options = {.is_lmtp = true}},
    {.name = "LMTP with XCLIENT", .options = {.is_lmtp = true, .has_xclient = true}},
};

static bool
is_in_session(const struct diagram_options *options, enum postern_command command)
{
    switch ((int)command) {
    case POSTERN_LHLO:
        return options->is_lmtp;
    case POSTERN_HELO:
    case POSTERN_EHLO:
        return !options->is_lmtp;
    case POSTERN_XCLIENT:
        return options->has_xclient;
    default:
        return true;
    }
}

/* Walk the order table from one phase on: what is accepted, and what is refused and
 * moves the session all the same. */
static void
walk(const struct diagram_options *options, enum postern_phase phase, bool is_helo,
     bool (*seen)[2], steps accepted, steps refused)
{
    if (seen[phase][is_helo])
        return;
    seen[phase][is_helo] = true;
    for (int word = 0; word <= NONE; word++) {
        enum postern_command command =
            word == LAST ? POSTERN_BDAT : (enum postern_command)word;
        uint32_t facts = (is_helo ? FACT_HELO : 0u) | (word == LAST ? FACT_LAST : 0u) |
                         (options->is_lmtp ? FACT_LMTP : 0u);
        if (word < LAST && !is_in_session(options, command))
            continue;
        struct order_step step =
            word == NONE ? order_end(phase) : order_check(phase, command, facts);
        enum postern_phase next = order_next(step, phase, is_helo);
        bool is_again = step.next == phase && step.refusal == POSTERN_REPLY_NONE;
        if (next == phase && !is_again)
            continue;
        (step.refusal == POSTERN_REPLY_NONE ? accepted : refused)[phase][word][next] =
            true;
        walk(options, next,
             next == POSTERN_PHASE_HELO || (is_helo && next != POSTERN_PHASE_EHLO &&
                                            next != POSTERN_PHASE_GREETED),
             seen, accepted, refused);
    }
}

/* ---- reading a picture ------------------------------------------------------- */

static struct slice
draw(enum postern_language language, const struct diagram_options *options)
{
    static char picture[PICTURE_MAX];

    return slice_of(picture,
                    diagram_write(language, options, picture, sizeof(picture)));
}

/* Where needle begins in text, or NULL. */
static const char *
find(struct slice text, const char *needle)
{
    return memmem(text.ptr, text.len, needle, strlen(needle));
}

/* The value of an attribute in the first tag of text. */
static struct slice
attribute(struct slice text, const char *name)
{
    struct slice value, rest;
    const char *at = find(text, name);

    assert_non_null(at);
    at += strlen(name);
    slice_cut(slice_of(at, (size_t)(text.ptr + text.len - at)), '"', &value, &rest);
    return value;
}

static enum postern_phase
phase_named(struct slice name)
{
    for (int i = 0; i < POSTERN_PHASE_COUNT; i++) {
        if (slice_is_equal(name, slice_from(postern_phase_name((enum postern_phase)i))))
            return (enum postern_phase)i;
    }
    fail_msg("no phase %.*s", (int)name.len, name.ptr);
    return POSTERN_PHASE_COUNT;
}

static int
word_named(struct slice name)
{
    if (name.len == 0)
        return NONE;
    return slice_is_equal(name, SLICE("BDAT LAST")) ? LAST : (int)command_find(name);
}

/* The next element of picture with that class, up to the next one; false: no more. */
static bool
next_group(struct slice *picture, const char *mark, struct slice *group_out)
{
    const char *at = find(*picture, mark);

    if (at == NULL)
        return false;
    *group_out = slice_of(at, (size_t)(picture->ptr + picture->len - at));
    const char *end = find(*group_out, "</g>");
    assert_non_null(end);
    group_out->len = (size_t)(end - at);
    *picture = slice_of(end, (size_t)(picture->ptr + picture->len - end));
    return true;
}

static bool
leads(steps all, enum postern_phase from, enum postern_phase to)
{
    for (int word = 0; word <= NONE; word++) {
        if (all[from][word][to])
            return true;
    }
    return false;
}

static void
every_step_of_the_order_table_is_an_edge_and_nothing_else_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        bool seen[POSTERN_PHASE_COUNT][2] = {{false}};
        steps accepted = {{{false}}}, refused = {{{false}}}, drawn = {{{false}}};
        struct slice picture = draw(POSTERN_EN, &kinds[i].options), edge;

        walk(&kinds[i].options, POSTERN_PHASE_GREETED, false, seen, accepted, refused);
        walk(&kinds[i].options, POSTERN_PHASE_REFUSED, false, seen, accepted, refused);
        while (next_group(&picture, "<g class=\"edge", &edge)) {
            if (find(edge, "data-from") == NULL)
                continue; /* the group of all edges */
            struct slice words = attribute(edge, "data-commands=\""), word;
            enum postern_phase from = phase_named(attribute(edge, "data-from=\"")),
                               to = phase_named(attribute(edge, "data-to=\""));
            bool is_refused = find(attribute(edge, "class=\""), "refused") != NULL;
            do {
                slice_cut(words, ',', &word, &words);
                int n = word_named(word);
                CASE(kinds[i].name, !drawn[from][n][to]);
                drawn[from][n][to] = true;
                CASE(kinds[i].name, (is_refused ? refused : accepted)[from][n][to]);
            } while (words.len > 0);
        }
        for (int from = 0; from < POSTERN_PHASE_COUNT; from++) {
            for (int to = 0; to < POSTERN_PHASE_COUNT; to++) {
                for (int n = 0; n <= NONE; n++) {
                    if (accepted[from][n][to])
                        CASE(kinds[i].name, drawn[from][n][to]);
                    /* a refused step has a line only where no other goes that way */
                    if (refused[from][n][to])
                        CASE(kinds[i].name,
                             drawn[from][n][to] ||
                                 leads(accepted, (enum postern_phase)from,
                                       (enum postern_phase)to));
                }
            }
        }
    }
}

static void
every_phase_a_session_can_come_to_has_a_box(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        bool seen[POSTERN_PHASE_COUNT][2] = {{false}};
        steps accepted = {{{false}}}, refused = {{{false}}};
        unsigned boxes = 0;
        struct slice picture = draw(POSTERN_EN, &kinds[i].options), group;

        walk(&kinds[i].options, POSTERN_PHASE_GREETED, false, seen, accepted, refused);
        walk(&kinds[i].options, POSTERN_PHASE_REFUSED, false, seen, accepted, refused);
        while (next_group(&picture, "data-phase=\"", &group))
            boxes |= 1u << phase_named(attribute(group, "data-phase=\""));
        for (int phase = 0; phase < POSTERN_PHASE_COUNT; phase++)
            CASE(kinds[i].name,
                 ((boxes >> phase) & 1) == (seen[phase][0] || seen[phase][1]));
    }
}

static void
both_languages_have_their_words_and_the_same_edges(void **state)
{
    static char copy[PICTURE_MAX];
    struct diagram_options options = {0};
    struct slice picture = draw(POSTERN_EN, &options);
    size_t lines[2] = {0, 0};

    (void)state;
    memcpy(copy, picture.ptr, picture.len);
    struct slice english = slice_of(copy, picture.len);
    struct slice japanese = draw(POSTERN_JA, &options);
    assert_true(utf8_is_valid(japanese));
    assert_false(slice_has_high(english));
    assert_non_null(find(english, "lang=\"en\""));
    assert_non_null(find(japanese, "lang=\"ja\""));
    assert_non_null(find(english, ">MAIL done<"));
    assert_non_null(find(japanese, ">MAIL 済み<"));
    for (size_t i = 0; i < english.len; i++)
        lines[0] += english.ptr[i] == '\n';
    for (size_t i = 0; i < japanese.len; i++)
        lines[1] += japanese.ptr[i] == '\n';
    assert_int_equal(lines[0], lines[1]);

    options.is_lmtp = true;
    picture = draw(POSTERN_EN, &options);
    assert_non_null(find(picture, ">LHLO done<"));
    assert_null(find(picture, "EHLO"));
}

static void
the_current_phase_and_the_missing_step_are_marked(void **state)
{
    struct diagram_options options = {
        .is_marked = true, .current = POSTERN_PHASE_EHLO, .missing = POSTERN_MAIL};
    struct slice picture = draw(POSTERN_EN, &options);

    (void)state;
    assert_non_null(find(picture, "<g class=\"phase current\" data-phase=\"ehlo\""));
    const char *missing =
        find(picture, "missing open\" data-from=\"ehlo\" data-to=\"mail\"");
    assert_non_null(missing);
    missing++;
    size_t left = (size_t)(picture.ptr + picture.len - missing);
    assert_null(find(slice_of(missing, left), " missing "));

    options.missing = POSTERN_COMMAND_COUNT;
    picture = draw(POSTERN_EN, &options);
    assert_null(find(picture, "missing"));
    options.is_marked = false;
    picture = draw(POSTERN_EN, &options);
    assert_null(find(picture, "current\""));
}

static void
nothing_is_written_when_the_room_is_too_small(void **state)
{
    struct guard guard;
    struct diagram_options options = {0};
    size_t needed = diagram_write(POSTERN_JA, &options, NULL, 0);

    (void)state;
    assert_in_range(needed, 4000, PICTURE_MAX);
    guard_init(&guard, needed);
    for (size_t room = 0; room <= needed; room += room < needed - 1 ? needed - 1 : 1) {
        char *out = guard.pages + guard.size - room;
        memset(guard.pages, '!', guard.size);
        assert_int_equal(diagram_write(POSTERN_JA, &options, out, room), needed);
        if (room < needed)
            assert_true(room == 0 || out[0] == '!');
        else
            assert_memory_equal(out, "<svg ", 5);
    }
    assert_memory_equal(guard.pages + guard.size - 7, "</svg>\n", 7);
    guard_clear(&guard);
}

static void
no_style_and_no_colour_is_in_it(void **state)
{
    static const char *const unwanted[] = {"style=", "<style",  "#0",  "#f",
                                           "rgb",    "<script", "href"};
    struct slice picture = draw(POSTERN_EN, &(struct diagram_options){0});

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(unwanted); i++)
        assert_null(find(picture, unwanted[i]));
}

static void
text_is_escaped(void **state)
{
    char out[80];
    struct pen pen = {out, sizeof(out), 0};
    const char *expected = "a&lt;b&gt; &amp; &quot;c&#39; -12,7";

    (void)state;
    pen_escape(&pen, SLICE("a<b> & \"c'"));
    PEN_FORM(&pen, " #,#", -12, 7);
    assert_int_equal(pen.len, strlen(expected));
    assert_memory_equal(out, expected, pen.len);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_of_the_order_table_is_an_edge_and_nothing_else_is),
        cmocka_unit_test(every_phase_a_session_can_come_to_has_a_box),
        cmocka_unit_test(both_languages_have_their_words_and_the_same_edges),
        cmocka_unit_test(the_current_phase_and_the_missing_step_are_marked),
        cmocka_unit_test(nothing_is_written_when_the_room_is_too_small),
        cmocka_unit_test(no_style_and_no_colour_is_in_it),
        cmocka_unit_test(text_is_escaped),
    };

    return cmocka_run_group_tests_name("diagram", tests, NULL, NULL);
}
