#include "unit.h"

#include "engine/line.h"
#include "guard.h"

enum { MAX = 16 };

struct line_case {
    const char *name;
    struct slice input;
    bool is_lf_enough;
    enum line_result result;
    size_t used;
    struct slice line;
};

static const struct line_case cases[] = {
    {"nothing is no line yet", SLICE_INIT(""), false, LINE_PARTIAL, 0, SLICE_INIT("")},
    {"text without an end is no line yet", SLICE_INIT("NOOP"), false, LINE_PARTIAL, 0,
     SLICE_INIT("")},
    {"CR alone is no end yet", SLICE_INIT("NOOP\r"), false, LINE_PARTIAL, 0,
     SLICE_INIT("")},
    {"CRLF ends a line", SLICE_INIT("NOOP\r\n"), false, LINE_OK, 6, SLICE_INIT("NOOP")},
    {"only the first line is taken", SLICE_INIT("A\r\nB\r\n"), false, LINE_OK, 3,
     SLICE_INIT("A")},
    {"an empty line is a line", SLICE_INIT("\r\n"), false, LINE_OK, 2, SLICE_INIT("")},
    {"LF alone ends no line", SLICE_INIT("NOOP\nX\r\n"), false, LINE_BARE_LF, 5,
     SLICE_INIT("NOOP")},
    {"LF alone first is bare too", SLICE_INIT("\n"), false, LINE_BARE_LF, 1,
     SLICE_INIT("")},
    {"LF alone ends a line where it may", SLICE_INIT("NOOP\nX"), true, LINE_OK, 5,
     SLICE_INIT("NOOP")},
    {"CRLF ends a line there too", SLICE_INIT("NOOP\r\n"), true, LINE_OK, 6,
     SLICE_INIT("NOOP")},
    {"CR inside a line stays inside", SLICE_INIT("A\rB\r\n"), false, LINE_OK, 5,
     SLICE_INIT("A\rB")},
    {"NUL inside a line stays inside", SLICE_INIT("A\0B\r\n"), false, LINE_OK, 5,
     SLICE_INIT("A\0B")},
    {"the longest line fits", SLICE_INIT("12345678901234\r\n"), false, LINE_OK, 16,
     SLICE_INIT("12345678901234")},
    {"one octet more is too long", SLICE_INIT("123456789012345\r\n"), false,
     LINE_TOO_LONG, MAX, SLICE_INIT("")},
    {"as many octets without an end are too long", SLICE_INIT("1234567890123456"),
     false, LINE_TOO_LONG, MAX, SLICE_INIT("")},
    {"one octet less without an end may still end", SLICE_INIT("123456789012345"),
     false, LINE_PARTIAL, 0, SLICE_INIT("")},
};

static void
lines_end_with_crlf_only(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 64);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct line_case *c = &cases[i];
        struct slice line = SLICE(""), input = guard_copy(&guard, c->input);
        size_t used = 99;

        CASE(c->name,
             line_take(input, MAX, c->is_lf_enough, &used, &line) == c->result);
        CASE(c->name, used == c->used);
        if (c->result == LINE_OK || c->result == LINE_BARE_LF)
            CASE_SLICE(c->name, line, c->line);
    }
    guard_clear(&guard);
}

/* More octets behind never change what was found, and any beginning is PARTIAL
 * until the result is there. */
static void
a_line_does_not_depend_on_cuts(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 64);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct line_case *c = &cases[i];
        for (size_t len = 0; len < c->input.len; len++) {
            struct slice line, part = guard_copy(&guard, slice_of(c->input.ptr, len));
            size_t used;
            enum line_result result =
                line_take(part, MAX, c->is_lf_enough, &used, &line);

            if (result == LINE_PARTIAL)
                CASE(c->name, used == 0 && (c->used == 0 || len < c->used));
            else
                CASE(c->name, result == c->result && used == c->used);
        }
    }
    guard_clear(&guard);
}

struct inspect_case {
    const char *name;
    struct slice line;
    unsigned bits;
};

static const struct inspect_case inspect_cases[] = {
    {"printable octets need no care", SLICE_INIT("MAIL FROM:<a@b> ~"), 0},
    {"white space at the end needs none", SLICE_INIT("NOOP \t \t"), 0},
    {"a TAB inside does", SLICE_INIT("NO\tOP"), LINE_HAS_CONTROL},
    {"NUL is a control", SLICE_INIT("A\0"), LINE_HAS_CONTROL},
    {"DEL is a control", SLICE_INIT("A\x7f"), LINE_HAS_CONTROL},
    {"octets above 7F are high", SLICE_INIT("\x80\xff"), LINE_HAS_HIGH},
    {"a bare CR is told", SLICE_INIT("A\rB"), LINE_HAS_CONTROL | LINE_HAS_CR},
    {"a CR at the end is told", SLICE_INIT("AB\r"), LINE_HAS_CONTROL | LINE_HAS_CR},
    {"all at once", SLICE_INIT("\x01\x80\r."),
     LINE_HAS_CONTROL | LINE_HAS_HIGH | LINE_HAS_CR},
    {"nothing", SLICE_INIT(""), 0},
};

static void
octets_that_need_care_are_told(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 64);
    for (size_t i = 0; i < ARRAY_LEN(inspect_cases); i++) {
        const struct inspect_case *c = &inspect_cases[i];
        unsigned bits = line_inspect(guard_copy(&guard, c->line));
        /* A CR may or may not count as a control besides. */
        if (c->bits & LINE_HAS_CR)
            bits |= LINE_HAS_CONTROL;
        CASE(c->name, bits == c->bits);
    }
    guard_clear(&guard);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_with_crlf_only),
        cmocka_unit_test(a_line_does_not_depend_on_cuts),
        cmocka_unit_test(octets_that_need_care_are_told),
    };
    return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
