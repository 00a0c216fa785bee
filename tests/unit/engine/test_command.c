#include "unit.h"

#include "engine/command.h"
#include "guard.h"

struct command_case {
    const char *name;
    struct slice line;
    enum postern_command command;
    struct slice verb, argument;
    bool has_trailing_space;
    enum foreign foreign;
};

static const struct command_case cases[] = {
    {"a verb alone", SLICE_INIT("QUIT"), POSTERN_QUIT, SLICE_INIT("QUIT"),
     SLICE_INIT(""), false, FOREIGN_NOTHING},
    {"letters in any case", SLICE_INIT("qUiT"), POSTERN_QUIT, SLICE_INIT("qUiT"),
     SLICE_INIT(""), false, FOREIGN_NOTHING},
    {"an argument behind one space", SLICE_INIT("MAIL FROM:<a@b>"), POSTERN_MAIL,
     SLICE_INIT("MAIL"), SLICE_INIT("FROM:<a@b>"), false, FOREIGN_NOTHING},
    {"white space at the end goes", SLICE_INIT("NOOP x \t"), POSTERN_NOOP,
     SLICE_INIT("NOOP"), SLICE_INIT("x"), true, FOREIGN_NOTHING},
    {"white space behind the verb alone goes", SLICE_INIT("DATA  "), POSTERN_DATA,
     SLICE_INIT("DATA"), SLICE_INIT(""), true, FOREIGN_NOTHING},
    {"nothing has an empty verb", SLICE_INIT(""), POSTERN_UNKNOWN, SLICE_INIT(""),
     SLICE_INIT(""), false, FOREIGN_NOTHING},
    {"a longer word is another verb", SLICE_INIT("DATAX"), POSTERN_UNKNOWN,
     SLICE_INIT("DATAX"), SLICE_INIT(""), false, FOREIGN_NOTHING},
    {"a shorter word is another verb", SLICE_INIT("DAT"), POSTERN_UNKNOWN,
     SLICE_INIT("DAT"), SLICE_INIT(""), false, FOREIGN_NOTHING},
    {"ETRN is known", SLICE_INIT("ETRN x"), POSTERN_UNIMPLEMENTED, SLICE_INIT("ETRN"),
     SLICE_INIT("x"), false, FOREIGN_NOTHING},
    {"TURN is known", SLICE_INIT("turn"), POSTERN_UNIMPLEMENTED, SLICE_INIT("turn"),
     SLICE_INIT(""), false, FOREIGN_NOTHING},
    {"BURL is known", SLICE_INIT("BURL x"), POSTERN_UNIMPLEMENTED, SLICE_INIT("BURL"),
     SLICE_INIT("x"), false, FOREIGN_NOTHING},
    {"a header field is content", SLICE_INIT("Subject: hi"), POSTERN_UNKNOWN,
     SLICE_INIT("Subject:"), SLICE_INIT("hi"), false, FOREIGN_CONTENT},
    {"a lone dot is content", SLICE_INIT("."), POSTERN_UNKNOWN, SLICE_INIT("."),
     SLICE_INIT(""), false, FOREIGN_CONTENT},
    {"GET is HTTP", SLICE_INIT("GET / HTTP/1.1"), POSTERN_UNKNOWN, SLICE_INIT("GET"),
     SLICE_INIT("/ HTTP/1.1"), false, FOREIGN_HTTP},
    {"POST is HTTP", SLICE_INIT("POST / HTTP/1.1"), POSTERN_UNKNOWN, SLICE_INIT("POST"),
     SLICE_INIT("/ HTTP/1.1"), false, FOREIGN_HTTP},
    {"PUT is HTTP", SLICE_INIT("PUT /x HTTP/1.1"), POSTERN_UNKNOWN, SLICE_INIT("PUT"),
     SLICE_INIT("/x HTTP/1.1"), false, FOREIGN_HTTP},
    {"HEAD is HTTP", SLICE_INIT("HEAD / HTTP/1.0"), POSTERN_UNKNOWN, SLICE_INIT("HEAD"),
     SLICE_INIT("/ HTTP/1.0"), false, FOREIGN_HTTP},
    {"the preface of HTTP/2 is HTTP", SLICE_INIT("PRI * HTTP/2.0"), POSTERN_UNKNOWN,
     SLICE_INIT("PRI"), SLICE_INIT("* HTTP/2.0"), false, FOREIGN_HTTP},
    {"a PROXY header is told",
     SLICE_INIT("PROXY TCP4 192.0.2.7 198.51.100.25 56324 25"), POSTERN_UNKNOWN,
     SLICE_INIT("PROXY"), SLICE_INIT("TCP4 192.0.2.7 198.51.100.25 56324 25"), false,
     FOREIGN_PROXY},
    {"a verb is no verb with NUL behind it", SLICE_INIT("QUIT\0"), POSTERN_UNKNOWN,
     SLICE_INIT("QUIT\0"), SLICE_INIT(""), false, FOREIGN_NOTHING},
};

static void
lines_are_taken_apart(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 128);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct command_case *c = &cases[i];
        struct command command;

        command_parse(guard_copy(&guard, c->line), &command);
        CASE(c->name, command.name == c->command);
        CASE_SLICE(c->name, command.verb, c->verb);
        CASE_SLICE(c->name, command.argument, c->argument);
        CASE(c->name, command.has_trailing_space == c->has_trailing_space);
        if (c->command == POSTERN_UNKNOWN)
            CASE(c->name, command.foreign == c->foreign);
    }
    guard_clear(&guard);
}

/* Exactly one space parts verb and argument (RFC 5321 4.1.1): a second one, or a
 * TAB, must not read as the plain command. */
static void
other_white_space_is_not_one_space(void **state)
{
    static const struct slice lines[] = {SLICE_INIT("MAIL  FROM:<a@b>"),
                                         SLICE_INIT("MAIL\tFROM:<a@b>"),
                                         SLICE_INIT(" MAIL FROM:<a@b>")};
    struct command command;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        command_parse(lines[i], &command);
        assert_false(command.name == POSTERN_MAIL &&
                     slice_is_equal(command.argument, SLICE("FROM:<a@b>")));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_taken_apart),
        cmocka_unit_test(other_white_space_is_not_one_space),
    };
    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
