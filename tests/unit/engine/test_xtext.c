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
    {"nothing", SLICE_INIT(""), true, true, SLICE_INIT("")},
    {"plain octets", SLICE_INIT("ann@example.net"), true, true,
     SLICE_INIT("ann@example.net")},
    {"a plus", SLICE_INIT("a+2Bb"), true, true, SLICE_INIT("a+b")},
    {"a plus and a space", SLICE_INIT("a+2Bb+20c"), true, true, SLICE_INIT("a+b c")},
    {"an equals sign", SLICE_INIT("e+3Dmc2@example.com"), true, true,
     SLICE_INIT("e=mc2@example.com")},
    {"lower case digits", SLICE_INIT("a+2bb"), true, true, SLICE_INIT("a+b")},
    {"what needs no encoding may have one", SLICE_INIT("+41"), true, true,
     SLICE_INIT("A")},
    {"a line end", SLICE_INIT("a+0D+0A"), true, false, SLICE_INIT("a\r\n")},
    {"NUL", SLICE_INIT("+00"), true, false, SLICE_INIT("\0")},
    {"DEL", SLICE_INIT("+7F"), true, false, SLICE_INIT("\x7f")},
    {"an octet above 7F", SLICE_INIT("+C3+A4"), true, false, SLICE_INIT("\xC3\xA4")},
    {"a lone plus", SLICE_INIT("+"), false, false, SLICE_INIT("")},
    {"a plus with one digit", SLICE_INIT("a+2"), false, false, SLICE_INIT("")},
    {"a plus with no digits", SLICE_INIT("a+zz"), false, false, SLICE_INIT("")},
    {"a bare equals sign", SLICE_INIT("a=b"), false, false, SLICE_INIT("")},
    {"a bare space", SLICE_INIT("a b"), false, false, SLICE_INIT("")},
    {"a bare control", SLICE_INIT("a\x01"), false, false, SLICE_INIT("")},
    {"a bare octet above 7F", SLICE_INIT("\xC3\xA4"), false, false, SLICE_INIT("")},
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
