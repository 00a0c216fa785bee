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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing_folds_ascii_letters_only),
        cmocka_unit_test(numbers_saturate_and_never_wrap),
        cmocka_unit_test(cutting_finds_the_first_separator),
    };
    return cmocka_run_group_tests_name("slice", tests, NULL, NULL);
}
