/* test_search.c - which entries have a word in them */
#include "document/search.h"

#include "unit.h"

static void
a_word_is_looked_for_without_case_and_in_both_languages(void **state)
{
    const struct postern_code *code = postern_code_find(503);

    (void)state;
    assert_true(search_code(&(struct search){.word = SLICE("BAD seq")}, code));
    assert_true(search_code(&(struct search){.word = SLICE("順序")}, code));
    assert_true(search_code(&(struct search){.word = SLICE("503")}, code));
    assert_true(search_code(&(struct search){.word = SLICE("")}, code));
    assert_false(search_code(&(struct search){.word = SLICE("greylist")}, code));
}

static void
a_class_keeps_the_others_away(void **state)
{
    const struct postern_code *code = postern_code_find(503);
    const struct postern_enhanced *general = postern_enhanced_find(SLICE("5.5.1"));
    const struct postern_enhanced *vendor = postern_enhanced_find(SLICE("5.7.606"));

    (void)state;
    assert_true(search_code(&(struct search){.class = '5'}, code));
    assert_false(search_code(&(struct search){.class = '2'}, code));
    assert_true(search_enhanced(&(struct search){.class = '4'}, general));
    assert_true(search_enhanced(&(struct search){.class = '5'}, vendor));
    assert_false(search_enhanced(&(struct search){.class = '4'}, vendor));
}

static void
wordings_are_found_by_product_text_and_cause(void **state)
{
    size_t found[3] = {0};

    (void)state;
    for (size_t i = 0; i < postern_wording_count; i++) {
        const struct postern_wording *w = &postern_wordings[i];
        found[0] += search_wording(&(struct search){.word = SLICE("postfix")}, w);
        found[1] += search_wording(&(struct search){.word = SLICE("nested mail")}, w);
        found[2] += search_wording(&(struct search){.word = SLICE("nested-mail")}, w);
        if (w->is_generic)
            assert_false(search_wording(&(struct search){.class = 0}, w));
    }
    for (int i = 0; i < 3; i++)
        assert_true(found[i] > 0 && found[i] < postern_wording_count);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_looked_for_without_case_and_in_both_languages),
        cmocka_unit_test(a_class_keeps_the_others_away),
        cmocka_unit_test(wordings_are_found_by_product_text_and_cause),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("document/search", tests, NULL, NULL);
}
