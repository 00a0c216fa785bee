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
    struct slice text; /* of a reply: behind the code */
    bool is_open;      /* a reply that goes on: "250-" */
};

#define REPLY(mark, code, text)                                                        \
    ELEMENT_REPLY, mark, false, code, POSTERN_UNKNOWN, SLICE_INIT(text)
#define TOLD(code, text)                                                               \
    ELEMENT_REPLY, MARK_NONE, true, code, POSTERN_UNKNOWN, SLICE_INIT(text)
#define COMMAND(mark, command, text)                                                   \
    ELEMENT_COMMAND, mark, false, 0, command, SLICE_INIT(text)

static const struct line_case lines[] = {
    {"a bare reply", SLICE_INIT("250 2.1.0 Ok"), REPLY(MARK_NONE, 250, "2.1.0 Ok"),
     false},
    {"a reply that goes on", SLICE_INIT("250-SIZE 1000"),
     REPLY(MARK_NONE, 250, "SIZE 1000"), true},
    {"a reply without a text", SLICE_INIT("354"), REPLY(MARK_NONE, 354, ""), false},
    {"a reply of S:", SLICE_INIT("S: 220 mx ESMTP"),
     REPLY(MARK_SERVER, 220, "mx ESMTP"), false},
    {"a reply of swaks", SLICE_INIT("<-  250 Ok"), REPLY(MARK_SERVER, 250, "Ok"),
     false},
    {"a refusal of swaks", SLICE_INIT("<** 550 No"), REPLY(MARK_SERVER, 550, "No"),
     false},
    {"a reply of Perl", SLICE_INIT("Net::SMTP=GLOB(0x55d0)<<< 250 Ok"),
     REPLY(MARK_SERVER, 250, "Ok"), false},
    {"a reply of PHPMailer", SLICE_INIT("2026-01-02 03:04:05 SERVER -> CLIENT: 250 Ok"),
     REPLY(MARK_SERVER, 250, "Ok"), false},
    {"a reply of smtplib", SLICE_INIT("reply: b'250 Ok'"),
     REPLY(MARK_SERVER, 250, "Ok"), false},
    {"a reply with a code in brackets", SLICE_INIT("[220] 'mx.example.net'"),
     REPLY(MARK_NONE, 220, "mx.example.net"), false},
    {"a command of C:", SLICE_INIT("C: EHLO client.example"),
     COMMAND(MARK_CLIENT, POSTERN_EHLO, "EHLO client.example"), false},
    {"a command of swaks", SLICE_INIT(" -> MAIL FROM:<a@example.com>"),
     COMMAND(MARK_CLIENT, POSTERN_MAIL, "MAIL FROM:<a@example.com>"), false},
    {"a command of Perl",
     SLICE_INIT("Net::SMTP=GLOB(0x55d0)>>> RCPT TO:<b@example.net>"),
     COMMAND(MARK_CLIENT, POSTERN_RCPT, "RCPT TO:<b@example.net>"), false},
    {"a command of smtplib", SLICE_INIT("send: 'mail FROM:<a@example.com>'"),
     COMMAND(MARK_CLIENT, POSTERN_MAIL, "mail FROM:<a@example.com>"), false},
    {"a command in small letters", SLICE_INIT("data"),
     COMMAND(MARK_NONE, POSTERN_DATA, "data"), false},
    {"a bare command", SLICE_INIT("STARTTLS"),
     COMMAND(MARK_NONE, POSTERN_STARTTLS, "STARTTLS"), false},
    {"an arrow of Unicode", SLICE_INIT("\xe2\x86\x92 QUIT"),
     COMMAND(MARK_CLIENT, POSTERN_QUIT, "QUIT"), false},
    {"a tuple of Python is told", SLICE_INIT("SMTPDataError: (554, b'5.7.1 Spam')"),
     TOLD(554, "5.7.1 Spam"), false},
    {"what a host said is told",
     SLICE_INIT("host mx[192.0.2.1] said: 550 5.1.1 No such user (in reply to RCPT TO "
                "command)"),
     TOLD(550, "5.1.1 No such user"), false},
    {"an error of PHPMailer is told", SLICE_INIT("SMTP Error: 535 5.7.8 Bad login"),
     TOLD(535, "5.7.8 Bad login"), false},
    {"an enhanced code alone is told",
     SLICE_INIT("The server response was: 5.7.57 Client not authenticated"),
     TOLD(0, "5.7.57 Client not authenticated"), false},
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
    {"a sentence", SLICE_INIT("Hello all, my script does not work.")},
    {"a verb in a sentence", SLICE_INIT("Data was sent to the server")},
    {"help in a sentence", SLICE_INIT("Help me please, I am lost")},
    {"a port", SLICE_INIT("Connecting to mx.example.net port 587")},
    {"a size", SLICE_INIT("it took 250 ms")},
    {"an address", SLICE_INIT("=== Trying 192.0.2.5:25...")},
    {"four digits", SLICE_INIT("2500")},
    {"a code of another kind", SLICE_INIT("199 Ok")},
    {"nothing", SLICE_INIT("")},
    {"marks only", SLICE_INIT("<<<")},
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
        {SLICE_INIT("250 Ok"), true},      {SLICE_INIT("250-Ok"), true},
        {SLICE_INIT("250"), true},         {SLICE_INIT("250-"), true},
        {SLICE_INIT("550-5.7.1 x"), true}, {SLICE_INIT("250-8BITMIME"), true},
        {SLICE_INIT("250x"), false},       {SLICE_INIT("2500"), false},
        {SLICE_INIT("650 x"), false},      {SLICE_INIT("150 x"), false},
        {SLICE_INIT("25"), false},         {SLICE_INIT(""), false},
        {SLICE_INIT("500-600"), false},    {SLICE_INIT("256 bits"), false},
        {SLICE_INIT("a250 x"), false},
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
        {SLICE_INIT("EHLO client.example"), true, true, POSTERN_EHLO},
        {SLICE_INIT("ehlo"), true, true, POSTERN_EHLO},
        {SLICE_INIT("HELO command rejected"), false, false, POSTERN_HELO},
        {SLICE_INIT("MAIL FROM:<a@example.com>"), true, true, POSTERN_MAIL},
        {SLICE_INIT("mail from: a@example.com"), true, true, POSTERN_MAIL},
        {SLICE_INIT("MAIL FROM command failed"), false, false, POSTERN_MAIL},
        {SLICE_INIT("RCPT TO:<b@example.net>"), true, true, POSTERN_RCPT},
        {SLICE_INIT("AUTH LOGIN"), true, true, POSTERN_AUTH},
        {SLICE_INIT("AUTH PLAIN AHVzZXIAc2VjcmV0"), true, true, POSTERN_AUTH},
        {SLICE_INIT("AUTH failed for the user"), false, false, POSTERN_AUTH},
        {SLICE_INIT("BDAT 100 LAST"), true, true, POSTERN_BDAT},
        {SLICE_INIT("BDAT of a kind"), false, false, POSTERN_BDAT},
        {SLICE_INIT("DATA"), true, true, POSTERN_DATA},
        {SLICE_INIT("DATA was lost"), false, false, POSTERN_DATA},
        {SLICE_INIT("QUIT"), true, true, POSTERN_QUIT},
        {SLICE_INIT("quit the program"), false, false, POSTERN_QUIT},
        {SLICE_INIT("STARTTLS"), true, true, POSTERN_STARTTLS},
        {SLICE_INIT("XCLIENT NAME=x"), true, true, POSTERN_XCLIENT},
        {SLICE_INIT("HALLO x"), false, false, POSTERN_UNKNOWN},
        {SLICE_INIT(""), false, false, POSTERN_UNKNOWN},
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
