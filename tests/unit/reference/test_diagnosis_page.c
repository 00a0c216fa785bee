/* test_explain.c - the box, and the answer to what is pasted into it */
#include "reference/reference.h"

#include "checker.h"
#include "unit.h"

#include <stdlib.h>

static const struct {
    const char *name, *paste;
    const char *has[3]; /* in English */
    const char *lacks;
} cases[] = {
    {"nothing: the box and the examples",
     "",
     {"name=\"text\"", "S: 503 5.5.1 DATA: send RCPT TO first", "Postfix"},
     "id=\"verdict\""},
    {"white space is nothing", " \r\n\t", {"name=\"text\""}, "id=\"verdict\""},
    {"a conversation has its fault marked",
     "S: 220 mx.example.net ESMTP\nC: EHLO a.example.org\nS: 250 mx.example.net\n"
     "C: MAIL FROM:<a@example.org>\nS: 250 2.1.0 ok\nC: DATA\n"
     "S: 503 5.5.1 RCPT first\n",
     {"<li class=\"server refusal fault\" id=\"fault\"><span class=\"line\">7</span>",
      "/codes/data-without-valid-rcpt", "verdict bad"},
     "name=\"q\""},
    {"a reply is a paste",
     "503 5.5.1 Error: nested MAIL command",
     {"/codes/nested-mail", "verdict bad"},
     "There is no code"},
    {"a conversation in order",
     "S: 220 mx.example.net ESMTP\nC: EHLO a.example.org\nS: 250 mx.example.net\n"
     "C: MAIL FROM:<a@example.org>\nS: 250 2.1.0 ok\nC: RCPT TO:<b@example.net>\n"
     "S: 250 2.1.5 ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 2.0.0 Ok: queued as "
     "4F2A\n"
     "C: QUIT\nS: 221 bye\n",
     {"verdict good"},
     "id=\"alternatives\""},
    {"a code is looked up", "503", {"href=\"/codes/503\"", "All about 503"}, "Verdict"},
    {"a code with an end of line", " 503\r\n", {"All about 503"}, "Verdict"},
    {"an enhanced code", "5.7.1", {"All about 5.7.1"}, "Verdict"},
    {"both", "503 5.5.1", {"All about 503", "All about 5.5.1"}, "Verdict"},
    {"a verb", "MAIL", {"href=\"/codes/MAIL\""}, "Verdict"},
    {"a keyword", "CHUNKING", {"href=\"/codes/CHUNKING\""}, "Verdict"},
    {"a cause", "nested-mail", {"href=\"/codes/nested-mail\""}, "Verdict"},
    {"no code", "593", {"There is no code 593", "/codes/553"}, "Verdict"},
    {"a misspelt word", "STARTTLZ", {"href=\"/codes/STARTTLS\""}, "Verdict"},
    {"no SMTP at all", "the quick brown fox", {"verdict unknown"}, "id=\"evidence\""},
    {"markup is escaped",
     "C: EHLO <script>alert(1)</script>\nS: 501 <img src=x onerror=\"y\">\n",
     {"&lt;script&gt;", "&lt;img"},
     "<img"},
    {"controls are shown, not sent",
     "S: 220 a\x1b[31m\x07\nC: MAIL FROM:<a@\xff\x80>\nS: 503 5.5.1 "
     "\xe2\x80\xae\x01no\n",
     {"\\x01"},
     "\x1b"},
    {"a password is not shown",
     "S: 220 mx.example.net ESMTP\nC: EHLO a.example.org\nS: 250-mx.example.net\n"
     "S: 250 AUTH PLAIN\nC: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: 535 5.7.8 no\n",
     {"/codes/auth-credentials-rejected"},
     "AGFubgBzZWNyZXQ="},
};

static void
what_is_pasted_is_answered(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (int language = 0; language < POSTERN_LANGUAGE_COUNT; language++) {
            struct html html;
            html_init(&html, (enum postern_language)language);
            reference_explain(&html, SLICE("/explain"), slice_from(cases[i].paste));
            checker_page(cases[i].name, &html);
            CASE(cases[i].name, !checker_has(&html, cases[i].lacks));
            CASE(cases[i].name, !checker_has(&html, "<script>"));
            for (int n = 0; n < 3 && language == POSTERN_EN; n++)
                CASE(cases[i].name,
                     cases[i].has[n] == NULL || checker_has(&html, cases[i].has[n]));
            html_clear(&html);
        }
    }
}

static void
the_middle_of_a_long_conversation_is_folded(void **state)
{
    struct buf paste;
    struct html html;

    (void)state;
    buf_init(&paste, 1 << 20);
    assert_true(buf_append(&paste, SLICE("S: 220 mx.example.net ESMTP\n"
                                         "C: EHLO a.example.org\nS: 250 ok\n")));
    for (int i = 0; i < 200; i++)
        assert_true(buf_append(&paste, SLICE("C: NOOP\nS: 250 ok\n")));
    assert_true(buf_append(&paste, SLICE("C: DATA\nS: 503 5.5.1 MAIL first\n")));
    html_init(&html, POSTERN_EN);
    reference_explain(&html, SLICE("/explain"), buf_slice(&paste));
    checker_page("a long conversation", &html);
    assert_true(checker_has(&html, "<details><summary>"));
    assert_true(checker_has(&html, "id=\"fault\""));
    html_clear(&html);
    buf_clear(&paste);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_pasted_is_answered),
        cmocka_unit_test(the_middle_of_a_long_conversation_is_folded),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("reference/explain", tests, NULL, NULL);
}
