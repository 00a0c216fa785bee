/* test_inbox.c - ids as people type them, and messages as JSON */
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
    {.name = "nothing begins every id", .typed = "", .matches = true},
    {.name = "the beginning", .typed = "01M85F", .matches = true},
    {.name = "the whole id", .typed = "01M85F8FN2FBDTYNKXJC8DCXC3", .matches = true},
    {.name = "lower case", .typed = "01m85f8fn2", .matches = true},
    {.name = "O for 0 and I for 1", .typed = "oIM85F", .matches = true},
    {.name = "a letter that differs", .typed = "01M85G"},
    {.name = "something in the middle", .typed = "M85F8"},
    {.name = "more than an id", .typed = "01M85F8FN2FBDTYNKXJC8DCXC30"},
    {.name = "no id at all", .typed = "hello"},
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

static const struct search_case {
    const char *name, *typed;
    int found;         /* index of the id below; -1: an error */
    const char *error; /* a part of it */
} searches[] = {
    {.name = "a unique beginning", .typed = "01b", .found = 1},
    {.name = "the latest is offered first", .typed = "Latest", .found = 0},
    {.name = "an ambiguous one names two ids",
     .typed = "01A",
     .found = -1,
     .error =
         "such as 01A00000000000000000000002 and 01A00000000000000000000001: type"},
    {.name = "an unknown one",
     .typed = "02",
     .found = -1,
     .error = "message 02: no message id starts with that: see 'postern inbox list'"},
};

static void
one_id_is_found(void **state)
{
    static const char *const ids[] = {"01A00000000000000000000002",
                                      "01B00000000000000000000000",
                                      "01A00000000000000000000001"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(searches); i++) {
        const struct search_case *c = &searches[i];
        struct id_search search = id_search_for(c->typed);
        struct error error = ERROR_INIT;
        struct id id;

        for (size_t n = 0; n < ARRAY_LEN(ids); n++) {
            assert_true(id_parse(slice_from(ids[n]), &id));
            if (!id_search_offer(&search, &id))
                break;
        }
        bool is_found = id_search_end(&search, "message", "postern inbox list", &error);
        if (is_found != (c->found >= 0) ||
            (c->error != NULL && strstr(error.text, c->error) == NULL))
            fail_msg("%s: %s", c->name, is_found ? "found" : error.text);
        if (is_found && (!id_parse(slice_from(ids[c->found]), &id) ||
                         !id_is_equal(&id, &search.found[0])))
            fail_msg("%s: another id", c->name);
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
        cmocka_unit_test(one_id_is_found),
        cmocka_unit_test(a_message_becomes_json),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("cli/inbox", tests, NULL, NULL);
}
