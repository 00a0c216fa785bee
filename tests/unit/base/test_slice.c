#include "unit.h"

#include "base/slice.h"

struct compare_case {
    const char *name;
    struct slice a, b;
    bool is_equal, is_equal_fold, has_prefix_fold;
};

static const struct compare_case compare_cases[] = {
    {"two empty slices are equal", {NULL}, SLICE_INIT(""), true, true, true},
    {"the same octets are equal", SLICE_INIT("MAIL"), SLICE_INIT("MAIL"), true, true,
     true},
    {"letters fold", SLICE_INIT("mAiL"), SLICE_INIT("MAIL"), false, true, true},
    {"a prefix is not the whole", SLICE_INIT("MAILX"), SLICE_INIT("mail"), false, false,
     true},
    {"a shorter slice has no longer prefix", SLICE_INIT("MAI"), SLICE_INIT("mail"),
     false, false, false},
    {"at-sign and grave accent do not fold", SLICE_INIT("@"), SLICE_INIT("`"), false,
     false, false},
    {"brackets and braces do not fold", SLICE_INIT("["), SLICE_INIT("{"), false, false,
     false},
    {"octets above 7F do not fold", SLICE_INIT("\xC4"), SLICE_INIT("\xE4"), false,
     false, false},
    {"NUL is an octet like any other", SLICE_INIT("a\0b"), SLICE_INIT("a\0c"), false,
     false, false},
    {"everything begins with nothing", SLICE_INIT("a"), SLICE_INIT(""), false, false,
     true},
};

static void
comparing_folds_ascii_letters_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(compare_cases); i++) {
        const struct compare_case *c = &compare_cases[i];
        CASE(c->name, slice_is_equal(c->a, c->b) == c->is_equal);
        CASE(c->name, slice_is_equal_fold(c->a, c->b) == c->is_equal_fold);
        CASE(c->name, slice_is_equal_fold(c->b, c->a) == c->is_equal_fold);
        CASE(c->name, slice_has_prefix_fold(c->a, c->b) == c->has_prefix_fold);
    }
}

struct number_case {
    const char *name;
    struct slice text;
    bool is_number;
    uint64_t value;
};

static const struct number_case number_cases[] = {
    {"nothing is not a number", SLICE_INIT(""), false, 0},
    {"zero", SLICE_INIT("0"), true, 0},
    {"leading zeros count for nothing", SLICE_INIT("0000000000000000000000000007"),
     true, 7},
    {"a plus sign is not a digit", SLICE_INIT("+1"), false, 0},
    {"a minus sign is not a digit", SLICE_INIT("-1"), false, 0},
    {"a space is not a digit", SLICE_INIT("1 "), false, 0},
    {"a hexadecimal digit is not a digit", SLICE_INIT("1a"), false, 0},
    {"the largest number fits", SLICE_INIT("18446744073709551615"), true, UINT64_MAX},
    {"one more saturates", SLICE_INIT("18446744073709551616"), true, UINT64_MAX},
    {"ten times as much saturates", SLICE_INIT("184467440737095516150"), true,
     UINT64_MAX},
    {"forty digits saturate", SLICE_INIT("9999999999999999999999999999999999999999"),
     true, UINT64_MAX},
    {"saturated and then a letter is not a number",
     SLICE_INIT("99999999999999999999999x"), false, 0},
};

static void
numbers_saturate_and_never_wrap(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(number_cases); i++) {
        const struct number_case *c = &number_cases[i];
        uint64_t value = 42;
        CASE(c->name, slice_parse_number(c->text, &value) == c->is_number);
        CASE(c->name, value == (c->is_number ? c->value : 42));
    }
}

struct cut_case {
    const char *name;
    struct slice s;
    bool is_cut;
    struct slice head, tail;
};

static const struct cut_case cut_cases[] = {
    {"at the first separator", SLICE_INIT("a=b=c"), true, SLICE_INIT("a"),
     SLICE_INIT("b=c")},
    {"without one all is head", SLICE_INIT("abc"), false, SLICE_INIT("abc"),
     SLICE_INIT("")},
    {"at the start head is empty", SLICE_INIT("=b"), true, SLICE_INIT(""),
     SLICE_INIT("b")},
    {"at the end tail is empty", SLICE_INIT("a="), true, SLICE_INIT("a"),
     SLICE_INIT("")},
    {"nothing stays nothing", SLICE_INIT(""), false, SLICE_INIT(""), SLICE_INIT("")},
};

static void
cutting_finds_the_first_separator(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cut_cases); i++) {
        const struct cut_case *c = &cut_cases[i];
        struct slice head, tail;
        CASE(c->name, slice_cut(c->s, '=', &head, &tail) == c->is_cut);
        CASE_SLICE(c->name, head, c->head);
        CASE_SLICE(c->name, tail, c->tail);
    }
}

struct find_case {
    const char *name;
    struct slice s, needle;
    size_t at;
};

static const struct find_case find_cases[] = {
    {.name = "case does not matter",
     .s = SLICE_INIT("a 503 Bad"),
     .needle = SLICE_INIT("bAD"),
     .at = 6},
    {.name = "the first of two places",
     .s = SLICE_INIT("xAbab"),
     .needle = SLICE_INIT("ab"),
     .at = 1},
    {.name = "a false start of the other case does not hide the place",
     .s = SLICE_INIT("Aaab"),
     .needle = SLICE_INIT("aab"),
     .at = 1},
    {.name = "the whole of it",
     .s = SLICE_INIT("ab"),
     .needle = SLICE_INIT("AB"),
     .at = 0},
    {.name = "a needle that begins with no letter",
     .s = SLICE_INIT("b.a"),
     .needle = SLICE_INIT(".A"),
     .at = 1},
    {.name = "a needle that is cut off at the end",
     .s = SLICE_INIT("abc ab"),
     .needle = SLICE_INIT("abcd"),
     .at = SIZE_MAX},
    {.name = "a needle longer than the text",
     .s = SLICE_INIT("a"),
     .needle = SLICE_INIT("ab"),
     .at = SIZE_MAX},
    {.name = "an empty needle is nowhere",
     .s = SLICE_INIT("a"),
     .needle = SLICE_INIT(""),
     .at = SIZE_MAX},
    {.name = "nothing holds nothing",
     .s = {NULL, 0},
     .needle = {NULL, 0},
     .at = SIZE_MAX},
};

static void
finding_ignores_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(find_cases); i++) {
        const struct find_case *c = &find_cases[i];
        CASE(c->name, slice_find_fold(c->s, c->needle) == c->at);
    }
}

struct trim_case {
    const char *name;
    struct slice s, set, both, end;
};

static const struct trim_case trim_cases[] = {
    {.name = "both ends",
     .s = SLICE_INIT(" \ta b\r\n"),
     .set = SLICE_INIT(" \t\r\n"),
     .both = SLICE_INIT("a b"),
     .end = SLICE_INIT(" \ta b")},
    {.name = "only octets of the set",
     .s = SLICE_INIT("\ta "),
     .set = SLICE_INIT(" "),
     .both = SLICE_INIT("\ta"),
     .end = SLICE_INIT("\ta")},
    {.name = "nothing is left",
     .s = SLICE_INIT("   "),
     .set = SLICE_INIT(" "),
     .both = SLICE_INIT(""),
     .end = SLICE_INIT("")},
    {.name = "nothing stays nothing", .s = {NULL, 0}, .set = SLICE_INIT(" ")},
};

static void
trimming_takes_a_set_of_octets(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(trim_cases); i++) {
        const struct trim_case *c = &trim_cases[i];
        CASE_SLICE(c->name, slice_trim(c->s, c->set), c->both);
        CASE_SLICE(c->name, slice_trim_end(c->s, c->set), c->end);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing_folds_ascii_letters_only),
        cmocka_unit_test(numbers_saturate_and_never_wrap),
        cmocka_unit_test(cutting_finds_the_first_separator),
        cmocka_unit_test(finding_ignores_case),
        cmocka_unit_test(trimming_takes_a_set_of_octets),
    };
    return cmocka_run_group_tests_name("slice", tests, NULL, NULL);
}
