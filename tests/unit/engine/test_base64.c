#include "unit.h"

#include "engine/base64.h"
#include "guard.h"

struct base64_case {
    const char *name;
    struct slice text;
    bool is_valid;
};

static const struct base64_case cases[] = {
    {"nothing", SLICE_INIT(""), true},
    {"three octets", SLICE_INIT("YW5u"), true},
    {"two octets and padding", SLICE_INIT("YW4="), true},
    {"one octet and padding", SLICE_INIT("YQ=="), true},
    {"PLAIN of ann", SLICE_INIT("AGFubgBzZWNyZXQtMQ=="), true},
    {"every character",
     SLICE_INIT("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
     true},
    {"a wrong length", SLICE_INIT("AGFub"), false},
    {"padding missing", SLICE_INIT("YQ"), false},
    {"padding half missing", SLICE_INIT("YQ="), false},
    {"padding too much", SLICE_INIT("YQ==="), false},
    {"padding alone", SLICE_INIT("===="), false},
    {"padding of three", SLICE_INIT("Y==="), false},
    {"padding inside", SLICE_INIT("YQ==YW5u"), false},
    {"padding before the end", SLICE_INIT("YQ=u"), false},
    {"bits left over behind one octet", SLICE_INIT("YR=="), false},
    {"bits left over behind two octets", SLICE_INIT("YW5="), false},
    {"a space", SLICE_INIT("YW 5"), false},
    {"a line end", SLICE_INIT("YW5\n"), false},
    {"a NUL", SLICE_INIT("YW5\0"), false},
    {"the URL alphabet", SLICE_INIT("YW-_"), false},
    {"an octet above 7F", SLICE_INIT("YW5\xC3"), false},
    {"a word of four letters", SLICE_INIT("QUIT"), true},
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
