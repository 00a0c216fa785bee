#include "unit.h"

#include "engine/xtext.h"
#include "guard.h"

struct xtext_case {
    const char *name;
    struct slice encoded;
    bool is_any, is_printable;
    struct slice decoded;
};

static const struct xtext_case cases[] = {
    {.name = "nothing",
     .encoded = SLICE_INIT(""),
     .is_any = true,
     .is_printable = true,
     .decoded = SLICE_INIT("")},
    {.name = "plain octets",
     .encoded = SLICE_INIT("ann@example.net"),
     .is_any = true,
     .is_printable = true,
     .decoded = SLICE_INIT("ann@example.net")},
    {.name = "a plus",
     .encoded = SLICE_INIT("a+2Bb"),
     .is_any = true,
     .is_printable = true,
     .decoded = SLICE_INIT("a+b")},
    {.name = "a plus and a space",
     .encoded = SLICE_INIT("a+2Bb+20c"),
     .is_any = true,
     .is_printable = true,
     .decoded = SLICE_INIT("a+b c")},
    {.name = "an equals sign",
     .encoded = SLICE_INIT("e+3Dmc2@example.com"),
     .is_any = true,
     .is_printable = true,
     .decoded = SLICE_INIT("e=mc2@example.com")},
    {.name = "lower case digits",
     .encoded = SLICE_INIT("a+2bb"),
     .is_any = true,
     .is_printable = true,
     .decoded = SLICE_INIT("a+b")},
    {.name = "what needs no encoding may have one",
     .encoded = SLICE_INIT("+41"),
     .is_any = true,
     .is_printable = true,
     .decoded = SLICE_INIT("A")},
    {.name = "a line end",
     .encoded = SLICE_INIT("a+0D+0A"),
     .is_any = true,
     .decoded = SLICE_INIT("a\r\n")},
    {.name = "NUL",
     .encoded = SLICE_INIT("+00"),
     .is_any = true,
     .decoded = SLICE_INIT("\0")},
    {.name = "DEL",
     .encoded = SLICE_INIT("+7F"),
     .is_any = true,
     .decoded = SLICE_INIT("\x7f")},
    {.name = "an octet above 7F",
     .encoded = SLICE_INIT("+C3+A4"),
     .is_any = true,
     .decoded = SLICE_INIT("\xC3\xA4")},
    {.name = "a lone plus", .encoded = SLICE_INIT("+"), .decoded = SLICE_INIT("")},
    {.name = "a plus with one digit",
     .encoded = SLICE_INIT("a+2"),
     .decoded = SLICE_INIT("")},
    {.name = "a plus with no digits",
     .encoded = SLICE_INIT("a+zz"),
     .decoded = SLICE_INIT("")},
    {.name = "a bare equals sign",
     .encoded = SLICE_INIT("a=b"),
     .decoded = SLICE_INIT("")},
    {.name = "a bare space", .encoded = SLICE_INIT("a b"), .decoded = SLICE_INIT("")},
    {.name = "a bare control",
     .encoded = SLICE_INIT("a\x01"),
     .decoded = SLICE_INIT("")},
    {.name = "a bare octet above 7F",
     .encoded = SLICE_INIT("\xC3\xA4"),
     .decoded = SLICE_INIT("")},
};

static void
xtext_follows_rfc_3461_4(void **state)
{
    struct guard guard;
    char out[100];

    (void)state;
    guard_init(&guard, 100);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct xtext_case *c = &cases[i];
        struct slice s = guard_copy(&guard, c->encoded);
        CASE(c->name, xtext_is_valid(s, XTEXT_ANY) == c->is_any);
        CASE(c->name, xtext_is_valid(s, XTEXT_PRINTABLE) == c->is_printable);
        CASE_SLICE(c->name, slice_of(out, xtext_decode(s, out)), c->decoded);
    }
    guard_clear(&guard);
}

static void
every_octet_survives(void **state)
{
    (void)state;
    for (unsigned octet = 0; octet < 256; octet++) {
        static const char digits[] = "0123456789ABCDEF";
        char text[3] = {'+', digits[octet >> 4], digits[octet & 15]};
        char out[3];

        assert_true(xtext_is_valid(slice_of(text, 3), XTEXT_ANY));
        assert_int_equal(xtext_is_valid(slice_of(text, 3), XTEXT_PRINTABLE),
                         octet >= 32 && octet <= 126);
        assert_int_equal(xtext_decode(slice_of(text, 3), out), 1);
        assert_int_equal((unsigned char)out[0], octet);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xtext_follows_rfc_3461_4),
        cmocka_unit_test(every_octet_survives),
    };
    return cmocka_run_group_tests_name("xtext", tests, NULL, NULL);
}
