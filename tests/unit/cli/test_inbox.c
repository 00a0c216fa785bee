/* test_inbox.c - names of messages as people type them, and messages as JSON */
#include "cli/inbox.h"

#include "cli/id_search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct {
    const char *name, *typed;
    bool matches; /* the id 01M85F8FN2FBDTYNKXJC8DCXC3 */
} cases[] = {
    {"nothing begins every id", "", true},
    {"the beginning", "01M85F", true},
    {"the whole id", "01M85F8FN2FBDTYNKXJC8DCXC3", true},
    {"lower case", "01m85f8fn2", true},
    {"O for 0 and I for 1", "oIM85F", true},
    {"a letter that differs", "01M85G", false},
    {"something in the middle", "M85F8", false},
    {"more than an id", "01M85F8FN2FBDTYNKXJC8DCXC30", false},
    {"no id at all", "hello", false},
};

static void
prefixes_are_compared(void **state)
{
    struct id id;

    (void)state;
    assert_true(id_parse(SLICE("01M85F8FN2FBDTYNKXJC8DCXC3"), &id));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct id_prefix prefix = id_prefix_of(cases[i].typed);
        if (id_prefix_matches(&prefix, &id) != cases[i].matches)
            fail_msg("%s: %s", cases[i].name, cases[i].matches ? "no match" : "match");
    }
}

static void
a_message_becomes_json(void **state)
{
    const struct store_recipient recipients[] = {
        {.address = SLICE_INIT("b@example.net")}, {.address = SLICE_INIT("c\xff@x")}};
    struct store_message message = {.received_at_us = 1767323045678000,
                                    .size = 5000000000,
                                    .mail_from = SLICE("a\"@example.org"),
                                    .subject = SLICE("tab\there"),
                                    .durable = SLICE("disk"),
                                    .recipients = recipients,
                                    .recipient_count = 2};

    (void)state;
    assert_true(id_parse(SLICE("01M85F8FN2FBDTYNKXJC8DCXC3"), &message.id));
    json_t *object = inbox_message_json(&message);
    char *text = json_dumps(object, JSON_COMPACT);
    assert_string_equal(
        text,
        "{\"id\":\"01M85F8FN2FBDTYNKXJC8DCXC3\",\"mail_from\":\"a\\\"@example.org\","
        "\"rcpt_to\":[\"b@example.net\",\"c\xef\xbf\xbd@x\"],\"subject\":"
        "\"tab\\there\","
        "\"size\":5000000000,\"received_at\":\"2026-01-02T03:04:05.678Z\","
        "\"session_id\":null,\"durable\":\"disk\"}");
    free(text);
    json_decref(object);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefixes_are_compared),
        cmocka_unit_test(a_message_becomes_json),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("cli/inbox", tests, NULL, NULL);
}
