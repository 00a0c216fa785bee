#include "unit.h"

#include "explain/secret.h"
#include "guard.h"

static const struct {
    const char *name;
    struct slice text;
    bool is_answer;
} answers[] = {
    {"base64", SLICE_INIT("dXNlcg=="), true},
    {"base64 with white space around", SLICE_INIT("  c2VjcmV0\r\n"), true},
    {"base64 of all letters", SLICE_INIT("ab+/CD09="), true},
    {"a lone sign of nothing", SLICE_INIT("="), true},
    {"stars", SLICE_INIT("********"), true},
    {"dots", SLICE_INIT("......"), true},
    {"words in brackets", SLICE_INIT("[credentials hidden]"), true},
    {"words that say it is hidden", SLICE_INIT("<password redacted>"), true},
    {"one word in brackets", SLICE_INIT("<hidden>"), true},
    {"a sentence", SLICE_INIT("Authentication went wrong"), false},
    {"a command with an argument", SLICE_INIT("MAIL FROM:<a@example.com>"), false},
    {"an address", SLICE_INIT("user@example.com"), false},
    {"nothing", SLICE_INIT(""), false},
    {"white space", SLICE_INIT(" \t"), false},
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
    {"a multiple of three", SLICE_INIT("VXNlcm5hbWU6"), SLICE_INIT("Username:")},
    {"two signs at the end", SLICE_INIT("dXNlcg=="), SLICE_INIT("user")},
    {"one sign at the end", SLICE_INIT("dXNlcnM="), SLICE_INIT("users")},
    {"no sign at the end", SLICE_INIT("dXNlcg"), SLICE_INIT("user")},
    {"up to what is no base64", SLICE_INIT("dXNl cg=="), SLICE_INIT("use")},
    {"NULs and high octets", SLICE_INIT("AP+A"), SLICE_INIT("\0\xff\x80")},
    {"less than an octet", SLICE_INIT("d"), SLICE_INIT("")},
    {"no base64 at all", SLICE_INIT("***"), SLICE_INIT("")},
    {"nothing", SLICE_INIT(""), SLICE_INIT("")},
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
    {"the second field of PLAIN", SLICE_INIT("AHVzZXIAc2VjcmV0"), true,
     SLICE_INIT("user")},
    {"PLAIN in the name of another", SLICE_INIT("Ym9zcwB1c2VyAHNlY3JldA=="), true,
     SLICE_INIT("user")},
    {"PLAIN without a password is not read", SLICE_INIT("AHVzZXI="), true,
     SLICE_INIT("")},
    {"PLAIN without any NUL is not read", SLICE_INIT("dXNlcg=="), true, SLICE_INIT("")},
    {"the answer of LOGIN", SLICE_INIT("dXNlcg=="), false, SLICE_INIT("user")},
    {"LOGIN with octets nobody can read", SLICE_INIT("AP+A"), false, SLICE_INIT("")},
    {"stars", SLICE_INIT("*****"), false, SLICE_INIT("")},
    {"nothing", SLICE_INIT(""), true, SLICE_INIT("")},
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
