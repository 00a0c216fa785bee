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
    {"a basic code", "503", LOOKUP_NUMBER, 503, NULL, NULL},
    {"an enhanced code", "5.5.1", LOOKUP_NUMBER, 0, "X.5.1", NULL},
    {"an enhanced code of any class", "X.5.1", LOOKUP_NUMBER, 0, "X.5.1", NULL},
    {"both codes of a reply", "503 5.5.1", LOOKUP_NUMBER, 503, "X.5.1", NULL},
    {"digits of full width", "５０３", LOOKUP_NUMBER, 503, NULL, NULL},
    {"a full stop behind", "503。", LOOKUP_NUMBER, 503, NULL, NULL},
    {"no code", "593", LOOKUP_NO_CODE, 0, NULL, "593"},
    {"digits too many", "5003", LOOKUP_NO_CODE, 0, NULL, "5003"},
    {"no enhanced code", "5.9.99", LOOKUP_NO_ENHANCED, 0, NULL, "5.9.99"},
    {"a good code with a bad enhanced one", "503 5.9.99", LOOKUP_NO_ENHANCED, 503, NULL,
     "5.9.99"},
    {"a verb", "MAIL", LOOKUP_WORD, 0, "MAIL", NULL},
    {"a verb in small letters", "rcpt", LOOKUP_WORD, 0, "RCPT", NULL},
    {"a keyword", "CHUNKING", LOOKUP_WORD, 0, "CHUNKING", NULL},
    {"a cause", "nested-mail", LOOKUP_WORD, 0, "nested-mail", NULL},
    {"a misspelt keyword", "STARTTLZ", LOOKUP_MISSPELT, 0, NULL, "STARTTLS"},
    {"a reply", "503 Bad sequence of commands", LOOKUP_TEXT, 0, NULL, NULL},
    {"a line of a log", "status=bounced (host said: 550)", LOOKUP_TEXT, 0, NULL, NULL},
    {"a word that is near to nothing", "frobnicate", LOOKUP_TEXT, 0, NULL, NULL},
    {"two lines", "MAIL\nRCPT", LOOKUP_TEXT, 0, NULL, NULL},
    {"nothing", "", LOOKUP_TEXT, 0, NULL, NULL},
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
