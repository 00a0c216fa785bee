/* test_address.c - addresses out of To fields, good and bad */
#include "message/address.h"

#include "base/attr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

struct address_case {
    const char *name, *list, *found; /* found: joined by "|" */
};

static const struct address_case cases[] = {
    {.name = "one bare address", .list = "a@b.example", .found = "a@b.example"},
    {.name = "a name and an address", .list = "Ann Bee <a@b>", .found = "a@b"},
    {.name = "two of them", .list = "Ann <a@b>, c@d", .found = "a@b|c@d"},
    {.name = "a comma in a quoted name does not separate",
     .list = "\"Bee, Ann\" <a@b>, c@d",
     .found = "a@b|c@d"},
    {.name = "an at sign in a quoted name is not an address",
     .list = "\"x@y\" <a@b>",
     .found = "a@b"},
    {.name = "a quoted local-part stays quoted",
     .list = "\"a b\"@c",
     .found = "\"a b\"@c"},
    {.name = "a quote escaped in a name",
     .list = "\"a \\\" , b\" <c@d>",
     .found = "c@d"},
    {.name = "a comment is skipped", .list = "a@b (c@d, e@f)", .found = "a@b"},
    {.name = "a comment in a comment", .list = "(x (y@z) ,) a@b", .found = "a@b"},
    {.name = "a group gives its members",
     .list = "team: a@b, c@d;, e@f",
     .found = "a@b|c@d|e@f"},
    {.name = "an empty group gives nothing",
     .list = "undisclosed-recipients:;",
     .found = ""},
    {.name = "folds are blanks", .list = "a@b,\r\n\tc@d", .found = "a@b|c@d"},
    {.name = "an address literal with colons",
     .list = "a@[IPv6:2001:db8::1]",
     .found = "a@[IPv6:2001:db8::1]"},
    {.name = "a local name in brackets", .list = "<postmaster>", .found = "postmaster"},
    {.name = "a local name bare is none", .list = "postmaster", .found = ""},
    {.name = "empty brackets are none", .list = "<>, a@b", .found = "a@b"},
    {.name = "empty entries are skipped", .list = ",, a@b ,;", .found = "a@b"},
    {.name = "blanks in brackets are cut", .list = "< a@b >", .found = "a@b"},
    {.name = "an open bracket does not run on",
     .list = "<a@b, c@d",
     .found = "a@b|c@d"},
    {.name = "an open quote ends with the value", .list = "\"a@b", .found = ""},
    {.name = "nothing is nothing", .list = "", .found = ""},
};

static void
addresses_are_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct slice list = slice_from(cases[i].list), address;
        char found[200] = "";
        size_t len = 0;
        while (address_take(&list, &address))
            len += (size_t)snprintf(found + len, sizeof(found) - len, "%s%.*s",
                                    len > 0 ? "|" : "", (int)address.len, address.ptr);
        if (!slice_is_equal(slice_from(found), slice_from(cases[i].found)))
            fail_msg("%s: got \"%s\"", cases[i].name, found);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(addresses_are_taken)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("message/address", tests, NULL, NULL);
}
