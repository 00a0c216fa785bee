/* test_utf8.c - every one, two and three octets against the table of RFC 3629 4 */
#include "unit.h"

#include "base/utf8.h"
#include "guard.h"

/* One row of the ABNF: lead octets, and the range of the second one. */
struct row {
    unsigned char lead_low, lead_high, second_low, second_high;
    size_t len;
};

static const struct row rows[] = {
    {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* The length of the character that s begins with, 0 for none. */
static size_t
reference(const unsigned char *s, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *row = &rows[i];
        if (s[0] < row->lead_low || s[0] > row->lead_high)
            continue;
        if (row->len > len)
            return 0;
        if (row->len > 1 && (s[1] < row->second_low || s[1] > row->second_high))
            return 0;
        for (size_t n = 2; n < row->len; n++)
            if (s[n] < 0x80 || s[n] > 0xbf)
                return 0;
        return row->len;
    }
    return 0;
}

static uint32_t
reference_point(const unsigned char *s, size_t len)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = s[0] & masks[len];

    for (size_t i = 1; i < len; i++)
        point = point << 6 | (s[i] & 0x3f);
    return point;
}

static bool
reference_is_valid(const unsigned char *s, size_t len)
{
    while (len > 0) {
        size_t used = reference(s, len);
        if (used == 0)
            return false;
        s += used;
        len -= used;
    }
    return true;
}

static void
check(struct guard *guard, const unsigned char *octets, size_t len)
{
    struct slice s = guard_copy(guard, slice_of((const char *)octets, len));
    uint32_t point = 0;
    size_t wanted = reference(octets, len);

    if (utf8_decode(s, &point) != wanted)
        fail_msg("decode of %02x %02x %02x %02x, %zu octets", octets[0], octets[1],
                 octets[2], octets[3], len);
    if (wanted > 0)
        assert_int_equal(point, reference_point(octets, wanted));
    assert_int_equal(utf8_is_valid(s), reference_is_valid(octets, len));
}

static void
one_to_three_octets_are_as_the_rfc_says(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 16);
    for (unsigned n = 0; n < 1u << 24; n++) {
        unsigned char octets[4] = {(unsigned char)(n >> 16), (unsigned char)(n >> 8),
                                   (unsigned char)n, 0};
        check(&guard, octets, 3);
        if ((n & 0xff) == 0)
            check(&guard, octets, 2);
        if ((n & 0xffff) == 0)
            check(&guard, octets, 1);
    }
    guard_clear(&guard);
}

/* All leads above EF, all second octets, and the edges of the others. */
static void
four_octets_are_as_the_rfc_says(void **state)
{
    static const unsigned char edges[] = {0x00, 0x7f, 0x80, 0x8f,
                                          0x90, 0xbf, 0xc0, 0xff};
    struct guard guard;

    (void)state;
    guard_init(&guard, 16);
    for (unsigned lead = 0xe0; lead < 256; lead++)
        for (unsigned second = 0; second < 256; second++)
            for (size_t i = 0; i < ARRAY_LEN(edges); i++)
                for (size_t j = 0; j < ARRAY_LEN(edges); j++) {
                    unsigned char octets[4] = {
                        (unsigned char)lead, (unsigned char)second, edges[i], edges[j]};
                    check(&guard, octets, 4);
                }
    guard_clear(&guard);
}

static void
nothing_is_valid_but_no_character(void **state)
{
    uint32_t point;

    (void)state;
    assert_true(utf8_is_valid(SLICE("")));
    assert_int_equal(utf8_decode(SLICE(""), &point), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_to_three_octets_are_as_the_rfc_says),
        cmocka_unit_test(four_octets_are_as_the_rfc_says),
        cmocka_unit_test(nothing_is_valid_but_no_character),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
