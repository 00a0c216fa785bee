/* test_explain - small conversations, and what is the matter with them */
#include "unit.h"

#include "base/utf8.h"
#include "guard.h"
#include "postern/explain.h"
#include "postern/smtp.h"

#include <stdlib.h>

#define GREETING   "S: 220 mx.example.net ESMTP\n"
#define HELLO      "C: EHLO client.example\nS: 250-mx.example.net\nS: 250 SIZE 1000\n"
#define HELLO_AUTH "C: EHLO client.example\nS: 250-mx.example.net\nS: 250 AUTH PLAIN\n"
#define HELLO_STARTTLS                                                                 \
    "C: EHLO client.example\nS: 250-mx.example.net\nS: 250 STARTTLS\n"
#define STARTTLS_OK "C: STARTTLS\nS: 220 2.0.0 Ready to start TLS\n"
#define MAIL_OK     "C: MAIL FROM:<a@example.com>\nS: 250 2.1.0 Ok\n"
#define RCPT_OK     "C: RCPT TO:<b@example.net>\nS: 250 2.1.5 Ok\n"
#define DATA_OK     "C: DATA\nS: 354 Go ahead\n"
#define Y60         "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
#define Y600        Y60 Y60 Y60 Y60 Y60 Y60 Y60 Y60 Y60 Y60

struct conversation {
    const char *name;
    struct slice paste;
    enum postern_cause cause;
    enum postern_fault fault;
    enum postern_step step;
    uint16_t code; /* of the reply it is about; 0: not looked at */
    uint32_t line; /* of it; 0: not looked at */
};

static const struct conversation conversations[] = {
    {.name = "MAIL without a hello",
     .paste = SLICE_INIT(GREETING "C: MAIL FROM:<a@example.com>\n"
                                  "S: 503 5.5.1 Error: send HELO/EHLO first\n"),
     .cause = POSTERN_CAUSE_EHLO_MISSING,
     .fault = POSTERN_FAULT_MISSING,
     .step = POSTERN_STEP_EHLO,
     .code = 503,
     .line = 3},
    {.name = "a second MAIL in a transaction",
     .paste =
         SLICE_INIT(GREETING HELLO MAIL_OK "C: MAIL FROM:<a@example.com>\n"
                                           "S: 503 5.5.1 Error: nested MAIL command\n"),
     .cause = POSTERN_CAUSE_NESTED_MAIL,
     .fault = POSTERN_FAULT_REPEATED,
     .step = POSTERN_STEP_MAIL,
     .code = 503,
     .line = 8},
    {.name = "RCPT without MAIL",
     .paste = SLICE_INIT(GREETING HELLO "C: RCPT TO:<b@example.net>\n"
                                        "S: 503 5.5.1 Error: need MAIL command\n"),
     .cause = POSTERN_CAUSE_MAIL_MISSING,
     .fault = POSTERN_FAULT_MISSING,
     .step = POSTERN_STEP_MAIL,
     .code = 503,
     .line = 6},
    {.name = "DATA without RCPT",
     .paste =
         SLICE_INIT(GREETING HELLO MAIL_OK "C: DATA\n"
                                           "S: 503 5.5.1 Error: need RCPT command\n"),
     .cause = POSTERN_CAUSE_DATA_WITHOUT_VALID_RCPT,
     .fault = POSTERN_FAULT_MISSING,
     .step = POSTERN_STEP_RCPT,
     .code = 503,
     .line = 8},
    {.name = "DATA behind a refused RCPT goes back to the recipient",
     .paste =
         SLICE_INIT(GREETING HELLO MAIL_OK
                    "C: RCPT TO:<b@example.net>\n"
                    "S: 550 5.1.1 <b@example.net>: Recipient address rejected: User "
                    "unknown in local recipient table\n"
                    "C: DATA\n"
                    "S: 554 5.5.1 Error: no valid recipients\n"),
     .cause = POSTERN_CAUSE_DATA_WITHOUT_VALID_RCPT,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_RCPT,
     .code = 550,
     .line = 8},
    {.name = "RCPT behind a refused MAIL goes back to the sender",
     .paste = SLICE_INIT(GREETING HELLO "C: MAIL FROM:<a@example.com>\n"
                                        "S: 530 5.7.0 Authentication required\n"
                                        "C: RCPT TO:<b@example.net>\n"
                                        "S: 503 5.5.1 Error: need MAIL command\n"),
     .cause = POSTERN_CAUSE_AUTH_MISSING,
     .fault = POSTERN_FAULT_MISSING,
     .step = POSTERN_STEP_AUTH,
     .code = 530,
     .line = 6},
    {.name = "MAIL behind STARTTLS without a second EHLO",
     .paste = SLICE_INIT(GREETING HELLO_STARTTLS STARTTLS_OK
                         "C: MAIL FROM:<a@example.com>\n"
                         "S: 503 5.5.1 EHLO/HELO first.\n"),
     .cause = POSTERN_CAUSE_EHLO_NOT_REPEATED_AFTER_STARTTLS,
     .fault = POSTERN_FAULT_MISSING,
     .step = POSTERN_STEP_EHLO,
     .code = 503,
     .line = 8},
    {.name = "AUTH behind HELO",
     .paste = SLICE_INIT(GREETING "C: HELO client.example\n"
                                  "S: 250 mx.example.net\n"
                                  "C: AUTH LOGIN\n"
                                  "S: 503 5.5.1 Error: authentication not enabled\n"),
     .cause = POSTERN_CAUSE_HELO_INSTEAD_OF_EHLO,
     .fault = POSTERN_FAULT_WRONG,
     .step = POSTERN_STEP_EHLO,
     .code = 503,
     .line = 5},
    {.name = "a forgotten hello in the midst",
     .paste = SLICE_INIT(GREETING HELLO MAIL_OK RCPT_OK
                         "C: DATA\n"
                         "S: 503 5.5.1 Error: send HELO/EHLO first\n"),
     .cause = POSTERN_CAUSE_SESSION_STATE_LOST,
     .fault = POSTERN_FAULT_LOST,
     .step = POSTERN_STEP_EHLO,
     .code = 503,
     .line = 10},
    {.name = "a badly written name behind EHLO",
     .paste = SLICE_INIT(GREETING "C: EHLO my_host!\n"
                                  "S: 501 5.5.4 Invalid domain name\n"),
     .cause = POSTERN_CAUSE_EHLO_ARGUMENT_INVALID,
     .fault = POSTERN_FAULT_MALFORMED,
     .step = POSTERN_STEP_EHLO,
     .code = 501,
     .line = 3},
    {.name = "STARTTLS that is not offered",
     .paste =
         SLICE_INIT(GREETING HELLO "C: STARTTLS\n"
                                   "S: 502 5.5.1 Error: command not implemented\n"),
     .cause = POSTERN_CAUSE_STARTTLS_NOT_OFFERED,
     .fault = POSTERN_FAULT_UNSUPPORTED,
     .step = POSTERN_STEP_STARTTLS,
     .code = 502,
     .line = 6},
    {.name = "STARTTLS a second time",
     .paste = SLICE_INIT(GREETING HELLO_STARTTLS STARTTLS_OK HELLO
                         "C: STARTTLS\n"
                         "S: 554 5.5.1 Error: TLS already active\n"),
     .cause = POSTERN_CAUSE_STARTTLS_REPEATED,
     .fault = POSTERN_FAULT_REPEATED,
     .step = POSTERN_STEP_STARTTLS,
     .code = 554,
     .line = 11},
    {.name = "TLS out of order for now",
     .paste = SLICE_INIT(GREETING HELLO_STARTTLS
                         "C: STARTTLS\n"
                         "S: 454 4.7.0 TLS not available due to local problem\n"),
     .cause = POSTERN_CAUSE_TLS_UNAVAILABLE_ON_SERVER,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_STARTTLS,
     .code = 454,
     .line = 6},
    {.name = "a firewall has rewritten STARTTLS",
     .paste = SLICE_INIT(GREETING "C: EHLO client.example\n"
                                  "S: 250-mx.example.net\n"
                                  "S: 250-SIZE 1000\n"
                                  "S: 250 XXXXXXXA\n"
                                  "C: STARTTLS\n"
                                  "S: 502 5.5.1 Error: command not implemented\n"),
     .cause = POSTERN_CAUSE_MIDDLEBOX_ALTERED,
     .fault = POSTERN_FAULT_ALTERED,
     .step = POSTERN_STEP_STARTTLS,
     .code = 502,
     .line = 7},
    {.name = "MAIL before STARTTLS where it is a must",
     .paste = SLICE_INIT(GREETING HELLO_STARTTLS
                         "C: MAIL FROM:<a@example.com>\n"
                         "S: 530 5.7.0 Must issue a STARTTLS command first\n"),
     .cause = POSTERN_CAUSE_AUTH_BEFORE_STARTTLS,
     .fault = POSTERN_FAULT_MISSING,
     .step = POSTERN_STEP_STARTTLS,
     .code = 530,
     .line = 6},
    {.name = "AUTH that is not offered",
     .paste =
         SLICE_INIT(GREETING HELLO "C: AUTH PLAIN AHVzZXIAc2VjcmV0\n"
                                   "S: 503 5.5.1 Error: authentication not enabled\n"),
     .cause = POSTERN_CAUSE_AUTH_NOT_ADVERTISED,
     .fault = POSTERN_FAULT_UNSUPPORTED,
     .step = POSTERN_STEP_AUTH,
     .code = 503,
     .line = 6},
    {.name = "a mechanism that is not in the list",
     .paste = SLICE_INIT(GREETING "C: EHLO client.example\n"
                                  "S: 250-mx.example.net\n"
                                  "S: 250 AUTH PLAIN LOGIN\n"
                                  "C: AUTH CRAM-MD5\n"
                                  "S: 504 5.5.4 Unrecognized authentication type\n"),
     .cause = POSTERN_CAUSE_AUTH_MECHANISM_UNSUPPORTED,
     .fault = POSTERN_FAULT_UNSUPPORTED,
     .step = POSTERN_STEP_AUTH,
     .code = 504,
     .line = 6},
    {.name = "AUTH a second time",
     .paste =
         SLICE_INIT(GREETING HELLO_AUTH "C: AUTH PLAIN AHVzZXIAc2VjcmV0\n"
                                        "S: 235 2.7.0 Authentication successful\n"
                                        "C: AUTH PLAIN AHVzZXIAc2VjcmV0\n"
                                        "S: 503 5.5.1 Error: already authenticated\n"),
     .cause = POSTERN_CAUSE_AUTH_REPEATED,
     .fault = POSTERN_FAULT_REPEATED,
     .step = POSTERN_STEP_AUTH,
     .code = 503,
     .line = 8},
    {.name = "AUTH in a transaction",
     .paste = SLICE_INIT(GREETING HELLO_AUTH MAIL_OK
                         "C: AUTH PLAIN AHVzZXIAc2VjcmV0\n"
                         "S: 503 5.5.1 Error: MAIL transaction in progress\n"),
     .cause = POSTERN_CAUSE_COMMAND_MID_TRANSACTION,
     .fault = POSTERN_FAULT_EARLY,
     .step = POSTERN_STEP_AUTH,
     .code = 503,
     .line = 8},
    {.name = "a wrong password",
     .paste =
         SLICE_INIT(GREETING HELLO_AUTH "C: AUTH PLAIN AHVzZXIAc2VjcmV0\n"
                                        "S: 535 5.7.8 Error: authentication failed\n"),
     .cause = POSTERN_CAUSE_AUTH_CREDENTIALS_REJECTED,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_AUTH,
     .code = 535,
     .line = 6},
    {.name = "MAIL behind a refused login goes back to the login",
     .paste =
         SLICE_INIT(GREETING HELLO_AUTH "C: AUTH PLAIN AHVzZXIAc2VjcmV0\n"
                                        "S: 535 5.7.8 Error: authentication failed\n"
                                        "C: MAIL FROM:<a@example.com>\n"
                                        "S: 530 5.7.0 Authentication required\n"),
     .cause = POSTERN_CAUSE_AUTH_CREDENTIALS_REJECTED,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_AUTH,
     .code = 535,
     .line = 6},
    {.name = "no login where one is a must",
     .paste = SLICE_INIT(GREETING HELLO_AUTH "C: MAIL FROM:<a@example.com>\n"
                                             "S: 530 5.7.0 Authentication required\n"),
     .cause = POSTERN_CAUSE_AUTH_MISSING,
     .fault = POSTERN_FAULT_MISSING,
     .step = POSTERN_STEP_AUTH,
     .code = 530,
     .line = 6},
    {.name = "a sender without angle brackets",
     .paste = SLICE_INIT(GREETING HELLO "C: MAIL FROM: a@example.com\n"
                                        "S: 501 5.1.7 Bad sender address syntax\n"),
     .cause = POSTERN_CAUSE_ADDRESS_SYNTAX,
     .fault = POSTERN_FAULT_MALFORMED,
     .step = POSTERN_STEP_MAIL,
     .code = 501,
     .line = 6},
    {.name = "letters beyond ASCII without SMTPUTF8",
     .paste = SLICE_INIT(GREETING HELLO "C: MAIL FROM:<\303\244@example.com>\n"
                                        "S: 553 5.6.7 Address not allowed\n"),
     .cause = POSTERN_CAUSE_SMTPUTF8_MISSING,
     .fault = POSTERN_FAULT_MALFORMED,
     .step = POSTERN_STEP_MAIL,
     .code = 553,
     .line = 6},
    {.name = "a parameter the server does not know",
     .paste = SLICE_INIT(GREETING HELLO "C: MAIL FROM:<a@example.com> RET=HDRS\n"
                                        "S: 555 5.5.4 Unsupported option: RET=HDRS\n"),
     .cause = POSTERN_CAUSE_PARAMETER_NOT_SUPPORTED,
     .fault = POSTERN_FAULT_UNSUPPORTED,
     .step = POSTERN_STEP_MAIL,
     .code = 555,
     .line = 6},
    {.name = "a SIZE above the limit of the list",
     .paste =
         SLICE_INIT(GREETING HELLO "C: MAIL FROM:<a@example.com> SIZE=5000\n"
                                   "S: 552 5.3.4 Message size exceeds fixed limit\n"),
     .cause = POSTERN_CAUSE_SIZE_LIMIT_EXCEEDED,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_MAIL,
     .code = 552,
     .line = 6},
    {.name = "relaying",
     .paste = SLICE_INIT(GREETING HELLO MAIL_OK
                         "C: RCPT TO:<b@example.org>\n"
                         "S: 554 5.7.1 <b@example.org>: Relay access denied\n"),
     .cause = POSTERN_CAUSE_RELAY_DENIED,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_RCPT,
     .code = 554,
     .line = 8},
    {.name = "a mailbox nobody has",
     .paste =
         SLICE_INIT(GREETING HELLO MAIL_OK
                    "C: RCPT TO:<b@example.net>\n"
                    "S: 550 5.1.1 <b@example.net>: Recipient address rejected: User "
                    "unknown in local recipient table\n"),
     .cause = POSTERN_CAUSE_RECIPIENT_UNKNOWN,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_RCPT,
     .code = 550,
     .line = 8},
    {.name = "a full mailbox",
     .paste = SLICE_INIT(GREETING HELLO MAIL_OK "C: RCPT TO:<b@example.net>\n"
                                                "S: 552 5.2.2 Mailbox full\n"),
     .cause = POSTERN_CAUSE_MAILBOX_FULL,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_RCPT,
     .code = 552,
     .line = 8},
    {.name = "come again later",
     .paste = SLICE_INIT(
         GREETING HELLO MAIL_OK
         "C: RCPT TO:<b@example.net>\n"
         "S: 450 4.2.0 <b@example.net>: Recipient address rejected: Greylisted\n"),
     .cause = POSTERN_CAUSE_GREYLISTED,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_RCPT,
     .code = 450,
     .line = 8},
    {.name = "the address of the client is on a list",
     .paste =
         SLICE_INIT("S: 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked "
                    "using bl.example\n"),
     .cause = POSTERN_CAUSE_IP_BLOCKED,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_CONNECT,
     .code = 554,
     .line = 1},
    {.name = "HTTP at the door of SMTP",
     .paste = SLICE_INIT(GREETING "C: GET / HTTP/1.1\n"
                                  "S: 500 5.5.2 Error: bad syntax\n"),
     .cause = POSTERN_CAUSE_WRONG_PROTOCOL,
     .fault = POSTERN_FAULT_WRONG,
     .step = POSTERN_STEP_CONNECT,
     .code = 500,
     .line = 3},
    {.name = "a header of a proxy nobody wants",
     .paste = SLICE_INIT(GREETING "PROXY TCP4 192.0.2.1 192.0.2.2 1 25\n"
                                  "S: 500 5.5.2 Error: bad syntax\n"),
     .cause = POSTERN_CAUSE_PROXY_PROTOCOL_MISMATCH,
     .fault = POSTERN_FAULT_WRONG,
     .step = POSTERN_STEP_CONNECT,
     .code = 0,
     .line = 0},
    {.name = "LHLO to a server of SMTP",
     .paste = SLICE_INIT(GREETING "C: LHLO client.example\n"
                                  "S: 500 5.5.2 Error: command not recognized\n"),
     .cause = POSTERN_CAUSE_WRONG_PROTOCOL,
     .fault = POSTERN_FAULT_WRONG,
     .step = POSTERN_STEP_EHLO,
     .code = 500,
     .line = 3},
    {.name = "a client that speaks first",
     .paste = SLICE_INIT("C: EHLO client.example\n" GREETING "S: 250 mx.example.net\n"),
     .cause = POSTERN_CAUSE_REPLY_DESYNC,
     .fault = POSTERN_FAULT_UNREAD,
     .step = POSTERN_STEP_GREETING,
     .code = 0,
     .line = 0},
    {.name = "a reply cut in two by the client",
     .paste = SLICE_INIT(GREETING "C: EHLO client.example\n"
                                  "S: 250-mx.example.net\n"
                                  "C: MAIL FROM:<a@example.com>\n"
                                  "S: 250 SIZE 1000\n"),
     .cause = POSTERN_CAUSE_REPLY_MISPARSED,
     .fault = POSTERN_FAULT_MISREAD,
     .step = POSTERN_STEP_EHLO,
     .code = 250,
     .line = 3},
    {.name = "lines of one reply with two codes",
     .paste = SLICE_INIT(GREETING "C: EHLO client.example\n"
                                  "S: 250-mx.example.net\n"
                                  "S: 220 SIZE 1000\n"),
     .cause = POSTERN_CAUSE_REPLY_MALFORMED,
     .fault = POSTERN_FAULT_BAD_REPLY,
     .step = POSTERN_STEP_EHLO,
     .code = 250,
     .line = 3},
    {.name = "VRFY where MAIL was meant",
     .paste = SLICE_INIT(GREETING HELLO "C: VRFY b@example.net\n"
                                        "S: 252 2.0.0 b@example.net\n"
                                        "C: QUIT\n"
                                        "S: 221 2.0.0 Bye\n"),
     .cause = POSTERN_CAUSE_VRFY_SENT_INSTEAD_OF_MAIL,
     .fault = POSTERN_FAULT_WRONG,
     .step = POSTERN_STEP_MAIL,
     .code = 252,
     .line = 6},
    {.name = "one of two recipients was refused and the rest given up",
     .paste =
         SLICE_INIT(GREETING HELLO MAIL_OK RCPT_OK
                    "C: RCPT TO:<c@example.net>\n"
                    "S: 550 5.1.1 <c@example.net>: Recipient address rejected: User "
                    "unknown in local recipient table\n"
                    "C: RSET\n"
                    "S: 250 2.0.0 Ok\n"),
     .cause = POSTERN_CAUSE_PARTIAL_RECIPIENTS_REFUSED,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_RCPT,
     .code = 550,
     .line = 10},
    {.name = "QUIT before the message has its reply",
     .paste = SLICE_INIT(GREETING HELLO MAIL_OK RCPT_OK DATA_OK "C: Subject: x\n"
                                                                "C: .\n"
                                                                "C: QUIT\n"),
     .cause = POSTERN_CAUSE_END_OF_DATA_TIMEOUT,
     .fault = POSTERN_FAULT_LOST,
     .step = POSTERN_STEP_EOD,
     .code = 0,
     .line = 0},
    {.name = "nothing is wrong",
     .paste = SLICE_INIT(GREETING HELLO MAIL_OK RCPT_OK DATA_OK
                         "C: Subject: x\n"
                         "C: .\n"
                         "S: 250 2.0.0 Ok: queued as 6D16826F000D\n"
                         "C: QUIT\n"
                         "S: 221 2.0.0 Bye\n"),
     .cause = POSTERN_CAUSE_BENIGN_MESSAGE,
     .fault = POSTERN_FAULT_NONE,
     .step = POSTERN_STEP_SESSION,
     .code = 0,
     .line = 0},
    {.name = "it was taken and did not arrive",
     .paste = SLICE_INIT(
         "My mails do not arrive, and nothing arrives in the spam folder.\n" GREETING
             HELLO MAIL_OK RCPT_OK DATA_OK "C: Subject: x\n"
         "C: .\n"
         "S: 250 2.0.0 Ok: queued as 6D16826F000D\n"),
     .cause = POSTERN_CAUSE_ACCEPTED_NOT_DELIVERED,
     .fault = POSTERN_FAULT_NONE,
     .step = POSTERN_STEP_SESSION,
     .code = 0,
     .line = 0},
    {.name = "a success told as an error",
     .paste = SLICE_INIT(
         "SMTP error: unexpected response: 250 2.0.0 Ok: queued as 6D16826F000D\n"),
     .cause = POSTERN_CAUSE_POSITIVE_REPLY_TREATED_AS_ERROR,
     .fault = POSTERN_FAULT_MISREAD,
     .step = POSTERN_STEP_EOD,
     .code = 250,
     .line = 1},
    {.name = "input too early, in a log",
     .paste =
         SLICE_INIT("Jan  2 03:04:05 mx postfix/smtpd[12]: improper command pipelining "
                    "after EHLO from x[192.0.2.1]: MAIL FROM:<a@example.com>\\r\\n\n"),
     .cause = POSTERN_CAUSE_UNAUTHORIZED_PIPELINING,
     .fault = POSTERN_FAULT_EARLY,
     .step = POSTERN_STEP_MAIL,
     .code = 0,
     .line = 0},
    {.name = "a line behind a message that ended too early",
     .paste = SLICE_INIT(GREETING HELLO MAIL_OK RCPT_OK DATA_OK
                         "C: Subject: x\n"
                         "C: .\n"
                         "S: 250 2.0.0 Ok: queued as 6D16826F000D\n"
                         "S: 500 5.5.2 Error: command not recognized\n"
                         "S: 500 5.5.2 Error: command not recognized\n"),
     .cause = POSTERN_CAUSE_DOT_STUFFING,
     .fault = POSTERN_FAULT_MALFORMED,
     .step = POSTERN_STEP_BODY,
     .code = 0,
     .line = 0},
    {.name = "a certificate nobody trusts",
     .paste = SLICE_INIT(
         "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] "
         "certificate verify failed: self signed certificate (_ssl.c:1123)\n"),
     .cause = POSTERN_CAUSE_TLS_CERTIFICATE_UNTRUSTED,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_TLS,
     .code = 0,
     .line = 0},
    {.name = "the wrong kind of port",
     .paste =
         SLICE_INIT("ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number "
                    "(_ssl.c:1123)\n"),
     .cause = POSTERN_CAUSE_TLS_MODE_MISMATCH,
     .fault = POSTERN_FAULT_WRONG,
     .step = POSTERN_STEP_TLS,
     .code = 0,
     .line = 0},
    {.name = "too many connections",
     .paste = SLICE_INIT(
         "S: 421 4.7.0 mx.example.net Error: too many connections from 192.0.2.1\n"),
     .cause = POSTERN_CAUSE_TOO_MANY_CONNECTIONS,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_CONNECT,
     .code = 421,
     .line = 1},
    {.name = "TLS to a port that speaks in clear",
     .paste = SLICE_INIT(GREETING "\\x16\\x03\\x01\\x02\\x00\\x01\n"
                                  "S: 500 5.5.2 Error: bad syntax\n"),
     .cause = POSTERN_CAUSE_TLS_MODE_MISMATCH,
     .fault = POSTERN_FAULT_WRONG,
     .step = POSTERN_STEP_TLS,
     .code = 0,
     .line = 0},
    {.name = "POP at the door",
     .paste = SLICE_INIT("+OK POP3 server ready\n"),
     .cause = POSTERN_CAUSE_WRONG_PROTOCOL,
     .fault = POSTERN_FAULT_WRONG,
     .step = POSTERN_STEP_CONNECT,
     .code = 0,
     .line = 0},
    {.name = "a line of a command beyond the limit",
     .paste = SLICE_INIT(GREETING HELLO "C: MAIL FROM:<a@example.com> X=" Y600 "\n"
                                        "S: 500 5.5.2 Line too long\n"),
     .cause = POSTERN_CAUSE_LINE_TOO_LONG,
     .fault = POSTERN_FAULT_MALFORMED,
     .step = POSTERN_STEP_MAIL,
     .code = 500,
     .line = 6},
    {.name = "EHLO a second time to a server that minds",
     .paste = SLICE_INIT(GREETING HELLO "C: EHLO client.example\n"
                                        "S: 503 5.5.1 Duplicate HELO/EHLO\n"),
     .cause = POSTERN_CAUSE_EHLO_REPEATED_REFUSED,
     .fault = POSTERN_FAULT_REPEATED,
     .step = POSTERN_STEP_EHLO,
     .code = 503,
     .line = 6},
    {.name = "a refused greeting",
     .paste = SLICE_INIT("S: 554 mx.example.net No SMTP service here\n"
                         "C: EHLO client.example\n"
                         "S: 503 5.5.1 bad sequence of commands\n"),
     .cause = POSTERN_CAUSE_IP_BLOCKED,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_CONNECT,
     .code = 554,
     .line = 1},
    {.name = "the message is spam",
     .paste = SLICE_INIT(GREETING HELLO MAIL_OK RCPT_OK DATA_OK
                         "C: Subject: x\n"
                         "C: .\n"
                         "S: 554 5.7.1 Message rejected as spam\n"),
     .cause = POSTERN_CAUSE_CONTENT_REJECTED,
     .fault = POSTERN_FAULT_REFUSED,
     .step = POSTERN_STEP_EOD,
     .code = 554,
     .line = 13},
    {.name = "an open reply and a timeout",
     .paste = SLICE_INIT(GREETING "C: EHLO client.example\n"
                                  "S: 250-mx.example.net\n"
                                  "Timeout: timed out\n"),
     .cause = POSTERN_CAUSE_REPLY_MALFORMED,
     .fault = POSTERN_FAULT_BAD_REPLY,
     .step = POSTERN_STEP_EHLO,
     .code = 250,
     .line = 3},
    {.name = "250 for what is an error",
     .paste = SLICE_INIT(GREETING HELLO MAIL_OK "C: RCPT TO:<b@example.net>\n"
                                                "S: 250 Error: no such user\n"),
     .cause = POSTERN_CAUSE_REPLY_MALFORMED,
     .fault = POSTERN_FAULT_BAD_REPLY,
     .step = POSTERN_STEP_RCPT,
     .code = 250,
     .line = 8},
    {.name = "no reply to the message in time",
     .paste = SLICE_INIT(GREETING HELLO MAIL_OK RCPT_OK DATA_OK
                         "Subject: x\n"
                         ".\n"
                         "Error: timed out waiting for the reply\n"),
     .cause = POSTERN_CAUSE_END_OF_DATA_TIMEOUT,
     .fault = POSTERN_FAULT_LOST,
     .step = POSTERN_STEP_EOD,
     .code = 0,
     .line = 0},
    {.name = "two replies to one message",
     .paste = SLICE_INIT(GREETING HELLO MAIL_OK RCPT_OK DATA_OK
                         "C: Subject: x\n"
                         "C: .\n"
                         "S: 250 2.0.0 Ok: queued as 6D16826F000D\n"
                         "S: 250 2.0.0 Ok\n"),
     .cause = POSTERN_CAUSE_DATA_PHASE_MISHANDLED,
     .fault = POSTERN_FAULT_BAD_REPLY,
     .step = POSTERN_STEP_EOD,
     .code = 0,
     .line = 0},
    {.name = "replies are one behind",
     .paste = SLICE_INIT(GREETING HELLO "C: MAIL FROM:<a@example.com>\n"
                                        "S: 250 2.1.5 Ok\n"
                                        "C: RCPT TO:<b@example.net>\n"
                                        "S: 354 Go ahead\n"),
     .cause = POSTERN_CAUSE_REPLY_DESYNC,
     .fault = POSTERN_FAULT_UNREAD,
     .step = POSTERN_STEP_MAIL,
     .code = 0,
     .line = 0},
    {.name = "too many errors go back to the first",
     .paste = SLICE_INIT(GREETING HELLO
                         "C: MAIL FROM:<a@example.com>\n"
                         "S: 530 5.7.0 Authentication required\n"
                         "C: RCPT TO:<b@example.net>\n"
                         "S: 503 5.5.1 Error: need MAIL command\n"
                         "C: DATA\n"
                         "S: 421 4.7.0 mx.example.net Error: too many errors\n"),
     .cause = POSTERN_CAUSE_AUTH_MISSING,
     .fault = POSTERN_FAULT_MISSING,
     .step = POSTERN_STEP_AUTH,
     .code = 530,
     .line = 6},
    {.name = "a proxy told by its words",
     .paste = SLICE_INIT(GREETING "C: EHLO client.example\n"
                                  "S: 421 4.3.0 no PROXY protocol header\n"),
     .cause = POSTERN_CAUSE_PROXY_PROTOCOL_MISMATCH,
     .fault = POSTERN_FAULT_MISSING,
     .step = POSTERN_STEP_CONNECT,
     .code = 421,
     .line = 3},
    {.name = "the list of stars of a firewall",
     .paste = SLICE_INIT("S: 220 *************************\n"
                         "C: EHLO client.example\n"
                         "S: 500 5.5.1 Command unrecognized\n"),
     .cause = POSTERN_CAUSE_MIDDLEBOX_ALTERED,
     .fault = POSTERN_FAULT_ALTERED,
     .step = POSTERN_STEP_EHLO,
     .code = 500,
     .line = 3},
    {.name = "a session of another protocol below LMTP",
     .paste = SLICE_INIT("S: 220 mx.example.net LMTP ready\n"
                         "C: EHLO client.example\n"
                         "S: 500 5.5.1 Command unrecognized\n"),
     .cause = POSTERN_CAUSE_WRONG_PROTOCOL,
     .fault = POSTERN_FAULT_WRONG,
     .step = POSTERN_STEP_EHLO,
     .code = 500,
     .line = 3},
    {.name = "IMAP at the door",
     .paste = SLICE_INIT("* OK [CAPABILITY IMAP4rev1] ready\n"),
     .cause = POSTERN_CAUSE_WRONG_PROTOCOL,
     .fault = POSTERN_FAULT_WRONG,
     .step = POSTERN_STEP_CONNECT,
     .code = 0,
     .line = 0},
};

static struct postern_explain *memory;

static const char *
cause_name(enum postern_cause cause)
{
    return cause == POSTERN_CAUSE_NONE ? "none" : postern_causes[cause].slug.ptr;
}

/* Line n of a paste, from 1. */
static struct slice
line_of(struct slice paste, uint32_t n)
{
    struct slice line = {NULL, 0};

    while (n-- > 0)
        slice_cut(paste, '\n', &line, &paste);
    return line;
}

static bool
has(struct slice s, struct slice part)
{
    return part.len > 0 && s.len > 0 &&
           memmem(s.ptr, s.len, part.ptr, part.len) != NULL;
}

static void
the_first_finding_is_the_answer(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 4000);
    for (size_t i = 0; i < ARRAY_LEN(conversations); i++) {
        const struct conversation *c = &conversations[i];
        const struct postern_diagnosis *d =
            postern_explain(memory, guard_copy(&guard, c->paste));
        const struct postern_finding *f = &d->findings[0];

        CASE(c->name, d->finding_count >= 1);
        if (f->cause != c->cause)
            fail_msg("%s: expected %s, got %s", c->name, cause_name(c->cause),
                     cause_name(f->cause));
        CASE(c->name, f->fault == c->fault);
        CASE(c->name, f->step == c->step);
        CASE(c->name, f->side == postern_causes[c->cause].side);
        CASE(c->name, c->code == 0 || f->code == c->code);
        CASE(c->name, c->line == 0 || f->line == c->line);
        CASE(c->name, f->certainty != POSTERN_POSSIBLE ||
                          c->cause == POSTERN_CAUSE_BENIGN_MESSAGE);
        if (c->line > 0)
            CASE(c->name,
                 f->enhanced.len == 0 || has(line_of(c->paste, c->line), f->enhanced));
    }
    guard_clear(&guard);
}

static void
alternatives_are_distinct_and_not_surer(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(conversations); i++) {
        const struct conversation *c = &conversations[i];
        const struct postern_diagnosis *d = postern_explain(memory, c->paste);

        CASE(c->name, d->finding_count <= POSTERN_FINDINGS_MAX);
        for (unsigned n = 0; n < d->finding_count; n++) {
            const struct postern_finding *f = &d->findings[n];
            CASE(c->name,
                 f->cause > POSTERN_CAUSE_NONE && f->cause < POSTERN_CAUSE_COUNT);
            CASE(c->name, f->fault < POSTERN_FAULT_COUNT);
            CASE(c->name, f->step < POSTERN_STEP_COUNT);
            CASE(c->name, f->side < POSTERN_SIDE_COUNT);
            CASE(c->name, f->line <= d->lines);
            CASE(c->name, n == 0 || f->certainty <= d->findings[n - 1].certainty);
            for (unsigned k = 0; k < n; k++)
                CASE(c->name, d->findings[k].cause != f->cause);
        }
    }
}

static void
evidence_stands_in_the_paste(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(conversations); i++) {
        const struct conversation *c = &conversations[i];
        const struct postern_diagnosis *d = postern_explain(memory, c->paste);
        bool has_line = false;

        CASE(c->name, d->evidence_count <= POSTERN_EVIDENCE_MAX);
        for (unsigned n = 0; n < d->evidence_count; n++) {
            const struct postern_evidence *e = &d->evidence[n];
            CASE(c->name, e->line >= 1 && e->line <= d->lines);
            CASE(c->name, e->text.len == 0 || has(line_of(c->paste, e->line), e->text));
            for (unsigned k = 0; k < n; k++)
                CASE(c->name, d->evidence[k].line != e->line);
            has_line |= e->line == d->findings[0].line;
        }
        CASE(c->name, d->findings[0].line == 0 || has_line);
    }
}

/* What a refused command was is shown beside its reply. */
static void
the_command_is_evidence_too(void **state)
{
    const struct postern_diagnosis *d;

    (void)state;
    d = postern_explain(memory,
                        SLICE(GREETING HELLO MAIL_OK "C: DATA\n"
                                                     "S: 503 5.5.1 Error: need RCPT "
                                                     "command\n"));
    assert_int_equal(d->evidence_count, 2);
    assert_int_equal(d->evidence[0].line, 7);
    CASE_SLICE("command", d->evidence[0].text, SLICE("DATA"));
    assert_int_equal(d->evidence[1].line, 8);
    CASE_SLICE("reply", d->evidence[1].text,
               SLICE("503 5.5.1 Error: need RCPT command"));
}

/* ---- reading along ---- */

/* Some letter of s is hiragana, katakana or kanji (U+3040 to U+9FFF). */
static bool
has_japanese(struct slice s)
{
    for (size_t i = 0; i + 2 < s.len; i++) {
        unsigned char a = (unsigned char)s.ptr[i], b = (unsigned char)s.ptr[i + 1];
        if ((a == 0xE3 && b >= 0x81) || (a >= 0xE4 && a <= 0xE9))
            return true;
    }
    return false;
}

static void
every_event_is_told_in_both_languages(void **state)
{
    char english[2000], japanese[2000];
    struct postern_said said;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(conversations); i++) {
        const struct conversation *c = &conversations[i];

        postern_explain(memory, c->paste);
        for (uint32_t n = 0; postern_explain_said(memory, n, &said); n++) {
            struct slice en =
                slice_of(english, postern_explain_narrate(memory, n, POSTERN_EN,
                                                          english, sizeof english));
            struct slice ja =
                slice_of(japanese, postern_explain_narrate(memory, n, POSTERN_JA,
                                                           japanese, sizeof japanese));
            CASE(c->name, en.len > 5 && ja.len > 5);
            CASE(c->name, !has_japanese(en) && has_japanese(ja));
            CASE(c->name, utf8_is_valid(en) && utf8_is_valid(ja));
            CASE(c->name, memchr(en.ptr, '%', en.len) == NULL);
            CASE(c->name, memchr(ja.ptr, '%', ja.len) == NULL);
        }
    }
}

static void
a_sentence_that_does_not_fit_is_cut(void **state)
{
    char whole[2000], part[2000];

    (void)state;
    postern_explain(memory, SLICE(GREETING HELLO));
    size_t len = postern_explain_narrate(memory, 0, POSTERN_EN, whole, sizeof whole);
    for (size_t size = 0; size <= len; size++) {
        memset(part, '#', sizeof part);
        CASE("cut", postern_explain_narrate(memory, 0, POSTERN_EN, part, size) == size);
        CASE("cut", memcmp(part, whole, size) == 0 && part[size] == '#');
    }
}

static void
behind_the_last_event_is_nothing(void **state)
{
    struct postern_said said;
    char sentence[100];

    (void)state;
    postern_explain(memory, SLICE(GREETING));
    assert_true(postern_explain_said(memory, 0, &said));
    assert_false(postern_explain_said(memory, 1, &said));
    assert_false(postern_explain_said(memory, UINT32_MAX, &said));
    assert_int_equal(
        postern_explain_narrate(memory, 1, POSTERN_EN, sentence, sizeof sentence), 0);
}

/* The phases of one conversation go on where they were. */
static void
phases_hang_together(void **state)
{
    struct postern_said said;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(conversations); i++) {
        const struct conversation *c = &conversations[i];
        enum postern_phase phase = POSTERN_PHASE_COUNT;

        postern_explain(memory, c->paste);
        for (uint32_t n = 0; postern_explain_said(memory, n, &said); n++) {
            if (said.is_quoted || said.kind == POSTERN_SAID_OTHER)
                continue;
            /* before the first reply it may still be guessed; 220 begins anew */
            CASE(c->name, phase == POSTERN_PHASE_COUNT || n < 2 ||
                              said.note->code == 220 || said.note->before == phase);
            phase = said.note->after;
        }
    }
}

static void
one_event_is_the_fault(void **state)
{
    struct postern_said said;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(conversations); i++) {
        const struct postern_diagnosis *d =
            postern_explain(memory, conversations[i].paste);
        unsigned faults = 0;

        for (uint32_t n = 0; postern_explain_said(memory, n, &said); n++) {
            faults += said.is_fault;
            CASE(conversations[i].name,
                 !said.is_fault || said.line == d->findings[0].line);
        }
        CASE(conversations[i].name, faults == (d->findings[0].line > 0));
    }
}

/* ---- the rest of a diagnosis ---- */

static void
what_the_server_said_is_kept(void **state)
{
    const struct postern_diagnosis *d;

    (void)state;
    d = postern_explain(
        memory,
        SLICE("S: 220 mx.example.net ESMTP Postfix\n" HELLO MAIL_OK RCPT_OK DATA_OK
              "C: Subject: x\nC: .\nS: 250 2.0.0 Ok: queued as 6D16826F000D\n"));
    CASE_SLICE("product", d->product, SLICE("Postfix"));
    CASE_SLICE("id", d->queue_id, SLICE("6D16826F000D"));
    assert_true(d->was_accepted);
    assert_int_equal(d->lines, 13);
    assert_int_equal(d->dropped, 0);
    assert_int_equal(d->sessions, 1);
    d = postern_explain(memory, SLICE(GREETING HELLO));
    assert_int_equal(d->product.len, 0);
    assert_int_equal(d->queue_id.len, 0);
    assert_false(d->was_accepted);
}

static void
a_paste_without_smtp_has_no_finding(void **state)
{
    static const struct {
        const char *name;
        struct slice paste;
    } cases[] = {
        {.name = "nothing", .paste = {NULL, 0}},
        {.name = "empty lines", .paste = SLICE_INIT("\n\n\n")},
        {.name = "prose",
         .paste = SLICE_INIT("The quick brown fox\njumps over the lazy dog.\n")},
        {.name = "a shell", .paste = SLICE_INIT("$ ls -l\ntotal 0\n$ cd /tmp\n")},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct postern_diagnosis *d = postern_explain(memory, cases[i].paste);
        CASE(cases[i].name, d->finding_count == 0);
        CASE(cases[i].name, d->evidence_count == 0);
    }
}

/* Two conversations in one log, line by line: the one that failed has the answer. */
static void
mixed_conversations_are_told_apart(void **state)
{
    const struct postern_diagnosis *d =
        postern_explain(memory, SLICE("[a1b2] S: 220 mx.example.net ESMTP\n"
                                      "[c3d4] S: 220 mx.example.net ESMTP\n"
                                      "[a1b2] C: EHLO one.example\n"
                                      "[c3d4] C: EHLO two.example\n"
                                      "[a1b2] S: 250 mx.example.net\n"
                                      "[c3d4] S: 250 mx.example.net\n"
                                      "[a1b2] C: MAIL FROM:<a@example.com>\n"
                                      "[c3d4] C: RCPT TO:<b@example.net>\n"
                                      "[c3d4] S: 503 5.5.1 Error: need MAIL command\n"
                                      "[a1b2] S: 250 2.1.0 Ok\n"));

    (void)state;
    assert_int_equal(d->sessions, 2);
    assert_int_equal(d->findings[0].cause, POSTERN_CAUSE_MAIL_MISSING);
    assert_int_equal(d->findings[0].line, 9);
    assert_int_equal(d->evidence[0].line, 8);
}

/* ---- notes of a recorded session ---- */

static void
note_command(enum postern_command command, struct slice line)
{
    struct slice verb, argument;

    slice_cut(line, ' ', &verb, &argument);
    const struct postern_note note = {.kind = POSTERN_NOTE_COMMAND,
                                      .octets = line,
                                      .count = line.len + 2,
                                      .command = command,
                                      .argument = argument};
    postern_explain_note(memory, &note);
}

static void
note_reply(enum postern_reply reply, uint16_t code, struct slice line)
{
    const struct postern_note note = {.kind = POSTERN_NOTE_REPLY,
                                      .octets = line,
                                      .count = line.len + 2,
                                      .command = POSTERN_UNKNOWN,
                                      .code = code,
                                      .reply = reply,
                                      .is_last = line.ptr[3] == ' '};
    postern_explain_note(memory, &note);
}

static void
notes_are_judged_like_a_paste(void **state)
{
    struct postern_said said;

    (void)state;
    postern_explain_start(memory);
    note_reply(POSTERN_REPLY_NONE, 220, SLICE("220 mx.example.net ESMTP"));
    note_command(POSTERN_EHLO, SLICE("EHLO client.example"));
    note_reply(POSTERN_REPLY_HELLO, 250, SLICE("250-mx.example.net"));
    note_reply(POSTERN_REPLY_HELLO, 250, SLICE("250-PIPELINING"));
    note_reply(POSTERN_REPLY_HELLO, 250, SLICE("250 SIZE 1000"));
    note_command(POSTERN_DATA, SLICE("DATA"));
    note_reply(POSTERN_REPLY_NO_MAIL, 503,
               SLICE("503 5.5.1 DATA: something of our own"));
    const struct postern_diagnosis *d = postern_explain_finish(memory);

    assert_int_equal(d->findings[0].cause, POSTERN_CAUSE_MAIL_MISSING);
    assert_int_equal(d->findings[0].line, 7);
    assert_int_equal(d->lines, 7);
    assert_true(postern_explain_said(memory, 2, &said));
    CASE_SLICE("a reply of three lines", said.text,
               SLICE("250-mx.example.net\nPIPELINING\nSIZE 1000"));
    assert_int_equal(said.line, 3);
    assert_int_equal(said.last_line, 5);
    assert_int_equal(said.note->after, POSTERN_PHASE_EHLO);
    assert_true(postern_explain_said(memory, 4, &said));
    assert_int_equal(said.kind, POSTERN_SAID_REPLY);
    assert_false(postern_explain_said(memory, 5, &said));
}

static void
no_notes_have_no_finding(void **state)
{
    (void)state;
    postern_explain_start(memory);
    const struct postern_diagnosis *d = postern_explain_finish(memory);
    assert_int_equal(d->finding_count, 0);
    assert_int_equal(d->lines, 0);
}

static void
of_many_notes_the_middle_is_dropped(void **state)
{
    struct postern_said said, last = {.line = 0};
    uint32_t n = 0;

    (void)state;
    postern_explain_start(memory);
    for (int i = 0; i < 5000; i++) {
        note_command(POSTERN_NOOP, SLICE("NOOP"));
        note_reply(POSTERN_REPLY_NONE, 250, SLICE("250 2.0.0 Ok"));
    }
    const struct postern_diagnosis *d = postern_explain_finish(memory);
    for (; postern_explain_said(memory, n, &said); n++) {
        assert_true(said.line > last.line);
        last = said;
    }
    assert_int_equal(last.line, 10000);
    assert_int_equal(n + d->dropped, 10000);
}

static void
certainties_have_names(void **state)
{
    (void)state;
    assert_string_equal(postern_certainty_name(POSTERN_POSSIBLE), "possible");
    assert_string_equal(postern_certainty_name(POSTERN_LIKELY), "likely");
    assert_string_equal(postern_certainty_name(POSTERN_CERTAIN), "certain");
}

/* ------------------------------------------------------------------------------------
 */

static int
begin(void **state)
{
    (void)state;
    memory = malloc(postern_explain_size());
    return memory == NULL;
}

static int
end(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_finding_is_the_answer),
        cmocka_unit_test(alternatives_are_distinct_and_not_surer),
        cmocka_unit_test(evidence_stands_in_the_paste),
        cmocka_unit_test(the_command_is_evidence_too),
        cmocka_unit_test(every_event_is_told_in_both_languages),
        cmocka_unit_test(a_sentence_that_does_not_fit_is_cut),
        cmocka_unit_test(behind_the_last_event_is_nothing),
        cmocka_unit_test(phases_hang_together),
        cmocka_unit_test(one_event_is_the_fault),
        cmocka_unit_test(what_the_server_said_is_kept),
        cmocka_unit_test(a_paste_without_smtp_has_no_finding),
        cmocka_unit_test(mixed_conversations_are_told_apart),
        cmocka_unit_test(notes_are_judged_like_a_paste),
        cmocka_unit_test(no_notes_have_no_finding),
        cmocka_unit_test(of_many_notes_the_middle_is_dropped),
        cmocka_unit_test(certainties_have_names),
    };

    return cmocka_run_group_tests_name("explain", tests, begin, end);
}
