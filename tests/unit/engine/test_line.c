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
    {.name = "nothing is no line yet",
     .input = SLICE_INIT(""),
     .result = LINE_PARTIAL,
     .line = SLICE_INIT("")},
    {.name = "text without an end is no line yet",
     .input = SLICE_INIT("NOOP"),
     .result = LINE_PARTIAL,
     .line = SLICE_INIT("")},
    {.name = "CR alone is no end yet",
     .input = SLICE_INIT("NOOP\r"),
     .result = LINE_PARTIAL,
     .line = SLICE_INIT("")},
    {.name = "CRLF ends a line",
     .input = SLICE_INIT("NOOP\r\n"),
     .result = LINE_OK,
     .used = 6,
     .line = SLICE_INIT("NOOP")},
    {.name = "only the first line is taken",
     .input = SLICE_INIT("A\r\nB\r\n"),
     .result = LINE_OK,
     .used = 3,
     .line = SLICE_INIT("A")},
    {.name = "an empty line is a line",
     .input = SLICE_INIT("\r\n"),
     .result = LINE_OK,
     .used = 2,
     .line = SLICE_INIT("")},
    {.name = "LF alone ends no line",
     .input = SLICE_INIT("NOOP\nX\r\n"),
     .result = LINE_BARE_LF,
     .used = 5,
     .line = SLICE_INIT("NOOP")},
    {.name = "LF alone first is bare too",
     .input = SLICE_INIT("\n"),
     .result = LINE_BARE_LF,
     .used = 1,
     .line = SLICE_INIT("")},
    {.name = "LF alone ends a line where it may",
     .input = SLICE_INIT("NOOP\nX"),
     .is_lf_enough = true,
     .result = LINE_OK,
     .used = 5,
     .line = SLICE_INIT("NOOP")},
    {.name = "CRLF ends a line there too",
     .input = SLICE_INIT("NOOP\r\n"),
     .is_lf_enough = true,
     .result = LINE_OK,
     .used = 6,
     .line = SLICE_INIT("NOOP")},
    {.name = "CR inside a line stays inside",
     .input = SLICE_INIT("A\rB\r\n"),
     .result = LINE_OK,
     .used = 5,
     .line = SLICE_INIT("A\rB")},
    {.name = "NUL inside a line stays inside",
     .input = SLICE_INIT("A\0B\r\n"),
     .result = LINE_OK,
     .used = 5,
     .line = SLICE_INIT("A\0B")},
    {.name = "the longest line fits",
     .input = SLICE_INIT("12345678901234\r\n"),
     .result = LINE_OK,
     .used = 16,
     .line = SLICE_INIT("12345678901234")},
    {.name = "one octet more is too long",
     .input = SLICE_INIT("123456789012345\r\n"),
     .result = LINE_TOO_LONG,
     .used = MAX,
     .line = SLICE_INIT("")},
    {.name = "as many octets without an end are too long",
     .input = SLICE_INIT("1234567890123456"),
     .result = LINE_TOO_LONG,
     .used = MAX,
     .line = SLICE_INIT("")},
    {.name = "one octet less without an end may still end",
     .input = SLICE_INIT("123456789012345"),
     .result = LINE_PARTIAL,
     .line = SLICE_INIT("")},
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

/* More octets after never change what was found, and any beginning is PARTIAL
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
    {.name = "printable octets need no care", .line = SLICE_INIT("MAIL FROM:<a@b> ~")},
    {.name = "white space at the end needs none", .line = SLICE_INIT("NOOP \t \t")},
    {.name = "a TAB inside does",
     .line = SLICE_INIT("NO\tOP"),
     .bits = LINE_HAS_CONTROL},
    {.name = "NUL is a control", .line = SLICE_INIT("A\0"), .bits = LINE_HAS_CONTROL},
    {.name = "DEL is a control", .line = SLICE_INIT("A\x7f"), .bits = LINE_HAS_CONTROL},
    {.name = "octets above 7F are high",
     .line = SLICE_INIT("\x80\xff"),
     .bits = LINE_HAS_HIGH},
    {.name = "a bare CR is reported",
     .line = SLICE_INIT("A\rB"),
     .bits = LINE_HAS_CONTROL | LINE_HAS_CR},
    {.name = "a CR at the end is reported",
     .line = SLICE_INIT("AB\r"),
     .bits = LINE_HAS_CONTROL | LINE_HAS_CR},
    {.name = "all at once",
     .line = SLICE_INIT("\x01\x80\r."),
     .bits = LINE_HAS_CONTROL | LINE_HAS_HIGH | LINE_HAS_CR},
    {.name = "nothing", .line = SLICE_INIT("")},
};

static void
octets_that_need_care_are_reported(void **state)
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
        cmocka_unit_test(octets_that_need_care_are_reported),
    };
    return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
