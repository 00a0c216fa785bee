/* test_transcript - pastes of many programs, and the events they are turned into
 *
 * What is expected is written one event a line: where it stands, who speaks (C a
 * command, S a reply, L a login, D the message, O a program), code and command, the
 * phase before and behind it, "told" for what is not spoken, and the text, "|" for a
 * line break in it.
 */
#include "unit.h"

#include "guard.h"
#include "postern/explain.h"
#include "postern/smtp.h"

#include <stdio.h>
#include <stdlib.h>

struct paste_case {
    const char *name;
    struct slice paste;
    const char *events;
};

static const struct paste_case cases[] = {
    {.name = "swaks marks the server with arrows to the left",
     .paste =
         SLICE_INIT("=== Trying mx.example.net:25...\n"
                    "=== Connected to mx.example.net.\n"
                    "<-  220 mx.example.net ESMTP Postfix\n"
                    " -> EHLO client.example\n"
                    "<-  250-mx.example.net\n"
                    "<-  250-PIPELINING\n"
                    "<-  250 SIZE 1000\n"
                    " -> MAIL FROM:<a@example.com>\n"
                    "<-  250 2.1.0 Ok\n"
                    " -> RCPT TO:<b@example.net>\n"
                    "<** 550 5.1.1 <b@example.net>: Recipient address rejected: User "
                    "unknown\n"
                    " -> QUIT\n"
                    "<-  221 2.0.0 Bye\n"),
     .events = "3 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP "
               "Postfix\n"
               "4 C EHLO greeted>greeted: EHLO client.example\n"
               "5-7 S 250 EHLO greeted>ehlo: 250-mx.example.net|PIPELINING|SIZE "
               "1000\n"
               "8 C MAIL ehlo>ehlo: MAIL FROM:<a@example.com>\n"
               "9 S 250 MAIL ehlo>mail: 250 2.1.0 Ok\n"
               "10 C RCPT mail>mail: RCPT TO:<b@example.net>\n"
               "11 S 550 RCPT mail>mail: 550 5.1.1 <b@example.net>: Recipient "
               "address rejected: User unknown\n"
               "12 C QUIT mail>mail: QUIT\n"
               "13 S 221 QUIT mail>closing: 221 2.0.0 Bye\n"},
    {.name = "PHPMailer prints SERVER -> CLIENT and tells the error again",
     .paste =
         SLICE_INIT("2026-01-02 03:04:05 SERVER -> CLIENT: 220 mx.example.net ESMTP\n"
                    "2026-01-02 03:04:05 CLIENT -> SERVER: EHLO web.example\n"
                    "2026-01-02 03:04:05 SERVER -> CLIENT: 250 mx.example.net\n"
                    "2026-01-02 03:04:05 CLIENT -> SERVER: MAIL "
                    "FROM:<a@example.com>\n"
                    "2026-01-02 03:04:05 SERVER -> CLIENT: 530 5.7.0 Authentication "
                    "required\n"
                    "2026-01-02 03:04:05 SMTP ERROR: MAIL FROM command failed: 530 "
                    "5.7.0 Authentication required\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C EHLO greeted>greeted: EHLO web.example\n"
               "3 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"
               "4 C MAIL ehlo>ehlo: MAIL FROM:<a@example.com>\n"
               "5 S 530 MAIL ehlo>ehlo: 530 5.7.0 Authentication required\n"},
    {.name = "smtplib prints what it sends as Python literals",
     .paste =
         SLICE_INIT("send: 'ehlo client.example\\r\\n'\n"
                    "reply: b'250-mx.example.net\\r\\n'\n"
                    "reply: b'250 SIZE 1000\\r\\n'\n"
                    "reply: retcode (250); Msg: b'mx.example.net\\nSIZE 1000'\n"
                    "send: 'mail FROM:<a@example.com>\\r\\n'\n"
                    "reply: b'503 5.5.1 Error: need HELO first\\r\\n'\n"
                    "reply: retcode (503); Msg: b'5.5.1 Error: need HELO first'\n"),
     .events = "1 C EHLO greeted>greeted: ehlo client.example\n"
               "2-3 S 250 EHLO greeted>ehlo: 250-mx.example.net|SIZE 1000\n"
               "5 C MAIL ehlo>ehlo: mail FROM:<a@example.com>\n"
               "6 S 503 MAIL ehlo>ehlo: 503 5.5.1 Error: need HELO first\n"},
    {.name = "a conversation on one line is cut at its marks",
     .paste =
         SLICE_INIT("S: 220 mx ESMTP C: EHLO c S: 250 mx C: MAIL FROM:<a@b> S: 250 Ok "
                    "C: DATA S: 503 5.5.1 Error: need RCPT command\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx ESMTP\n"
               "1 C EHLO greeted>greeted: EHLO c\n"
               "1 S 250 EHLO greeted>ehlo: 250 mx\n"
               "1 C MAIL ehlo>ehlo: MAIL FROM:<a@b>\n"
               "1 S 250 MAIL ehlo>mail: 250 Ok\n"
               "1 C DATA mail>mail: DATA\n"
               "1 S 503 DATA mail>mail: 503 5.5.1 Error: need RCPT command\n"},
    {.name = "what a client says by its mark is a command, if no known one",
     .paste = SLICE_INIT("S: 220 mx\nC: HALLO client.example\nS: 500 what\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx\n"
               "2 C unknown greeted>greeted: HALLO client.example\n"
               "3 S 500 unknown greeted>greeted: 500 what\n"},
    {.name = "a log of Postfix tells what a client was refused",
     .paste = SLICE_INIT("Jan  2 03:04:05 mx postfix/smtpd[123]: NOQUEUE: reject: RCPT "
                         "from unknown[192.0.2.1]: 554 5.7.1 <b@example.net>: Relay "
                         "access denied; from=<a@example.com> to=<b@example.net> "
                         "proto=ESMTP helo=<x>\n"),
     .events = "1 S 554 unknown greeted>greeted told: 554 5.7.1 "
               "<b@example.net>: Relay access denied\n"},
    {.name = "a log of Postfix tells what a server said",
     .paste =
         SLICE_INIT("Jan  2 03:04:05 mx postfix/smtp[77]: 4F1: to=<b@example.net>, "
                    "relay=mx.example.net[192.0.2.5]:25, delay=1, dsn=5.1.1, "
                    "status=bounced (host mx.example.net[192.0.2.5] said: 550 5.1.1 "
                    "<b@example.net>: User unknown (in reply to RCPT TO command))\n"),
     .events = "1 S 550 unknown greeted>greeted told: 550 5.1.1 "
               "<b@example.net>: User unknown\n"},
    {.name = "nodemailer prints S and C behind a time and an id",
     .paste = SLICE_INIT("[2026-01-02 03:04:05] DEBUG [a1b2c3] S: 220 mx.example.net "
                         "ESMTP\n"
                         "[2026-01-02 03:04:05] DEBUG [a1b2c3] C: EHLO [127.0.0.1]\n"
                         "[2026-01-02 03:04:05] DEBUG [a1b2c3] S: 250 mx.example.net\n"
                         "[2026-01-02 03:04:05] DEBUG [a1b2c3] C: MAIL "
                         "FROM:<a@example.com>\n"
                         "[2026-01-02 03:04:05] DEBUG [a1b2c3] S: 451 4.7.1 Try again "
                         "later\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C EHLO greeted>greeted: EHLO [127.0.0.1]\n"
               "3 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"
               "4 C MAIL ehlo>ehlo: MAIL FROM:<a@example.com>\n"
               "5 S 451 MAIL ehlo>ehlo: 451 4.7.1 Try again later\n"},
    {.name = "tshark lists a packet a line",
     .paste = SLICE_INIT("    4 0.031 192.0.2.5 \342\206\222 192.0.2.1 SMTP 97 S: 220 "
                         "mx.example.net ESMTP\n"
                         "    6 0.044 192.0.2.1 \342\206\222 192.0.2.5 SMTP 85 C: EHLO "
                         "client.example\n"
                         "    7 0.060 192.0.2.5 \342\206\222 192.0.2.1 SMTP 90 S: 250 "
                         "mx.example.net\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C EHLO greeted>greeted: EHLO client.example\n"
               "3 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"},
    {.name = "tcpdump prints a packet behind its header",
     .paste =
         SLICE_INIT("09:41:22.118830 IP 192.0.2.31.44120 > 192.0.2.8.587: Flags "
                    "[P.], seq 1:18, ack 41, win 502, options [nop,nop,TS val 1121 "
                    "ecr 9921], length 17\n"
                    "E..E.Q@.@.o/...........X.K....EHLO kiosk-04\n"
                    "\n"
                    "09:41:22.120114 IP 192.0.2.8.587 > 192.0.2.31.44120: Flags "
                    "[P.], seq 41:136, ack 18, win 509, options [nop,nop,TS val 9922 "
                    "ecr 1121], length 95\n"
                    "E....k@.@.n.........K..X......250-relay.example.net\n"
                    "250 STARTTLS\n"
                    "\n"),
     .events = "2 C EHLO greeted>greeted: EHLO kiosk-04\n"
               "5-6 S 250 EHLO greeted>ehlo: 250-relay.example.net|STARTTLS\n"},
    {.name = "curl marks with single arrows and a star",
     .paste = SLICE_INIT("*   Trying 192.0.2.5:25...\n"
                         "* Connected to mx.example.net (192.0.2.5) port 25 (#0)\n"
                         "< 220 mx.example.net ESMTP\n"
                         "> EHLO client\n"
                         "< 250 mx.example.net\n"
                         "> MAIL FROM:<a@example.com>\n"
                         "< 550 5.7.1 Sender rejected\n"
                         "* MAIL failed: 550\n"),
     .events = "3 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "4 C EHLO greeted>greeted: EHLO client\n"
               "5 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"
               "6 C MAIL ehlo>ehlo: MAIL FROM:<a@example.com>\n"
               "7 S 550 MAIL ehlo>ehlo: 550 5.7.1 Sender rejected\n"},
    {.name = "Exchange writes lines of values with commas",
     .paste =
         SLICE_INIT("2026-01-02T03:04:05.000Z,Relay,08DA1,1,192.0.2.5:25,192.0.2.1:47"
                    "11,>,\"220 mx.example.net Microsoft ESMTP MAIL Service "
                    "ready\",\n"
                    "2026-01-02T03:04:05.010Z,Relay,08DA1,2,192.0.2.5:25,192.0.2.1:47"
                    "11,<,EHLO client.example,\n"
                    "2026-01-02T03:04:05.020Z,Relay,08DA1,3,192.0.2.5:25,192.0.2.1:47"
                    "11,>,250  mx.example.net Hello,\n"
                    "2026-01-02T03:04:05.030Z,Relay,08DA1,4,192.0.2.5:25,192.0.2.1:47"
                    "11,<,MAIL FROM:<a@example.com>,\n"
                    "2026-01-02T03:04:05.040Z,Relay,08DA1,5,192.0.2.5:25,192.0.2.1:47"
                    "11,>,530 5.7.57 Client not authenticated to send mail,\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net Microsoft "
               "ESMTP MAIL Service ready\n"
               "2 C EHLO greeted>greeted: EHLO client.example\n"
               "3 S 250 EHLO greeted>ehlo: 250  mx.example.net Hello\n"
               "4 C MAIL ehlo>ehlo: MAIL FROM:<a@example.com>\n"
               "5 S 530 MAIL ehlo>ehlo: 530 5.7.57 Client not authenticated to "
               "send mail\n"},
    {.name = "JSON keeps quotes and line ends escaped",
     .paste = SLICE_INIT("{\"level\":\"debug\",\"msg\":\"S: 220 mx.example.net "
                         "ESMTP\\r\\n\"}\n"
                         "{\"level\":\"debug\",\"msg\":\"C: MAIL "
                         "FROM:\\u003ca@example.com\\u003e\\r\\n\"}\n"
                         "{\"level\":\"debug\",\"msg\":\"S: 503 5.5.1 Send HELO "
                         "first\\r\\n\"}\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C MAIL greeted>greeted: MAIL FROM:<a@example.com>\n"
               "3 S 503 MAIL greeted>greeted: 503 5.5.1 Send HELO first\n"},
    {.name = "HTML keeps angle brackets and breaks escaped",
     .paste =
         SLICE_INIT("<pre>S: 220 mx.example.net ESMTP<br>C: EHLO client.example<br "
                    "/>S: 250 mx.example.net<br>\n"
                    "C: MAIL FROM:&lt;a@example.com&gt;<br>S: 250 2.1.0 Ok</pre>\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "1 C EHLO greeted>greeted: EHLO client.example\n"
               "1 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"
               "2 C MAIL ehlo>ehlo: MAIL FROM:<a@example.com>\n"
               "2 S 250 MAIL ehlo>mail: 250 2.1.0 Ok\n"},
    {.name = "UTF-16 with a mark is read as text",
     .paste = SLICE_INIT("\377\376S\000:\000 \0002\0002\0000\000 \000"
                         "m\000x\000.\000e\000x\000a\000m\000p\000"
                         "l\000e\000.\000n\000e\000t\000 \000E\000"
                         "S\000M\000T\000P\000\r\000\n\000C\000:\000"
                         " \000E\000H\000L\000O\000 \000c\000l\000"
                         "i\000e\000n\000t\000.\000e\000x\000a\000"
                         "m\000p\000l\000e\000\r\000\n\000S\000:\000"
                         " \0002\0005\0000\000 \000m\000x\000.\000"
                         "e\000x\000a\000m\000p\000l\000e\000.\000"
                         "n\000e\000t\000\r\000\n\000"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C EHLO greeted>greeted: EHLO client.example\n"
               "3 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"},
    {.name = "UTF-16 of the other order without a mark is read too",
     .paste = SLICE_INIT("\000S\000:\000 \0002\0002\0000\000 \000m"
                         "\000x\000.\000e\000x\000a\000m\000p\000l"
                         "\000e\000.\000n\000e\000t\000 \000E\000S"
                         "\000M\000T\000P\000\r\000\n\000C\000:\000 "
                         "\000E\000H\000L\000O\000 \000c\000l\000i"
                         "\000e\000n\000t\000.\000e\000x\000a\000m"
                         "\000p\000l\000e\000\r\000\n\000S\000:\000 "
                         "\0002\0005\0000\000 \000m\000x\000.\000e"
                         "\000x\000a\000m\000p\000l\000e\000.\000n"
                         "\000e\000t\000\r\000\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C EHLO greeted>greeted: EHLO client.example\n"
               "3 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"},
    {.name = "NULs between the letters of a command are passed over",
     .paste = SLICE_INIT("220 mx.example.net ESMTP\r\n"
                         "E\000H\000L\000O\000 client.example\r\n"
                         "500 5.5.2 Error: bad syntax\r\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C EHLO greeted>greeted: EHLO client.example\n"
               "3 S 500 EHLO greeted>greeted: 500 5.5.2 Error: bad syntax\n"},
    {.name = "CR alone ends a line",
     .paste = SLICE_INIT("220 mx.example.net ESMTP\rEHLO client.example\r250 "
                         "mx.example.net\rQUIT\r221 2.0.0 Bye\r"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C EHLO greeted>greeted: EHLO client.example\n"
               "3 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"
               "4 C QUIT ehlo>ehlo: QUIT\n"
               "5 S 221 QUIT ehlo>closing: 221 2.0.0 Bye\n"},
    {.name = "colours of a terminal are taken off",
     .paste = SLICE_INIT("\033[32m<- 220 mx.example.net ESMTP\033[0m\n"
                         "\033[1;34m-> EHLO client.example\033[0m\n"
                         "\033[32m<- 250 mx.example.net\033[0m\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C EHLO greeted>greeted: EHLO client.example\n"
               "3 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"},
    {.name = "telnet has no marks, and the message is content",
     .paste = SLICE_INIT("$ telnet mx.example.net 25\n"
                         "Trying 192.0.2.5...\n"
                         "Connected to mx.example.net.\n"
                         "Escape character is '^]'.\n"
                         "220 mx.example.net ESMTP\n"
                         "helo client.example\n"
                         "250 mx.example.net\n"
                         "mail from:<a@example.com>\n"
                         "250 2.1.0 Ok\n"
                         "rcpt to:<b@example.net>\n"
                         "250 2.1.5 Ok\n"
                         "data\n"
                         "354 End data with <CR><LF>.<CR><LF>\n"
                         "Subject: x\n"
                         "\n"
                         "MAIL FROM:<c@example.com>\n"
                         "DATA is no reply\n"
                         ".\n"
                         "250 2.0.0 Ok: queued as 6D16826F000D\n"
                         "quit\n"
                         "221 2.0.0 Bye\n"),
     .events = "5 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "6 C HELO greeted>greeted: helo client.example\n"
               "7 S 250 HELO greeted>helo: 250 mx.example.net\n"
               "8 C MAIL helo>helo: mail from:<a@example.com>\n"
               "9 S 250 MAIL helo>mail: 250 2.1.0 Ok\n"
               "10 C RCPT mail>mail: rcpt to:<b@example.net>\n"
               "11 S 250 RCPT mail>rcpt: 250 2.1.5 Ok\n"
               "12 C DATA rcpt>rcpt: data\n"
               "13 S 354 DATA rcpt>data: 354 End data with <CR><LF>.<CR><LF>\n"
               "14-18 D data>data:\n"
               "19 S 250 unknown data>helo: 250 2.0.0 Ok: queued as "
               "6D16826F000D\n"
               "20 C QUIT helo>helo: quit\n"
               "21 S 221 QUIT helo>closing: 221 2.0.0 Bye\n"},
    {.name = "a quoted answer of a forum keeps its marks",
     .paste = SLICE_INIT("> 220 mx.example.net ESMTP\n"
                         "> EHLO client.example\n"
                         "> 250-mx.example.net\n"
                         "> 250 SIZE\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C EHLO greeted>greeted: EHLO client.example\n"
               "3-4 S 250 EHLO greeted>ehlo: 250-mx.example.net|SIZE\n"},
    {.name = "bare numbers are told, not spoken",
     .paste = SLICE_INIT("SMTPAuthenticationError: (535, b'5.7.8 Error: authentication "
                         "failed')\n"),
     .events = "1 S 535 unknown greeted>greeted told: 535 5.7.8 Error: "
               "authentication failed\n"},
    {.name = "an initial answer is cut off",
     .paste = SLICE_INIT("C: AUTH PLAIN AHVzZXIAc2VjcmV0\n"
                         "S: 235 2.7.0 Authentication successful\n"),
     .events = "1 C AUTH ehlo>ehlo: AUTH PLAIN\n"
               "2 S 235 AUTH ehlo>ehlo: 235 2.7.0 Authentication successful\n"},
    {.name = "prose around a conversation is nothing",
     .paste = SLICE_INIT("Hello all,\n"
                         "I try to send mail with a script and it fails. Any idea?\n"
                         "\n"
                         "S: 220 mx.example.net ESMTP\n"
                         "C: EHLO client.example\n"
                         "S: 250 mx.example.net\n"
                         "\n"
                         "Thanks in advance\n"),
     .events = "4 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "5 C EHLO greeted>greeted: EHLO client.example\n"
               "6 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"},
    {.name = "lines of a reply without their ends are told apart",
     .paste =
         SLICE_INIT("S: 250-mx.example.net250-SIZE 35882577250-8BITMIME250 SMTPUTF8\n"),
     .events = "1 S 250 unknown greeted>ehlo: 250-mx.example.net|SIZE "
               "35882577|8BITMIME|SMTPUTF8\n"},
    {.name = "a whole conversation stands on one line",
     .paste =
         SLICE_INIT("220 mx.example.net ESMTP EHLO client.example 250 mx.example.net "
                    "MAIL FROM:<a@example.com> 250 2.1.0 Ok RCPT TO:<b@example.net> "
                    "550 5.1.1 No such user QUIT 221 2.0.0 Bye\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "1 C EHLO greeted>greeted: EHLO client.example\n"
               "1 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"
               "1 C MAIL ehlo>ehlo: MAIL FROM:<a@example.com>\n"
               "1 S 250 MAIL ehlo>mail: 250 2.1.0 Ok\n"
               "1 C RCPT mail>mail: RCPT TO:<b@example.net>\n"
               "1 S 550 RCPT mail>mail: 550 5.1.1 No such user\n"
               "1 C QUIT mail>mail: QUIT\n"
               "1 S 221 QUIT mail>closing: 221 2.0.0 Bye\n"},
    {.name = "a log with a pipe between its parts",
     .paste = SLICE_INIT("10:00:00 | S: 220 mx.example.net ESMTP\n"
                         "10:00:01 | C: EHLO client.example\n"
                         "10:00:02 | S: 250 mx.example.net\n"),
     .events = "1 S 220 unknown greeted>greeted: 220 mx.example.net ESMTP\n"
               "2 C EHLO greeted>greeted: EHLO client.example\n"
               "3 S 250 EHLO greeted>ehlo: 250 mx.example.net\n"},
    {.name = "a bounce wraps the reply it quotes",
     .paste =
         SLICE_INIT("<b@example.net>: host mx.example.net[192.0.2.5] said: 550 "
                    "5.1.1\n"
                    "    <b@example.net>: Recipient address rejected: User unknown\n"),
     .events = "1-2 S 550 unknown greeted>greeted told: 550 "
               "5.1.1|<b@example.net>: Recipient address rejected: User "
               "unknown\n"},
    {.name = "hidden credentials are a login",
     .paste = SLICE_INIT("C: AUTH LOGIN\n"
                         "S: 334 VXNlcm5hbWU6\n"
                         "C: [credentials hidden]\n"
                         "S: 235 2.7.0 Ok\n"),
     .events = "1 C AUTH ehlo>ehlo: AUTH LOGIN\n"
               "2 S 334 AUTH ehlo>auth: 334 VXNlcm5hbWU6\n"
               "3 L auth>auth:\n"
               "4 S 235 unknown auth>ehlo: 235 2.7.0 Ok\n"},
    {.name = "a message whose end is not shown",
     .paste = SLICE_INIT("C: DATA\n"
                         "S: 354 Go ahead\n"
                         "C: Subject: x\n"
                         "C: \n"
                         "C: text\n"),
     .events = "1 C DATA rcpt>rcpt: DATA\n"
               "2 S 354 DATA rcpt>data: 354 Go ahead\n"
               "3-5 D data>data:\n"},
    {.name = "Exim tells what it was told",
     .paste =
         SLICE_INIT("2026-01-02 03:04:05 1abcde-000001-Ab ** b@example.net "
                    "R=dnslookup T=remote_smtp: SMTP error from remote mail server "
                    "after RCPT TO:<b@example.net>: 550 5.1.1 No such user\n"),
     .events = "1 S 550 unknown greeted>greeted told: 550 5.1.1 No such user\n"},
};

static struct postern_explain *memory;

enum { EVENTS_TEXT_MAX = 1 << 16 };

struct text {
    char octets[EVENTS_TEXT_MAX];
    size_t len;
};

static void PRINTF_LIKE(2, 3) put(struct text *text, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    int len = vsnprintf(text->octets + text->len, sizeof text->octets - text->len,
                        format, values);
    va_end(values);
    assert_true(len >= 0 && (size_t)len < sizeof text->octets - text->len);
    text->len += (size_t)len;
}

static void
put_event(struct text *text, const struct postern_said *said)
{
    put(text, "%u", said->line);
    if (said->last_line != said->line)
        put(text, "-%u", said->last_line);
    put(text, " %c", "CSLDO"[said->kind]);
    if (said->kind == POSTERN_SAID_REPLY)
        put(text, " %u", said->note->code);
    if (said->kind == POSTERN_SAID_COMMAND || said->kind == POSTERN_SAID_REPLY)
        put(text, " %s", postern_command_name(said->note->command));
    put(text, " %s>%s%s:", postern_phase_name(said->note->before),
        postern_phase_name(said->note->after), said->is_quoted ? " told" : "");
    for (size_t i = 0; i < said->text.len; i++)
        put(text, "%s%c", i == 0 ? " " : "",
            said->text.ptr[i] == '\n' ? '|' : said->text.ptr[i]);
    put(text, "\n");
}

/* The events of a paste as above. NUL-terminated; overwritten by the next call. */
static const char *
events_of(struct slice paste)
{
    static struct text text;
    struct postern_said said;

    text.len = 0;
    text.octets[0] = '\0';
    postern_explain(memory, paste);
    for (uint32_t n = 0; postern_explain_said(memory, n, &said); n++)
        put_event(&text, &said);
    return text.octets;
}

static void
pastes_of_many_programs_become_events(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 4000);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *events = events_of(guard_copy(&guard, cases[i].paste));
        if (strcmp(events, cases[i].events) != 0)
            fail_msg("%s: expected\n%sgot\n%s", cases[i].name, cases[i].events, events);
    }
    guard_clear(&guard);
}

/* What holds of the events of every paste. */
static uint32_t
check_events(const char *name, struct slice paste)
{
    const struct postern_diagnosis *d = postern_explain(memory, paste);
    struct postern_said said;
    uint32_t last = 0, n = 0, lines = 0;

    for (size_t i = 0; i < paste.len; i++)
        lines += paste.ptr[i] == '\n' || paste.ptr[i] == '\r';
    CASE(name, d->lines <= lines + 1);
    for (; postern_explain_said(memory, n, &said); n++) {
        CASE(name, said.line >= 1 && said.line >= last);
        CASE(name, said.last_line >= said.line && said.last_line <= d->lines);
        CASE(name, said.note->before < POSTERN_PHASE_COUNT);
        CASE(name, said.note->after < POSTERN_PHASE_COUNT);
        CASE(name,
             said.kind == POSTERN_SAID_REPLY || said.note->before == said.note->after);
        last = said.line;
    }
    for (unsigned i = 0; i < d->evidence_count; i++)
        CASE(name, d->evidence[i].line >= 1 && d->evidence[i].line <= d->lines);
    return n;
}

static void
a_paste_may_be_cut_at_every_octet(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 4000);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct slice paste = cases[i].paste;
        for (size_t at = 0; at <= paste.len; at++) {
            check_events(cases[i].name, guard_copy(&guard, slice_of(paste.ptr, at)));
            check_events(cases[i].name, guard_copy(&guard, slice_skip(paste, at)));
        }
    }
    guard_clear(&guard);
}

static void
nothing_has_no_events(void **state)
{
    (void)state;
    assert_string_equal(events_of(slice_of(NULL, 0)), "");
    assert_string_equal(events_of(SLICE("")), "");
    assert_string_equal(events_of(SLICE("\n\r\n\r \t\n")), "");
    assert_string_equal(events_of(SLICE("\0\0\0\0")), "");
    assert_string_equal(events_of(SLICE("\xff\xfe")), "");
    assert_int_equal(postern_explain(memory, slice_of(NULL, 0))->lines, 0);
}

/* A column of single words: what they say when they are put together. */
static void
one_token_a_line_is_put_together_again(void **state)
{
    static const struct {
        enum postern_event_kind kind;
        const char *text;
    } wanted[] = {
        {.kind = POSTERN_SAID_REPLY, .text = "220 mx.example.net ESMTP"},
        {.kind = POSTERN_SAID_COMMAND, .text = "EHLO client.example"},
        {.kind = POSTERN_SAID_REPLY, .text = "250 mx.example.net"},
        {.kind = POSTERN_SAID_COMMAND, .text = "MAIL FROM:<a@example.com>"},
        {.kind = POSTERN_SAID_REPLY, .text = "250 Ok"},
        {.kind = POSTERN_SAID_COMMAND, .text = "DATA"},
        {.kind = POSTERN_SAID_REPLY, .text = "503 Bad sequence"},
    };
    struct postern_said said;

    (void)state;
    postern_explain(memory, SLICE("220\nmx.example.net\nESMTP\nEHLO\nclient.example\n"
                                  "250\nmx.example.net\nMAIL\nFROM:<a@example.com>\n"
                                  "250\nOk\nDATA\n503\nBad\nsequence\n"));
    for (uint32_t n = 0; n < ARRAY_LEN(wanted); n++) {
        CASE(wanted[n].text, postern_explain_said(memory, n, &said));
        CASE(wanted[n].text, said.kind == wanted[n].kind);
        CASE_SLICE(wanted[n].text, said.text, slice_from(wanted[n].text));
    }
    assert_false(postern_explain_said(memory, ARRAY_LEN(wanted), &said));
}

static void
every_line_end_ends_a_line(void **state)
{
    static const struct {
        const char *name;
        struct slice paste;
        uint32_t lines;
    } ends[] = {
        {.name = "LF", .paste = SLICE_INIT("a\nb\n"), .lines = 2},
        {.name = "CR LF", .paste = SLICE_INIT("a\r\nb\r\n"), .lines = 2},
        {.name = "CR", .paste = SLICE_INIT("a\rb\r"), .lines = 2},
        {.name = "no end", .paste = SLICE_INIT("a\nb"), .lines = 2},
        {.name = "an empty line between", .paste = SLICE_INIT("a\n\nb\n"), .lines = 3},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        CASE(ends[i].name,
             postern_explain(memory, ends[i].paste)->lines == ends[i].lines);
}

/* The number behind "host" in an event, from 0. */
static uint32_t
host_number(struct slice text)
{
    uint32_t number = 0;
    size_t at = 0;

    while (at + 4 < text.len && memcmp(text.ptr + at, "host", 4) != 0)
        at++;
    for (at += 4; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++)
        number = number * 10 + (uint32_t)(text.ptr[at] - '0');
    return number;
}

enum { LONG_LINES = 100000, LONG_LINE_OCTETS = 40 };

/* 50,000 times a hello and its reply, and at the end DATA with a refusal. */
static struct slice
long_paste(char *out)
{
    size_t len = 0;

    for (unsigned i = 1; i + 2 <= LONG_LINES; i += 2)
        len += (size_t)snprintf(out + len, 2 * LONG_LINE_OCTETS,
                                "C: EHLO host%u\nS: 250 host%u\n", i, i + 1);
    memcpy(out + len, "C: DATA\nS: 503 5.5.1 Error: need MAIL command\n", 46);
    return slice_of(out, len + 46);
}

static void
of_a_long_paste_the_middle_is_dropped(void **state)
{
    char *octets = malloc((size_t)LONG_LINES * LONG_LINE_OCTETS);
    struct slice paste = long_paste(octets);
    struct postern_said said, before = {.line = 0};
    uint32_t n = 0, gaps = 0, after_gap = 0;

    (void)state;
    const struct postern_diagnosis *d = postern_explain(memory, paste);
    assert_true(d->dropped > 0);
    for (; postern_explain_said(memory, n, &said); n++) {
        if (said.line + 2 <= d->lines && said.line + 1 < LONG_LINES)
            assert_int_equal(host_number(said.text), said.line);
        gaps += said.line != before.line + 1;
        after_gap = said.line != before.line + 1 ? said.line : after_gap;
        assert_true(said.kind == POSTERN_SAID_REPLY ||
                    said.note->before == said.note->after);
        before = said;
    }
    assert_int_equal(gaps, 1);
    assert_true(after_gap > 500);
    assert_int_equal(before.line, d->lines);
    assert_int_equal(n + d->dropped, d->lines);
    assert_true(n >= 512);
    assert_int_equal(d->findings[0].line, d->lines);
    for (unsigned i = 0; i < d->evidence_count; i++)
        assert_true(d->evidence[i].text.ptr >= paste.ptr &&
                    d->evidence[i].text.ptr + d->evidence[i].text.len <=
                        paste.ptr + paste.len);
    assert_true(d->evidence_count >= 1);
    check_events("a long paste", paste);
    free(octets);
}

static void
a_very_long_line_is_one_line(void **state)
{
    enum { LEN = 1 << 20 };
    static const struct {
        const char *name, *head, *filling;
    } longs[] = {
        {.name = "letters", .head = "S: 250 ", .filling = "x"},
        {.name = "blanks", .head = "C: MAIL FROM:<", .filling = " "},
        {.name = "numbers", .head = "", .filling = "250 "},
        {.name = "replies", .head = "", .filling = "S: 250-x "},
        {.name = "escapes", .head = "", .filling = "\\r\\n"},
        {.name = "brackets", .head = "", .filling = "["},
        {.name = "tags", .head = "", .filling = "<br>"},
        {.name = "names of HTML", .head = "", .filling = "&lt;"},
        {.name = "colours", .head = "", .filling = "\033[31m"},
        {.name = "NULs", .head = "", .filling = "\0"},
        {.name = "base64 of a login", .head = "C: AUTH PLAIN ", .filling = "AAAA"},
    };
    struct guard guard;
    char *line = malloc(LEN);

    (void)state;
    guard_init(&guard, LEN);
    for (size_t i = 0; i < ARRAY_LEN(longs); i++) {
        size_t head = strlen(longs[i].head), width = strlen(longs[i].filling);
        memcpy(line, longs[i].head, head);
        for (size_t at = head; at < LEN; at++)
            line[at] = longs[i].filling[width > 0 ? (at - head) % width : 0];
        struct slice paste = guard_copy(&guard, slice_of(line, LEN));
        check_events(longs[i].name, paste);
        assert_int_equal(postern_explain(memory, paste)->lines, 1);
    }
    free(line);
    guard_clear(&guard);
}

static void
what_follows_a_long_line_is_still_read(void **state)
{
    enum { LEN = 100000 };
    char *paste = malloc(LEN + 100);

    (void)state;
    memset(paste, 'x', LEN);
    memcpy(paste + LEN, "\nC: EHLO a.example\nS: 250 b.example\n", 36);
    assert_string_equal(events_of(slice_of(paste, LEN + 35)),
                        "2 C EHLO greeted>greeted: EHLO a.example\n"
                        "3 S 250 EHLO greeted>ehlo: 250 b.example\n");
    free(paste);
}

static void
the_same_memory_serves_again(void **state)
{
    char first[EVENTS_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        snprintf(first, sizeof first, "%s", events_of(cases[i].paste));
        events_of(cases[(i + 7) % ARRAY_LEN(cases)].paste);
        CASE(cases[i].name, strcmp(first, events_of(cases[i].paste)) == 0);
    }
}

static void
nothing_of_an_earlier_paste_comes_back(void **state)
{
    (void)state;
    events_of(SLICE("220 x\n%SECRETWORD\n"));
    assert_string_equal(events_of(SLICE("220 x\n\n500 what\n")),
                        "1 S 220 unknown greeted>greeted: 220 x\n"
                        "3 S 500 unknown greeted>greeted: 500 what\n");
}

enum { NUMBERED = 20000 };

/* Lines that have to be rewritten, each with its own number, and a refusal behind. */
static struct slice
numbered_paste(char *out, unsigned lines, const char *padding)
{
    size_t len = 0;

    for (unsigned i = 1; i < lines; i++)
        len += (size_t)snprintf(
            out + len, 600, "[x] C: MAIL FROM:<u%06u@example.com> %s\n", i, padding);
    len += (size_t)snprintf(out + len, 100, "[x] S: 550 5.7.1 Relay access denied\n");
    return slice_of(out, len);
}

/* Each event that is left still says what stood in its own line. */
static void
check_numbers(unsigned lines)
{
    struct postern_said said;
    char expected[40];

    for (uint32_t n = 0; postern_explain_said(memory, n, &said); n++) {
        if (said.line == lines)
            continue;
        snprintf(expected, sizeof expected, "u%06u@example.com", said.line);
        assert_non_null(memmem(said.text.ptr, said.text.len, expected, 18));
    }
}

static void
what_was_rewritten_stays_with_its_line(void **state)
{
    static const unsigned lines[] = {10, 900, 3000, NUMBERED};
    char padding[251], *octets = malloc((size_t)NUMBERED * 400);

    (void)state;
    memset(padding, 'y', 250);
    padding[250] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        for (int is_long = 0; is_long < 2; is_long++) {
            struct slice paste =
                numbered_paste(octets, lines[i], is_long ? padding : "");
            const struct postern_diagnosis *d = postern_explain(memory, paste);
            check_numbers(lines[i]);
            assert_int_equal(d->findings[0].code, 550);
            assert_int_equal(d->findings[0].line, lines[i]);
        }
    }
    free(octets);
}

/* ---- secrets --------------------------------------------------------------------- */

static const struct {
    const char *name;
    struct slice paste;
    const char *secrets[2];
} logins[] = {
    {.name = "PLAIN at once",
     .paste = SLICE_INIT("C: AUTH PLAIN AHVzZXIAc2VjcmV0\nS: 535 5.7.8 no\n"),
     .secrets = {"AHVzZXIAc2VjcmV0", "secret"}},
    {.name = "PLAIN in small letters",
     .paste = SLICE_INIT("auth plain AHVzZXIAc2VjcmV0\n535 5.7.8 no\n"),
     .secrets = {"AHVzZXIAc2VjcmV0", "secret"}},
    {.name = "PLAIN behind 334",
     .paste =
         SLICE_INIT("C: AUTH PLAIN\nS: 334 \nC: AHVzZXIAc2VjcmV0\nS: 535 5.7.8 no\n"),
     .secrets = {"AHVzZXIAc2VjcmV0", "secret"}},
    {.name = "the answers of LOGIN",
     .paste = SLICE_INIT("C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dXNlcg==\n"
                         "S: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\nS: 535 5.7.8 no\n"),
     .secrets = {"c2VjcmV0", "secret"}},
    {.name = "the answers of LOGIN without marks",
     .paste = SLICE_INIT("AUTH LOGIN\n334 VXNlcm5hbWU6\ndXNlcg==\n"
                         "334 UGFzc3dvcmQ6\nc2VjcmV0\n535 5.7.8 no\n"),
     .secrets = {"c2VjcmV0", "secret"}},
    {.name = "the user of LOGIN at once",
     .paste = SLICE_INIT("C: AUTH LOGIN dXNlcg==\nS: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\n"
                         "S: 535 5.7.8 no\n"),
     .secrets = {"c2VjcmV0", "dXNlcg=="}},
    {.name = "a token of XOAUTH2",
     .paste = SLICE_INIT(
         "C: AUTH XOAUTH2 dXNlcj1hAWF1dGg9QmVhcmVyIHNlY3JldAEB\nS: 535 no\n"),
     .secrets = {"dXNlcj1hAWF1dGg9QmVhcmVyIHNlY3JldAEB", "Bearer"}},
    {.name = "PLAIN as smtplib prints it",
     .paste = SLICE_INIT("send: 'AUTH PLAIN AHVzZXIAc2VjcmV0\\r\\n'\n"
                         "reply: b'535 5.7.8 no\\r\\n'\n"),
     .secrets = {"AHVzZXIAc2VjcmV0", "secret"}},
    {.name = "PLAIN as swaks prints it",
     .paste = SLICE_INIT(" -> AUTH PLAIN AHVzZXIAc2VjcmV0\n<** 535 5.7.8 no\n"),
     .secrets = {"AHVzZXIAc2VjcmV0", "secret"}},
    {.name = "PLAIN in JSON",
     .paste = SLICE_INIT("{\"msg\":\"C: AUTH PLAIN AHVzZXIAc2VjcmV0\\r\\n\"}\n"),
     .secrets = {"AHVzZXIAc2VjcmV0", "secret"}},
    {.name = "PLAIN as an error message tells of it",
     .paste = SLICE_INIT(
         "SMTP log: AUTH PLAIN AHVzZXIAc2VjcmV0 failed: authentication failed\n"),
     .secrets = {"AHVzZXIAc2VjcmV0", "secret"}},
    {.name = "PLAIN in a reply",
     .paste = SLICE_INIT("C: NOOP\nS: 500 5.5.1 what is AUTH PLAIN AHVzZXIAc2VjcmV0\n"),
     .secrets = {"AHVzZXIAc2VjcmV0", "secret"}},
    {.name = "a digest",
     .paste = SLICE_INIT("C: AUTH CRAM-MD5\nS: 334 PDEyMz4=\nC: dXNlciAwMTIzNDU2Nzg5\n"
                         "S: 535 no\n"),
     .secrets = {"dXNlciAwMTIzNDU2Nzg5", "0123456789"}},
};

static bool
has(struct slice s, const char *needle)
{
    return s.len > 0 && memmem(s.ptr, s.len, needle, strlen(needle)) != NULL;
}

static void
check_secret(const char *name, const struct postern_diagnosis *d, const char *secret)
{
    struct postern_said said;
    char sentence[1000];

    for (uint32_t n = 0; postern_explain_said(memory, n, &said); n++) {
        CASE(name, !has(said.note->octets, secret));
        CASE(name, !has(said.note->argument, secret));
        CASE(name, said.kind == POSTERN_SAID_LOGIN || !has(said.text, secret));
        for (int language = 0; language < POSTERN_LANGUAGE_COUNT; language++) {
            size_t len = postern_explain_narrate(
                memory, n, (enum postern_language)language, sentence, sizeof sentence);
            CASE(name, !has(slice_of(sentence, len), secret));
        }
    }
    for (unsigned i = 0; i < d->evidence_count; i++)
        CASE(name, !has(d->evidence[i].text, secret));
}

static void
a_password_does_not_come_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(logins); i++) {
        const struct postern_diagnosis *d = postern_explain(memory, logins[i].paste);
        for (size_t k = 0; k < ARRAY_LEN(logins[i].secrets); k++)
            check_secret(logins[i].name, d, logins[i].secrets[k]);
    }
}

static void
what_was_withheld_is_counted(void **state)
{
    struct postern_said said;

    (void)state;
    postern_explain(memory, SLICE("C: AUTH PLAIN AHVzZXIAc2VjcmV0\nS: 235 2.7.0 Ok\n"));
    assert_true(postern_explain_said(memory, 0, &said));
    CASE_SLICE("shown", said.text, SLICE("AUTH PLAIN"));
    assert_int_equal(said.note->redacted, 16);
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
        cmocka_unit_test(pastes_of_many_programs_become_events),
        cmocka_unit_test(a_paste_may_be_cut_at_every_octet),
        cmocka_unit_test(nothing_has_no_events),
        cmocka_unit_test(one_token_a_line_is_put_together_again),
        cmocka_unit_test(every_line_end_ends_a_line),
        cmocka_unit_test(of_a_long_paste_the_middle_is_dropped),
        cmocka_unit_test(a_very_long_line_is_one_line),
        cmocka_unit_test(what_follows_a_long_line_is_still_read),
        cmocka_unit_test(the_same_memory_serves_again),
        cmocka_unit_test(nothing_of_an_earlier_paste_comes_back),
        cmocka_unit_test(what_was_rewritten_stays_with_its_line),
        cmocka_unit_test(a_password_does_not_come_out),
        cmocka_unit_test(what_was_withheld_is_counted),
    };

    return cmocka_run_group_tests_name("transcript", tests, begin, end);
}
