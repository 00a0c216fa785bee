#include "unit.h"

#include "base/utf8.h"
#include "guard.h"
#include "postern/catalog.h"

static void
every_code_finds_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < postern_code_count; i++) {
        assert_ptr_equal(postern_code_find(postern_codes[i].code), &postern_codes[i]);
        assert_true(i == 0 || postern_codes[i - 1].code < postern_codes[i].code);
    }
    assert_null(postern_code_find(0));
    assert_null(postern_code_find(199));
    assert_null(postern_code_find(599));
    assert_null(postern_code_find(UINT32_MAX));
}

/* ---- enhanced codes ---- */

static const struct {
    struct slice code;
    const char *found; /* the code of the entry; NULL: none */
} enhanced[] = {
    {.code = SLICE_INIT("X.5.1"), .found = "X.5.1"},
    {.code = SLICE_INIT("5.5.1"), .found = "X.5.1"},
    {.code = SLICE_INIT("4.5.1"), .found = "X.5.1"},
    {.code = SLICE_INIT("2.5.1"), .found = "X.5.1"},
    {.code = SLICE_INIT("x.5.1"), .found = "X.5.1"},
    {.code = SLICE_INIT("5.7.8"), .found = "X.7.8"},
    {.code = SLICE_INIT("5.7.57"), .found = "5.7.57"},
    {.code = SLICE_INIT("4.7.57"), .found = NULL},
    {.code = SLICE_INIT("5.7.133"), .found = "5.7.133"},
    {.code = SLICE_INIT("5.7.606"), .found = "5.7.606"},
    {.code = SLICE_INIT("5.7.620"), .found = "5.7.606"},
    {.code = SLICE_INIT("5.7.649"), .found = "5.7.606"},
    {.code = SLICE_INIT("5.7.650"), .found = NULL},
    {.code = SLICE_INIT("4.7.620"), .found = "4.7.500"},
    {.code = SLICE_INIT("4.7.700"), .found = NULL},
    {.code = SLICE_INIT("5.0.2"), .found = "5.0.1"},
    {.code = SLICE_INIT("5.5.999"), .found = NULL},
    {.code = SLICE_INIT("5.9.1"), .found = NULL},
    {.code = SLICE_INIT("3.5.1"), .found = NULL},
    {.code = SLICE_INIT("5.5"), .found = NULL},
    {.code = SLICE_INIT("5.5.1.1"), .found = NULL},
    {.code = SLICE_INIT("5.5.0001"), .found = NULL},
    {.code = SLICE_INIT("5..1"), .found = NULL},
    {.code = SLICE_INIT("5.5."), .found = NULL},
    {.code = SLICE_INIT(" 5.5.1"), .found = NULL},
    {.code = SLICE_INIT("5.5.1 "), .found = NULL},
    {.code = SLICE_INIT(""), .found = NULL},
};

static void
an_enhanced_code_is_itself_or_in_a_range_or_general(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 100);
    for (size_t i = 0; i < ARRAY_LEN(enhanced); i++) {
        const struct postern_enhanced *found =
            postern_enhanced_find(guard_copy(&guard, enhanced[i].code));
        CASE(enhanced[i].code.ptr, (found == NULL) == (enhanced[i].found == NULL));
        if (found != NULL)
            CASE_SLICE(enhanced[i].code.ptr, found->code,
                       slice_from(enhanced[i].found));
    }
    assert_null(postern_enhanced_find(slice_of(NULL, 0)));
    guard_clear(&guard);
}

static void
every_enhanced_code_finds_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < postern_enhanced_count; i++) {
        const struct postern_enhanced *entry = &postern_enhanced_codes[i];
        CASE(entry->code.ptr, postern_enhanced_is(entry->code));
        CASE(entry->code.ptr, postern_enhanced_find(entry->code) == entry);
        if (entry->to.len > 0) {
            CASE(entry->code.ptr, postern_enhanced_is(entry->to));
            CASE(entry->code.ptr, postern_enhanced_find(entry->to) == entry);
        }
        CASE(entry->code.ptr,
             entry->code.ptr[0] != 'X' || entry->status != POSTERN_STATUS_VENDOR);
    }
}

static void
the_form_of_an_enhanced_code_is_known(void **state)
{
    static const struct {
        struct slice text;
        bool is_code;
    } cases[] = {
        {.text = SLICE_INIT("2.0.0"), .is_code = true},
        {.text = SLICE_INIT("5.7.606"), .is_code = true},
        {.text = SLICE_INIT("4.123.999"), .is_code = true},
        {.text = SLICE_INIT("X.1.1"), .is_code = true},
        {.text = SLICE_INIT("x.1.1"), .is_code = true},
        {.text = SLICE_INIT("1.1.1"), .is_code = false},
        {.text = SLICE_INIT("3.1.1"), .is_code = false},
        {.text = SLICE_INIT("5.1"), .is_code = false},
        {.text = SLICE_INIT("5.1234.1"), .is_code = false},
        {.text = SLICE_INIT("5.1.1234"), .is_code = false},
        {.text = SLICE_INIT("5.1.1a"), .is_code = false},
        {.text = SLICE_INIT("5,1,1"), .is_code = false},
        {.text = SLICE_INIT("55.1.1"), .is_code = false},
        {.text = SLICE_INIT("5.a.1"), .is_code = false},
        {.text = SLICE_INIT("5.1.1\0"), .is_code = false},
        {.text = SLICE_INIT("5.1."), .is_code = false},
        {.text = SLICE_INIT("127.0.0.1"), .is_code = false},
        {.text = SLICE_INIT(""), .is_code = false},
    };
    struct guard guard;

    (void)state;
    guard_init(&guard, 100);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CASE(cases[i].text.ptr, postern_enhanced_is(guard_copy(
                                    &guard, cases[i].text)) == cases[i].is_code);
    guard_clear(&guard);
}

/* ---- the rest ---- */

static void
a_pair_is_found_in_either_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < postern_pair_count; i++) {
        const struct postern_pair *pair = &postern_pairs[i];
        assert_ptr_equal(postern_pair_find(pair->first, pair->second), pair);
        assert_ptr_equal(postern_pair_find(pair->second, pair->first), pair);
        assert_int_not_equal(pair->first, pair->second);
    }
    assert_non_null(postern_pair_find(503, 250));
    assert_int_equal(postern_pair_find(503, 250)->first, 250);
    assert_null(postern_pair_find(250, 250));
    assert_null(postern_pair_find(0, 0));
    assert_null(postern_pair_find(250, 999));
}

static void
extensions_and_verbs_are_found_whatever_the_case(void **state)
{
    static const char *const keywords[] = {"STARTTLS", "starttls", "Size", "8bitmime",
                                           "AUTH"};
    static const char *const verbs[] = {"MAIL", "mail", "Rcpt", "DATA", "starttls"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        const struct postern_extension *found =
            postern_extension_find(slice_from(keywords[i]));
        CASE(keywords[i], found != NULL);
        CASE(keywords[i], slice_is_equal_fold(found->keyword, slice_from(keywords[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        const struct postern_verb *found = postern_verb_find(slice_from(verbs[i]));
        CASE(verbs[i], found != NULL);
        CASE(verbs[i], slice_is_equal_fold(found->verb, slice_from(verbs[i])));
    }
    assert_null(postern_extension_find(SLICE("STARTTL")));
    assert_null(postern_extension_find(SLICE("STARTTLS ")));
    assert_null(postern_extension_find(SLICE("")));
    assert_null(postern_verb_find(SLICE("MAI")));
    assert_null(postern_verb_find(SLICE("MAIL FROM")));
    assert_null(postern_verb_find(slice_of(NULL, 0)));
}

static void
every_extension_verb_and_cause_finds_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < postern_extension_count; i++)
        assert_ptr_equal(postern_extension_find(postern_extensions[i].keyword),
                         &postern_extensions[i]);
    for (size_t i = 0; i < postern_verb_count; i++)
        assert_ptr_equal(postern_verb_find(postern_verbs[i].verb), &postern_verbs[i]);
    for (int i = 1; i < POSTERN_CAUSE_COUNT; i++)
        assert_int_equal(postern_cause_find(postern_causes[i].slug), i);
}

static void
a_cause_is_found_by_its_slug(void **state)
{
    (void)state;
    assert_int_equal(postern_cause_find(SLICE("nested-mail")),
                     POSTERN_CAUSE_NESTED_MAIL);
    assert_int_equal(postern_cause_find(SLICE("Nested-MAIL")),
                     POSTERN_CAUSE_NESTED_MAIL);
    assert_int_equal(postern_cause_find(SLICE("nested")), POSTERN_CAUSE_NONE);
    assert_int_equal(postern_cause_find(SLICE("none")), POSTERN_CAUSE_NONE);
    assert_int_equal(postern_cause_find(SLICE("")), POSTERN_CAUSE_NONE);
    assert_int_equal(postern_causes[POSTERN_CAUSE_NONE].slug.len, 0);
}

static void
faults_steps_and_sides_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < POSTERN_FAULT_COUNT; i++)
        assert_non_null(postern_fault_name((enum postern_fault)i));
    for (int i = 0; i < POSTERN_STEP_COUNT; i++)
        assert_non_null(postern_step_name((enum postern_step)i));
    for (int i = 0; i < POSTERN_SIDE_COUNT; i++)
        assert_non_null(postern_side_name((enum postern_side)i));
    assert_string_equal(postern_fault_name(POSTERN_FAULT_BAD_REPLY), "bad-reply");
    assert_string_equal(postern_step_name(POSTERN_STEP_EOD), "EOD");
    assert_string_equal(postern_side_name(POSTERN_SIDE_MIDDLEBOX), "middlebox");
}

/* ---- phrases ---- */

static const struct {
    const char *name;
    enum postern_phrase phrase;
    struct slice values[4];
    size_t count;
    const char *written;
} phrases[] = {
    {.name = "one value",
     .phrase = POSTERN_PHRASE_LINE_N,
     .values = {SLICE_INIT("7")},
     .count = 1,
     .written = "line 7"},
    {.name = "four values",
     .phrase = POSTERN_PHRASE_DIFFERENCE_ANY,
     .values = {SLICE_INIT("250"), SLICE_INIT("yes"), SLICE_INIT("550"),
                SLICE_INIT("no")},
     .count = 4,
     .written = "250 means: yes. 550 means: no."},
    {.name = "an empty value",
     .phrase = POSTERN_PHRASE_LINE_N,
     .values = {{NULL, 0}},
     .count = 1,
     .written = "line "},
    {.name = "a value with a sign of its own",
     .phrase = POSTERN_PHRASE_LINE_N,
     .values = {SLICE_INIT("%1")},
     .count = 1,
     .written = "line %1"},
    {.name = "a value that is not given stays",
     .phrase = POSTERN_PHRASE_DIFFERENCE_ANY,
     .values = {SLICE_INIT("250"), SLICE_INIT("yes")},
     .count = 2,
     .written = "250 means: yes. %3 means: %4."},
    {.name = "no values",
     .phrase = POSTERN_PHRASE_LABEL_CODE,
     .values = {{NULL, 0}},
     .written = "Code"},
};

static void
a_phrase_takes_its_values_and_is_cut_where_the_room_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
        size_t len = strlen(phrases[i].written);
        for (size_t size = 0; size <= len + 2; size++) {
            char out[100];
            memset(out, '#', sizeof out);
            size_t written =
                postern_phrase_write(phrases[i].phrase, POSTERN_EN, phrases[i].values,
                                     phrases[i].count, out, size);
            CASE(phrases[i].name, written == (size < len ? size : len));
            CASE_SLICE(phrases[i].name, slice_of(out, written),
                       slice_of(phrases[i].written, written));
            CASE(phrases[i].name, out[written] == '#');
        }
    }
}

static void
every_phrase_stands_in_both_languages(void **state)
{
    (void)state;
    for (int i = 0; i < POSTERN_PHRASE_COUNT; i++) {
        for (int language = 0; language < POSTERN_LANGUAGE_COUNT; language++) {
            struct slice text =
                postern_phrase((enum postern_phrase)i, (enum postern_language)language);
            assert_true(text.len > 0);
            assert_true(utf8_is_valid(text));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_finds_itself),
        cmocka_unit_test(an_enhanced_code_is_itself_or_in_a_range_or_general),
        cmocka_unit_test(every_enhanced_code_finds_itself),
        cmocka_unit_test(the_form_of_an_enhanced_code_is_known),
        cmocka_unit_test(a_pair_is_found_in_either_order),
        cmocka_unit_test(extensions_and_verbs_are_found_whatever_the_case),
        cmocka_unit_test(every_extension_verb_and_cause_finds_itself),
        cmocka_unit_test(a_cause_is_found_by_its_slug),
        cmocka_unit_test(faults_steps_and_sides_have_names),
        cmocka_unit_test(a_phrase_takes_its_values_and_is_cut_where_the_room_ends),
        cmocka_unit_test(every_phrase_stands_in_both_languages),
    };

    return cmocka_run_group_tests_name("find", tests, NULL, NULL);
}
