#include "unit.h"

#include "explain/words.h"

static const struct {
    const char *name;
    struct slice text, needle;
    size_t at;
} finds[] = {
    {"at the front", SLICE_INIT("error: no"), SLICE_INIT("error"), 0},
    {"at the end", SLICE_INIT("an error"), SLICE_INIT("error"), 3},
    {"whatever the case", SLICE_INIT("an ErRoR"), SLICE_INIT("eRrOr"), 3},
    {"the first of two", SLICE_INIT("no, no"), SLICE_INIT("no"), 0},
    {"behind a false start", SLICE_INIT("aab"), SLICE_INIT("ab"), 1},
    {"the whole text", SLICE_INIT("550"), SLICE_INIT("550"), 0},
    {"letters of other scripts are compared as they are", SLICE_INIT("\xC3\x84"),
     SLICE_INIT("\xC3\xA4"), SIZE_MAX},
    {"a needle that is longer", SLICE_INIT("err"), SLICE_INIT("error"), SIZE_MAX},
    {"a needle cut off at the end", SLICE_INIT("an erro"), SLICE_INIT("error"),
     SIZE_MAX},
    {"an empty needle is nowhere", SLICE_INIT("error"), SLICE_INIT(""), SIZE_MAX},
    {"nothing is in an empty text", SLICE_INIT(""), SLICE_INIT("a"), SIZE_MAX},
    {"nothing in nothing", {NULL, 0}, {NULL, 0}, SIZE_MAX},
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
    {"the first word of the list", SLICE_INIT("error"), SLICE_INIT("error|failed"),
     true, true},
    {"the last word of the list", SLICE_INIT("FAILED"), SLICE_INIT("error|failed"),
     true, true},
    {"a word inside of the text", SLICE_INIT("it failed"), SLICE_INIT("error|failed"),
     true, false},
    {"no word of it", SLICE_INIT("fine"), SLICE_INIT("error|failed"), false, false},
    {"a blank in the list counts", SLICE_INIT("tls first"), SLICE_INIT("tls first|x"),
     true, true},
    {"an empty list", SLICE_INIT("error"), SLICE_INIT(""), false, false},
    {"a list of one", SLICE_INIT("error"), SLICE_INIT("error"), true, true},
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
        {"blanks and tabs", SLICE_INIT(" \t a b \t "), SLICE_INIT("a b")},
        {"line ends", SLICE_INIT("\r\na\r\n"), SLICE_INIT("a")},
        {"form feeds", SLICE_INIT("\f\va\v\f"), SLICE_INIT("a")},
        {"a NUL is no white space", SLICE_INIT(" \0 "), SLICE_INIT("\0")},
        {"white space only", SLICE_INIT(" \t\r\n"), SLICE_INIT("")},
        {"nothing", {NULL, 0}, SLICE_INIT("")},
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
