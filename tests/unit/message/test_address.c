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
    {"one bare address", "a@b.example", "a@b.example"},
    {"a name and an address", "Ann Bee <a@b>", "a@b"},
    {"two of them", "Ann <a@b>, c@d", "a@b|c@d"},
    {"a comma in a quoted name parts nothing", "\"Bee, Ann\" <a@b>, c@d", "a@b|c@d"},
    {"an at sign in a quoted name is no address", "\"x@y\" <a@b>", "a@b"},
    {"a quoted local-part stays quoted", "\"a b\"@c", "\"a b\"@c"},
    {"a quote escaped in a name", "\"a \\\" , b\" <c@d>", "c@d"},
    {"a comment is passed over", "a@b (c@d, e@f)", "a@b"},
    {"a comment in a comment", "(x (y@z) ,) a@b", "a@b"},
    {"a group gives its members", "team: a@b, c@d;, e@f", "a@b|c@d|e@f"},
    {"an empty group gives nothing", "undisclosed-recipients:;", ""},
    {"folds are blanks", "a@b,\r\n\tc@d", "a@b|c@d"},
    {"an address literal with colons", "a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"},
    {"a local name in brackets", "<postmaster>", "postmaster"},
    {"a local name bare is none", "postmaster", ""},
    {"empty brackets are none", "<>, a@b", "a@b"},
    {"empty entries are passed over", ",, a@b ,;", "a@b"},
    {"blanks in brackets are cut", "< a@b >", "a@b"},
    {"an open bracket does not run on", "<a@b, c@d", "a@b|c@d"},
    {"an open quote ends with the value", "\"a@b", ""},
    {"nothing is nothing", "", ""},
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
