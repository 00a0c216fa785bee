/* context.c - phrases of libraries and logs, the more specific ones first */
#include "explain/context.h"

#include "base/attr.h"
#include "explain/words.h"

static const struct {
    struct slice phrase;
    enum postern_step step;
} phrases[] = {
    {SLICE_INIT("in reply to end of DATA"), POSTERN_STEP_EOD},
    {SLICE_INIT("in reply to DATA"), POSTERN_STEP_DATA},
    {SLICE_INIT("in reply to RCPT"), POSTERN_STEP_RCPT},
    {SLICE_INIT("in reply to MAIL"), POSTERN_STEP_MAIL},
    {SLICE_INIT("in reply to EHLO"), POSTERN_STEP_EHLO},
    {SLICE_INIT("in reply to HELO"), POSTERN_STEP_EHLO},
    {SLICE_INIT("in reply to AUTH"), POSTERN_STEP_AUTH},
    {SLICE_INIT("in reply to STARTTLS"), POSTERN_STEP_STARTTLS},
    {SLICE_INIT("after pipelined end of data"), POSTERN_STEP_EOD},
    {SLICE_INIT("after end of data"), POSTERN_STEP_EOD},
    {SLICE_INIT("end of data"), POSTERN_STEP_EOD},
    {SLICE_INIT("end-of-message"), POSTERN_STEP_EOD},
    {SLICE_INIT("END-OF-DATA"), POSTERN_STEP_EOD},
    {SLICE_INIT("DATA END"), POSTERN_STEP_EOD},
    {SLICE_INIT("final dot"), POSTERN_STEP_EOD},
    {SLICE_INIT("data not accepted"), POSTERN_STEP_EOD},
    {SLICE_INIT("message failed"), POSTERN_STEP_EOD},
    {SLICE_INIT("failed after I sent the message"), POSTERN_STEP_EOD},
    {SLICE_INIT("after pipelined DATA"), POSTERN_STEP_DATA},
    {SLICE_INIT("after DATA"), POSTERN_STEP_DATA},
    {SLICE_INIT("data command failed"), POSTERN_STEP_DATA},
    {SLICE_INIT("DATA command"), POSTERN_STEP_DATA},
    {SLICE_INIT("failed on DATA"), POSTERN_STEP_DATA},
    {SLICE_INIT("SMTPDataError"), POSTERN_STEP_EOD},
    {SLICE_INIT("after pipelined RCPT"), POSTERN_STEP_RCPT},
    {SLICE_INIT("after RCPT"), POSTERN_STEP_RCPT},
    {SLICE_INIT("RCPT from"), POSTERN_STEP_RCPT},
    {SLICE_INIT("RCPT TO"), POSTERN_STEP_RCPT},
    {SLICE_INIT("rejected RCPT"), POSTERN_STEP_RCPT},
    {SLICE_INIT("all recipients"), POSTERN_STEP_RCPT},
    {SLICE_INIT("recipients failed"), POSTERN_STEP_RCPT},
    {SLICE_INIT("Recipient command failed"), POSTERN_STEP_RCPT},
    {SLICE_INIT("SMTPRecipientsRefused"), POSTERN_STEP_RCPT},
    {SLICE_INIT("FailedRecipient"), POSTERN_STEP_RCPT},
    {SLICE_INIT("SMTPAddressFailedException"), POSTERN_STEP_RCPT},
    {SLICE_INIT("after pipelined MAIL"), POSTERN_STEP_MAIL},
    {SLICE_INIT("after MAIL"), POSTERN_STEP_MAIL},
    {SLICE_INIT("MAIL from"), POSTERN_STEP_MAIL},
    {SLICE_INIT("rejected MAIL"), POSTERN_STEP_MAIL},
    {SLICE_INIT("mail command failed"), POSTERN_STEP_MAIL},
    {SLICE_INIT("SMTPSenderRefused"), POSTERN_STEP_MAIL},
    {SLICE_INIT("SMTPSenderFailedException"), POSTERN_STEP_MAIL},
    {SLICE_INIT("from address"), POSTERN_STEP_MAIL},
    {SLICE_INIT("after STARTTLS"), POSTERN_STEP_STARTTLS},
    {SLICE_INIT("STARTTLS"), POSTERN_STEP_STARTTLS},
    {SLICE_INIT("SMTPAuthenticationError"), POSTERN_STEP_AUTH},
    {SLICE_INIT("AuthenticationFailed"), POSTERN_STEP_AUTH},
    {SLICE_INIT("Invalid login"), POSTERN_STEP_AUTH},
    {SLICE_INIT("could not authenticate"), POSTERN_STEP_AUTH},
    {SLICE_INIT("authenticator"), POSTERN_STEP_AUTH},
    {SLICE_INIT("EAUTH"), POSTERN_STEP_AUTH},
    {SLICE_INIT("AUTH "), POSTERN_STEP_AUTH},
    {SLICE_INIT("Password command failed"), POSTERN_STEP_AUTH},
    {SLICE_INIT("Username command failed"), POSTERN_STEP_AUTH},
    {SLICE_INIT("SMTPHeloError"), POSTERN_STEP_EHLO},
    {SLICE_INIT("after EHLO"), POSTERN_STEP_EHLO},
    {SLICE_INIT("after HELO"), POSTERN_STEP_EHLO},
    {SLICE_INIT("EHLO"), POSTERN_STEP_EHLO},
    {SLICE_INIT("HELO"), POSTERN_STEP_EHLO},
    {SLICE_INIT("RSET"), POSTERN_STEP_RSET},
    {SLICE_INIT("VRFY"), POSTERN_STEP_VRFY},
    {SLICE_INIT("QUIT"), POSTERN_STEP_QUIT},
    {SLICE_INIT("BDAT"), POSTERN_STEP_BDAT},
    {SLICE_INIT("initial connection"), POSTERN_STEP_CONNECT},
    {SLICE_INIT("SMTPConnectError"), POSTERN_STEP_CONNECT},
    {SLICE_INIT("greeting"), POSTERN_STEP_CONNECT},
    {SLICE_INIT("banner"), POSTERN_STEP_CONNECT},
    {SLICE_INIT("refused to talk to me"), POSTERN_STEP_CONNECT},
    {SLICE_INIT("CONNECT from"), POSTERN_STEP_CONNECT},
    {SLICE_INIT("RCPT"), POSTERN_STEP_RCPT},
};

enum postern_step
context_step(struct slice line)
{
    for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
        if (words_have(line, phrases[i].phrase))
            return phrases[i].step;
    }
    return POSTERN_STEP_COUNT;
}

enum postern_step
step_named(struct slice name)
{
    for (int i = 0; i < POSTERN_STEP_COUNT; i++) {
        if (slice_is_equal(name, slice_from(postern_step_name((enum postern_step)i))))
            return (enum postern_step)i;
    }
    return POSTERN_STEP_COUNT;
}
