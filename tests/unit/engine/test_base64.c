#include "unit.h"

#include "engine/base64.h"
#include "guard.h"

struct base64_case {
    const char *name;
    struct slice text;
    bool is_valid;
};

static const struct base64_case cases[] = {
    {.name = "nothing", .text = SLICE_INIT(""), .is_valid = true},
    {.name = "three octets", .text = SLICE_INIT("YW5u"), .is_valid = true},
    {.name = "two octets and padding", .text = SLICE_INIT("YW4="), .is_valid = true},
    {.name = "one octet and padding", .text = SLICE_INIT("YQ=="), .is_valid = true},
    {.name = "PLAIN of ann",
     .text = SLICE_INIT("AGFubgBzZWNyZXQtMQ=="),
     .is_valid = true},
    {.name = "every character",
     .text =
         SLICE_INIT("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
     .is_valid = true},
    {.name = "a wrong length", .text = SLICE_INIT("AGFub")},
    {.name = "padding missing", .text = SLICE_INIT("YQ")},
    {.name = "padding half missing", .text = SLICE_INIT("YQ=")},
    {.name = "padding too much", .text = SLICE_INIT("YQ===")},
    {.name = "padding alone", .text = SLICE_INIT("====")},
    {.name = "padding of three", .text = SLICE_INIT("Y===")},
    {.name = "padding inside", .text = SLICE_INIT("YQ==YW5u")},
    {.name = "padding before the end", .text = SLICE_INIT("YQ=u")},
    {.name = "bits left over after one octet", .text = SLICE_INIT("YR==")},
    {.name = "bits left over after two octets", .text = SLICE_INIT("YW5=")},
    {.name = "a space", .text = SLICE_INIT("YW 5")},
    {.name = "a line end", .text = SLICE_INIT("YW5\n")},
    {.name = "a NUL", .text = SLICE_INIT("YW5\0")},
    {.name = "the URL alphabet", .text = SLICE_INIT("YW-_")},
    {.name = "an octet above 7F", .text = SLICE_INIT("YW5\xC3")},
    {.name = "a word of four letters", .text = SLICE_INIT("QUIT"), .is_valid = true},
};

static void
base64_is_strict(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 100);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CASE(cases[i].name,
             base64_is_valid(guard_copy(&guard, cases[i].text)) == cases[i].is_valid);
    guard_clear(&guard);
}

/* Of the 2^24 texts of four octets exactly so many are base64: 64^4 without
 * padding, 64^2 * 16 with one, 64 * 4 with two. */
static void
exactly_the_encodings_are_valid(void **state)
{
    static const char octets[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        "=-_ .\r\n";
    size_t count = 0, len = sizeof octets; /* the NUL too */
    char text[4];

    (void)state;
    for (size_t a = 0; a < len; a++)
        for (size_t b = 0; b < len; b++)
            for (size_t c = 0; c < len; c++)
                for (size_t d = 0; d < len; d++) {
                    text[0] = octets[a];
                    text[1] = octets[b];
                    text[2] = octets[c];
                    text[3] = octets[d];
                    count += base64_is_valid(slice_of(text, 4));
                }
    assert_int_equal(count, 64 * 64 * 64 * 64 + 64 * 64 * 16 + 64 * 4);
}

static void
the_alphabet_includes_padding(void **state)
{
    (void)state;
    assert_true(base64_is_alphabet(SLICE("=YQ")));
    assert_false(base64_is_alphabet(SLICE("YQ*")));
    assert_false(base64_is_alphabet(SLICE("Y\0")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_is_strict),
        cmocka_unit_test(exactly_the_encodings_are_valid),
        cmocka_unit_test(the_alphabet_includes_padding),
    };
    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
