#include "unit.h"

#include "explain/words.h"

static const struct {
    const char *name;
    struct slice text, needle;
    size_t at;
} finds[] = {
    {.name = "at the front",
     .text = SLICE_INIT("error: no"),
     .needle = SLICE_INIT("error"),
     .at = 0},
    {.name = "at the end",
     .text = SLICE_INIT("an error"),
     .needle = SLICE_INIT("error"),
     .at = 3},
    {.name = "whatever the case",
     .text = SLICE_INIT("an ErRoR"),
     .needle = SLICE_INIT("eRrOr"),
     .at = 3},
    {.name = "the first of two",
     .text = SLICE_INIT("no, no"),
     .needle = SLICE_INIT("no"),
     .at = 0},
    {.name = "behind a false start",
     .text = SLICE_INIT("aab"),
     .needle = SLICE_INIT("ab"),
     .at = 1},
    {.name = "the whole text",
     .text = SLICE_INIT("550"),
     .needle = SLICE_INIT("550"),
     .at = 0},
    {.name = "letters of other scripts are compared as they are",
     .text = SLICE_INIT("\xC3\x84"),
     .needle = SLICE_INIT("\xC3\xA4"),
     .at = SIZE_MAX},
    {.name = "a needle that is longer",
     .text = SLICE_INIT("err"),
     .needle = SLICE_INIT("error"),
     .at = SIZE_MAX},
    {.name = "a needle cut off at the end",
     .text = SLICE_INIT("an erro"),
     .needle = SLICE_INIT("error"),
     .at = SIZE_MAX},
    {.name = "an empty needle is nowhere",
     .text = SLICE_INIT("error"),
     .needle = SLICE_INIT(""),
     .at = SIZE_MAX},
    {.name = "nothing is in an empty text",
     .text = SLICE_INIT(""),
     .needle = SLICE_INIT("a"),
     .at = SIZE_MAX},
    {.name = "nothing in nothing",
     .text = {NULL, 0},
     .needle = {NULL, 0},
     .at = SIZE_MAX},
};

static void
a_word_is_found_where_it_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(finds); i++) {
        CASE(finds[i].name,
             slice_find_fold(finds[i].text, finds[i].needle) == finds[i].at);
        CASE(finds[i].name,
             words_have(finds[i].text, finds[i].needle) == (finds[i].at != SIZE_MAX));
    }
}

static const struct {
    const char *name;
    struct slice text, list;
    bool have, are;
} lists[] = {
    {.name = "the first word of the list",
     .text = SLICE_INIT("error"),
     .list = SLICE_INIT("error|failed"),
     .have = true,
     .are = true},
    {.name = "the last word of the list",
     .text = SLICE_INIT("FAILED"),
     .list = SLICE_INIT("error|failed"),
     .have = true,
     .are = true},
    {.name = "a word inside of the text",
     .text = SLICE_INIT("it failed"),
     .list = SLICE_INIT("error|failed"),
     .have = true,
     .are = false},
    {.name = "no word of it",
     .text = SLICE_INIT("fine"),
     .list = SLICE_INIT("error|failed"),
     .have = false,
     .are = false},
    {.name = "a blank in the list counts",
     .text = SLICE_INIT("tls first"),
     .list = SLICE_INIT("tls first|x"),
     .have = true,
     .are = true},
    {.name = "an empty list",
     .text = SLICE_INIT("error"),
     .list = SLICE_INIT(""),
     .have = false,
     .are = false},
    {.name = "a list of one",
     .text = SLICE_INIT("error"),
     .list = SLICE_INIT("error"),
     .have = true,
     .are = true},
};

static void
a_list_has_bars_between_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        CASE(lists[i].name,
             words_have_any(lists[i].text, lists[i].list) == lists[i].have);
        CASE(lists[i].name,
             words_are_any(lists[i].text, lists[i].list) == lists[i].are);
    }
}

static void
white_space_goes_at_both_ends_only(void **state)
{
    static const struct {
        const char *name;
        struct slice text, trimmed;
    } cases[] = {
        {.name = "blanks and tabs",
         .text = SLICE_INIT(" \t a b \t "),
         .trimmed = SLICE_INIT("a b")},
        {.name = "line ends",
         .text = SLICE_INIT("\r\na\r\n"),
         .trimmed = SLICE_INIT("a")},
        {.name = "form feeds",
         .text = SLICE_INIT("\f\va\v\f"),
         .trimmed = SLICE_INIT("a")},
        {.name = "a NUL is no white space",
         .text = SLICE_INIT(" \0 "),
         .trimmed = SLICE_INIT("\0")},
        {.name = "white space only",
         .text = SLICE_INIT(" \t\r\n"),
         .trimmed = SLICE_INIT("")},
        {.name = "nothing", .text = {NULL, 0}, .trimmed = SLICE_INIT("")},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CASE_SLICE(cases[i].name, words_trim(cases[i].text), cases[i].trimmed);
}

static void
words_come_one_by_one(void **state)
{
    struct slice rest = SLICE("  MAIL\tFROM:<a b>\r\n ");

    (void)state;
    CASE_SLICE("first", words_next(&rest), SLICE("MAIL"));
    CASE_SLICE("second", words_next(&rest), SLICE("FROM:<a"));
    CASE_SLICE("rest", rest, SLICE(" b>\r\n "));
    CASE_SLICE("third", words_next(&rest), SLICE("b>"));
    assert_int_equal(words_next(&rest).len, 0);
    assert_int_equal(words_next(&rest).len, 0);
}

static void
counting_stops_at_the_maximum(void **state)
{
    (void)state;
    assert_int_equal(words_count(SLICE("a b c"), 10), 3);
    assert_int_equal(words_count(SLICE("a b c"), 2), 2);
    assert_int_equal(words_count(SLICE("a b c"), 0), 0);
    assert_int_equal(words_count(SLICE("  "), 3), 0);
    assert_int_equal(words_count(slice_of(NULL, 0), 3), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_found_where_it_stands),
        cmocka_unit_test(a_list_has_bars_between_its_words),
        cmocka_unit_test(white_space_goes_at_both_ends_only),
        cmocka_unit_test(words_come_one_by_one),
        cmocka_unit_test(counting_stops_at_the_maximum),
    };

    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
