/* test_nearest.c - what was probably meant */
#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const char *const names[] = {"serve", "inbox", "sessions", "play", "doctor"};

static const struct {
    const char *name, *word, *best; /* best NULL: none is near */
} cases[] = {
    {.name = "a letter left out", .word = "srve", .best = "serve"},
    {.name = "a letter too many", .word = "inboxx", .best = "inbox"},
    {.name = "a wrong letter", .word = "dector", .best = "doctor"},
    {.name = "two letters swapped", .word = "paly", .best = "play"},
    {.name = "the other case", .word = "INBOX", .best = "inbox"},
    {.name = "two slips in a long word", .word = "sesions", .best = "sessions"},
    {.name = "the word itself", .word = "serve", .best = "serve"},
    {.name = "another word altogether", .word = "frobnicate"},
    {.name = "nothing", .word = ""},
    {.name = "a word longer than all",
     .word = "sessionssessionssessionssessionssessionssessions"},
};

static void
the_nearest_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct nearest nearest;
        nearest_start(&nearest, cases[i].word);
        for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
            nearest_offer(&nearest, names[n]);
        const char *got = nearest.best != NULL ? nearest.best : "none";
        const char *expected = cases[i].best != NULL ? cases[i].best : "none";
        if (strcmp(got, expected) != 0)
            fail_msg("%s: got %s", cases[i].name, got);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_nearest_is_found)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("base/nearest", tests, NULL, NULL);
}
