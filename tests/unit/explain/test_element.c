#include "unit.h"

#include "explain/command_form.h"
#include "explain/element.h"
#include "explain/reply_form.h"
#include "explain/words.h"
#include "guard.h"

struct line_case {
    const char *name;
    struct slice line;
    enum element_kind kind;
    enum mark mark;
    bool is_quoted;
    uint16_t code;
    enum postern_command command;
    struct slice text; /* of a reply: after the code */
    bool is_open;      /* a reply that goes on: "250-" */
};

#define REPLY(who, number, rest)                                                       \
    .kind = ELEMENT_REPLY, .mark = who, .code = number, .command = POSTERN_UNKNOWN,    \
    .text = SLICE_INIT(rest)
#define QUOTED(number, rest)                                                           \
    .kind = ELEMENT_REPLY, .is_quoted = true, .code = number,                          \
    .command = POSTERN_UNKNOWN, .text = SLICE_INIT(rest)
#define COMMAND(who, verb, rest)                                                       \
    .kind = ELEMENT_COMMAND, .mark = who, .command = verb, .text = SLICE_INIT(rest)

static const struct line_case lines[] = {
    {.name = "a bare reply",
     .line = SLICE_INIT("250 2.1.0 Ok"),
     REPLY(MARK_NONE, 250, "2.1.0 Ok")},
    {.name = "a reply that goes on",
     .line = SLICE_INIT("250-SIZE 1000"),
     REPLY(MARK_NONE, 250, "SIZE 1000"),
     .is_open = true},
    {.name = "a reply without a text",
     .line = SLICE_INIT("354"),
     REPLY(MARK_NONE, 354, "")},
    {.name = "a reply of S:",
     .line = SLICE_INIT("S: 220 mx ESMTP"),
     REPLY(MARK_SERVER, 220, "mx ESMTP")},
    {.name = "a reply of swaks",
     .line = SLICE_INIT("<-  250 Ok"),
     REPLY(MARK_SERVER, 250, "Ok")},
    {.name = "a refusal of swaks",
     .line = SLICE_INIT("<** 550 No"),
     REPLY(MARK_SERVER, 550, "No")},
    {.name = "a reply of Perl",
     .line = SLICE_INIT("Net::SMTP=GLOB(0x55d0)<<< 250 Ok"),
     REPLY(MARK_SERVER, 250, "Ok")},
    {.name = "a reply of PHPMailer",
     .line = SLICE_INIT("2026-01-02 03:04:05 SERVER -> CLIENT: 250 Ok"),
     REPLY(MARK_SERVER, 250, "Ok")},
    {.name = "a reply of smtplib",
     .line = SLICE_INIT("reply: b'250 Ok'"),
     REPLY(MARK_SERVER, 250, "Ok")},
    {.name = "a reply with a code in brackets",
     .line = SLICE_INIT("[220] 'mx.example.net'"),
     REPLY(MARK_NONE, 220, "mx.example.net")},
    {.name = "a command of C:",
     .line = SLICE_INIT("C: EHLO client.example"),
     COMMAND(MARK_CLIENT, POSTERN_EHLO, "EHLO client.example")},
    {.name = "a command of swaks",
     .line = SLICE_INIT(" -> MAIL FROM:<a@example.com>"),
     COMMAND(MARK_CLIENT, POSTERN_MAIL, "MAIL FROM:<a@example.com>")},
    {.name = "a command of Perl",
     .line = SLICE_INIT("Net::SMTP=GLOB(0x55d0)>>> RCPT TO:<b@example.net>"),
     COMMAND(MARK_CLIENT, POSTERN_RCPT, "RCPT TO:<b@example.net>")},
    {.name = "a command of smtplib",
     .line = SLICE_INIT("send: 'mail FROM:<a@example.com>'"),
     COMMAND(MARK_CLIENT, POSTERN_MAIL, "mail FROM:<a@example.com>")},
    {.name = "a command in small letters",
     .line = SLICE_INIT("data"),
     COMMAND(MARK_NONE, POSTERN_DATA, "data")},
    {.name = "a bare command",
     .line = SLICE_INIT("STARTTLS"),
     COMMAND(MARK_NONE, POSTERN_STARTTLS, "STARTTLS")},
    {.name = "an arrow of Unicode",
     .line = SLICE_INIT("\xe2\x86\x92 QUIT"),
     COMMAND(MARK_CLIENT, POSTERN_QUIT, "QUIT")},
    {.name = "a tuple of Python is told",
     .line = SLICE_INIT("SMTPDataError: (554, b'5.7.1 Spam')"),
     QUOTED(554, "5.7.1 Spam")},
    {.name = "what a host said is told",
     .line = SLICE_INIT(
         "host mx[192.0.2.1] said: 550 5.1.1 No such user (in reply to RCPT TO "
         "command)"),
     QUOTED(550, "5.1.1 No such user")},
    {.name = "an error of PHPMailer is told",
     .line = SLICE_INIT("SMTP Error: 535 5.7.8 Bad login"),
     QUOTED(535, "5.7.8 Bad login")},
    {.name = "an enhanced code alone is told",
     .line = SLICE_INIT("The server response was: 5.7.57 Client not authenticated"),
     QUOTED(0, "5.7.57 Client not authenticated")},
};

static void
the_smtp_of_a_line_is_found(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 200);
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        const struct line_case *c = &lines[i];
        struct element e;

        element_find(guard_copy(&guard, c->line), &e);
        CASE(c->name, e.kind == c->kind);
        CASE(c->name, e.mark == c->mark);
        CASE(c->name, e.is_quoted == c->is_quoted);
        CASE(c->name, e.code == c->code);
        CASE(c->name, e.command == c->command);
        CASE(c->name, e.kind != ELEMENT_REPLY || e.is_last == !c->is_open);
        CASE_SLICE(c->name, words_trim(e.text), c->text);
    }
    guard_clear(&guard);
}

static const struct {
    const char *name;
    struct slice line;
} proses[] = {
    {.name = "a sentence", .line = SLICE_INIT("Hello all, my script does not work.")},
    {.name = "a verb in a sentence", .line = SLICE_INIT("Data was sent to the server")},
    {.name = "help in a sentence", .line = SLICE_INIT("Help me please, I am lost")},
    {.name = "a port", .line = SLICE_INIT("Connecting to mx.example.net port 587")},
    {.name = "a size", .line = SLICE_INIT("it took 250 ms")},
    {.name = "an address", .line = SLICE_INIT("=== Trying 192.0.2.5:25...")},
    {.name = "four digits", .line = SLICE_INIT("2500")},
    {.name = "a code of another kind", .line = SLICE_INIT("199 Ok")},
    {.name = "nothing", .line = SLICE_INIT("")},
    {.name = "marks only", .line = SLICE_INIT("<<<")},
};

static void
prose_is_no_smtp(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 200);
    for (size_t i = 0; i < ARRAY_LEN(proses); i++) {
        struct element e;
        element_find(guard_copy(&guard, proses[i].line), &e);
        CASE(proses[i].name, e.kind == ELEMENT_TEXT);
    }
    guard_clear(&guard);
}

static void
conversations_are_told_apart_by_their_ids(void **state)
{
    struct element one, two, again, none;

    (void)state;
    element_find(SLICE("[a1b2] S: 220 x"), &one);
    element_find(SLICE("[c3d4] S: 220 x"), &two);
    element_find(SLICE("[a1b2] C: QUIT"), &again);
    element_find(SLICE("S: 220 x"), &none);
    assert_int_not_equal(one.key, 0);
    assert_int_not_equal(one.key, two.key);
    assert_int_equal(one.key, again.key);
    assert_int_equal(none.key, 0);
    element_find(SLICE("Jan  2 03:04:05 mx app[123]: S: 220 x"), &one);
    element_find(SLICE("Jan  2 03:04:05 mx app[124]: S: 220 x"), &two);
    assert_int_not_equal(one.key, 0);
    assert_int_not_equal(one.key, two.key);
}

static void
a_reply_has_three_digits_and_an_end(void **state)
{
    static const struct {
        struct slice text;
        bool is_reply;
    } cases[] = {
        {.text = SLICE_INIT("250 Ok"), .is_reply = true},
        {.text = SLICE_INIT("250-Ok"), .is_reply = true},
        {.text = SLICE_INIT("250"), .is_reply = true},
        {.text = SLICE_INIT("250-"), .is_reply = true},
        {.text = SLICE_INIT("550-5.7.1 x"), .is_reply = true},
        {.text = SLICE_INIT("250-8BITMIME"), .is_reply = true},
        {.text = SLICE_INIT("250x"), .is_reply = false},
        {.text = SLICE_INIT("2500"), .is_reply = false},
        {.text = SLICE_INIT("650 x"), .is_reply = false},
        {.text = SLICE_INIT("150 x"), .is_reply = false},
        {.text = SLICE_INIT("25"), .is_reply = false},
        {.text = SLICE_INIT(""), .is_reply = false},
        {.text = SLICE_INIT("500-600"), .is_reply = false},
        {.text = SLICE_INIT("256 bits"), .is_reply = false},
        {.text = SLICE_INIT("a250 x"), .is_reply = false},
    };
    struct guard guard;

    (void)state;
    guard_init(&guard, 100);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CASE(cases[i].text.ptr,
             reply_form_is(guard_copy(&guard, cases[i].text)) == cases[i].is_reply);
    guard_clear(&guard);
}

static void
a_command_is_more_than_its_verb(void **state)
{
    static const struct {
        struct slice text;
        bool is_command, is_command_of_client;
        enum postern_command command;
    } cases[] = {
        {.text = SLICE_INIT("EHLO client.example"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_EHLO},
        {.text = SLICE_INIT("ehlo"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_EHLO},
        {.text = SLICE_INIT("HELO command rejected"),
         .is_command = false,
         .is_command_of_client = false,
         .command = POSTERN_HELO},
        {.text = SLICE_INIT("MAIL FROM:<a@example.com>"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_MAIL},
        {.text = SLICE_INIT("mail from: a@example.com"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_MAIL},
        {.text = SLICE_INIT("MAIL FROM command failed"),
         .is_command = false,
         .is_command_of_client = false,
         .command = POSTERN_MAIL},
        {.text = SLICE_INIT("RCPT TO:<b@example.net>"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_RCPT},
        {.text = SLICE_INIT("AUTH LOGIN"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_AUTH},
        {.text = SLICE_INIT("AUTH PLAIN AHVzZXIAc2VjcmV0"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_AUTH},
        {.text = SLICE_INIT("AUTH failed for the user"),
         .is_command = false,
         .is_command_of_client = false,
         .command = POSTERN_AUTH},
        {.text = SLICE_INIT("BDAT 100 LAST"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_BDAT},
        {.text = SLICE_INIT("BDAT of a kind"),
         .is_command = false,
         .is_command_of_client = false,
         .command = POSTERN_BDAT},
        {.text = SLICE_INIT("DATA"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_DATA},
        {.text = SLICE_INIT("DATA was lost"),
         .is_command = false,
         .is_command_of_client = false,
         .command = POSTERN_DATA},
        {.text = SLICE_INIT("QUIT"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_QUIT},
        {.text = SLICE_INIT("quit the program"),
         .is_command = false,
         .is_command_of_client = false,
         .command = POSTERN_QUIT},
        {.text = SLICE_INIT("STARTTLS"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_STARTTLS},
        {.text = SLICE_INIT("XCLIENT NAME=x"),
         .is_command = true,
         .is_command_of_client = true,
         .command = POSTERN_XCLIENT},
        {.text = SLICE_INIT("HALLO x"),
         .is_command = false,
         .is_command_of_client = false,
         .command = POSTERN_UNKNOWN},
        {.text = SLICE_INIT(""),
         .is_command = false,
         .is_command_of_client = false,
         .command = POSTERN_UNKNOWN},
    };
    struct guard guard;

    (void)state;
    guard_init(&guard, 100);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum postern_command command;
        struct slice text = guard_copy(&guard, cases[i].text);
        CASE(cases[i].text.ptr,
             command_form_is(text, false, &command) == cases[i].is_command);
        CASE(cases[i].text.ptr, command == cases[i].command);
        CASE(cases[i].text.ptr,
             command_form_is(text, true, &command) == cases[i].is_command_of_client);
    }
    guard_clear(&guard);
}

/* Whatever is cut off at either end: what is found lies in the line. */
static void
what_is_found_lies_in_the_line(void **state)
{
    struct guard guard;

    (void)state;
    guard_init(&guard, 200);
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        for (size_t n = 0; n <= lines[i].line.len * 2; n++) {
            struct slice part = lines[i].line;
            if (n <= part.len)
                part.len = n;
            else
                part = slice_skip(part, n - part.len);
            struct slice line = guard_copy(&guard, part);
            struct element e;
            element_find(line, &e);
            const struct slice found[] = {e.text, e.whole, e.marked};
            for (size_t k = 0; k < ARRAY_LEN(found); k++)
                CASE(lines[i].name, found[k].len == 0 || (found[k].ptr >= line.ptr &&
                                                          found[k].ptr + found[k].len <=
                                                              line.ptr + line.len));
            CASE(lines[i].name, e.code == 0 || (e.code >= 200 && e.code <= 599));
        }
    }
    guard_clear(&guard);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smtp_of_a_line_is_found),
        cmocka_unit_test(prose_is_no_smtp),
        cmocka_unit_test(conversations_are_told_apart_by_their_ids),
        cmocka_unit_test(a_reply_has_three_digits_and_an_end),
        cmocka_unit_test(a_command_is_more_than_its_verb),
        cmocka_unit_test(what_is_found_lies_in_the_line),
    };

    return cmocka_run_group_tests_name("element", tests, NULL, NULL);
}
