/* test_compare.c - two codes side by side */
#include "reference/reference.h"

#include "checker.h"
#include "unit.h"

#include <stdio.h>

static void
begin(struct html *html, int language, const char *a, const char *b,
      enum reference_result expected)
{
    html_init(html, (enum postern_language)language);
    assert_int_equal(
        reference_compare(html, SLICE("/compare"), slice_from(a), slice_from(b)),
        expected);
    checker_page("a comparison", html);
}

static void
any_two_codes_are_compared(void **state)
{
    (void)state;
    for (size_t i = 0; i < postern_code_count; i++) {
        for (size_t n = 0; n < postern_code_count; n++) {
            char a[SLICE_NUMBER_MAX], b[SLICE_NUMBER_MAX], name[40];
            struct html html;
            if (i == n)
                continue;
            snprintf(name, sizeof(name), "%u and %u", postern_codes[i].code,
                     postern_codes[n].code);
            html_init(&html, (i + n) % 2 == 0 ? POSTERN_EN : POSTERN_JA);
            CASE(name, reference_compare(&html, SLICE("/compare"),
                                         slice_format_number(postern_codes[i].code, a),
                                         slice_format_number(postern_codes[n].code,
                                                             b)) == REFERENCE_OK);
            checker_page(name, &html);
            html_clear(&html);
        }
    }
}

static void
any_enhanced_code_is_compared_with_the_next(void **state)
{
    (void)state;
    for (size_t i = 1; i < postern_enhanced_count; i++) {
        for (int language = 0; language < POSTERN_LANGUAGE_COUNT; language++) {
            struct html html;
            html_init(&html, (enum postern_language)language);
            assert_int_equal(reference_compare(&html, SLICE("/compare"),
                                               postern_enhanced_codes[i - 1].code,
                                               postern_enhanced_codes[i].code),
                             REFERENCE_OK);
            checker_page(postern_enhanced_codes[i].code.ptr, &html);
            html_clear(&html);
        }
    }
}

static void
the_difference_comes_first_and_the_conversation_shows_it(void **state)
{
    static const char *const orders[2][2] = {{"250", "503"}, {"503", "250"}};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct html html;
        begin(&html, POSTERN_EN, orders[i][0], orders[i][1], REFERENCE_OK);
        assert_true(checker_has(&html, "250 means the command was carried out; 503"));
        assert_true(checker_has(&html, "<td data-code=\"503\">not unchanged</td>"));
        assert_true(checker_has(
            &html, "<li class=\"server refusal fault\"><span class=\"side\">S:</span> "
                   "<code>503 5.5.1 DATA: send RCPT TO first</code>"));
        assert_true(checker_has(&html, "<li class=\"client added\"><span "
                                       "class=\"side\">C:</span> <code>RCPT TO:"));
        assert_true(checker_has(&html, "<li class=\"client\"><span "
                                       "class=\"side\">C:</span> <code>DATA</code>"));
        assert_true(checker_has(&html, "id=\"causes-503\""));
        assert_true(checker_has(&html, "href=\"/codes/data-without-valid-rcpt\""));
        assert_true(checker_has(&html, ">Postfix<"));
        html_clear(&html);
    }
    struct html html;
    begin(&html, POSTERN_JA, "250", "503", REFERENCE_OK);
    assert_true(checker_has(&html, "<h1>SMTP 250 と 503 の違い</h1>"));
    html_clear(&html);
}

static void
without_codes_the_form_and_the_pairs_are_there(void **state)
{
    (void)state;
    for (int language = 0; language < POSTERN_LANGUAGE_COUNT; language++) {
        struct html html;
        begin(&html, language, "", "", REFERENCE_OK);
        assert_true(checker_has(&html, "name=\"a\""));
        assert_true(checker_has(&html, "href=\"/compare/250/503\""));
        html_clear(&html);
    }
}

static void
what_cannot_be_compared_is_said_so(void **state)
{
    static const struct {
        const char *name, *a, *b, *has;
    } cases[] = {
        {.name = "a code twice", .a = "503", .b = "503", .has = "503 was named twice"},
        {.name = "a code and an enhanced one",
         .a = "503",
         .b = "5.5.1",
         .has = "are not of the same kind"},
        {.name = "a code that is not there",
         .a = "250",
         .b = "593",
         .has = "/codes/553"},
        {.name = "one code only", .a = "250", .b = "", .has = "name=\"b\""},
        {.name = "a word", .a = "250", .b = "MAIL", .has = "There is no code MAIL"},
        {.name = "markup", .a = "<script>", .b = "\"'>", .has = "&lt;script&gt;"},
        {.name = "both codes of a reply",
         .a = "503 5.5.1",
         .b = "250",
         .has = "There is no code 503 5.5.1"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct html html;
        begin(&html, POSTERN_JA, cases[i].a, cases[i].b, REFERENCE_UNKNOWN);
        html_clear(&html);
        begin(&html, POSTERN_EN, cases[i].a, cases[i].b, REFERENCE_UNKNOWN);
        CASE(cases[i].name, checker_has(&html, cases[i].has));
        CASE(cases[i].name, !checker_has(&html, "<script>"));
        html_clear(&html);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_two_codes_are_compared),
        cmocka_unit_test(any_enhanced_code_is_compared_with_the_next),
        cmocka_unit_test(the_difference_comes_first_and_the_conversation_shows_it),
        cmocka_unit_test(without_codes_the_form_and_the_pairs_are_there),
        cmocka_unit_test(what_cannot_be_compared_is_said_so),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("reference/compare", tests, NULL, NULL);
}
