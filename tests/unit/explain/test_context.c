#include "unit.h"

#include "explain/context.h"
#include "guard.h"

static const struct {
    struct slice line;
    enum postern_step step;
} cases[] = {
    {.line = SLICE_INIT("host mx said: 550 no (in reply to RCPT TO command)"),
     .step = POSTERN_STEP_RCPT},
    {.line = SLICE_INIT("host mx said: 550 no (in reply to MAIL FROM command)"),
     .step = POSTERN_STEP_MAIL},
    {.line = SLICE_INIT("host mx said: 550 no (in reply to DATA command)"),
     .step = POSTERN_STEP_DATA},
    {.line = SLICE_INIT("host mx said: 550 no (in reply to end of DATA command)"),
     .step = POSTERN_STEP_EOD},
    {.line = SLICE_INIT("host mx said: 550 no (in reply to EHLO command)"),
     .step = POSTERN_STEP_EHLO},
    {.line = SLICE_INIT("host mx said: 535 no (in reply to AUTH command)"),
     .step = POSTERN_STEP_AUTH},
    {.line = SLICE_INIT("NOQUEUE: reject: RCPT from x[192.0.2.1]: 554"),
     .step = POSTERN_STEP_RCPT},
    {.line = SLICE_INIT("SMTP error from remote mail server after RCPT TO:<a@b>:"),
     .step = POSTERN_STEP_RCPT},
    {.line = SLICE_INIT("SMTP error from remote mail server after end of data:"),
     .step = POSTERN_STEP_EOD},
    {.line = SLICE_INIT("SMTP error from remote mail server after pipelined DATA:"),
     .step = POSTERN_STEP_DATA},
    {.line = SLICE_INIT("SMTP error from remote mail server after initial connection:"),
     .step = POSTERN_STEP_CONNECT},
    {.line = SLICE_INIT("smtplib.SMTPRecipientsRefused: {}"),
     .step = POSTERN_STEP_RCPT},
    {.line = SLICE_INIT("smtplib.SMTPSenderRefused: (530"), .step = POSTERN_STEP_MAIL},
    {.line = SLICE_INIT("smtplib.SMTPDataError: (554"), .step = POSTERN_STEP_EOD},
    {.line = SLICE_INIT("smtplib.SMTPHeloError: (504"), .step = POSTERN_STEP_EHLO},
    {.line = SLICE_INIT("smtplib.SMTPAuthenticationError: (535"),
     .step = POSTERN_STEP_AUTH},
    {.line = SLICE_INIT("smtplib.SMTPConnectError: (421"),
     .step = POSTERN_STEP_CONNECT},
    {.line = SLICE_INIT("Error: Invalid login: 535"), .step = POSTERN_STEP_AUTH},
    {.line = SLICE_INIT("code: 'EAUTH'"), .step = POSTERN_STEP_AUTH},
    {.line = SLICE_INIT("host mx refused to talk to me: 554"),
     .step = POSTERN_STEP_CONNECT},
    {.line = SLICE_INIT("error from server: 454 starttls is not there"),
     .step = POSTERN_STEP_STARTTLS},
    {.line = SLICE_INIT("Message failed: 554"), .step = POSTERN_STEP_EOD},
    {.line = SLICE_INIT("the sky is blue"), .step = POSTERN_STEP_COUNT},
    {.line = SLICE_INIT("550 5.1.1 User unknown"), .step = POSTERN_STEP_COUNT},
    {.line = SLICE_INIT(""), .step = POSTERN_STEP_COUNT},
};

static void
a_line_names_the_step_it_speaks_of(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 200);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum postern_step step = context_step(guard_copy(&guard, cases[i].line));
        if (step != cases[i].step)
            fail_msg("%s: expected step %d, got %d", cases[i].line.ptr, cases[i].step,
                     step);
    }
    guard_clear(&guard);
}

static void
nothing_names_no_step(void **state)
{
    (void)state;
    assert_int_equal(context_step(slice_of(NULL, 0)), POSTERN_STEP_COUNT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_names_the_step_it_speaks_of),
        cmocka_unit_test(nothing_names_no_step),
    };

    return cmocka_run_group_tests_name("context", tests, NULL, NULL);
}
