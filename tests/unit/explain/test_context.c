#include "unit.h"

#include "explain/context.h"
#include "guard.h"

static const struct {
    struct slice line;
    enum postern_step step;
} cases[] = {
    {SLICE_INIT("host mx said: 550 no (in reply to RCPT TO command)"),
     POSTERN_STEP_RCPT},
    {SLICE_INIT("host mx said: 550 no (in reply to MAIL FROM command)"),
     POSTERN_STEP_MAIL},
    {SLICE_INIT("host mx said: 550 no (in reply to DATA command)"), POSTERN_STEP_DATA},
    {SLICE_INIT("host mx said: 550 no (in reply to end of DATA command)"),
     POSTERN_STEP_EOD},
    {SLICE_INIT("host mx said: 550 no (in reply to EHLO command)"), POSTERN_STEP_EHLO},
    {SLICE_INIT("host mx said: 535 no (in reply to AUTH command)"), POSTERN_STEP_AUTH},
    {SLICE_INIT("NOQUEUE: reject: RCPT from x[192.0.2.1]: 554"), POSTERN_STEP_RCPT},
    {SLICE_INIT("SMTP error from remote mail server after RCPT TO:<a@b>:"),
     POSTERN_STEP_RCPT},
    {SLICE_INIT("SMTP error from remote mail server after end of data:"),
     POSTERN_STEP_EOD},
    {SLICE_INIT("SMTP error from remote mail server after pipelined DATA:"),
     POSTERN_STEP_DATA},
    {SLICE_INIT("SMTP error from remote mail server after initial connection:"),
     POSTERN_STEP_CONNECT},
    {SLICE_INIT("smtplib.SMTPRecipientsRefused: {}"), POSTERN_STEP_RCPT},
    {SLICE_INIT("smtplib.SMTPSenderRefused: (530"), POSTERN_STEP_MAIL},
    {SLICE_INIT("smtplib.SMTPDataError: (554"), POSTERN_STEP_EOD},
    {SLICE_INIT("smtplib.SMTPHeloError: (504"), POSTERN_STEP_EHLO},
    {SLICE_INIT("smtplib.SMTPAuthenticationError: (535"), POSTERN_STEP_AUTH},
    {SLICE_INIT("smtplib.SMTPConnectError: (421"), POSTERN_STEP_CONNECT},
    {SLICE_INIT("Error: Invalid login: 535"), POSTERN_STEP_AUTH},
    {SLICE_INIT("code: 'EAUTH'"), POSTERN_STEP_AUTH},
    {SLICE_INIT("host mx refused to talk to me: 554"), POSTERN_STEP_CONNECT},
    {SLICE_INIT("error from server: 454 starttls is not there"), POSTERN_STEP_STARTTLS},
    {SLICE_INIT("Message failed: 554"), POSTERN_STEP_EOD},
    {SLICE_INIT("the sky is blue"), POSTERN_STEP_COUNT},
    {SLICE_INIT("550 5.1.1 User unknown"), POSTERN_STEP_COUNT},
    {SLICE_INIT(""), POSTERN_STEP_COUNT},
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
