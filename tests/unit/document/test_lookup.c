/* test_lookup.c - codes, words and pastes are told apart by their form */
#include "document/lookup.h"

#include "unit.h"

static const struct {
    const char *name, *what;
    enum lookup_kind kind;
    unsigned code;       /* 0: none */
    const char *entry;   /* enhanced, verb, keyword or slug that is found */
    const char *nearest; /* or missing */
} cases[] = {
    {.name = "a basic code", .what = "503", .kind = LOOKUP_NUMBER, .code = 503},
    {.name = "an enhanced code",
     .what = "5.5.1",
     .kind = LOOKUP_NUMBER,
     .entry = "X.5.1"},
    {.name = "an enhanced code of any class",
     .what = "X.5.1",
     .kind = LOOKUP_NUMBER,
     .entry = "X.5.1"},
    {.name = "both codes of a reply",
     .what = "503 5.5.1",
     .kind = LOOKUP_NUMBER,
     .code = 503,
     .entry = "X.5.1"},
    {.name = "digits of full width",
     .what = "５０３",
     .kind = LOOKUP_NUMBER,
     .code = 503},
    {.name = "a full stop behind", .what = "503。", .kind = LOOKUP_NUMBER, .code = 503},
    {.name = "no code", .what = "593", .kind = LOOKUP_NO_CODE, .nearest = "593"},
    {.name = "digits too many",
     .what = "5003",
     .kind = LOOKUP_NO_CODE,
     .nearest = "5003"},
    {.name = "no enhanced code",
     .what = "5.9.99",
     .kind = LOOKUP_NO_ENHANCED,
     .nearest = "5.9.99"},
    {.name = "a good code with a bad enhanced one",
     .what = "503 5.9.99",
     .kind = LOOKUP_NO_ENHANCED,
     .code = 503,
     .nearest = "5.9.99"},
    {.name = "a verb", .what = "MAIL", .kind = LOOKUP_WORD, .entry = "MAIL"},
    {.name = "a verb in small letters",
     .what = "rcpt",
     .kind = LOOKUP_WORD,
     .entry = "RCPT"},
    {.name = "a keyword", .what = "CHUNKING", .kind = LOOKUP_WORD, .entry = "CHUNKING"},
    {.name = "a cause",
     .what = "nested-mail",
     .kind = LOOKUP_WORD,
     .entry = "nested-mail"},
    {.name = "a misspelt keyword",
     .what = "STARTTLZ",
     .kind = LOOKUP_MISSPELT,
     .nearest = "STARTTLS"},
    {.name = "a reply", .what = "503 Bad sequence of commands", .kind = LOOKUP_TEXT},
    {.name = "a line of a log",
     .what = "status=bounced (host said: 550)",
     .kind = LOOKUP_TEXT},
    {.name = "a word that is near to nothing",
     .what = "frobnicate",
     .kind = LOOKUP_TEXT},
    {.name = "two lines", .what = "MAIL\nRCPT", .kind = LOOKUP_TEXT},
    {.name = "nothing", .what = "", .kind = LOOKUP_TEXT},
};

static struct slice
entry_of(const struct lookup *l)
{
    if (l->enhanced != NULL)
        return l->enhanced->code;
    if (l->verb != NULL)
        return l->verb->verb;
    return l->extension != NULL ? l->extension->keyword : postern_causes[l->cause].slug;
}

static void
what_is_asked_is_known_by_its_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct lookup l;
        lookup_what(&l, slice_from(cases[i].what));
        CASE(cases[i].name, l.kind == cases[i].kind);
        CASE(cases[i].name, (l.code != NULL ? l.code->code : 0) == cases[i].code);
        CASE_SLICE(cases[i].name, entry_of(&l), slice_from(cases[i].entry));
        if (cases[i].nearest == NULL)
            continue;
        CASE_SLICE(cases[i].name, l.nearest != NULL ? slice_from(l.nearest) : l.missing,
                   slice_from(cases[i].nearest));
    }
}

static void
both_meanings_of_a_word_are_found(void **state)
{
    struct lookup l;

    (void)state;
    lookup_what(&l, SLICE("starttls"));
    assert_non_null(l.verb);
    assert_non_null(l.extension);
}

static void
the_nearest_codes_differ_in_one_digit(void **state)
{
    const struct postern_code *near[LOOKUP_NEAREST_MAX];

    (void)state;
    assert_int_equal(lookup_nearest_codes(SLICE("593"), near), 2);
    assert_int_equal(near[0]->code, 503);
    assert_int_equal(near[1]->code, 553);
    assert_int_equal(lookup_nearest_codes(SLICE(""), near), 0);
    assert_int_equal(lookup_nearest_codes(SLICE("MAIL"), near), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_is_known_by_its_form),
        cmocka_unit_test(both_meanings_of_a_word_are_found),
        cmocka_unit_test(the_nearest_codes_differ_in_one_digit),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("document/lookup", tests, NULL, NULL);
}
