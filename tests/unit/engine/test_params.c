#include "unit.h"

#include "catalog/reply.h"
#include "engine/params.h"
#include "guard.h"

#include <stdio.h>

struct param_case {
    struct slice text; /* after the path */
    unsigned code;     /* 0: accepted */
    struct slice enhanced;
    struct slice culprit;
};

#define GOOD(given)                                                                    \
    {                                                                                  \
        .text = SLICE_INIT(given)                                                      \
    }
#define SYNTAX(given, keyword)                                                         \
    {                                                                                  \
        .text = SLICE_INIT(given), .code = 501, .enhanced = SLICE_INIT("5.5.4"),       \
        .culprit = SLICE_INIT(keyword)                                                 \
    }
#define UNKNOWN(given, keyword)                                                        \
    {                                                                                  \
        .text = SLICE_INIT(given), .code = 555, .enhanced = SLICE_INIT("5.5.4"),       \
        .culprit = SLICE_INIT(keyword)                                                 \
    }

static const struct param_case mail_cases[] = {
    GOOD(""),
    GOOD(" SIZE=0"),
    GOOD(" size=1000 body=8BitMime smtputf8"),
    GOOD(" SIZE=10000"),
    GOOD(" BODY=7BIT"),
    GOOD(" BODY=BINARYMIME"),
    GOOD(" RET=FULL ENVID=QQ314159"),
    GOOD(" ENVID=a+2Bb"),
    GOOD(" AUTH=<>"),
    GOOD(" AUTH=e+3Dmc2@example.com"),
    GOOD(" BY=120;R"),
    GOOD(" BY=-120;NT"),
    GOOD(" BY=+999999999;N"),
    GOOD(" HOLDFOR=1"),
    GOOD(" HOLDUNTIL=2027-02-28T23:59:59Z"),
    GOOD(" MT-PRIORITY=-9"),
    GOOD(" MT-PRIORITY=0"),
    GOOD(" SIZE=10001"), /* the limit is looked at after the syntax */
    GOOD(" SIZE=99999999999999999999"),
    SYNTAX(" SIZE=999999999999999999999", "SIZE"),
    SYNTAX(" SIZE=", "SIZE"),
    SYNTAX(" SIZE", "SIZE"),
    SYNTAX(" SIZE=x", "SIZE"),
    SYNTAX(" SIZE=1 SIZE=1", "SIZE"),
    SYNTAX(" SIZE=1 size=1", "SIZE"),
    SYNTAX(" BODY=9BIT", "BODY"),
    SYNTAX(" BODY", "BODY"),
    SYNTAX(" SMTPUTF8=1", "SMTPUTF8"),
    SYNTAX(" RET=ALL", "RET"),
    SYNTAX(" RET=FULL RET=HDRS", "RET"),
    SYNTAX(" ENVID=a+zz", "ENVID"),
    SYNTAX(" ENVID=+00", "ENVID"),
    SYNTAX(" ENVID", "ENVID"),
    SYNTAX(" AUTH=nobody", "AUTH"),
    SYNTAX(" BY=0;R", "BY"),
    SYNTAX(" BY=12", "BY"),
    SYNTAX(" BY=;N", "BY"),
    SYNTAX(" BY=1234567890;N", "BY"),
    SYNTAX(" BY=12;NTT", "BY"),
    SYNTAX(" HOLDFOR=0", "HOLDFOR"),
    SYNTAX(" HOLDFOR=1234567890", "HOLDFOR"),
    SYNTAX(" HOLDFOR=86401", "HOLDFOR"), /* the maximum announced */
    SYNTAX(" HOLDUNTIL=2027-13-01T00:00:00Z", "HOLDUNTIL"),
    SYNTAX(" HOLDUNTIL=2027-01-01", "HOLDUNTIL"),
    {.text = SLICE_INIT(" MT-PRIORITY=10"),
     .code = 501,
     .enhanced = SLICE_INIT("5.5.2")},
    {.text = SLICE_INIT(" MT-PRIORITY=-0"),
     .code = 501,
     .enhanced = SLICE_INIT("5.5.2")},
    {.text = SLICE_INIT(" MT-PRIORITY=+1"),
     .code = 501,
     .enhanced = SLICE_INIT("5.5.2")},
    {.text = SLICE_INIT(" MT-PRIORITY=1 MT-PRIORITY=1"), .code = 501},
    UNKNOWN(" FOO", "FOO"),
    UNKNOWN(" FOO=1", "FOO"),
    UNKNOWN(" NOTIFY=NEVER", "NOTIFY"),
    UNKNOWN(" SIZE=1 X-Y=2", "X-Y"),
    {.text = SLICE_INIT(" SIZE=1=1"), .code = 501, .enhanced = SLICE_INIT("5.5.4")},
    {.text = SLICE_INIT(" =1"), .code = 501, .enhanced = SLICE_INIT("5.5.4")},
    {.text = SLICE_INIT(" -A=1"), .code = 501, .enhanced = SLICE_INIT("5.5.4")},
    {.text = SLICE_INIT(" A_B=1"), .code = 501, .enhanced = SLICE_INIT("5.5.4")},
    {.text = SLICE_INIT("  SIZE=1"), .code = 501, .enhanced = SLICE_INIT("5.5.4")},
    {.text = SLICE_INIT(" SIZE=1  BODY=7BIT"),
     .code = 501,
     .enhanced = SLICE_INIT("5.5.4")},
};

static const struct param_case rcpt_cases[] = {
    GOOD(""),
    GOOD(" NOTIFY=NEVER"),
    GOOD(" NOTIFY=success,failure,DELAY"),
    GOOD(" ORCPT=rfc822;ann+40example.net"),
    GOOD(" ORCPT=x400;a NOTIFY=SUCCESS"),
    GOOD(" RRVS=2026-04-03T23:01:00Z"),
    GOOD(" RRVS=2026-04-03T23:01:00Z;C"),
    GOOD(" RRVS=2026-04-03T23:01:00+09:00;R"),
    SYNTAX(" NOTIFY=NEVER,SUCCESS", "NOTIFY"),
    SYNTAX(" NOTIFY=", "NOTIFY"),
    SYNTAX(" NOTIFY", "NOTIFY"),
    SYNTAX(" NOTIFY=,SUCCESS", "NOTIFY"),
    SYNTAX(" NOTIFY=SUCCESS,,DELAY", "NOTIFY"),
    SYNTAX(" NOTIFY=SUCCESS NOTIFY=DELAY", "NOTIFY"),
    SYNTAX(" ORCPT=ann", "ORCPT"),
    SYNTAX(" ORCPT=;ann", "ORCPT"),
    SYNTAX(" ORCPT=rfc822;", "ORCPT"),
    SYNTAX(" ORCPT=rfc822;a+0A", "ORCPT"),
    SYNTAX(" ORCPT=rfc(822;a", "ORCPT"),
    SYNTAX(" RRVS=never", "RRVS"),
    SYNTAX(" RRVS=2026-04-03T23:01:00.5Z", "RRVS"),
    SYNTAX(" RRVS=2026-04-03T23:01:00Z;X", "RRVS"),
    UNKNOWN(" SIZE=1", "SIZE"),
    UNKNOWN(" FOO=1", "FOO"),
};

static struct postern_server_config config;

static struct params_scope
full_scope(void)
{
    postern_server_config_init(&config, POSTERN_PROFILE_SUBMISSION,
                               SLICE("mx.example.net"));
    config.max_message = 10000;
    config.is_syntax_lenient = false;
    config.has_smtputf8 = config.has_binarymime = config.has_chunking = true;
    config.has_dsn = config.has_mt_priority = config.has_deliverby = true;
    config.has_futurerelease = config.has_rrvs = config.has_requiretls = true;
    config.futurerelease_max_seconds = 86400;
    config.auth_mechanisms = SLICE("PLAIN");
    return (struct params_scope){.config = &config, .is_extended = true};
}

static void
check(const struct param_case *c, enum postern_reply reply, struct slice culprit)
{
    const struct catalog_reply *entry = catalog_reply(reply);
    char name[80];

    snprintf(name, sizeof name, "\"%.*s\"", (int)c->text.len, c->text.ptr);
    if (c->code == 0) {
        if (reply != POSTERN_REPLY_NONE)
            fail_msg("%s: refused as %.*s", name, (int)entry->name.len,
                     entry->name.ptr);
        return;
    }
    if (entry->code != c->code)
        fail_msg("%s: expected %u, got %u", name, c->code, entry->code);
    if (c->enhanced.len > 0)
        CASE_SLICE(name, entry->enhanced, c->enhanced);
    if (c->culprit.len > 0)
        CASE(name, slice_is_equal_fold(culprit, c->culprit));
}

static void
parameters_of_mail_are_read(void **state)
{
    struct params_scope scope = full_scope();
    struct guard guard;

    (void)state;
    guard_init(&guard, 700);
    for (size_t i = 0; i < ARRAY_LEN(mail_cases); i++) {
        struct postern_mail mail = {.has_size = false};
        struct slice culprit = SLICE("");
        struct slice text = guard_copy(&guard, mail_cases[i].text);
        check(&mail_cases[i], params_read_mail(text, &scope, &mail, &culprit), culprit);
    }
    guard_clear(&guard);
}

static void
parameters_of_rcpt_are_read(void **state)
{
    struct params_scope scope = full_scope();
    struct guard guard;

    (void)state;
    guard_init(&guard, 700);
    for (size_t i = 0; i < ARRAY_LEN(rcpt_cases); i++) {
        struct postern_rcpt rcpt = {.notify = {NULL, 0}};
        struct slice culprit = SLICE("");
        struct slice text = guard_copy(&guard, rcpt_cases[i].text);
        check(&rcpt_cases[i], params_read_rcpt(text, &scope, &rcpt, &culprit), culprit);
    }
    guard_clear(&guard);
}

static void
values_are_handed_on_as_sent(void **state)
{
    struct params_scope scope = full_scope();
    struct postern_mail mail = {.has_size = false};
    struct postern_rcpt rcpt = {.notify = {NULL, 0}};
    struct slice culprit;

    (void)state;
    assert_int_equal(
        params_read_mail(SLICE(" SIZE=0042 BODY=8bitmime SMTPUTF8 RET=Hdrs "
                               "ENVID=a+2Bb AUTH=<> BY=9;R MT-PRIORITY=-3"),
                         &scope, &mail, &culprit),
        POSTERN_REPLY_NONE);
    assert_true(mail.has_size && mail.is_smtputf8 && !mail.is_requiretls);
    assert_int_equal(mail.size, 42);
    assert_int_equal(mail.body, POSTERN_BODY_8BITMIME);
    CASE_SLICE("RET", mail.ret, SLICE("Hdrs"));
    CASE_SLICE("ENVID", mail.envid, SLICE("a+2Bb"));
    CASE_SLICE("AUTH", mail.auth, SLICE("<>"));
    CASE_SLICE("BY", mail.by, SLICE("9;R"));
    CASE_SLICE("MT-PRIORITY", mail.mt_priority, SLICE("-3"));
    assert_int_equal(mail.holdfor.len + mail.holduntil.len, 0);

    assert_int_equal(params_read_rcpt(SLICE(" NOTIFY=Success,DELAY ORCPT=rfc822;A+40b"),
                                      &scope, &rcpt, &culprit),
                     POSTERN_REPLY_NONE);
    CASE_SLICE("NOTIFY", rcpt.notify, SLICE("Success,DELAY"));
    CASE_SLICE("ORCPT", rcpt.orcpt, SLICE("rfc822;A+40b"));
    assert_int_equal(rcpt.rrvs.len, 0);
}

/* S-54. */
static void
a_size_of_twenty_digits_saturates(void **state)
{
    struct params_scope scope = full_scope();
    struct postern_mail mail = {.has_size = false};
    struct slice culprit;

    (void)state;
    assert_int_equal(
        params_read_mail(SLICE(" SIZE=99999999999999999999"), &scope, &mail, &culprit),
        POSTERN_REPLY_NONE);
    assert_true(mail.has_size && mail.size == UINT64_MAX);
}

/* Without EHLO, or without the extension, no parameter is known. */
static void
what_is_not_offered_is_unknown(void **state)
{
    static const struct slice extensions[] = {
        SLICE_INIT(" SMTPUTF8"),   SLICE_INIT(" RET=FULL"),
        SLICE_INIT(" ENVID=a"),    SLICE_INIT(" BY=9;N"),
        SLICE_INIT(" HOLDFOR=9"),  SLICE_INIT(" MT-PRIORITY=1"),
        SLICE_INIT(" REQUIRETLS"),
    };
    struct params_scope scope = full_scope();
    struct postern_mail mail = {.has_size = false};
    struct postern_rcpt rcpt = {.notify = {NULL, 0}};
    struct slice culprit;

    (void)state;
    config.has_smtputf8 = config.has_dsn = config.has_deliverby = false;
    config.has_futurerelease = config.has_mt_priority = config.has_requiretls = false;
    for (size_t i = 0; i < ARRAY_LEN(extensions); i++)
        assert_int_equal(params_read_mail(extensions[i], &scope, &mail, &culprit),
                         POSTERN_REPLY_UNKNOWN_PARAMETER);
    assert_int_equal(params_read_rcpt(SLICE(" NOTIFY=NEVER"), &scope, &rcpt, &culprit),
                     POSTERN_REPLY_UNKNOWN_PARAMETER);

    scope = full_scope();
    assert_int_equal(params_read_mail(SLICE(" REQUIRETLS"), &scope, &mail, &culprit),
                     POSTERN_REPLY_UNKNOWN_PARAMETER);
    scope.has_tls = true;
    mail = (struct postern_mail){.has_size = false};
    assert_int_equal(params_read_mail(SLICE(" REQUIRETLS"), &scope, &mail, &culprit),
                     POSTERN_REPLY_NONE);
    scope.is_extended = false;
    assert_int_equal(params_read_mail(SLICE(" SIZE=1"), &scope, &mail, &culprit),
                     POSTERN_REPLY_UNKNOWN_PARAMETER);
}

static void
lenient_syntax_takes_further_spaces(void **state)
{
    struct params_scope scope = full_scope();
    struct postern_mail mail = {.has_size = false};
    struct slice culprit;

    (void)state;
    config.is_syntax_lenient = true;
    assert_int_equal(
        params_read_mail(SLICE("  SIZE=1  BODY=7BIT"), &scope, &mail, &culprit),
        POSTERN_REPLY_NONE);
    assert_int_equal(mail.size, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_of_mail_are_read),
        cmocka_unit_test(parameters_of_rcpt_are_read),
        cmocka_unit_test(values_are_handed_on_as_sent),
        cmocka_unit_test(a_size_of_twenty_digits_saturates),
        cmocka_unit_test(what_is_not_offered_is_unknown),
        cmocka_unit_test(lenient_syntax_takes_further_spaces),
    };
    return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
