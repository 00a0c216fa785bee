#include "unit.h"

#include "explain/secret.h"
#include "guard.h"

static const struct {
    const char *name;
    struct slice text;
    bool is_answer;
} answers[] = {
    {.name = "base64", .text = SLICE_INIT("dXNlcg=="), .is_answer = true},
    {.name = "base64 with white space around",
     .text = SLICE_INIT("  c2VjcmV0\r\n"),
     .is_answer = true},
    {.name = "base64 of all letters",
     .text = SLICE_INIT("ab+/CD09="),
     .is_answer = true},
    {.name = "a lone sign of nothing", .text = SLICE_INIT("="), .is_answer = true},
    {.name = "stars", .text = SLICE_INIT("********"), .is_answer = true},
    {.name = "dots", .text = SLICE_INIT("......"), .is_answer = true},
    {.name = "words in brackets",
     .text = SLICE_INIT("[credentials hidden]"),
     .is_answer = true},
    {.name = "words that say it is hidden",
     .text = SLICE_INIT("<password redacted>"),
     .is_answer = true},
    {.name = "one word in brackets", .text = SLICE_INIT("<hidden>"), .is_answer = true},
    {.name = "a sentence",
     .text = SLICE_INIT("Authentication went wrong"),
     .is_answer = false},
    {.name = "a command with an argument",
     .text = SLICE_INIT("MAIL FROM:<a@example.com>"),
     .is_answer = false},
    {.name = "an address", .text = SLICE_INIT("user@example.com"), .is_answer = false},
    {.name = "nothing", .text = SLICE_INIT(""), .is_answer = false},
    {.name = "white space", .text = SLICE_INIT(" \t"), .is_answer = false},
};

static void
an_answer_is_told_from_other_lines(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 100);
    for (size_t i = 0; i < ARRAY_LEN(answers); i++)
        CASE(answers[i].name, secret_is_answer(guard_copy(&guard, answers[i].text)) ==
                                  answers[i].is_answer);
    guard_clear(&guard);
}

static const struct {
    const char *name;
    struct slice text, decoded;
} decoded[] = {
    {.name = "a multiple of three",
     .text = SLICE_INIT("VXNlcm5hbWU6"),
     .decoded = SLICE_INIT("Username:")},
    {.name = "two signs at the end",
     .text = SLICE_INIT("dXNlcg=="),
     .decoded = SLICE_INIT("user")},
    {.name = "one sign at the end",
     .text = SLICE_INIT("dXNlcnM="),
     .decoded = SLICE_INIT("users")},
    {.name = "no sign at the end",
     .text = SLICE_INIT("dXNlcg"),
     .decoded = SLICE_INIT("user")},
    {.name = "up to what is no base64",
     .text = SLICE_INIT("dXNl cg=="),
     .decoded = SLICE_INIT("use")},
    {.name = "NULs and high octets",
     .text = SLICE_INIT("AP+A"),
     .decoded = SLICE_INIT("\0\xff\x80")},
    {.name = "less than an octet", .text = SLICE_INIT("d"), .decoded = SLICE_INIT("")},
    {.name = "no base64 at all", .text = SLICE_INIT("***"), .decoded = SLICE_INIT("")},
    {.name = "nothing", .text = SLICE_INIT(""), .decoded = SLICE_INIT("")},
};

static void
base64_is_decoded_as_far_as_it_goes(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 100);
    for (size_t i = 0; i < ARRAY_LEN(decoded); i++) {
        struct slice text = guard_copy(&guard, decoded[i].text);
        for (size_t size = 0; size <= 12; size++) {
            char out[16];
            memset(out, '#', sizeof out);
            size_t len = secret_decode(text, out, size);
            struct slice wanted = decoded[i].decoded;
            if (wanted.len > size)
                wanted.len = size;
            CASE_SLICE(decoded[i].name, slice_of(out, len), wanted);
            CASE(decoded[i].name, out[size] == '#');
        }
    }
    guard_clear(&guard);
}

static const struct {
    const char *name;
    struct slice answer;
    bool is_plain;
    struct slice user;
} users[] = {
    {.name = "the second field of PLAIN",
     .answer = SLICE_INIT("AHVzZXIAc2VjcmV0"),
     .is_plain = true,
     .user = SLICE_INIT("user")},
    {.name = "PLAIN in the name of another",
     .answer = SLICE_INIT("Ym9zcwB1c2VyAHNlY3JldA=="),
     .is_plain = true,
     .user = SLICE_INIT("user")},
    {.name = "PLAIN without a password is not read",
     .answer = SLICE_INIT("AHVzZXI="),
     .is_plain = true,
     .user = SLICE_INIT("")},
    {.name = "PLAIN without any NUL is not read",
     .answer = SLICE_INIT("dXNlcg=="),
     .is_plain = true,
     .user = SLICE_INIT("")},
    {.name = "the answer of LOGIN",
     .answer = SLICE_INIT("dXNlcg=="),
     .is_plain = false,
     .user = SLICE_INIT("user")},
    {.name = "LOGIN with octets nobody can read",
     .answer = SLICE_INIT("AP+A"),
     .is_plain = false,
     .user = SLICE_INIT("")},
    {.name = "stars",
     .answer = SLICE_INIT("*****"),
     .is_plain = false,
     .user = SLICE_INIT("")},
    {.name = "nothing",
     .answer = SLICE_INIT(""),
     .is_plain = true,
     .user = SLICE_INIT("")},
};

static void
the_user_is_found_and_the_password_is_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(users); i++) {
        char out[64];
        struct slice user =
            secret_user(users[i].answer, users[i].is_plain, out, sizeof out);
        CASE_SLICE(users[i].name, user, users[i].user);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_told_from_other_lines),
        cmocka_unit_test(base64_is_decoded_as_far_as_it_goes),
        cmocka_unit_test(the_user_is_found_and_the_password_is_not),
    };

    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
