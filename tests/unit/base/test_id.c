#include "unit.h"

#include "base/id.h"

static const uint64_t when = 1700000000123456u; /* microseconds */

static void
an_id_survives_its_text(void **state)
{
    char text[ID_TEXT_LEN + 1], again[ID_TEXT_LEN + 1];
    struct id parsed;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        struct id id = id_new(when + (uint64_t)i * 777);
        id_format(&id, text);
        assert_int_equal(strlen(text), ID_TEXT_LEN);
        assert_int_equal(strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), ID_TEXT_LEN);
        assert_true(id_parse(slice_from(text), &parsed));
        assert_true(id_is_equal(&id, &parsed));
        id_format(&parsed, again);
        assert_string_equal(text, again);
    }
}

static void
an_id_is_a_uuid_of_version_seven(void **state)
{
    struct id id = id_new(when);

    (void)state;
    assert_int_equal(id.octets[6] >> 4, 7); /* RFC 9562 4.2 */
    assert_int_equal(id.octets[8] >> 6, 2); /* RFC 9562 4.1 */
    for (int i = 0; i < 6; i++) /* RFC 9562 5.7: the time, in milliseconds */
        assert_int_equal(id.octets[i], when / 1000 >> (40 - 8 * i) & 0xff);
}

static void
ids_sort_by_age_and_do_not_repeat(void **state)
{
    char before[ID_TEXT_LEN + 1], now[ID_TEXT_LEN + 1];
    struct id first = id_new(when), second = id_new(when);

    (void)state;
    assert_false(id_is_equal(&first, &second));
    id_format(&first, before);
    for (uint64_t i = 1; i < 1000; i++) {
        struct id id = id_new(when + i * 1000);
        id_format(&id, now);
        assert_true(strcmp(before, now) < 0);
        memcpy(before, now, sizeof now);
    }
}

struct parse_case {
    const char *name;
    struct slice text;
    bool is_id;
};

static const struct parse_case parse_cases[] = {
    {.name = "an id", .text = SLICE_INIT("01JD8Z0000000000000000TEST"), .is_id = true},
    {.name = "letters in any case",
     .text = SLICE_INIT("01jd8z0000000000000000test"),
     .is_id = true},
    {.name = "one character too few", .text = SLICE_INIT("01JD8Z0000000000000000TES")},
    {.name = "one character too many",
     .text = SLICE_INIT("01JD8Z0000000000000000TEST0")},
    {.name = "nothing", .text = SLICE_INIT("")},
    {.name = "a U is not a digit", .text = SLICE_INIT("01JD8Z000000000000000UTEST")},
    {.name = "a hyphen is not a digit",
     .text = SLICE_INIT("01JD8Z-000000000000000TEST")},
    {.name = "a NUL is not a digit", .text = SLICE_INIT("01JD8Z\0000000000000000TEST")},
    {.name = "more than 128 bits", .text = SLICE_INIT("80000000000000000000000000")},
    {.name = "all bits",
     .text = SLICE_INIT("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
     .is_id = true},
};

static void
only_ids_are_parsed(void **state)
{
    const struct id untouched = {{1, 2, 3}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(parse_cases); i++) {
        struct id id = untouched;
        CASE(parse_cases[i].name,
             id_parse(parse_cases[i].text, &id) == parse_cases[i].is_id);
        CASE(parse_cases[i].name, parse_cases[i].is_id || id_is_equal(&id, &untouched));
    }
}

static void
digits_easily_confused_are_accepted(void **state)
{
    struct id plain, kind;

    (void)state;
    assert_true(id_parse(SLICE("01111110000000000000000000"), &plain));
    assert_true(id_parse(SLICE("OIiLl11ooO0000000000000000"), &kind));
    assert_true(id_is_equal(&plain, &kind));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_survives_its_text),
        cmocka_unit_test(an_id_is_a_uuid_of_version_seven),
        cmocka_unit_test(ids_sort_by_age_and_do_not_repeat),
        cmocka_unit_test(only_ids_are_parsed),
        cmocka_unit_test(digits_easily_confused_are_accepted),
    };
    return cmocka_run_group_tests_name("id", tests, NULL, NULL);
}
