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
    {.name = "a verb alone",
     .line = SLICE_INIT("QUIT"),
     .command = POSTERN_QUIT,
     .verb = SLICE_INIT("QUIT"),
     .argument = SLICE_INIT(""),
     .foreign = FOREIGN_NOTHING},
    {.name = "letters in any case",
     .line = SLICE_INIT("qUiT"),
     .command = POSTERN_QUIT,
     .verb = SLICE_INIT("qUiT"),
     .argument = SLICE_INIT(""),
     .foreign = FOREIGN_NOTHING},
    {.name = "an argument after one space",
     .line = SLICE_INIT("MAIL FROM:<a@b>"),
     .command = POSTERN_MAIL,
     .verb = SLICE_INIT("MAIL"),
     .argument = SLICE_INIT("FROM:<a@b>"),
     .foreign = FOREIGN_NOTHING},
    {.name = "white space at the end goes",
     .line = SLICE_INIT("NOOP x \t"),
     .command = POSTERN_NOOP,
     .verb = SLICE_INIT("NOOP"),
     .argument = SLICE_INIT("x"),
     .has_trailing_space = true,
     .foreign = FOREIGN_NOTHING},
    {.name = "white space after the verb alone goes",
     .line = SLICE_INIT("DATA  "),
     .command = POSTERN_DATA,
     .verb = SLICE_INIT("DATA"),
     .argument = SLICE_INIT(""),
     .has_trailing_space = true,
     .foreign = FOREIGN_NOTHING},
    {.name = "nothing has an empty verb",
     .line = SLICE_INIT(""),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT(""),
     .argument = SLICE_INIT(""),
     .foreign = FOREIGN_NOTHING},
    {.name = "a longer word is another verb",
     .line = SLICE_INIT("DATAX"),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("DATAX"),
     .argument = SLICE_INIT(""),
     .foreign = FOREIGN_NOTHING},
    {.name = "a shorter word is another verb",
     .line = SLICE_INIT("DAT"),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("DAT"),
     .argument = SLICE_INIT(""),
     .foreign = FOREIGN_NOTHING},
    {.name = "ETRN is known",
     .line = SLICE_INIT("ETRN x"),
     .command = POSTERN_UNIMPLEMENTED,
     .verb = SLICE_INIT("ETRN"),
     .argument = SLICE_INIT("x"),
     .foreign = FOREIGN_NOTHING},
    {.name = "TURN is known",
     .line = SLICE_INIT("turn"),
     .command = POSTERN_UNIMPLEMENTED,
     .verb = SLICE_INIT("turn"),
     .argument = SLICE_INIT(""),
     .foreign = FOREIGN_NOTHING},
    {.name = "BURL is known",
     .line = SLICE_INIT("BURL x"),
     .command = POSTERN_UNIMPLEMENTED,
     .verb = SLICE_INIT("BURL"),
     .argument = SLICE_INIT("x"),
     .foreign = FOREIGN_NOTHING},
    {.name = "a header field is content",
     .line = SLICE_INIT("Subject: hi"),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("Subject:"),
     .argument = SLICE_INIT("hi"),
     .foreign = FOREIGN_CONTENT},
    {.name = "a lone dot is content",
     .line = SLICE_INIT("."),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("."),
     .argument = SLICE_INIT(""),
     .foreign = FOREIGN_CONTENT},
    {.name = "GET is HTTP",
     .line = SLICE_INIT("GET / HTTP/1.1"),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("GET"),
     .argument = SLICE_INIT("/ HTTP/1.1"),
     .foreign = FOREIGN_HTTP},
    {.name = "POST is HTTP",
     .line = SLICE_INIT("POST / HTTP/1.1"),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("POST"),
     .argument = SLICE_INIT("/ HTTP/1.1"),
     .foreign = FOREIGN_HTTP},
    {.name = "PUT is HTTP",
     .line = SLICE_INIT("PUT /x HTTP/1.1"),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("PUT"),
     .argument = SLICE_INIT("/x HTTP/1.1"),
     .foreign = FOREIGN_HTTP},
    {.name = "HEAD is HTTP",
     .line = SLICE_INIT("HEAD / HTTP/1.0"),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("HEAD"),
     .argument = SLICE_INIT("/ HTTP/1.0"),
     .foreign = FOREIGN_HTTP},
    {.name = "the preface of HTTP/2 is HTTP",
     .line = SLICE_INIT("PRI * HTTP/2.0"),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("PRI"),
     .argument = SLICE_INIT("* HTTP/2.0"),
     .foreign = FOREIGN_HTTP},
    {.name = "a PROXY header is recognised",
     .line = SLICE_INIT("PROXY TCP4 192.0.2.7 198.51.100.25 56324 25"),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("PROXY"),
     .argument = SLICE_INIT("TCP4 192.0.2.7 198.51.100.25 56324 25"),
     .foreign = FOREIGN_PROXY},
    {.name = "a verb is no verb with NUL after it",
     .line = SLICE_INIT("QUIT\0"),
     .command = POSTERN_UNKNOWN,
     .verb = SLICE_INIT("QUIT\0"),
     .argument = SLICE_INIT(""),
     .foreign = FOREIGN_NOTHING},
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
