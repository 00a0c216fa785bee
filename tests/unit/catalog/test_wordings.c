/* test_wordings - every sample of the catalog is recognised, as its own cause */
#include "unit.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "catalog/message.h"
#include "catalog/wording.h"

#include <stdio.h>

static void
each_sample_has_its_own_cause(void **state)
{
    unsigned product_differs = 0;

    (void)state;
    for (size_t i = 0; i < catalog_wording_generic; i++) {
        const struct postern_wording *wording = &postern_wordings[i], *found;
        found = postern_wording_match(wording->sample, wording->product, NULL);
        if (found == NULL || found->cause != wording->cause)
            fail_msg("%.*s: \"%.*s\" is taken for %s", (int)wording->name.len,
                     wording->name.ptr, (int)wording->sample.len, wording->sample.ptr,
                     found == NULL ? "nothing" : found->name.ptr);
        if (!slice_is_equal(found->product, wording->product))
            product_differs++;
    }
    /* texts that a heavier pattern of another product matches too */
    assert_in_range(product_differs, 0, 6);
}

static void
each_pattern_matches_its_sample(void **state)
{
    (void)state;
    for (size_t i = 0; i < postern_wording_count; i++) {
        char text[POSTERN_REPLY_TEXT_MAX];
        struct slice sample = postern_wordings[i].sample;
        for (size_t n = 0; n < sample.len; n++)
            text[n] = ascii_lower(sample.ptr[n]);
        if (text[3] == '-')
            text[3] = ' ';
        struct slice folded = slice_of(text, sample.len);
        bool is_match =
            postern_wordings[i].is_generic
                ? pattern_match_inside(&catalog_wording_patterns[i], folded)
                : pattern_match_start(&catalog_wording_patterns[i], folded, NULL);
        if (!is_match)
            fail_msg("%s does not match its sample", postern_wordings[i].name.ptr);
    }
}

static void
each_generic_sample_has_its_own_cause_without_the_products(void **state)
{
    (void)state;
    for (size_t i = catalog_wording_generic; i < postern_wording_count; i++) {
        const struct postern_wording *wording = &postern_wordings[i], *found;
        found = postern_wording_match(wording->sample, slice_of(NULL, 0), NULL);
        assert_non_null(found);
        if (found->is_generic && found->cause != wording->cause)
            fail_msg("%s: the sample is taken for %s", wording->name.ptr,
                     found->name.ptr);
    }
}

static void
the_queue_id_is_found(void **state)
{
    static const struct {
        const char *reply, *id;
    } cases[] = {
        {.reply = "250 2.0.0 Ok: queued as 6D16826F000D", .id = "6D16826F000D"},
        {.reply = "250 OK id=1iBxyz-0004sN-7k", .id = "1iBxyz-0004sN-7k"},
        {.reply = "250 2.0.0 w5NIvRk4026 Message accepted for delivery",
         .id = "w5NIvRk4026"},
        {.reply = "250 2.1.0 Ok", .id = ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct slice id = {NULL, 0};
        postern_wording_match(slice_from(cases[i].reply), slice_of(NULL, 0), &id);
        if (!slice_is_equal(id, slice_from(cases[i].id)))
            fail_msg("%s: the id is \"%.*s\"", cases[i].reply, (int)id.len, id.ptr);
    }
}

static void
each_message_is_found_in_its_sample(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalog_message_count; i++) {
        const struct catalog_message *message = &catalog_messages[i], *found;
        char text[POSTERN_REPLY_TEXT_MAX];
        size_t len = catalog_message_fold(message->sample, text, sizeof(text));
        found = catalog_message_find(slice_of(text, len));
        if (found == NULL || found->cause != message->cause)
            fail_msg("%s: \"%s\" is taken for %s", message->name.ptr,
                     message->sample.ptr, found == NULL ? "nothing" : found->name.ptr);
    }
}

static void
what_no_pattern_knows_is_nothing(void **state)
{
    (void)state;
    assert_null(
        postern_wording_match(slice_from("599 qwertz"), slice_of(NULL, 0), NULL));
    assert_null(postern_wording_match(slice_from("25"), slice_of(NULL, 0), NULL));
    assert_null(postern_wording_match(slice_of(NULL, 0), slice_of(NULL, 0), NULL));
    assert_null(catalog_message_find(slice_from("all is well")));
    assert_null(catalog_message_find(slice_of(NULL, 0)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sample_has_its_own_cause),
        cmocka_unit_test(each_pattern_matches_its_sample),
        cmocka_unit_test(each_generic_sample_has_its_own_cause_without_the_products),
        cmocka_unit_test(the_queue_id_is_found),
        cmocka_unit_test(each_message_is_found_in_its_sample),
        cmocka_unit_test(what_no_pattern_knows_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
