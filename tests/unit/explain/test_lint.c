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
    {.name = "a client that does not wait for the greeting",
     .lint = LINT(TALKED_BEFORE_GREETING),
     .with = EARLY,
     .script = SAYS(GOOD),
     .at = "the client spoke",
     .count = 1},
    {.name = "… where that is refused",
     .lint = LINT(TALKED_BEFORE_GREETING),
     .with = EARLY | STRICT,
     .script = SAYS(""),
     .at = "554",
     .count = 1},
    {.name = "a client that waits",
     .lint = LINT(TALKED_BEFORE_GREETING),
     .script = SAYS(GOOD),
     .at = NULL},
    {.name = "MAIL as the first command",
     .lint = LINT(NO_HELLO),
     .script = SAYS(MAIL QUIT),
     .at = "MAIL",
     .count = 1},
    {.name = "NOOP before EHLO is allowed",
     .lint = LINT(NO_HELLO),
     .script = SAYS("NOOP\r\n" WAIT GOOD),
     .at = NULL},
    {.name = "MAIL behind a refused EHLO is another matter",
     .lint = LINT(NO_HELLO),
     .with = STRICT,
     .script = SAYS("EHLO my_host\r\n" WAIT MAIL QUIT),
     .at = NULL},
    {.name = "MAIL inside TLS without EHLO",
     .lint = LINT(NO_EHLO_AFTER_STARTTLS),
     .with = TLS_OFFER,
     .script = SAYS(EHLO STARTTLS MAIL QUIT),
     .at = "MAIL",
     .count = 1},
    {.name = "… and not as if there had been none at all",
     .lint = LINT(NO_HELLO),
     .with = TLS_OFFER,
     .script = SAYS(EHLO STARTTLS MAIL QUIT),
     .at = NULL},
    {.name = "EHLO inside TLS",
     .lint = LINT(NO_EHLO_AFTER_STARTTLS),
     .with = TLS_OFFER,
     .script = SAYS(EHLO STARTTLS GOOD),
     .at = NULL},
    {.name = "QUIT right behind the handshake",
     .lint = LINT(NO_EHLO_AFTER_STARTTLS),
     .with = TLS_OFFER,
     .script = SAYS(EHLO STARTTLS QUIT),
     .at = NULL},
    {.name = "HELO",
     .lint = LINT(HELO_USED),
     .script = SAYS("HELO client.example\r\n" WAIT MESSAGE QUIT),
     .at = "HELO",
     .count = 1},
    {.name = "HELO behind a refused EHLO",
     .lint = LINT(HELO_USED),
     .with = LMTP,
     .script = SAYS("EHLO client.example\r\n" WAIT "HELO client.example\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "HELO behind a refused HELO",
     .lint = LINT(HELO_USED),
     .with = STRICT,
     .script = SAYS("HELO my_host\r\n" WAIT "HELO client.example\r\n" WAIT QUIT),
     .at = "HELO client",
     .count = 1},
    {.name = "EHLO", .lint = LINT(HELO_USED), .script = SAYS(GOOD), .at = NULL},
    {.name = "EHLO before each message",
     .lint = LINT(HELLO_REPEATED),
     .script = SAYS(EHLO MESSAGE EHLO MESSAGE EHLO MESSAGE QUIT),
     .at = "EHLO",
     .count = 2},
    {.name = "EHLO behind STARTTLS",
     .lint = LINT(HELLO_REPEATED),
     .with = TLS_OFFER,
     .script = SAYS(EHLO STARTTLS EHLO MESSAGE QUIT),
     .at = NULL},
    {.name = "EHLO behind AUTH",
     .lint = LINT(HELLO_REPEATED),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT EHLO MESSAGE QUIT),
     .at = NULL},
    {.name = "EHLO long behind a login that failed",
     .lint = LINT(HELLO_REPEATED),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH PLAIN bm8=\r\n" WAIT "NOOP\r\n" WAIT EHLO QUIT),
     .at = "EHLO",
     .count = 1},
    {.name = "EHLO behind a failure",
     .lint = LINT(HELLO_REPEATED),
     .script = SAYS(EHLO MAIL BAD_RCPT EHLO MESSAGE QUIT),
     .at = NULL},
    {.name = "an underscore in the name",
     .lint = LINT(HELLO_BAD_NAME),
     .script = SAYS("EHLO my_host.example\r\n" WAIT QUIT),
     .at = "EHLO my_",
     .count = 1},
    {.name = "an address without brackets",
     .lint = LINT(HELLO_BAD_NAME),
     .script = SAYS("EHLO 192.0.2.1\r\n" WAIT QUIT),
     .at = "EHLO",
     .count = 1},
    {.name = "an IPv6 address without brackets",
     .lint = LINT(HELLO_BAD_NAME),
     .script = SAYS("EHLO 2001:db8::1\r\n" WAIT QUIT),
     .at = "EHLO",
     .count = 1},
    {.name = "no name",
     .lint = LINT(HELLO_BAD_NAME),
     .script = SAYS("EHLO\r\n" WAIT QUIT),
     .at = "EHLO",
     .count = 1},
    {.name = "an address in brackets",
     .lint = LINT(HELLO_BAD_NAME),
     .script = SAYS("EHLO [192.0.2.1]\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "an IPv6 address in brackets",
     .lint = LINT(HELLO_BAD_NAME),
     .script = SAYS("EHLO [IPv6:2001:db8::1] text\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a domain",
     .lint = LINT(HELLO_BAD_NAME),
     .script = SAYS(GOOD),
     .at = NULL},
    {.name = "localhost",
     .lint = LINT(HELLO_NOT_QUALIFIED),
     .script = SAYS("EHLO localhost\r\n" WAIT QUIT),
     .at = "EHLO",
     .count = 1},
    {.name = "the loopback address from elsewhere",
     .lint = LINT(HELLO_NOT_QUALIFIED),
     .script = SAYS("EHLO [127.0.0.1]\r\n" WAIT QUIT),
     .at = "EHLO",
     .count = 1},
    {.name = "the loopback address from here",
     .lint = LINT(HELLO_NOT_QUALIFIED),
     .with = LOOPBACK,
     .script = SAYS("EHLO [127.0.0.1]\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a full name",
     .lint = LINT(HELLO_NOT_QUALIFIED),
     .script = SAYS(GOOD),
     .at = NULL},
    {.name = "a bad name is one thing only",
     .lint = LINT(HELLO_NOT_QUALIFIED),
     .script = SAYS("EHLO my_host\r\n" WAIT QUIT),
     .at = NULL},

    /* waiting */
    {.name = "content behind DATA without waiting",
     .lint = LINT(NOT_AWAITED),
     .script = SAYS(EHLO MAIL RCPT "DATA\r\n" CONTENT QUIT),
     .at = "DATA",
     .count = 1},
    {.name = "… where that is refused",
     .lint = LINT(NOT_AWAITED),
     .with = STRICT,
     .script = SAYS(EHLO MAIL RCPT "DATA\r\n" CONTENT),
     .at = "DATA",
     .count = 1},
    {.name = "MAIL behind EHLO without waiting",
     .lint = LINT(NOT_AWAITED),
     .script = SAYS("EHLO client.example\r\n" MAIL QUIT),
     .at = "EHLO",
     .count = 1},
    {.name = "something behind STARTTLS",
     .lint = LINT(NOT_AWAITED),
     .with = TLS_OFFER,
     .script = SAYS(EHLO "STARTTLS\r\nEHLO client.example\r\n"),
     .at = "STARTTLS",
     .count = 1},
    {.name = "something behind AUTH",
     .lint = LINT(NOT_AWAITED),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH LOGIN\r\nYQ==\r\n" WAIT "Yg==\r\n" WAIT QUIT),
     .at = "AUTH",
     .count = 1},
    {.name = "MAIL, RCPT and DATA in one group",
     .lint = LINT(NOT_AWAITED),
     .script = SAYS(
         EHLO "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@example.org>\r\n" DATA CONTENT
             QUIT),
     .at = NULL},
    {.name = "MAIL behind NOOP without waiting",
     .lint = LINT(PIPELINED_BEHIND_LAST),
     .script = SAYS(EHLO "NOOP\r\n" MESSAGE QUIT),
     .at = "NOOP",
     .count = 1},
    {.name = "a command behind QUIT",
     .lint = LINT(PIPELINED_BEHIND_LAST),
     .script = SAYS(EHLO MESSAGE "QUIT\r\nNOOP\r\n"),
     .at = "QUIT",
     .count = 1},
    {.name = "QUIT behind the content",
     .lint = LINT(PIPELINED_BEHIND_LAST),
     .script = SAYS(EHLO MAIL RCPT DATA "x\r\n.\r\nQUIT\r\n"),
     .at = NULL},
    {.name = "NOOP at the end of a group",
     .lint = LINT(PIPELINED_BEHIND_LAST),
     .script = SAYS(EHLO "RSET\r\nNOOP\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a group behind HELO",
     .lint = LINT(PIPELINED_NOT_OFFERED),
     .script = SAYS("HELO client.example\r\n" WAIT
                    "MAIL FROM:<a@client.example>\r\n" RCPT DATA CONTENT QUIT),
     .at = "MAIL",
     .count = 1},
    {.name = "a group behind EHLO",
     .lint = LINT(PIPELINED_NOT_OFFERED),
     .script = SAYS(EHLO "MAIL FROM:<a@client.example>\r\n" RCPT DATA CONTENT QUIT),
     .at = NULL},
    {.name = "BDAT and its chunk behind HELO",
     .lint = LINT(PIPELINED_NOT_OFFERED),
     .script = SAYS("HELO client.example\r\n" WAIT MAIL RCPT
                    "BDAT 3 LAST\r\nx\r\n" WAIT QUIT),
     .at = NULL},

    /* replies */
    {.name = "MAIL within a transaction",
     .lint = LINT(WRONG_ORDER),
     .script = SAYS(EHLO MAIL "MAIL FROM:<c@client.example>\r\n" WAIT QUIT),
     .at = "MAIL FROM:<c",
     .count = 1},
    {.name = "DATA without RCPT",
     .lint = LINT(WRONG_ORDER),
     .script = SAYS(EHLO MAIL DATA QUIT),
     .at = "DATA",
     .count = 1},
    {.name = "RCPT without MAIL",
     .lint = LINT(WRONG_ORDER),
     .script = SAYS(EHLO RCPT QUIT),
     .at = "RCPT",
     .count = 1},
    {.name = "the group behind a refused MAIL",
     .lint = LINT(WRONG_ORDER),
     .script = SAYS(
         EHLO "MAIL FROM:<a@bad.example>\r\nRCPT TO:<b@example.org>\r\n" DATA QUIT),
     .at = NULL},
    {.name = "the right order",
     .lint = LINT(WRONG_ORDER),
     .script = SAYS(EHLO MESSAGE MESSAGE QUIT),
     .at = NULL},
    {.name = "RCPT behind a refused MAIL",
     .lint = LINT(REFUSAL_IGNORED),
     .script = SAYS(EHLO "MAIL FROM:<a@bad.example>\r\n" WAIT RCPT QUIT),
     .at = "RCPT",
     .count = 1},
    {.name = "DATA when no RCPT was accepted",
     .lint = LINT(REFUSAL_IGNORED),
     .script = SAYS(EHLO MAIL BAD_RCPT DATA QUIT),
     .at = "DATA",
     .count = 1},
    {.name = "content behind a refused DATA",
     .lint = LINT(REFUSAL_IGNORED),
     .script = SAYS(EHLO MAIL "DATA x\r\n" WAIT "Subject: x\r\n" WAIT QUIT),
     .at = "Subject",
     .count = 1},
    {.name = "MAIL behind a refused EHLO",
     .lint = LINT(REFUSAL_IGNORED),
     .with = STRICT,
     .script = SAYS("EHLO my_host\r\n" WAIT MAIL QUIT),
     .at = "MAIL",
     .count = 1},
    {.name = "EHLO behind a greeting of 554",
     .lint = LINT(REFUSAL_IGNORED),
     .with = REFUSED,
     .script = SAYS(EHLO QUIT),
     .at = "EHLO",
     .count = 1},
    {.name = "QUIT behind a greeting of 554",
     .lint = LINT(REFUSAL_IGNORED),
     .with = REFUSED,
     .script = SAYS(QUIT),
     .at = NULL},
    {.name = "a group that could not know",
     .lint = LINT(REFUSAL_IGNORED),
     .script = SAYS(
         EHLO "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@bad.example>\r\n" DATA QUIT),
     .at = NULL},
    {.name = "DATA when one RCPT of two was accepted",
     .lint = LINT(REFUSAL_IGNORED),
     .script = SAYS(EHLO MAIL RCPT BAD_RCPT DATA CONTENT QUIT),
     .at = NULL},
    {.name = "content behind a DATA whose refusal could not be read",
     .lint = LINT(REFUSAL_IGNORED),
     .script = SAYS(EHLO MAIL "DATA\r\nSubject: x\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a header behind a message",
     .lint = LINT(REFUSAL_IGNORED),
     .script = SAYS(EHLO MESSAGE "Subject: x\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a header behind a refused RCPT",
     .lint = LINT(REFUSAL_IGNORED),
     .script = SAYS(EHLO MAIL RCPT BAD_RCPT "Subject: x\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "RSET behind a refusal",
     .lint = LINT(REFUSAL_IGNORED),
     .script = SAYS(EHLO MAIL BAD_RCPT "RSET\r\n" WAIT MESSAGE QUIT),
     .at = NULL},
    {.name = "the same RCPT behind 550",
     .lint = LINT(PERMANENT_REPEATED),
     .script = SAYS(EHLO MAIL BAD_RCPT BAD_RCPT BAD_RCPT QUIT),
     .at = "RCPT",
     .count = 2},
    {.name = "another RCPT behind 550",
     .lint = LINT(PERMANENT_REPEATED),
     .script = SAYS(EHLO MAIL BAD_RCPT RCPT DATA CONTENT QUIT),
     .at = NULL},
    {.name = "the same RCPT in one group",
     .lint = LINT(PERMANENT_REPEATED),
     .script = SAYS(EHLO MAIL
                    "RCPT TO:<b@bad.example>\r\nRCPT TO:<b@bad.example>\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "the same RCPT behind 451",
     .lint = LINT(TEMPORARY_REPEATED),
     .script = SAYS(EHLO MAIL "RCPT TO:<b@later.example>\r\n" WAIT
                              "RCPT TO:<b@later.example>\r\n" WAIT QUIT),
     .at = "RCPT",
     .count = 1},
    {.name = "another RCPT behind 451",
     .lint = LINT(TEMPORARY_REPEATED),
     .script =
         SAYS(EHLO MAIL "RCPT TO:<b@later.example>\r\n" WAIT RCPT DATA CONTENT QUIT),
     .at = NULL},
    {.name = "RCPT behind 452",
     .lint = LINT(RECIPIENT_LIMIT_IGNORED),
     .script = SAYS(EHLO MAIL RCPT "RCPT TO:<c@full.example>\r\n" WAIT
                                   "RCPT TO:<d@full.example>\r\n" WAIT QUIT),
     .at = "RCPT TO:<d",
     .count = 1},
    {.name = "DATA behind 452",
     .lint = LINT(RECIPIENT_LIMIT_IGNORED),
     .script =
         SAYS(EHLO MAIL RCPT "RCPT TO:<c@full.example>\r\n" WAIT DATA CONTENT QUIT),
     .at = NULL},
    {.name = "RCPTs in one group",
     .lint = LINT(RECIPIENT_LIMIT_IGNORED),
     .script =
         SAYS(EHLO MAIL
              "RCPT TO:<c@full.example>\r\nRCPT TO:<d@full.example>\r\n" WAIT QUIT),
     .at = NULL},

    /* lines and octets */
    {.name = "LF alone behind a command, taken",
     .lint = LINT(COMMAND_BARE_NEWLINE),
     .script = SAYS("EHLO client.example\n" WAIT QUIT),
     .at = "EHLO",
     .count = 1},
    {.name = "LF alone behind a command, refused",
     .lint = LINT(COMMAND_BARE_NEWLINE),
     .with = STRICT,
     .script = SAYS("EHLO client.example\n"),
     .at = "EHLO",
     .count = 1},
    {.name = "CR within a command",
     .lint = LINT(COMMAND_BARE_NEWLINE),
     .script = SAYS("EHLO client.example\rNOOP\r\n"),
     .at = "EHLO",
     .count = 1},
    {.name = "LF alone behind the answer of a login",
     .lint = LINT(COMMAND_BARE_NEWLINE),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH LOGIN\r\n" WAIT "YQ==\n" WAIT QUIT),
     .at = "",
     .count = 1},
    {.name = "CR LF behind each command",
     .lint = LINT(COMMAND_BARE_NEWLINE),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg== \r\n" WAIT MESSAGE QUIT),
     .at = NULL},
    {.name = "LF alone in the content",
     .lint = LINT(CONTENT_BARE_NEWLINE),
     .script = SAYS(EHLO MAIL RCPT DATA "a\nb\r\n.\r\n" WAIT QUIT),
     .at = "",
     .count = 1},
    {.name = "CR LF in the content",
     .lint = LINT(CONTENT_BARE_NEWLINE),
     .script = SAYS(GOOD),
     .at = NULL},
    {.name = "a control character in an address",
     .lint = LINT(BAD_OCTETS),
     .script = SAYS(EHLO "MAIL FROM:<a\x01@client.example>\r\n" WAIT QUIT),
     .at = "MAIL",
     .count = 1},
    {.name = "8-bit octets in a command",
     .lint = LINT(BAD_OCTETS),
     .script = SAYS("EHLO caf\xc3\xa9.example\r\n" WAIT QUIT),
     .at = "EHLO",
     .count = 1},
    {.name = "8-bit octets in an address with SMTPUTF8",
     .lint = LINT(BAD_OCTETS),
     .script = SAYS(EHLO "MAIL FROM:<\xc3\xa9@client.example> SMTPUTF8\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a RCPT of 600 octets",
     .lint = LINT(COMMAND_LINE_LONG),
     .with = STRICT,
     .script = SAYS("HELO client.example\r\n" WAIT MAIL "RCPT TO:<" X500 X100
                    "@example.org>\r\n" WAIT QUIT),
     .at = "RCPT",
     .count = 1},
    {.name = "a NOOP of 1000 octets",
     .lint = LINT(COMMAND_LINE_LONG),
     .script = SAYS(EHLO "NOOP " X500 X500 "\r\n" WAIT QUIT),
     .at = "NOOP",
     .count = 1},
    {.name = "a RCPT of 600 octets where DSN is offered",
     .lint = LINT(COMMAND_LINE_LONG),
     .script = SAYS(EHLO MAIL "RCPT TO:<b@example.org> ORCPT=rfc822;" X500
                              "@x.example\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a long response in AUTH",
     .lint = LINT(COMMAND_LINE_LONG),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH PLAIN " X500 X500 "\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a line of 1000 octets",
     .lint = LINT(TEXT_LINE_LONG),
     .with = TEXT_LIMIT,
     .script = SAYS(EHLO MAIL RCPT DATA X500 X500 "\r\n.\r\n" WAIT QUIT),
     .at = "",
     .count = 1},
    {.name = "lines of 100 octets",
     .lint = LINT(TEXT_LINE_LONG),
     .with = TEXT_LIMIT,
     .script = SAYS(EHLO MAIL RCPT DATA LINES_1000 ".\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "NUL in the content",
     .lint = LINT(NUL_IN_CONTENT),
     .script = SAYS(EHLO MAIL RCPT DATA "a\0b\r\n.\r\n" WAIT QUIT),
     .at = "",
     .count = 1},
    {.name = "no NUL in the content",
     .lint = LINT(NUL_IN_CONTENT),
     .script = SAYS(GOOD),
     .at = NULL},
    {.name = "a blank behind DATA",
     .lint = LINT(TRAILING_SPACE),
     .script = SAYS(EHLO MAIL RCPT "DATA \r\n" WAIT CONTENT QUIT),
     .at = "DATA",
     .count = 1},
    {.name = "a blank behind AUTH LOGIN is not shown",
     .lint = LINT(TRAILING_SPACE),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "no blank",
     .lint = LINT(TRAILING_SPACE),
     .script = SAYS(GOOD),
     .at = NULL},
    {.name = "a header where commands belong",
     .lint = LINT(CONTENT_AS_COMMANDS),
     .script = SAYS(EHLO MAIL RCPT "Subject: x\r\n" WAIT "From: a\r\n" WAIT QUIT),
     .at = "Subject",
     .count = 2},
    {.name = "a header behind 354",
     .lint = LINT(CONTENT_AS_COMMANDS),
     .script = SAYS(GOOD),
     .at = NULL},
    {.name = "HTTP",
     .lint = LINT(WRONG_PROTOCOL),
     .script = SAYS("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
     .at = "GET",
     .count = 1},
    {.name = "the header of a proxy",
     .lint = LINT(WRONG_PROTOCOL),
     .script = SAYS("PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n"),
     .at = "PROXY",
     .count = 1},
    {.name = "a word that is no command",
     .lint = LINT(WRONG_PROTOCOL),
     .script = SAYS("HELLO\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a handshake in the clear",
     .lint = LINT(TLS_ON_PLAIN_PORT),
     .script = SAYS("\x16\x03\x01\x02\x01"),
     .at = "\x16\x03",
     .count = 1},
    {.name = "a handshake behind STARTTLS",
     .lint = LINT(TLS_ON_PLAIN_PORT),
     .with = TLS_OFFER,
     .script = SAYS(EHLO STARTTLS GOOD),
     .at = NULL},
    {.name = "three words that are no commands",
     .lint = LINT(UNKNOWN_COMMANDS),
     .script = SAYS("A\r\n" WAIT "B\r\n" WAIT "\r\n" WAIT QUIT),
     .at = "A",
     .count = 3},
    {.name = "two words that are no commands",
     .lint = LINT(UNKNOWN_COMMANDS),
     .script = SAYS("A\r\n" WAIT "B\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a message where commands belong",
     .lint = LINT(UNKNOWN_COMMANDS),
     .script = SAYS(EHLO "Subject: x\r\n" WAIT "\r\n" WAIT "Hello\r\n" WAIT
                         "Bye\r\n" WAIT QUIT),
     .at = NULL},

    /* TLS and login */
    {.name = "AUTH PLAIN without TLS",
     .lint = LINT(CREDENTIALS_IN_CLEAR),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT),
     .at = "AUTH",
     .count = 1},
    {.name = "AUTH LOGIN without TLS",
     .lint = LINT(CREDENTIALS_IN_CLEAR),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH LOGIN\r\n" WAIT "YQ==\r\n" WAIT QUIT),
     .at = "",
     .count = 1},
    {.name = "AUTH PLAIN on loopback",
     .lint = LINT(CREDENTIALS_IN_CLEAR),
     .with = AUTH_OFFER | LOOPBACK,
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "AUTH PLAIN inside TLS",
     .lint = LINT(CREDENTIALS_IN_CLEAR),
     .with = AUTH_OFFER | TLS_OFFER,
     .script = SAYS(EHLO STARTTLS EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "AUTH PLAIN inside TLS from the start",
     .lint = LINT(CREDENTIALS_IN_CLEAR),
     .with = AUTH_OFFER | IMPLICIT,
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "AUTH LOGIN that is given up",
     .lint = LINT(CREDENTIALS_IN_CLEAR),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH LOGIN\r\n" WAIT "*\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "AUTH CRAM-MD5 without TLS",
     .lint = LINT(CREDENTIALS_IN_CLEAR),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH CRAM-MD5\r\n" WAIT "YQ==\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "AUTH before STARTTLS",
     .lint = LINT(AUTH_BEFORE_STARTTLS),
     .with = AUTH_OFFER | TLS_OFFER,
     .script = SAYS(EHLO "AUTH CRAM-MD5\r\n" WAIT "YQ==\r\n" WAIT QUIT),
     .at = "AUTH",
     .count = 1},
    {.name = "AUTH behind STARTTLS",
     .lint = LINT(AUTH_BEFORE_STARTTLS),
     .with = AUTH_OFFER | TLS_OFFER,
     .script = SAYS(EHLO STARTTLS EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "AUTH where there is no STARTTLS",
     .lint = LINT(AUTH_BEFORE_STARTTLS),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a message in the clear",
     .lint = LINT(STARTTLS_UNUSED),
     .with = TLS_OFFER,
     .script = SAYS(GOOD),
     .at = "MAIL",
     .count = 1},
    {.name = "a message in the clear on loopback",
     .lint = LINT(STARTTLS_UNUSED),
     .with = TLS_OFFER | LOOPBACK,
     .script = SAYS(GOOD),
     .at = NULL},
    {.name = "a message behind a login in the clear is said once",
     .lint = LINT(STARTTLS_UNUSED),
     .with = AUTH_OFFER | TLS_OFFER,
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT MESSAGE QUIT),
     .at = NULL},
    {.name = "a message inside TLS",
     .lint = LINT(STARTTLS_UNUSED),
     .with = TLS_OFFER,
     .script = SAYS(EHLO STARTTLS GOOD),
     .at = NULL},
    {.name = "a message where there is no STARTTLS",
     .lint = LINT(STARTTLS_UNUSED),
     .script = SAYS(GOOD),
     .at = NULL},
    {.name = "a mechanism that is not in the list",
     .lint = LINT(MECHANISM_NOT_OFFERED),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH NTLM\r\n" WAIT QUIT),
     .at = "AUTH",
     .count = 1},
    {.name = "a mechanism that is in the list",
     .lint = LINT(MECHANISM_NOT_OFFERED),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT),
     .at = NULL},

    /* arguments */
    {.name = "SIZE behind HELO",
     .lint = LINT(EXTENSION_NOT_OFFERED),
     .script = SAYS("HELO client.example\r\n" WAIT
                    "MAIL FROM:<a@client.example> SIZE=1\r\n" WAIT QUIT),
     .at = "MAIL",
     .count = 1},
    {.name = "AUTH where it is not offered",
     .lint = LINT(EXTENSION_NOT_OFFERED),
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT QUIT),
     .at = "AUTH",
     .count = 1},
    {.name = "BINARYMIME where it is not offered",
     .lint = LINT(EXTENSION_NOT_OFFERED),
     .with = STRICT,
     .script = SAYS(EHLO "MAIL FROM:<a@client.example> BODY=BINARYMIME\r\n" WAIT QUIT),
     .at = "MAIL",
     .count = 1},
    {.name = "parameters that are offered",
     .lint = LINT(EXTENSION_NOT_OFFERED),
     .script =
         SAYS(EHLO "MAIL FROM:<a@client.example> SIZE=1 BODY=8BITMIME RET=HDRS\r\n" WAIT
                   "RCPT TO:<b@example.org> NOTIFY=NEVER\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "AUTH= behind a login",
     .lint = LINT(EXTENSION_NOT_OFFERED),
     .with = AUTH_OFFER,
     .script = SAYS(EHLO "AUTH PLAIN AGEAYg==\r\n" WAIT EHLO
                         "MAIL FROM:<a@client.example> AUTH=<>\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a parameter nobody knows",
     .lint = LINT(EXTENSION_NOT_OFFERED),
     .script = SAYS(EHLO "MAIL FROM:<a@client.example> XNOBODY=1\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "a blank behind FROM:",
     .lint = LINT(SPACE_BEHIND_COLON),
     .script = SAYS(EHLO "MAIL FROM: <a@client.example>\r\n" WAIT QUIT),
     .at = "MAIL",
     .count = 1},
    {.name = "no blank behind FROM:",
     .lint = LINT(SPACE_BEHIND_COLON),
     .script = SAYS(GOOD),
     .at = NULL},
    {.name = "an address without brackets",
     .lint = LINT(PATH_WITHOUT_BRACKETS),
     .script = SAYS(EHLO "MAIL FROM:a@client.example\r\n" WAIT QUIT),
     .at = "MAIL",
     .count = 1},
    {.name = "an address with a name",
     .lint = LINT(PATH_WITHOUT_BRACKETS),
     .script = SAYS(EHLO MAIL "RCPT TO:Bob <b@example.org>\r\n" WAIT QUIT),
     .at = "RCPT",
     .count = 1},
    {.name = "the empty sender",
     .lint = LINT(PATH_WITHOUT_BRACKETS),
     .script = SAYS(EHLO "MAIL FROM:<>\r\n" WAIT RCPT DATA CONTENT QUIT),
     .at = NULL},
    {.name = "a route",
     .lint = LINT(SOURCE_ROUTE),
     .script = SAYS(EHLO MAIL "RCPT TO:<@relay.example:b@example.org>\r\n" WAIT QUIT),
     .at = "RCPT",
     .count = 1},
    {.name = "no route", .lint = LINT(SOURCE_ROUTE), .script = SAYS(GOOD), .at = NULL},
    {.name = "a UTF-8 sender without SMTPUTF8",
     .lint = LINT(UTF8_UNDECLARED),
     .script = SAYS(EHLO "MAIL FROM:<\xc3\xa9@client.example>\r\n" WAIT QUIT),
     .at = "MAIL",
     .count = 1},
    {.name = "a UTF-8 recipient without SMTPUTF8",
     .lint = LINT(UTF8_UNDECLARED),
     .script = SAYS(EHLO MAIL "RCPT TO:<\xc3\xa9@example.org>\r\n" WAIT QUIT),
     .at = "RCPT",
     .count = 1},
    {.name = "UTF-8 addresses with SMTPUTF8",
     .lint = LINT(UTF8_UNDECLARED),
     .script = SAYS(EHLO "MAIL FROM:<\xc3\xa9@client.example> SMTPUTF8\r\n" WAIT
                         "RCPT TO:<\xc3\xa9@example.org>\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "the same recipient twice",
     .lint = LINT(RECIPIENT_TWICE),
     .script =
         SAYS(EHLO MAIL RCPT "RCPT TO:<c@example.org>\r\n" WAIT
                             "RCPT TO:<b@EXAMPLE.org>\r\n" WAIT DATA CONTENT QUIT),
     .at = "RCPT TO:<b@EX",
     .count = 1},
    {.name = "the same recipient in two messages",
     .lint = LINT(RECIPIENT_TWICE),
     .script = SAYS(EHLO MESSAGE MESSAGE QUIT),
     .at = NULL},
    {.name = "a local part in another case",
     .lint = LINT(RECIPIENT_TWICE),
     .script =
         SAYS(EHLO MAIL RCPT "RCPT TO:<B@example.org>\r\n" WAIT DATA CONTENT QUIT),
     .at = NULL},
    {.name = "SIZE far below the content",
     .lint = LINT(SIZE_TOO_SMALL),
     .script =
         SAYS(EHLO "MAIL FROM:<a@client.example> SIZE=500\r\n" WAIT RCPT DATA LINES_1000
                   ".\r\n" WAIT QUIT),
     .at = "",
     .count = 1},
    {.name = "SIZE far below the chunks",
     .lint = LINT(SIZE_TOO_SMALL),
     .script = SAYS(EHLO "MAIL FROM:<a@client.example> SIZE=500\r\n" WAIT RCPT
                         "BDAT 1020\r\n" LINES_1000 WAIT "BDAT 0 LAST\r\n" WAIT QUIT),
     .at = "BDAT 0",
     .count = 1},
    {.name = "SIZE a little below the content",
     .lint = LINT(SIZE_TOO_SMALL),
     .script =
         SAYS(EHLO "MAIL FROM:<a@client.example> SIZE=950\r\n" WAIT RCPT DATA LINES_1000
                   ".\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "SIZE far above the content",
     .lint = LINT(SIZE_TOO_LARGE),
     .script = SAYS(
         EHLO
         "MAIL FROM:<a@client.example> SIZE=100000\r\n" WAIT RCPT DATA CONTENT QUIT),
     .at = "",
     .count = 1},
    {.name = "SIZE somewhat above the content",
     .lint = LINT(SIZE_TOO_LARGE),
     .script = SAYS(
         EHLO "MAIL FROM:<a@client.example> SIZE=5000\r\n" WAIT RCPT DATA CONTENT QUIT),
     .at = NULL},
    {.name = "MAIL without SIZE",
     .lint = LINT(SIZE_MISSING),
     .script = SAYS(EHLO MESSAGE MESSAGE QUIT),
     .at = "MAIL",
     .count = 2},
    {.name = "MAIL with SIZE",
     .lint = LINT(SIZE_MISSING),
     .script = SAYS(
         EHLO "MAIL FROM:<a@client.example> size=20\r\n" WAIT RCPT DATA CONTENT QUIT),
     .at = NULL},
    {.name = "MAIL behind HELO",
     .lint = LINT(SIZE_MISSING),
     .script = SAYS("HELO client.example\r\n" WAIT MESSAGE QUIT),
     .at = NULL},

    /* courtesy */
    {.name = "RSET before each MAIL",
     .lint = LINT(NEEDLESS_RSET),
     .script = SAYS(EHLO "RSET\r\n" WAIT MESSAGE "RSET\r\n" WAIT MESSAGE QUIT),
     .at = "MAIL",
     .count = 2},
    {.name = "RSET before one MAIL of two",
     .lint = LINT(NEEDLESS_RSET),
     .script = SAYS(EHLO MESSAGE "RSET\r\n" WAIT MESSAGE QUIT),
     .at = NULL},
    {.name = "RSET behind a failure",
     .lint = LINT(NEEDLESS_RSET),
     .script = SAYS(EHLO MAIL BAD_RCPT "RSET\r\n" WAIT QUIT),
     .at = NULL},
    {.name = "fifteen NOOPs",
     .lint = LINT(NOOP_FLOOD),
     .script = SAYS(EHLO NOOP5 NOOP5 NOOP5 QUIT),
     .at = "NOOP",
     .count = 5},
    {.name = "ten NOOPs, and five behind a message",
     .lint = LINT(NOOP_FLOOD),
     .script = SAYS(EHLO NOOP5 NOOP5 MESSAGE NOOP5 QUIT),
     .at = NULL},
    {.name = "closed without QUIT",
     .lint = LINT(NO_QUIT),
     .with = CLOSED,
     .script = SAYS(EHLO MESSAGE "!eof"),
     .at = "connection closed",
     .count = 1},
    {.name = "closed without QUIT, recorded in part",
     .lint = LINT(NO_QUIT),
     .script = SAYS(EHLO MESSAGE "!eof"),
     .at = NULL},
    {.name = "closed behind QUIT",
     .lint = LINT(NO_QUIT),
     .with = CLOSED,
     .script = SAYS(GOOD WAIT "!eof"),
     .at = NULL},
    {.name = "closed by the server",
     .lint = LINT(NO_QUIT),
     .with = CLOSED,
     .script = SAYS(EHLO "!timeout" WAIT "!eof"),
     .at = NULL},
    {.name = "closed without a word",
     .lint = LINT(NO_QUIT),
     .with = CLOSED,
     .script = SAYS("!eof"),
     .at = NULL},
    {.name = "closed within the content",
     .lint = LINT(CLOSED_IN_CONTENT),
     .with = CLOSED,
     .script = SAYS(EHLO MAIL RCPT DATA "Subject: x\r\n" WAIT "!eof"),
     .at = "connection closed",
     .count = 1},
    {.name = "… which is more than a missing QUIT",
     .lint = LINT(NO_QUIT),
     .with = CLOSED,
     .script = SAYS(EHLO MAIL RCPT DATA "Subject: x\r\n" WAIT "!eof"),
     .at = NULL},
    {.name = "closed behind the content",
     .lint = LINT(CLOSED_IN_CONTENT),
     .with = CLOSED,
     .script = SAYS(EHLO MESSAGE "!eof"),
     .at = NULL},
    {.name = "silent behind MAIL",
     .lint = LINT(SILENT_UNTIL_TIMEOUT),
     .script = SAYS(EHLO MAIL "!timeout"),
     .at = "421",
     .count = 1},
    {.name = "not silent",
     .lint = LINT(SILENT_UNTIL_TIMEOUT),
     .script = SAYS(GOOD WAIT "!timeout"),
     .at = NULL},
    {.name = "the sixth connection in a minute",
     .lint = LINT(ONE_MESSAGE_CONNECTIONS),
     .with = MANY,
     .script = SAYS(GOOD),
     .at = "220",
     .count = 6},
    {.name = "… with two messages",
     .lint = LINT(ONE_MESSAGE_CONNECTIONS),
     .with = MANY,
     .script = SAYS(EHLO MESSAGE MESSAGE QUIT),
     .at = NULL},
    {.name = "the only connection in a minute",
     .lint = LINT(ONE_MESSAGE_CONNECTIONS),
     .script = SAYS(GOOD),
     .at = NULL},
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
