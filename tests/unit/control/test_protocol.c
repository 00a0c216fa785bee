/* test_protocol.c - what one end of the control socket writes, the other reads */
#include "unit.h"

#include "control/answer.h"
#include "control/request.h"

#include <stdlib.h>

static const struct id ids[] = {{{1}}, {{2}}, {{3}}};

static bool
is_same(const struct control_request *a, const struct control_request *b)
{
    bool is_same =
        a->op == b->op && a->id_count == b->id_count && a->is_read == b->is_read &&
        slice_is_equal(a->tags, b->tags) && a->size == b->size &&
        slice_is_equal(a->mail_from, b->mail_from) && a->rcpt_count == b->rcpt_count &&
        a->received_at_us == b->received_at_us && slice_is_equal(a->login, b->login);

    for (size_t i = 0; is_same && i < a->id_count; i++)
        is_same = id_is_equal(&a->ids[i], &b->ids[i]);
    for (size_t i = 0; is_same && i < a->rcpt_count; i++)
        is_same = slice_is_equal(a->rcpt[i], b->rcpt[i]);
    return is_same;
}

static void
every_request_arrives_as_it_was_sent(void **state)
{
    const struct slice rcpt[] = {SLICE("b@example.org"), SLICE("ü@example.org")};
    const struct control_request requests[] = {
        {.op = CONTROL_DELETE, .ids = ids, .id_count = 3},
        {.op = CONTROL_DELETE},
        {.op = CONTROL_MARK, .ids = ids, .id_count = 1, .is_read = true},
        {.op = CONTROL_MARK, .ids = ids, .id_count = 1, .is_read = false},
        {.op = CONTROL_TAG, .ids = ids, .id_count = 2, .tags = SLICE("new,for me")},
        {.op = CONTROL_TAG, .ids = ids, .id_count = 2},
        {.op = CONTROL_IMPORT,
         .size = 1 << 30,
         .mail_from = SLICE("a@example.org"),
         .rcpt = rcpt,
         .rcpt_count = 2,
         .login = SLICE("tester"),
         .tags = SLICE("new"),
         .received_at_us = 1767225600000000},
        {.op = CONTROL_IMPORT, .mail_from = SLICE(""), .rcpt = rcpt, .rcpt_count = 1},
        {.op = CONTROL_STATS},
        {.op = CONTROL_SHUTDOWN},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
        char *line = control_request_write(&requests[i]);
        struct control_request request;
        const char *wrong = control_request_read(&request, slice_from(line));

        CASE(line, wrong == NULL);
        CASE(line, is_same(&request, &requests[i]));
        control_request_clear(&request);
        free(line);
    }
}

struct refusal_case {
    const char *name, *line, *why;
    enum control_op op; /* what is known of it all the same */
    uint64_t size;
};

#define ID "\"01JD8Z0000000000000000000A\""

static const struct refusal_case refusals[] = {
    {.name = "no JSON",
     .line = "QUIT",
     .why = "not a JSON object",
     .op = CONTROL_OP_COUNT},
    {.name = "no object",
     .line = "[]",
     .why = "not a JSON object",
     .op = CONTROL_OP_COUNT},
    {.name = "two operations",
     .line = "{\"op\":\"stats\",\"op\":\"shutdown\"}",
     .why = "not a JSON object",
     .op = CONTROL_OP_COUNT},
    {.name = "no operation",
     .line = "{}",
     .why = "none of delete, read, tag, import, stats, shutdown",
     .op = CONTROL_OP_COUNT},
    {.name = "an unknown operation",
     .line = "{\"op\":\"reboot\"}",
     .why = "none of",
     .op = CONTROL_OP_COUNT},
    {.name = "a change of nothing",
     .line = "{\"op\":\"delete\"}",
     .why = "id: not",
     .op = CONTROL_DELETE},
    {.name = "an id that is none",
     .line = "{\"op\":\"delete\",\"ids\":[" ID ",\"1\"]}",
     .why = "id: not",
     .op = CONTROL_DELETE},
    {.name = "a mark that is neither",
     .line = "{\"op\":\"read\",\"id\":" ID "}",
     .why = "read: neither",
     .op = CONTROL_MARK},
    {.name = "tags that are no list",
     .line = "{\"op\":\"tag\",\"id\":" ID ",\"tags\":\"a\"}",
     .why = "tags: not",
     .op = CONTROL_TAG},
    {.name = "a tag with a comma",
     .line = "{\"op\":\"tag\",\"id\":" ID ",\"tags\":[\"a,b\"]}",
     .why = "tags: not",
     .op = CONTROL_TAG},
    {.name = "an import without its size",
     .line = "{\"op\":\"import\",\"mail_from\":\"\",\"rcpt_to\":[]}",
     .why = "size: not",
     .op = CONTROL_IMPORT},
    {.name = "a sender with a line end",
     .line = "{\"op\":\"import\",\"size\":7,\"mail_from\":\"a\\r\\n\",\"rcpt_to\":[]}",
     .why = "mail_from: not",
     .op = CONTROL_IMPORT,
     .size = 7},
    {.name = "a recipient that is no text",
     .line = "{\"op\":\"import\",\"size\":7,\"mail_from\":\"\",\"rcpt_to\":[1]}",
     .why = "rcpt_to: not",
     .op = CONTROL_IMPORT,
     .size = 7},
    {.name = "a login without a name",
     .line = "{\"op\":\"import\",\"size\":7,\"mail_from\":\"\",\"rcpt_to\":[],"
             "\"login\":\"\"}",
     .why = "login: not",
     .op = CONTROL_IMPORT,
     .size = 7},
};

static void
what_a_request_cannot_be_is_refused_with_a_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        const struct refusal_case *c = &refusals[i];
        struct control_request request;
        const char *wrong = control_request_read(&request, slice_from(c->line));

        CASE(c->name, wrong != NULL && strstr(wrong, c->why) != NULL);
        CASE(c->name, request.op == c->op && request.size == c->size);
        control_request_clear(&request);
    }
}

static void
more_ids_than_a_request_may_name_are_refused(void **state)
{
    struct id *many = calloc(CONTROL_IDS_MAX + 1, sizeof(*many));
    struct control_request request = {
        .op = CONTROL_DELETE, .ids = many, .id_count = CONTROL_IDS_MAX + 1};
    char *line;

    (void)state;
    for (size_t i = 0; i <= CONTROL_IDS_MAX; i++)
        many[i].octets[0] = 1;
    line = control_request_write(&request);
    assert_non_null(
        strstr(control_request_read(&request, slice_from(line)), "more than 1000"));
    control_request_clear(&request);
    free(line);
    free(many);
}

struct answer_case {
    const char *name;
    struct control_answer answer;
    bool done[3]; /* of ids */
};

static const struct answer_case answers[] = {
    {.name = "all are changed",
     .answer = {.has_count = true, .count = 3},
     .done = {true, true, true}},
    {.name = "the second was not there",
     .answer = {.has_count = true, .count = 2, .left = &ids[1], .left_count = 1},
     .done = {true, false, true}},
    {.name = "none was there",
     .answer = {.result = CONTROL_NO_MESSAGE,
                .why = "no such message",
                .has_count = true,
                .left = ids,
                .left_count = 3},
     .done = {false, false, false}},
    {.name = "the store failed after the first",
     .answer = {.result = CONTROL_REFUSED,
                .why = "the store has failed",
                .has_count = true,
                .count = 1,
                .left = &ids[1],
                .left_count = 2},
     .done = {true, false, false}},
};

static void
an_answer_says_what_became_of_each_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        const struct answer_case *c = &answers[i];
        char *line = control_answer_write(&c->answer);
        const char *why;
        bool done[3];
        json_t *document;

        CASE(c->name, control_answer_read(slice_from(line), &document, &why) ==
                          c->answer.result);
        CASE(c->name, c->answer.why == NULL || strcmp(why, c->answer.why) == 0);
        control_answer_done(document, ids, 3, done);
        CASE(c->name, memcmp(done, c->done, sizeof(done)) == 0);
        json_decref(document);
        free(line);
    }
}

static void
numbers_and_the_id_come_back(void **state)
{
    const struct control_stat stats[] = {
        {.name = "sessions", .value = 7},
        {.name = "is_store_broken", .value = 1, .is_flag = true},
    };
    struct control_answer answer = {.id = &ids[1], .stats = stats, .stat_count = 2};
    char *line = control_answer_write(&answer);
    const char *why;
    json_t *document, *read;
    struct id id;

    (void)state;
    assert_int_equal(control_answer_read(slice_from(line), &document, &why),
                     CONTROL_OK);
    assert_true(control_answer_id(document, &id) && id_is_equal(&id, &ids[1]));
    read = control_answer_stats(document);
    assert_int_equal(json_integer_value(json_object_get(read, "sessions")), 7);
    assert_true(json_is_true(json_object_get(read, "is_store_broken")));
    json_decref(document);
    free(line);
}

static void
a_line_that_is_no_answer_is_no_answer(void **state)
{
    const char *why;
    json_t *document;

    (void)state;
    assert_int_equal(control_answer_read(SLICE("{\"ok\":tr"), &document, &why),
                     CONTROL_NO_ANSWER);
    assert_null(document);
    assert_int_equal(control_answer_read(SLICE("{}"), &document, &why),
                     CONTROL_REFUSED);
    assert_non_null(why);
    json_decref(document);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_arrives_as_it_was_sent),
        cmocka_unit_test(what_a_request_cannot_be_is_refused_with_a_reason),
        cmocka_unit_test(more_ids_than_a_request_may_name_are_refused),
        cmocka_unit_test(an_answer_says_what_became_of_each_message),
        cmocka_unit_test(numbers_and_the_id_come_back),
        cmocka_unit_test(a_line_that_is_no_answer_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
