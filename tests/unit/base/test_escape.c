#include "unit.h"

#include "base/ascii.h"
#include "base/escape.h"
#include "guard.h"

struct escape_case {
    const char *name;
    struct slice s, octets, text;
};

static const struct escape_case cases[] = {
    {.name = "nothing stays nothing",
     .s = SLICE_INIT(""),
     .octets = SLICE_INIT(""),
     .text = SLICE_INIT("")},
    {.name = "printable octets stay",
     .s = SLICE_INIT("MAIL FROM:<a@b.example> ~"),
     .octets = SLICE_INIT("MAIL FROM:<a@b.example> ~"),
     .text = SLICE_INIT("MAIL FROM:<a@b.example> ~")},
    {.name = "controls are escaped",
     .s = SLICE_INIT("a\r\n\t\0b\x1b\x7f"),
     .octets = SLICE_INIT("a\\x0D\\x0A\\x09\\x00b\\x1B\\x7F"),
     .text = SLICE_INIT("a\\x0D\\x0A\\x09\\x00b\\x1B\\x7F")},
    {.name = "a backslash is doubled in logs only",
     .s = SLICE_INIT("a\\b"),
     .octets = SLICE_INIT("a\\\\b"),
     .text = SLICE_INIT("a\\b")},
    {.name = "UTF-8 stays readable on terminals only",
     .s = SLICE_INIT("\xC3\xA4\xE6\x97\xA5"),
     .octets = SLICE_INIT("\\xC3\\xA4\\xE6\\x97\\xA5"),
     .text = SLICE_INIT("\xC3\xA4\xE6\x97\xA5")},
    {.name = "ill-formed UTF-8 is escaped",
     .s = SLICE_INIT("\xC3(\xFF"),
     .octets = SLICE_INIT("\\xC3(\\xFF"),
     .text = SLICE_INIT("\\xC3(\\xFF")},
    {.name = "C1 controls are escaped",
     .s = SLICE_INIT("\xC2\x9B"),
     .octets = SLICE_INIT("\\xC2\\x9B"),
     .text = SLICE_INIT("\\xC2\\x9B")},
    {.name = "bidirectional overrides are escaped",
     .s = SLICE_INIT("\xE2\x80\xAE\xE2\x81\xA6"),
     .octets = SLICE_INIT("\\xE2\\x80\\xAE\\xE2\\x81\\xA6"),
     .text = SLICE_INIT("\\xE2\\x80\\xAE\\xE2\\x81\\xA6")},
};

/* Hexadecimal digits in either letter case are good. */
static bool
is_same(const char *got, size_t len, struct slice wanted)
{
    return slice_is_equal_fold(slice_of(got, len), wanted) && got[len] == '\0';
}

static void
what_a_peer_sent_is_made_safe(void **state)
{
    struct guard guard;
    char out[200];

    (void)state;
    guard_init(&guard, 200);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct escape_case *c = &cases[i];
        struct slice s = guard_copy(&guard, c->s);
        CASE(c->name, is_same(out, escape_octets(s, out, sizeof out), c->octets));
        CASE(c->name, is_same(out, escape_text(s, out, sizeof out), c->text));
    }
    guard_clear(&guard);
}

static void
every_octet_comes_out_printable(void **state)
{
    (void)state;
    for (unsigned octet = 0; octet < 256; octet++) {
        char in = (char)octet, out[5];
        size_t len = escape_octets(slice_of(&in, 1), out, sizeof out);
        assert_true(len == 1 || len == 2 || len == 4);
        assert_int_equal(out[len], '\0');
        for (size_t i = 0; i < len; i++)
            assert_true(ascii_is_printable(out[i]));
    }
}

/* Never half an escape, never past the end, always a terminator. */
static void
a_small_output_is_cut_between_escapes(void **state)
{
    const struct slice s = SLICE_INIT("a\r\\\xC3\xA4z\x01");
    char whole[40], out[40];

    (void)state;
    for (int way = 0; way < 2; way++) {
        size_t (*escape)(struct slice, char *, size_t) =
            way ? escape_text : escape_octets;
        escape(s, whole, sizeof whole);
        for (size_t size = 1; size < sizeof out; size++) {
            memset(out, '#', sizeof out);
            size_t len = escape(s, out, size);
            assert_true(len < size);
            assert_int_equal(out[len], '\0');
            assert_memory_equal(out, whole, len);
            for (size_t i = size; i < sizeof out; i++)
                assert_int_equal(out[i], '#');
            if (len >= 2)
                assert_false(out[len - 2] == '\\' && out[len - 1] == 'x');
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_peer_sent_is_made_safe),
        cmocka_unit_test(every_octet_comes_out_printable),
        cmocka_unit_test(a_small_output_is_cut_between_escapes),
    };
    return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
