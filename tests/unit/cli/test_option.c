/* test_option.c - command lines, and what is read from them */
#include "cli/option.h"

#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>
#include <unistd.h>

enum { OPT_TO = 1, OPT_LIMIT, OPT_JSON };

static const struct option_row rows[] = {
    {OPT_TO, 0, "to", "ADDRESS", "only messages to it"},
    {OPT_LIMIT, 'n', "limit", "N", "at most N"},
    {OPT_JSON, 0, "json", NULL, "as JSON"},
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {"postern test", "FILE", "Test.", rows, NULL};

enum { WORDS_MAX = 8 };

static const struct option_case {
    const char *name;
    const char *words[WORDS_MAX]; /* after the command */
    const char *read;             /* "id=value;" for each option */
    int result;
    const char *operands; /* each followed by a blank */
} cases[] = {
    {.name = "nothing", .read = "", .operands = ""},
    {.name = "a value as the next word",
     .words = {"--to", "a"},
     .read = "1=a;",
     .operands = ""},
    {.name = "a value after =", .words = {"--to=a"}, .read = "1=a;", .operands = ""},
    {.name = "an empty value", .words = {"--to="}, .read = "1=;", .operands = ""},
    {.name = "a letter with its value",
     .words = {"-n5"},
     .read = "2=5;",
     .operands = ""},
    {.name = "a letter and its value",
     .words = {"-n", "5"},
     .read = "2=5;",
     .operands = ""},
    {.name = "a unique prefix",
     .words = {"--lim", "5"},
     .read = "2=5;",
     .operands = ""},
    {.name = "operands before and after options",
     .words = {"x", "--json", "y"},
     .read = "3=;",
     .operands = "x y "},
    {.name = "-- ends the options",
     .words = {"--", "--json"},
     .read = "",
     .operands = "--json "},
    {.name = "a dash is an operand", .words = {"-"}, .read = "", .operands = "- "},
    {.name = "an option twice",
     .words = {"--to", "a", "--to", "b"},
     .read = "1=a;1=b;",
     .operands = ""},
    {.name = "color is handled by option_next",
     .words = {"--color", "never", "--json"},
     .read = "3=;",
     .operands = ""},
    {.name = "a bad color",
     .words = {"--color", "pink"},
     .read = "",
     .result = OPTION_BAD,
     .operands = ""},
    {.name = "an unknown option",
     .words = {"--jsn"},
     .read = "",
     .result = OPTION_BAD,
     .operands = ""},
    {.name = "an unknown letter",
     .words = {"-x"},
     .read = "",
     .result = OPTION_BAD,
     .operands = ""},
    {.name = "a value that is missing",
     .words = {"--to"},
     .read = "",
     .result = OPTION_BAD,
     .operands = ""},
    {.name = "a value that is too much",
     .words = {"--json=1"},
     .read = "",
     .result = OPTION_BAD,
     .operands = ""},
    {.name = "help",
     .words = {"--help"},
     .read = "",
     .result = OPTION_HELPED,
     .operands = ""},
    {.name = "help after an option",
     .words = {"--json", "-h"},
     .read = "3=;",
     .result = OPTION_HELPED,
     .operands = ""},
};

/* Standard output belongs to the results: the help of a case goes elsewhere. */
static int
silence(void)
{
    int kept = dup(STDOUT_FILENO);

    fflush(stdout);
    assert_true(kept >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0);
    return kept;
}

static void
speak_again(int kept)
{
    fflush(stdout);
    assert_true(dup2(kept, STDOUT_FILENO) >= 0);
    close(kept);
}

static void
command_lines_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char copies[WORDS_MAX + 1][40] = {"test"}, read[100] = "", operands[100] = "";
        char *argv[WORDS_MAX + 2] = {copies[0]};
        int argc = 1, id;
        size_t len = 0;
        struct option_reader reader;
        for (; cases[i].words[argc - 1] != NULL; argc++) {
            snprintf(copies[argc], sizeof(copies[argc]), "%s",
                     cases[i].words[argc - 1]);
            argv[argc] = copies[argc];
        }
        int kept = silence();
        option_start(&reader, &page, argc, argv);
        while ((id = option_next(&reader)) > 0)
            len += (size_t)snprintf(read + len, sizeof(read) - len, "%d=%s;", id,
                                    reader.value != NULL ? reader.value : "");
        speak_again(kept);
        len = 0;
        for (int n = reader.first; id == OPTION_DONE && n < argc; n++)
            len += (size_t)snprintf(operands + len, sizeof(operands) - len, "%s ",
                                    argv[n]);
        if (id != cases[i].result || strcmp(read, cases[i].read) != 0 ||
            strcmp(operands, cases[i].operands) != 0)
            fail_msg("%s: result %d, read \"%s\", operands \"%s\"", cases[i].name, id,
                     read, operands);
    }
}

static void
numbers_have_bounds(void **state)
{
    uint64_t number = 7;

    (void)state;
    assert_true(option_number("limit", "1", 1, 9, &number));
    assert_int_equal(number, 1);
    assert_true(option_number("limit", "9", 1, 9, &number));
    assert_int_equal(number, 9);
    assert_false(option_number("limit", "0", 1, 9, &number));
    assert_false(option_number("limit", "10", 1, 9, &number));
    assert_false(option_number("limit", "", 1, 9, &number));
    assert_false(option_number("limit", "-1", 1, 9, &number));
    assert_false(option_number("limit", "5x", 1, 9, &number));
    assert_false(option_number("limit", "99999999999999999999999", 1, 9, &number));
    assert_int_equal(number, 9);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_lines_are_read),
        cmocka_unit_test(numbers_have_bounds),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("cli/option", tests, NULL, NULL);
}
