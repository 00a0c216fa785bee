#include "unit.h"

#include "base/slice.h"

struct compare_case {
    const char *name;
    struct slice a, b;
    bool is_equal, is_equal_fold, has_prefix_fold;
};

static const struct compare_case compare_cases[] = {
    {.name = "two empty slices are equal",
     .a = {NULL},
     .b = SLICE_INIT(""),
     .is_equal = true,
     .is_equal_fold = true,
     .has_prefix_fold = true},
    {.name = "the same octets are equal",
     .a = SLICE_INIT("MAIL"),
     .b = SLICE_INIT("MAIL"),
     .is_equal = true,
     .is_equal_fold = true,
     .has_prefix_fold = true},
    {.name = "letters fold",
     .a = SLICE_INIT("mAiL"),
     .b = SLICE_INIT("MAIL"),
     .is_equal_fold = true,
     .has_prefix_fold = true},
    {.name = "a prefix is not the whole",
     .a = SLICE_INIT("MAILX"),
     .b = SLICE_INIT("mail"),
     .has_prefix_fold = true},
    {.name = "a shorter slice has no longer prefix",
     .a = SLICE_INIT("MAI"),
     .b = SLICE_INIT("mail")},
    {.name = "at-sign and grave accent do not fold",
     .a = SLICE_INIT("@"),
     .b = SLICE_INIT("`")},
    {.name = "brackets and braces do not fold",
     .a = SLICE_INIT("["),
     .b = SLICE_INIT("{")},
    {.name = "octets above 7F do not fold",
     .a = SLICE_INIT("\xC4"),
     .b = SLICE_INIT("\xE4")},
    {.name = "NUL is an octet like any other",
     .a = SLICE_INIT("a\0b"),
     .b = SLICE_INIT("a\0c")},
    {.name = "everything begins with nothing",
     .a = SLICE_INIT("a"),
     .b = SLICE_INIT(""),
     .has_prefix_fold = true},
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
    {.name = "nothing is not a number", .text = SLICE_INIT("")},
    {.name = "zero", .text = SLICE_INIT("0"), .is_number = true},
    {.name = "leading zeros count for nothing",
     .text = SLICE_INIT("0000000000000000000000000007"),
     .is_number = true,
     .value = 7},
    {.name = "a plus sign is not a digit", .text = SLICE_INIT("+1")},
    {.name = "a minus sign is not a digit", .text = SLICE_INIT("-1")},
    {.name = "a space is not a digit", .text = SLICE_INIT("1 ")},
    {.name = "a hexadecimal digit is not a digit", .text = SLICE_INIT("1a")},
    {.name = "the largest number fits",
     .text = SLICE_INIT("18446744073709551615"),
     .is_number = true,
     .value = UINT64_MAX},
    {.name = "one more saturates",
     .text = SLICE_INIT("18446744073709551616"),
     .is_number = true,
     .value = UINT64_MAX},
    {.name = "ten times as much saturates",
     .text = SLICE_INIT("184467440737095516150"),
     .is_number = true,
     .value = UINT64_MAX},
    {.name = "forty digits saturate",
     .text = SLICE_INIT("9999999999999999999999999999999999999999"),
     .is_number = true,
     .value = UINT64_MAX},
    {.name = "saturated and then a letter is not a number",
     .text = SLICE_INIT("99999999999999999999999x")},
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
    {.name = "at the first separator",
     .s = SLICE_INIT("a=b=c"),
     .is_cut = true,
     .head = SLICE_INIT("a"),
     .tail = SLICE_INIT("b=c")},
    {.name = "without one all is head",
     .s = SLICE_INIT("abc"),
     .head = SLICE_INIT("abc"),
     .tail = SLICE_INIT("")},
    {.name = "at the start head is empty",
     .s = SLICE_INIT("=b"),
     .is_cut = true,
     .head = SLICE_INIT(""),
     .tail = SLICE_INIT("b")},
    {.name = "at the end tail is empty",
     .s = SLICE_INIT("a="),
     .is_cut = true,
     .head = SLICE_INIT("a"),
     .tail = SLICE_INIT("")},
    {.name = "nothing stays nothing",
     .s = SLICE_INIT(""),
     .head = SLICE_INIT(""),
     .tail = SLICE_INIT("")},
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
