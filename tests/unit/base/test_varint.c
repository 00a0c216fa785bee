/* test_varint.c - numbers in base 128: as short as they can be, and read back */
#include "unit.h"

#include "base/varint.h"

struct number_case {
    const char *name;
    uint64_t value;
    size_t len;
};

static const struct number_case numbers[] = {
    {.name = "zero takes one octet", .value = 0, .len = 1},
    {.name = "seven bits take one octet", .value = 0x7f, .len = 1},
    {.name = "eight bits take two octets", .value = 0x80, .len = 2},
    {.name = "fourteen bits take two octets", .value = 0x3fff, .len = 2},
    {.name = "fifteen bits take three octets", .value = 0x4000, .len = 3},
    {.name = "63 bits take nine octets", .value = INT64_MAX, .len = 9},
    {.name = "64 bits take ten octets", .value = UINT64_MAX, .len = 10},
};

static void
numbers_are_written_and_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        const struct number_case *c = &numbers[i];
        char octets[VARINT_MAX + 1];
        char *end = varint_put(octets, c->value);
        struct slice left = slice_of(octets, c->len + 1); /* one octet more */
        uint64_t value;

        CASE(c->name, end == octets + c->len);
        CASE(c->name, varint_take(&left, &value) && value == c->value);
        CASE(c->name, left.len == 1);
        for (size_t len = 0; len < c->len; len++) {
            left = slice_of(octets, len);
            CASE(c->name, !varint_take(&left, &value)); /* cut off */
        }
    }
}

static void
a_number_without_an_end_is_refused(void **state)
{
    static const char octets[VARINT_MAX + 2] =
        "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80";
    struct slice left = slice_of(octets, sizeof(octets));
    uint64_t value = 7;

    (void)state;
    assert_false(varint_take(&left, &value));
    assert_int_equal(value, 7);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_and_read),
        cmocka_unit_test(a_number_without_an_end_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
