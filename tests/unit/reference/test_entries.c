/* test_entries.c - the page of every entry there is, and the lists of them */
#include "reference/reference.h"

#include "checker.h"
#include "unit.h"

#include <stdio.h>

/* Write the page of what in each language, check it, and expect the result. */
static void
check(struct slice what, enum reference_result expected)
{
    char name[200];

    for (int language = 0; language < POSTERN_LANGUAGE_COUNT; language++) {
        struct html html;
        snprintf(name, sizeof(name), "/codes/%.*s in language %d", (int)what.len,
                 what.ptr, language);
        html_init(&html, (enum postern_language)language);
        CASE(name, reference_code(&html, SLICE("/here?lang=en"), what) == expected);
        checker_page(name, &html);
        html_clear(&html);
    }
}

static void
every_basic_code_has_a_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < postern_code_count; i++) {
        char digits[SLICE_NUMBER_MAX];
        check(slice_format_number(postern_codes[i].code, digits), REFERENCE_OK);
    }
}

static void
every_enhanced_code_has_a_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < postern_enhanced_count; i++) {
        check(postern_enhanced_codes[i].code, REFERENCE_OK);
        if (postern_enhanced_codes[i].to.len > 0)
            check(postern_enhanced_codes[i].to, REFERENCE_OK);
    }
    check(SLICE("5.7.1"), REFERENCE_OK);
}

static void
every_verb_extension_and_cause_has_a_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < postern_verb_count; i++)
        check(postern_verbs[i].verb, REFERENCE_OK);
    for (size_t i = 0; i < postern_extension_count; i++)
        check(postern_extensions[i].keyword, REFERENCE_OK);
    for (int i = 1; i < POSTERN_CAUSE_COUNT; i++)
        check(postern_causes[i].slug, REFERENCE_OK);
}

static void
what_is_not_there_gets_a_page_that_helps_on(void **state)
{
    static const struct {
        const char *name, *what, *has;
    } cases[] = {
        {.name = "a code that is not there has near ones",
         .what = "593",
         .has = "href=\"/codes/553\""},
        {.name = "an enhanced code that is not there",
         .what = "5.9.99",
         .has = "5.9.99"},
        {.name = "a misspelt keyword",
         .what = "STARTTLZ",
         .has = "href=\"/codes/STARTTLS\""},
        {.name = "markup is escaped",
         .what = "<script>alert(1)</script>",
         .has = "&lt;script&gt;"},
        {.name = "quotes are escaped",
         .what = "\"><img src=x>",
         .has = "value=\"&quot;&gt;&lt;img"},
        {.name = "a line of words", .what = "no such thing", .has = "no such thing"},
        {.name = "nothing", .what = "", .has = "id=\"q\""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct html html;
        html_init(&html, POSTERN_EN);
        CASE(cases[i].name,
             reference_code(&html, SLICE("/here"), slice_from(cases[i].what)) ==
                 REFERENCE_UNKNOWN);
        CASE(cases[i].name, checker_has(&html, cases[i].has));
        CASE(cases[i].name, !checker_has(&html, "<script>"));
        checker_page(cases[i].name, &html);
        html_clear(&html);
        check(slice_from(cases[i].what), REFERENCE_UNKNOWN);
    }
}

static void
the_lists_are_searched_on_the_server(void **state)
{
    static const struct {
        const char *name, *path, *word, *has, *lacks;
    } cases[] = {
        {.name = "everything",
         .path = "/codes",
         .word = "",
         .has = "id=\"extensions\"",
         .lacks = "class=\"wordings\""},
        {.name = "a class",
         .path = "/codes?class=5",
         .word = "",
         .has = "/codes/550",
         .lacks = "\"/codes/421\""},
        {.name = "a class of none",
         .path = "/codes?class=9",
         .word = "",
         .has = "\"/codes/421\"",
         .lacks = "</script>x"},
        {.name = "a code",
         .path = "/codes?q=503",
         .word = "503",
         .has = "id=\"wordings\"",
         .lacks = "\"/codes/221\""},
        {.name = "a product",
         .path = "/codes?q=postfix",
         .word = "postfix",
         .has = "Postfix",
         .lacks = "\"/codes/221\""},
        {.name = "a word with a class",
         .path = "/codes?q=postfix&class=4",
         .word = "postfix",
         .has = "/codes/454",
         .lacks = "\"/codes/521\""},
        {.name = "Japanese",
         .path = "/codes?q=x",
         .word = "順序",
         .has = "/codes/503",
         .lacks = "\"/codes/221\""},
        {.name = "an entry by its name",
         .path = "/codes?q=nested-mail",
         .word = "nested-mail",
         .has = "class=\"exact\"",
         .lacks = "\"/codes/221\""},
        {.name = "a misspelt word",
         .path = "/codes?q=x",
         .word = "STARTTLZ",
         .has = "href=\"/codes/STARTTLS\"",
         .lacks = "id=\"basic\""},
        {.name = "nothing found",
         .path = "/codes?q=x",
         .word = "no such word",
         .has = "role=\"status\"",
         .lacks = "id=\"basic\""},
        {.name = "markup",
         .path = "/codes?q=x",
         .word = "<script>\x01",
         .has = "&lt;script&gt;\\x01",
         .lacks = "<script>"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int language = 0; language < POSTERN_LANGUAGE_COUNT; language++) {
            struct html html;
            html_init(&html, (enum postern_language)language);
            reference_codes(&html, slice_from(cases[i].path),
                            slice_from(cases[i].word));
            CASE(cases[i].name, checker_has(&html, cases[i].has));
            CASE(cases[i].name, !checker_has(&html, cases[i].lacks));
            if (slice_has_high(slice_from(cases[i].word)) == false ||
                language == POSTERN_JA)
                checker_page(cases[i].name, &html);
            html_clear(&html);
        }
    }
}

static void
no_link_leads_nowhere(void **state)
{
    static const struct slice codes = SLICE_INIT("/codes/");

    (void)state;
    for (size_t i = 0; i < checker_link_count; i++) {
        struct slice path = checker_links[i], a = {NULL, 0}, b = {NULL, 0};
        enum reference_result result;
        struct html html;

        html_init(&html, POSTERN_EN);
        if (slice_has_prefix_fold(path, codes)) {
            result = reference_code(&html, path, slice_skip(path, codes.len));
        } else {
            slice_cut(slice_skip(path, sizeof("/compare/") - 1), '/', &a, &b);
            result = reference_compare(&html, path, a, b);
        }
        CASE(path.ptr, result == REFERENCE_OK);
        html_clear(&html);
    }
    assert_true(checker_link_count > 250);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_basic_code_has_a_page),
        cmocka_unit_test(every_enhanced_code_has_a_page),
        cmocka_unit_test(every_verb_extension_and_cause_has_a_page),
        cmocka_unit_test(what_is_not_there_gets_a_page_that_helps_on),
        cmocka_unit_test(the_lists_are_searched_on_the_server),
        cmocka_unit_test(no_link_leads_nowhere),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("reference/entries", tests, NULL, NULL);
}
