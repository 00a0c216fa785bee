/* test_lint - sessions with the real engine that must show a lint, and near misses */
#include "unit.h"

#include "base/ascii.h"
#include "postern/lint.h"
#include "postern/smtp.h"

#include <stdio.h>

/* ---- a client in memory -------------------------------------------------------- */

/* A script is what the client sends. WAIT: it reads all replies before it goes on.
 * What stands between two WAITs and begins with "!" happens outside: "!tls", "!eof",
 * "!timeout". Recipients at bad.example are refused for good, at later.example for
 * now, at full.example because they are too many; so are senders at bad.example. */
#define WAIT "\v"

#define EHLO     "EHLO client.example\r\n" WAIT
#define MAIL     "MAIL FROM:<a@client.example>\r\n" WAIT
#define RCPT     "RCPT TO:<b@example.org>\r\n" WAIT
#define BAD_RCPT "RCPT TO:<b@bad.example>\r\n" WAIT
#define DATA     "DATA\r\n" WAIT
#define CONTENT  "Subject: x\r\n\r\nHello\r\n.\r\n" WAIT
#define QUIT     "QUIT\r\n"
#define MESSAGE  MAIL RCPT DATA CONTENT
#define GOOD     EHLO MESSAGE QUIT
#define STARTTLS "STARTTLS\r\n" WAIT "!tls" WAIT
#define NOOP5                                                                          \
    "NOOP\r\n" WAIT "NOOP\r\n" WAIT "NOOP\r\n" WAIT "NOOP\r\n" WAIT "NOOP\r\n" WAIT
#define X100                                                                           \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
    "xxxxxxxxxxxxxxxxxxxx"
#define X500 X100 X100 X100 X100 X100
#define LINES_1000                                                                     \
    X100 "\r\n" X100 "\r\n" X100 "\r\n" X100 "\r\n" X100 "\r\n" X100 "\r\n" X100       \
         "\r\n" X100 "\r\n" X100 "\r\n" X100 "\r\n"

enum {
    STRICT = 1 << 0, /* the profile mx in place of test */
    TLS_OFFER = 1 << 1,
    AUTH_OFFER = 1 << 2,
    LOOPBACK = 1 << 3,
    CLOSED = 1 << 4, /* the notes are all of the session */
    EARLY = 1 << 5,  /* spoke before the greeting */
    IMPLICIT = 1 << 6,
    REFUSED = 1 << 7,    /* greeted with 554 */
    MANY = 1 << 8,       /* six connections in the last minute */
    TEXT_LIMIT = 1 << 9, /* lines of content have 998 octets at most */
    LMTP = 1 << 10,
};

struct session {
    struct postern_server_config config;
    struct postern_server server;
    char output[POSTERN_OUTPUT_MIN];
    struct postern_lint_session lint;
    char lines[400][64]; /* the beginnings of the notes */
    uint32_t notes;
};

static void
take_note(struct session *s, const struct postern_note *note)
{
    assert_true(s->notes < 400);
    snprintf(s->lines[s->notes++], sizeof(s->lines[0]), "%.*s", (int)note->octets.len,
             note->octets.ptr);
    postern_lint_note(&s->lint, note);
}

static bool
ends_in(struct slice s, const char *end)
{
    size_t len = strlen(end);

    return s.len >= len && memcmp(s.ptr + s.len - len, end, len) == 0;
}

static enum postern_reply
judge(struct slice domain)
{
    if (ends_in(domain, "bad.example"))
        return POSTERN_REPLY_RECIPIENT_UNKNOWN;
    if (ends_in(domain, "later.example"))
        return POSTERN_REPLY_LOCAL_ERROR;
    return ends_in(domain, "full.example") ? POSTERN_REPLY_TOO_MANY_RECIPIENTS
                                           : POSTERN_REPLY_NONE;
}

static void
answer(struct session *s, const struct postern_event *event)
{
    struct postern_decision decision = {.id = SLICE("1"), .durable = SLICE("none")};

    if (event->type == POSTERN_EVENT_ASK_MAIL)
        decision.reply = judge(event->mail.from.domain);
    if (event->type == POSTERN_EVENT_ASK_RCPT)
        decision.reply = judge(event->rcpt.to.domain);
    if (event->type == POSTERN_EVENT_ASK_AUTH && !event->auth.has_response) {
        decision.reply = POSTERN_REPLY_AUTH_CONTINUE;
        decision.challenge = SLICE("VXNlcm5hbWU6");
    } else if (event->type == POSTERN_EVENT_ASK_AUTH &&
               slice_is_equal(event->auth.response, SLICE("bm8="))) {
        decision.reply = POSTERN_REPLY_AUTH_FAILED;
    }
    postern_server_decide(&s->server, &decision);
}

static void
pull(struct session *s)
{
    struct postern_event event;

    for (;;) {
        while (postern_server_next(&s->server, &event)) {
            if (event.type == POSTERN_EVENT_NOTE)
                take_note(s, &event.note);
            else if (postern_server_is_asking(&s->server))
                answer(s, &event);
        }
        struct slice output = postern_server_output(&s->server);
        if (output.len == 0)
            return;
        postern_server_sent(&s->server, output.len);
    }
}

static void
feed(struct session *s, struct slice input)
{
    for (int idle = 0; input.len > 0 && idle < 3;) {
        size_t used = postern_server_feed(&s->server, input);
        pull(s);
        input = slice_skip(input, used);
        idle = used > 0 ? 0 : idle + 1;
    }
}

static void
happen(struct session *s, struct slice what)
{
    if (slice_is_equal(what, SLICE("!tls")))
        postern_server_tls_done(&s->server, true);
    else if (slice_is_equal(what, SLICE("!eof")))
        postern_server_eof(&s->server);
    else
        postern_server_timer(&s->server, POSTERN_TIMER_COMMAND);
    pull(s);
}

static struct postern_lint_findings
play(struct session *s, struct slice script, unsigned with)
{
    const struct postern_peer peer = {
        .has_tls = (with & IMPLICIT) != 0,
        .spoke_first = (with & EARLY) != 0,
        .refusal =
            (with & REFUSED) != 0 ? POSTERN_REPLY_GREETING_REFUSED : POSTERN_REPLY_NONE,
    };
    const struct postern_lint_facts facts = {
        .is_loopback = (with & LOOPBACK) != 0,
        .has_implicit_tls = peer.has_tls,
        .offers_tls = (with & TLS_OFFER) != 0,
        .is_closed = (with & CLOSED) != 0,
        .recent_connections = (with & MANY) != 0 ? 6 : 1,
    };
    enum postern_profile profile = (with & LMTP) != 0     ? POSTERN_PROFILE_LMTP
                                   : (with & STRICT) != 0 ? POSTERN_PROFILE_MX
                                                          : POSTERN_PROFILE_TEST;

    memset(s, 0, sizeof(*s));
    postern_server_config_init(&s->config, profile, SLICE("mx.example.net"));
    s->config.has_starttls = (with & TLS_OFFER) != 0;
    s->config.password_needs_tls = false;
    s->config.auth_mechanisms = SLICE("PLAIN LOGIN CRAM-MD5");
    if ((with & AUTH_OFFER) == 0)
        s->config.auth_mechanisms = SLICE("");
    s->config.max_text_line = (with & TEXT_LIMIT) != 0 ? 998 : 0;
    postern_server_init(&s->server, &s->config,
                        (struct postern_memory){s->output, sizeof(s->output)});
    postern_lint_start(&s->lint, &facts);
    postern_server_open(&s->server, &peer);
    pull(s);
    while (script.len > 0) {
        struct slice step;
        slice_cut(script, '\v', &step, &script);
        if (step.len > 0 && step.ptr[0] == '!')
            happen(s, step);
        else
            feed(s, step);
    }
    return postern_lint_finish(&s->lint);
}

static const struct postern_lint_finding *
find(const struct postern_lint_findings *found, enum postern_lint lint)
{
    for (uint32_t i = 0; i < found->count; i++) {
        if (found->list[i].lint == lint)
            return &found->list[i];
    }
    return NULL;
}

/* ---- the cases ----------------------------------------------------------------- */

#define LINT(name)   POSTERN_LINT_##name
#define SAYS(script) SLICE_INIT(script)

struct lint_case {
    const char *name;
    enum postern_lint lint;
    unsigned with;
    struct slice script;
    const char *at; /* the beginning of the line it points at; NULL: it must not show */
    uint32_t count; /* 0: not looked at */
};

static const struct lint_case cases[] = {
    /* greeting and hello */
    {"a client that does not wait for the greeting", LINT(TALKED_BEFORE_GREETING),
     EARLY, SAYS(GOOD), "the client spoke", 1},
    {"… where that is refused", LINT(TALKED_BEFORE_GREETING), EARLY | STRICT, SAYS(""),
     "554", 1},
    {"a client that waits", LINT(TALKED_BEFORE_GREETING), 0, SAYS(GOOD), NULL, 0},
    {"MAIL as the first command", LINT(NO_HELLO), 0, SAYS(MAIL QUIT), "MAIL", 1},
    {"NOOP before EHLO is allowed", LINT(NO_HELLO), 0, SAYS("NOOP\r\n" WAIT GOOD), NULL,
     0},
    {"MAIL behind a refused EHLO is another matter", LINT(NO_HELLO), STRICT,
     SAYS("EHLO my_host\r\n" WAIT MAIL QUIT), NULL, 0},
    {"MAIL inside TLS without EHLO", LINT(NO_EHLO_AFTER_STARTTLS), TLS_OFFER,
     SAYS(EHLO STARTTLS MAIL QUIT), "MAIL", 1},
    {"… and not as if there had been none at all", LINT(NO_HELLO), TLS_OFFER,
     SAYS(EHLO STARTTLS MAIL QUIT), NULL, 0},
    {"EHLO inside TLS", LINT(NO_EHLO_AFTER_STARTTLS), TLS_OFFER,
     SAYS(EHLO STARTTLS GOOD), NULL, 0},
    {"QUIT right behind the handshake", LINT(NO_EHLO_AFTER_STARTTLS), TLS_OFFER,
     SAYS(EHLO STARTTLS QUIT), NULL, 0},
    {"HELO", LINT(HELO_USED), 0, SAYS("HELO client.example\r\n" WAIT MESSAGE QUIT),
     "HELO", 1},
    {"HELO behind a refused EHLO", LINT(HELO_USED), LMTP,
     SAYS("EHLO client.example\r\n" WAIT "HELO client.example\r\n" WAIT QUIT), NULL, 0},
    {"HELO behind a refused HELO", LINT(HELO_USED), STRICT,
     SAYS("HELO my_host\r\n" WAIT "HELO client.example\r\n" WAIT QUIT), "HELO client",
     1},
    {"EHLO", LINT(HELO_USED), 0, SAYS(GOOD), NULL, 0},
    {"EHLO before each message", LINT(HELLO_REPEATED), 0,
     SAYS(EHLO MESSAGE EHLO MESSAGE EHLO MESSAGE QUIT), "EHLO", 2},
    {"EHLO behind STARTTLS", LINT(HELLO_REPEATED), TLS_OFFER,
     SAYS(EHLO STARTTLS EHLO MESSAGE QUIT), NULL, 0},
    {"EHLO behind AUTH", LINT(HELLO_REPEATED), AUTH_OFFER,
     SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT EHLO MESSAGE QUIT), NULL, 0},
    {"EHLO long behind a login that failed", LINT(HELLO_REPEATED), AUTH_OFFER,
     SAYS(EHLO "AUTH PLAIN bm8=\r\n" WAIT "NOOP\r\n" WAIT EHLO QUIT), "EHLO", 1},
    {"EHLO behind a failure", LINT(HELLO_REPEATED), 0,
     SAYS(EHLO MAIL BAD_RCPT EHLO MESSAGE QUIT), NULL, 0},
    {"an underscore in the name", LINT(HELLO_BAD_NAME), 0,
     SAYS("EHLO my_host.example\r\n" WAIT QUIT), "EHLO my_", 1},
    {"an address without brackets", LINT(HELLO_BAD_NAME), 0,
     SAYS("EHLO 192.0.2.1\r\n" WAIT QUIT), "EHLO", 1},
    {"an IPv6 address without brackets", LINT(HELLO_BAD_NAME), 0,
     SAYS("EHLO 2001:db8::1\r\n" WAIT QUIT), "EHLO", 1},
    {"no name", LINT(HELLO_BAD_NAME), 0, SAYS("EHLO\r\n" WAIT QUIT), "EHLO", 1},
    {"an address in brackets", LINT(HELLO_BAD_NAME), 0,
     SAYS("EHLO [192.0.2.1]\r\n" WAIT QUIT), NULL, 0},
    {"an IPv6 address in brackets", LINT(HELLO_BAD_NAME), 0,
     SAYS("EHLO [IPv6:2001:db8::1] text\r\n" WAIT QUIT), NULL, 0},
    {"a domain", LINT(HELLO_BAD_NAME), 0, SAYS(GOOD), NULL, 0},
    {"localhost", LINT(HELLO_NOT_QUALIFIED), 0, SAYS("EHLO localhost\r\n" WAIT QUIT),
     "EHLO", 1},
    {"the loopback address from elsewhere", LINT(HELLO_NOT_QUALIFIED), 0,
     SAYS("EHLO [127.0.0.1]\r\n" WAIT QUIT), "EHLO", 1},
    {"the loopback address from here", LINT(HELLO_NOT_QUALIFIED), LOOPBACK,
     SAYS("EHLO [127.0.0.1]\r\n" WAIT QUIT), NULL, 0},
    {"a full name", LINT(HELLO_NOT_QUALIFIED), 0, SAYS(GOOD), NULL, 0},
    {"a bad name is one thing only", LINT(HELLO_NOT_QUALIFIED), 0,
     SAYS("EHLO my_host\r\n" WAIT QUIT), NULL, 0},

    /* waiting */
    {"content behind DATA without waiting", LINT(NOT_AWAITED), 0,
     SAYS(EHLO MAIL RCPT "DATA\r\n" CONTENT QUIT), "DATA", 1},
    {"… where that is refused", LINT(NOT_AWAITED), STRICT,
     SAYS(EHLO MAIL RCPT "DATA\r\n" CONTENT), "DATA", 1},
    {"MAIL behind EHLO without waiting", LINT(NOT_AWAITED), 0,
     SAYS("EHLO client.example\r\n" MAIL QUIT), "EHLO", 1},
    {"something behind STARTTLS", LINT(NOT_AWAITED), TLS_OFFER,
     SAYS(EHLO "STARTTLS\r\nEHLO client.example\r\n"), "STARTTLS", 1},
    {"something behind AUTH", LINT(NOT_AWAITED), AUTH_OFFER,
     SAYS(EHLO "AUTH LOGIN\r\nYQ==\r\n" WAIT "Yg==\r\n" WAIT QUIT), "AUTH", 1},
    {"MAIL, RCPT and DATA in one group", LINT(NOT_AWAITED), 0,
     SAYS(EHLO
          "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@example.org>\r\n" DATA CONTENT
              QUIT),
     NULL, 0},
    {"MAIL behind NOOP without waiting", LINT(PIPELINED_BEHIND_LAST), 0,
     SAYS(EHLO "NOOP\r\n" MESSAGE QUIT), "NOOP", 1},
    {"a command behind QUIT", LINT(PIPELINED_BEHIND_LAST), 0,
     SAYS(EHLO MESSAGE "QUIT\r\nNOOP\r\n"), "QUIT", 1},
    {"QUIT behind the content", LINT(PIPELINED_BEHIND_LAST), 0,
     SAYS(EHLO MAIL RCPT DATA "x\r\n.\r\nQUIT\r\n"), NULL, 0},
    {"NOOP at the end of a group", LINT(PIPELINED_BEHIND_LAST), 0,
     SAYS(EHLO "RSET\r\nNOOP\r\n" WAIT QUIT), NULL, 0},
    {"a group behind HELO", LINT(PIPELINED_NOT_OFFERED), 0,
     SAYS("HELO client.example\r\n" WAIT
          "MAIL FROM:<a@client.example>\r\n" RCPT DATA CONTENT QUIT),
     "MAIL", 1},
    {"a group behind EHLO", LINT(PIPELINED_NOT_OFFERED), 0,
     SAYS(EHLO "MAIL FROM:<a@client.example>\r\n" RCPT DATA CONTENT QUIT), NULL, 0},
    {"BDAT and its chunk behind HELO", LINT(PIPELINED_NOT_OFFERED), 0,
     SAYS("HELO client.example\r\n" WAIT MAIL RCPT "BDAT 3 LAST\r\nx\r\n" WAIT QUIT),
     NULL, 0},

    /* replies */
    {"MAIL within a transaction", LINT(WRONG_ORDER), 0,
     SAYS(EHLO MAIL "MAIL FROM:<c@client.example>\r\n" WAIT QUIT), "MAIL FROM:<c", 1},
    {"DATA without RCPT", LINT(WRONG_ORDER), 0, SAYS(EHLO MAIL DATA QUIT), "DATA", 1},
    {"RCPT without MAIL", LINT(WRONG_ORDER), 0, SAYS(EHLO RCPT QUIT), "RCPT", 1},
    {"the group behind a refused MAIL", LINT(WRONG_ORDER), 0,
     SAYS(EHLO "MAIL FROM:<a@bad.example>\r\nRCPT TO:<b@example.org>\r\n" DATA QUIT),
     NULL, 0},
    {"the right order", LINT(WRONG_ORDER), 0, SAYS(EHLO MESSAGE MESSAGE QUIT), NULL, 0},
    {"RCPT behind a refused MAIL", LINT(REFUSAL_IGNORED), 0,
     SAYS(EHLO "MAIL FROM:<a@bad.example>\r\n" WAIT RCPT QUIT), "RCPT", 1},
    {"DATA when no RCPT was accepted", LINT(REFUSAL_IGNORED), 0,
     SAYS(EHLO MAIL BAD_RCPT DATA QUIT), "DATA", 1},
    {"content behind a refused DATA", LINT(REFUSAL_IGNORED), 0,
     SAYS(EHLO MAIL "DATA x\r\n" WAIT "Subject: x\r\n" WAIT QUIT), "Subject", 1},
    {"MAIL behind a refused EHLO", LINT(REFUSAL_IGNORED), STRICT,
     SAYS("EHLO my_host\r\n" WAIT MAIL QUIT), "MAIL", 1},
    {"EHLO behind a greeting of 554", LINT(REFUSAL_IGNORED), REFUSED, SAYS(EHLO QUIT),
     "EHLO", 1},
    {"QUIT behind a greeting of 554", LINT(REFUSAL_IGNORED), REFUSED, SAYS(QUIT), NULL,
     0},
    {"a group that could not know", LINT(REFUSAL_IGNORED), 0,
     SAYS(EHLO "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@bad.example>\r\n" DATA QUIT),
     NULL, 0},
    {"DATA when one RCPT of two was accepted", LINT(REFUSAL_IGNORED), 0,
     SAYS(EHLO MAIL RCPT BAD_RCPT DATA CONTENT QUIT), NULL, 0},
    {"content behind a DATA whose refusal could not be read", LINT(REFUSAL_IGNORED), 0,
     SAYS(EHLO MAIL "DATA\r\nSubject: x\r\n" WAIT QUIT), NULL, 0},
    {"a header behind a message", LINT(REFUSAL_IGNORED), 0,
     SAYS(EHLO MESSAGE "Subject: x\r\n" WAIT QUIT), NULL, 0},
    {"a header behind a refused RCPT", LINT(REFUSAL_IGNORED), 0,
     SAYS(EHLO MAIL RCPT BAD_RCPT "Subject: x\r\n" WAIT QUIT), NULL, 0},
    {"RSET behind a refusal", LINT(REFUSAL_IGNORED), 0,
     SAYS(EHLO MAIL BAD_RCPT "RSET\r\n" WAIT MESSAGE QUIT), NULL, 0},
    {"the same RCPT behind 550", LINT(PERMANENT_REPEATED), 0,
     SAYS(EHLO MAIL BAD_RCPT BAD_RCPT BAD_RCPT QUIT), "RCPT", 2},
    {"another RCPT behind 550", LINT(PERMANENT_REPEATED), 0,
     SAYS(EHLO MAIL BAD_RCPT RCPT DATA CONTENT QUIT), NULL, 0},
    {"the same RCPT in one group", LINT(PERMANENT_REPEATED), 0,
     SAYS(EHLO MAIL "RCPT TO:<b@bad.example>\r\nRCPT TO:<b@bad.example>\r\n" WAIT QUIT),
     NULL, 0},
    {"the same RCPT behind 451", LINT(TEMPORARY_REPEATED), 0,
     SAYS(EHLO MAIL "RCPT TO:<b@later.example>\r\n" WAIT
                    "RCPT TO:<b@later.example>\r\n" WAIT QUIT),
     "RCPT", 1},
    {"another RCPT behind 451", LINT(TEMPORARY_REPEATED), 0,
     SAYS(EHLO MAIL "RCPT TO:<b@later.example>\r\n" WAIT RCPT DATA CONTENT QUIT), NULL,
     0},
    {"RCPT behind 452", LINT(RECIPIENT_LIMIT_IGNORED), 0,
     SAYS(EHLO MAIL RCPT "RCPT TO:<c@full.example>\r\n" WAIT
                         "RCPT TO:<d@full.example>\r\n" WAIT QUIT),
     "RCPT TO:<d", 1},
    {"DATA behind 452", LINT(RECIPIENT_LIMIT_IGNORED), 0,
     SAYS(EHLO MAIL RCPT "RCPT TO:<c@full.example>\r\n" WAIT DATA CONTENT QUIT), NULL,
     0},
    {"RCPTs in one group", LINT(RECIPIENT_LIMIT_IGNORED), 0,
     SAYS(EHLO MAIL
          "RCPT TO:<c@full.example>\r\nRCPT TO:<d@full.example>\r\n" WAIT QUIT),
     NULL, 0},

    /* lines and octets */
    {"LF alone behind a command, taken", LINT(COMMAND_BARE_NEWLINE), 0,
     SAYS("EHLO client.example\n" WAIT QUIT), "EHLO", 1},
    {"LF alone behind a command, refused", LINT(COMMAND_BARE_NEWLINE), STRICT,
     SAYS("EHLO client.example\n"), "EHLO", 1},
    {"CR within a command", LINT(COMMAND_BARE_NEWLINE), 0,
     SAYS("EHLO client.example\rNOOP\r\n"), "EHLO", 1},
    {"LF alone behind the answer of a login", LINT(COMMAND_BARE_NEWLINE), AUTH_OFFER,
     SAYS(EHLO "AUTH LOGIN\r\n" WAIT "YQ==\n" WAIT QUIT), "", 1},
    {"CR LF behind each command", LINT(COMMAND_BARE_NEWLINE), AUTH_OFFER,
     SAYS(EHLO "AUTH PLAIN AGEAYg== \r\n" WAIT MESSAGE QUIT), NULL, 0},
    {"LF alone in the content", LINT(CONTENT_BARE_NEWLINE), 0,
     SAYS(EHLO MAIL RCPT DATA "a\nb\r\n.\r\n" WAIT QUIT), "", 1},
    {"CR LF in the content", LINT(CONTENT_BARE_NEWLINE), 0, SAYS(GOOD), NULL, 0},
    {"a control character in an address", LINT(BAD_OCTETS), 0,
     SAYS(EHLO "MAIL FROM:<a\x01@client.example>\r\n" WAIT QUIT), "MAIL", 1},
    {"8-bit octets in a command", LINT(BAD_OCTETS), 0,
     SAYS("EHLO caf\xc3\xa9.example\r\n" WAIT QUIT), "EHLO", 1},
    {"8-bit octets in an address with SMTPUTF8", LINT(BAD_OCTETS), 0,
     SAYS(EHLO "MAIL FROM:<\xc3\xa9@client.example> SMTPUTF8\r\n" WAIT QUIT), NULL, 0},
    {"a RCPT of 600 octets", LINT(COMMAND_LINE_LONG), STRICT,
     SAYS("HELO client.example\r\n" WAIT MAIL "RCPT TO:<" X500 X100
          "@example.org>\r\n" WAIT QUIT),
     "RCPT", 1},
    {"a NOOP of 1000 octets", LINT(COMMAND_LINE_LONG), 0,
     SAYS(EHLO "NOOP " X500 X500 "\r\n" WAIT QUIT), "NOOP", 1},
    {"a RCPT of 600 octets where DSN is offered", LINT(COMMAND_LINE_LONG), 0,
     SAYS(EHLO MAIL "RCPT TO:<b@example.org> ORCPT=rfc822;" X500
                    "@x.example\r\n" WAIT QUIT),
     NULL, 0},
    {"a long response in AUTH", LINT(COMMAND_LINE_LONG), AUTH_OFFER,
     SAYS(EHLO "AUTH PLAIN " X500 X500 "\r\n" WAIT QUIT), NULL, 0},
    {"a line of 1000 octets", LINT(TEXT_LINE_LONG), TEXT_LIMIT,
     SAYS(EHLO MAIL RCPT DATA X500 X500 "\r\n.\r\n" WAIT QUIT), "", 1},
    {"lines of 100 octets", LINT(TEXT_LINE_LONG), TEXT_LIMIT,
     SAYS(EHLO MAIL RCPT DATA LINES_1000 ".\r\n" WAIT QUIT), NULL, 0},
    {"NUL in the content", LINT(NUL_IN_CONTENT), 0,
     SAYS(EHLO MAIL RCPT DATA "a\0b\r\n.\r\n" WAIT QUIT), "", 1},
    {"no NUL in the content", LINT(NUL_IN_CONTENT), 0, SAYS(GOOD), NULL, 0},
    {"a blank behind DATA", LINT(TRAILING_SPACE), 0,
     SAYS(EHLO MAIL RCPT "DATA \r\n" WAIT CONTENT QUIT), "DATA", 1},
    {"a blank behind AUTH LOGIN is not shown", LINT(TRAILING_SPACE), AUTH_OFFER,
     SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT), NULL, 0},
    {"no blank", LINT(TRAILING_SPACE), 0, SAYS(GOOD), NULL, 0},
    {"a header where commands belong", LINT(CONTENT_AS_COMMANDS), 0,
     SAYS(EHLO MAIL RCPT "Subject: x\r\n" WAIT "From: a\r\n" WAIT QUIT), "Subject", 2},
    {"a header behind 354", LINT(CONTENT_AS_COMMANDS), 0, SAYS(GOOD), NULL, 0},
    {"HTTP", LINT(WRONG_PROTOCOL), 0, SAYS("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "GET",
     1},
    {"the header of a proxy", LINT(WRONG_PROTOCOL), 0,
     SAYS("PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n"), "PROXY", 1},
    {"a word that is no command", LINT(WRONG_PROTOCOL), 0, SAYS("HELLO\r\n" WAIT QUIT),
     NULL, 0},
    {"a handshake in the clear", LINT(TLS_ON_PLAIN_PORT), 0,
     SAYS("\x16\x03\x01\x02\x01"), "\x16\x03", 1},
    {"a handshake behind STARTTLS", LINT(TLS_ON_PLAIN_PORT), TLS_OFFER,
     SAYS(EHLO STARTTLS GOOD), NULL, 0},
    {"three words that are no commands", LINT(UNKNOWN_COMMANDS), 0,
     SAYS("A\r\n" WAIT "B\r\n" WAIT "\r\n" WAIT QUIT), "A", 3},
    {"two words that are no commands", LINT(UNKNOWN_COMMANDS), 0,
     SAYS("A\r\n" WAIT "B\r\n" WAIT QUIT), NULL, 0},
    {"a message where commands belong", LINT(UNKNOWN_COMMANDS), 0,
     SAYS(EHLO "Subject: x\r\n" WAIT "\r\n" WAIT "Hello\r\n" WAIT "Bye\r\n" WAIT QUIT),
     NULL, 0},

    /* TLS and login */
    {"AUTH PLAIN without TLS", LINT(CREDENTIALS_IN_CLEAR), AUTH_OFFER,
     SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT), "AUTH", 1},
    {"AUTH LOGIN without TLS", LINT(CREDENTIALS_IN_CLEAR), AUTH_OFFER,
     SAYS(EHLO "AUTH LOGIN\r\n" WAIT "YQ==\r\n" WAIT QUIT), "", 1},
    {"AUTH PLAIN on loopback", LINT(CREDENTIALS_IN_CLEAR), AUTH_OFFER | LOOPBACK,
     SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT), NULL, 0},
    {"AUTH PLAIN inside TLS", LINT(CREDENTIALS_IN_CLEAR), AUTH_OFFER | TLS_OFFER,
     SAYS(EHLO STARTTLS EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT), NULL, 0},
    {"AUTH PLAIN inside TLS from the start", LINT(CREDENTIALS_IN_CLEAR),
     AUTH_OFFER | IMPLICIT, SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT), NULL, 0},
    {"AUTH LOGIN that is given up", LINT(CREDENTIALS_IN_CLEAR), AUTH_OFFER,
     SAYS(EHLO "AUTH LOGIN\r\n" WAIT "*\r\n" WAIT QUIT), NULL, 0},
    {"AUTH CRAM-MD5 without TLS", LINT(CREDENTIALS_IN_CLEAR), AUTH_OFFER,
     SAYS(EHLO "AUTH CRAM-MD5\r\n" WAIT "YQ==\r\n" WAIT QUIT), NULL, 0},
    {"AUTH before STARTTLS", LINT(AUTH_BEFORE_STARTTLS), AUTH_OFFER | TLS_OFFER,
     SAYS(EHLO "AUTH CRAM-MD5\r\n" WAIT "YQ==\r\n" WAIT QUIT), "AUTH", 1},
    {"AUTH behind STARTTLS", LINT(AUTH_BEFORE_STARTTLS), AUTH_OFFER | TLS_OFFER,
     SAYS(EHLO STARTTLS EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT), NULL, 0},
    {"AUTH where there is no STARTTLS", LINT(AUTH_BEFORE_STARTTLS), AUTH_OFFER,
     SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT), NULL, 0},
    {"a message in the clear", LINT(STARTTLS_UNUSED), TLS_OFFER, SAYS(GOOD), "MAIL", 1},
    {"a message in the clear on loopback", LINT(STARTTLS_UNUSED), TLS_OFFER | LOOPBACK,
     SAYS(GOOD), NULL, 0},
    {"a message behind a login in the clear is said once", LINT(STARTTLS_UNUSED),
     AUTH_OFFER | TLS_OFFER, SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT MESSAGE QUIT),
     NULL, 0},
    {"a message inside TLS", LINT(STARTTLS_UNUSED), TLS_OFFER, SAYS(EHLO STARTTLS GOOD),
     NULL, 0},
    {"a message where there is no STARTTLS", LINT(STARTTLS_UNUSED), 0, SAYS(GOOD), NULL,
     0},
    {"a mechanism that is not in the list", LINT(MECHANISM_NOT_OFFERED), AUTH_OFFER,
     SAYS(EHLO "AUTH NTLM\r\n" WAIT QUIT), "AUTH", 1},
    {"a mechanism that is in the list", LINT(MECHANISM_NOT_OFFERED), AUTH_OFFER,
     SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT), NULL, 0},

    /* arguments */
    {"SIZE behind HELO", LINT(EXTENSION_NOT_OFFERED), 0,
     SAYS("HELO client.example\r\n" WAIT
          "MAIL FROM:<a@client.example> SIZE=1\r\n" WAIT QUIT),
     "MAIL", 1},
    {"AUTH where it is not offered", LINT(EXTENSION_NOT_OFFERED), 0,
     SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT), "AUTH", 1},
    {"BINARYMIME where it is not offered", LINT(EXTENSION_NOT_OFFERED), STRICT,
     SAYS(EHLO "MAIL FROM:<a@client.example> BODY=BINARYMIME\r\n" WAIT QUIT), "MAIL",
     1},
    {"parameters that are offered", LINT(EXTENSION_NOT_OFFERED), 0,
     SAYS(EHLO "MAIL FROM:<a@client.example> SIZE=1 BODY=8BITMIME RET=HDRS\r\n" WAIT
               "RCPT TO:<b@example.org> NOTIFY=NEVER\r\n" WAIT QUIT),
     NULL, 0},
    {"AUTH= behind a login", LINT(EXTENSION_NOT_OFFERED), AUTH_OFFER,
     SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT EHLO
               "MAIL FROM:<a@client.example> AUTH=<>\r\n" WAIT QUIT),
     NULL, 0},
    {"a parameter nobody knows", LINT(EXTENSION_NOT_OFFERED), 0,
     SAYS(EHLO "MAIL FROM:<a@client.example> XNOBODY=1\r\n" WAIT QUIT), NULL, 0},
    {"a blank behind FROM:", LINT(SPACE_BEHIND_COLON), 0,
     SAYS(EHLO "MAIL FROM: <a@client.example>\r\n" WAIT QUIT), "MAIL", 1},
    {"no blank behind FROM:", LINT(SPACE_BEHIND_COLON), 0, SAYS(GOOD), NULL, 0},
    {"an address without brackets", LINT(PATH_WITHOUT_BRACKETS), 0,
     SAYS(EHLO "MAIL FROM:a@client.example\r\n" WAIT QUIT), "MAIL", 1},
    {"an address with a name", LINT(PATH_WITHOUT_BRACKETS), 0,
     SAYS(EHLO MAIL "RCPT TO:Bob <b@example.org>\r\n" WAIT QUIT), "RCPT", 1},
    {"the empty sender", LINT(PATH_WITHOUT_BRACKETS), 0,
     SAYS(EHLO "MAIL FROM:<>\r\n" WAIT RCPT DATA CONTENT QUIT), NULL, 0},
    {"a route", LINT(SOURCE_ROUTE), 0,
     SAYS(EHLO MAIL "RCPT TO:<@relay.example:b@example.org>\r\n" WAIT QUIT), "RCPT", 1},
    {"no route", LINT(SOURCE_ROUTE), 0, SAYS(GOOD), NULL, 0},
    {"a UTF-8 sender without SMTPUTF8", LINT(UTF8_UNDECLARED), 0,
     SAYS(EHLO "MAIL FROM:<\xc3\xa9@client.example>\r\n" WAIT QUIT), "MAIL", 1},
    {"a UTF-8 recipient without SMTPUTF8", LINT(UTF8_UNDECLARED), 0,
     SAYS(EHLO MAIL "RCPT TO:<\xc3\xa9@example.org>\r\n" WAIT QUIT), "RCPT", 1},
    {"UTF-8 addresses with SMTPUTF8", LINT(UTF8_UNDECLARED), 0,
     SAYS(EHLO "MAIL FROM:<\xc3\xa9@client.example> SMTPUTF8\r\n" WAIT
               "RCPT TO:<\xc3\xa9@example.org>\r\n" WAIT QUIT),
     NULL, 0},
    {"the same recipient twice", LINT(RECIPIENT_TWICE), 0,
     SAYS(EHLO MAIL RCPT "RCPT TO:<c@example.org>\r\n" WAIT
                         "RCPT TO:<b@EXAMPLE.org>\r\n" WAIT DATA CONTENT QUIT),
     "RCPT TO:<b@EX", 1},
    {"the same recipient in two messages", LINT(RECIPIENT_TWICE), 0,
     SAYS(EHLO MESSAGE MESSAGE QUIT), NULL, 0},
    {"a local part in another case", LINT(RECIPIENT_TWICE), 0,
     SAYS(EHLO MAIL RCPT "RCPT TO:<B@example.org>\r\n" WAIT DATA CONTENT QUIT), NULL,
     0},
    {"SIZE far below the content", LINT(SIZE_TOO_SMALL), 0,
     SAYS(EHLO "MAIL FROM:<a@client.example> SIZE=500\r\n" WAIT RCPT DATA LINES_1000
               ".\r\n" WAIT QUIT),
     "", 1},
    {"SIZE far below the chunks", LINT(SIZE_TOO_SMALL), 0,
     SAYS(EHLO "MAIL FROM:<a@client.example> SIZE=500\r\n" WAIT RCPT
               "BDAT 1020\r\n" LINES_1000 WAIT "BDAT 0 LAST\r\n" WAIT QUIT),
     "BDAT 0", 1},
    {"SIZE a little below the content", LINT(SIZE_TOO_SMALL), 0,
     SAYS(EHLO "MAIL FROM:<a@client.example> SIZE=950\r\n" WAIT RCPT DATA LINES_1000
               ".\r\n" WAIT QUIT),
     NULL, 0},
    {"SIZE far above the content", LINT(SIZE_TOO_LARGE), 0,
     SAYS(EHLO
          "MAIL FROM:<a@client.example> SIZE=100000\r\n" WAIT RCPT DATA CONTENT QUIT),
     "", 1},
    {"SIZE somewhat above the content", LINT(SIZE_TOO_LARGE), 0,
     SAYS(EHLO
          "MAIL FROM:<a@client.example> SIZE=5000\r\n" WAIT RCPT DATA CONTENT QUIT),
     NULL, 0},
    {"MAIL without SIZE", LINT(SIZE_MISSING), 0, SAYS(EHLO MESSAGE MESSAGE QUIT),
     "MAIL", 2},
    {"MAIL with SIZE", LINT(SIZE_MISSING), 0,
     SAYS(EHLO "MAIL FROM:<a@client.example> size=20\r\n" WAIT RCPT DATA CONTENT QUIT),
     NULL, 0},
    {"MAIL behind HELO", LINT(SIZE_MISSING), 0,
     SAYS("HELO client.example\r\n" WAIT MESSAGE QUIT), NULL, 0},

    /* courtesy */
    {"RSET before each MAIL", LINT(NEEDLESS_RSET), 0,
     SAYS(EHLO "RSET\r\n" WAIT MESSAGE "RSET\r\n" WAIT MESSAGE QUIT), "MAIL", 2},
    {"RSET before one MAIL of two", LINT(NEEDLESS_RSET), 0,
     SAYS(EHLO MESSAGE "RSET\r\n" WAIT MESSAGE QUIT), NULL, 0},
    {"RSET behind a failure", LINT(NEEDLESS_RSET), 0,
     SAYS(EHLO MAIL BAD_RCPT "RSET\r\n" WAIT QUIT), NULL, 0},
    {"fifteen NOOPs", LINT(NOOP_FLOOD), 0, SAYS(EHLO NOOP5 NOOP5 NOOP5 QUIT), "NOOP",
     5},
    {"ten NOOPs, and five behind a message", LINT(NOOP_FLOOD), 0,
     SAYS(EHLO NOOP5 NOOP5 MESSAGE NOOP5 QUIT), NULL, 0},
    {"closed without QUIT", LINT(NO_QUIT), CLOSED, SAYS(EHLO MESSAGE "!eof"),
     "connection closed", 1},
    {"closed without QUIT, recorded in part", LINT(NO_QUIT), 0,
     SAYS(EHLO MESSAGE "!eof"), NULL, 0},
    {"closed behind QUIT", LINT(NO_QUIT), CLOSED, SAYS(GOOD WAIT "!eof"), NULL, 0},
    {"closed by the server", LINT(NO_QUIT), CLOSED, SAYS(EHLO "!timeout" WAIT "!eof"),
     NULL, 0},
    {"closed without a word", LINT(NO_QUIT), CLOSED, SAYS("!eof"), NULL, 0},
    {"closed within the content", LINT(CLOSED_IN_CONTENT), CLOSED,
     SAYS(EHLO MAIL RCPT DATA "Subject: x\r\n" WAIT "!eof"), "connection closed", 1},
    {"… which is more than a missing QUIT", LINT(NO_QUIT), CLOSED,
     SAYS(EHLO MAIL RCPT DATA "Subject: x\r\n" WAIT "!eof"), NULL, 0},
    {"closed behind the content", LINT(CLOSED_IN_CONTENT), CLOSED,
     SAYS(EHLO MESSAGE "!eof"), NULL, 0},
    {"silent behind MAIL", LINT(SILENT_UNTIL_TIMEOUT), 0, SAYS(EHLO MAIL "!timeout"),
     "421", 1},
    {"not silent", LINT(SILENT_UNTIL_TIMEOUT), 0, SAYS(GOOD WAIT "!timeout"), NULL, 0},
    {"the sixth connection in a minute", LINT(ONE_MESSAGE_CONNECTIONS), MANY,
     SAYS(GOOD), "220", 6},
    {"… with two messages", LINT(ONE_MESSAGE_CONNECTIONS), MANY,
     SAYS(EHLO MESSAGE MESSAGE QUIT), NULL, 0},
    {"the only connection in a minute", LINT(ONE_MESSAGE_CONNECTIONS), 0, SAYS(GOOD),
     NULL, 0},
};

static void
a_session_shows_its_lint_and_a_near_miss_does_not(void **state)
{
    static struct session session;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct lint_case *c = &cases[i];
        struct postern_lint_findings found = play(&session, c->script, c->with);
        const struct postern_lint_finding *f = find(&found, c->lint);
        if (c->at == NULL) {
            CASE(c->name, f == NULL);
            continue;
        }
        if (f == NULL || f->first_note >= session.notes) {
            fail_msg("%s: not found", c->name);
            continue;
        }
        const char *line = session.lines[f->first_note];
        if (strncmp(line, c->at, strlen(c->at)) != 0)
            fail_msg("%s: points at \"%s\"", c->name, line);
        if (c->count != 0 && f->count != c->count)
            fail_msg("%s: %u times", c->name, f->count);
    }
}

static void
every_lint_has_a_session_that_shows_it_and_one_that_does_not(void **state)
{
    (void)state;
    for (int lint = 1; lint < POSTERN_LINT_COUNT; lint++) {
        bool has_shown = false, has_missed = false;
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
            bool is_its = (int)cases[i].lint == lint;
            has_shown |= is_its && cases[i].at != NULL;
            has_missed |= is_its && cases[i].at == NULL;
        }
        CASE(postern_lints[lint].slug.ptr, has_shown && has_missed);
    }
}

static void
a_model_session_shows_nothing(void **state)
{
    static struct session session;
    struct postern_lint_findings found =
        play(&session,
             SLICE("EHLO client.example\r\n" WAIT STARTTLS EHLO
                   "AUTH PLAIN AGEAYg==\r\n" WAIT
                   "MAIL FROM:<a@client.example> SIZE=21\r\nRCPT TO:<b@example.org>\r\n"
                   "DATA\r\n" WAIT CONTENT QUIT),
             TLS_OFFER | AUTH_OFFER | CLOSED);

    (void)state;
    if (found.count > 0)
        fail_msg("found %s", postern_lints[found.list[0].lint].slug.ptr);
}

static void
what_is_worst_comes_first(void **state)
{
    static struct session session;
    struct postern_lint_findings found = play(
        &session,
        SLICE("HELO localhost\r\n" WAIT "MAIL FROM: a@client.example\r\n" WAIT QUIT),
        0);
    static const enum postern_lint wanted[] = {
        LINT(PATH_WITHOUT_BRACKETS), LINT(HELLO_NOT_QUALIFIED),
        LINT(SPACE_BEHIND_COLON), LINT(HELO_USED)};

    (void)state;
    assert_int_equal(found.count, ARRAY_LEN(wanted));
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        assert_int_equal(found.list[i].lint, wanted[i]);
}

static void
a_slug_is_found_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(postern_lint_find(SLICE("No-Quit")), POSTERN_LINT_NO_QUIT);
    assert_int_equal(postern_lint_find(SLICE("nothing")), POSTERN_LINT_NONE);
    assert_int_equal(postern_lint_find(SLICE("")), POSTERN_LINT_NONE);
}

/* A recording that begins in the midst tells nothing of what was offered. */
static void
a_session_recorded_in_part_is_not_blamed(void **state)
{
    static struct postern_lint_session lint;
    const struct postern_lint_facts facts = {.offers_tls = false};
    const struct postern_note note = {
        .kind = POSTERN_NOTE_COMMAND,
        .octets = SLICE("MAIL FROM:<a@client.example> SIZE=1"),
        .argument = SLICE("FROM:<a@client.example> SIZE=1"),
        .count = 37,
        .command = POSTERN_MAIL,
        .before = POSTERN_PHASE_EHLO,
        .after = POSTERN_PHASE_EHLO,
        .is_pipelined = true,
    };

    (void)state;
    postern_lint_start(&lint, &facts);
    postern_lint_note(&lint, &note);
    assert_int_equal(postern_lint_finish(&lint).count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_shows_its_lint_and_a_near_miss_does_not),
        cmocka_unit_test(every_lint_has_a_session_that_shows_it_and_one_that_does_not),
        cmocka_unit_test(a_model_session_shows_nothing),
        cmocka_unit_test(what_is_worst_comes_first),
        cmocka_unit_test(a_slug_is_found_in_any_case),
        cmocka_unit_test(a_session_recorded_in_part_is_not_blamed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
