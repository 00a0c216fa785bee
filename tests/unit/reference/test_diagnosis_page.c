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
    {.name = "nothing: the box and the examples",
     .paste = "",
     .has = {"name=\"text\"", "S: 503 5.5.1 DATA: send RCPT TO first", "Postfix"},
     .lacks = "id=\"verdict\""},
    {.name = "white space is nothing",
     .paste = " \r\n\t",
     .has = {"name=\"text\""},
     .lacks = "id=\"verdict\""},
    {.name = "a conversation has its fault marked",
     .paste =
         "S: 220 mx.example.net ESMTP\nC: EHLO a.example.org\nS: 250 mx.example.net\n"
         "C: MAIL FROM:<a@example.org>\nS: 250 2.1.0 ok\nC: DATA\n"
         "S: 503 5.5.1 RCPT first\n",
     .has = {"<li class=\"server refusal fault\" id=\"fault\"><span "
             "class=\"line\">7</span>",
             "/codes/data-without-valid-rcpt", "verdict bad"},
     .lacks = "name=\"q\""},
    {.name = "a reply is a paste",
     .paste = "503 5.5.1 Error: nested MAIL command",
     .has = {"/codes/nested-mail", "verdict bad"},
     .lacks = "There is no code"},
    {.name = "a conversation in order",
     .paste =
         "S: 220 mx.example.net ESMTP\nC: EHLO a.example.org\nS: 250 mx.example.net\n"
         "C: MAIL FROM:<a@example.org>\nS: 250 2.1.0 ok\nC: RCPT TO:<b@example.net>\n"
         "S: 250 2.1.5 ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 2.0.0 Ok: queued as "
         "4F2A\n"
         "C: QUIT\nS: 221 bye\n",
     .has = {"verdict good"},
     .lacks = "id=\"alternatives\""},
    {.name = "a code is looked up",
     .paste = "503",
     .has = {"href=\"/codes/503\"", "All about 503"},
     .lacks = "Verdict"},
    {.name = "a code with an end of line",
     .paste = " 503\r\n",
     .has = {"All about 503"},
     .lacks = "Verdict"},
    {.name = "an enhanced code",
     .paste = "5.7.1",
     .has = {"All about 5.7.1"},
     .lacks = "Verdict"},
    {.name = "both",
     .paste = "503 5.5.1",
     .has = {"All about 503", "All about 5.5.1"},
     .lacks = "Verdict"},
    {.name = "a verb",
     .paste = "MAIL",
     .has = {"href=\"/codes/MAIL\""},
     .lacks = "Verdict"},
    {.name = "a keyword",
     .paste = "CHUNKING",
     .has = {"href=\"/codes/CHUNKING\""},
     .lacks = "Verdict"},
    {.name = "a cause",
     .paste = "nested-mail",
     .has = {"href=\"/codes/nested-mail\""},
     .lacks = "Verdict"},
    {.name = "no code",
     .paste = "593",
     .has = {"There is no code 593", "/codes/553"},
     .lacks = "Verdict"},
    {.name = "a misspelt word",
     .paste = "STARTTLZ",
     .has = {"href=\"/codes/STARTTLS\""},
     .lacks = "Verdict"},
    {.name = "no SMTP at all",
     .paste = "the quick brown fox",
     .has = {"verdict unknown"},
     .lacks = "id=\"evidence\""},
    {.name = "markup is escaped",
     .paste = "C: EHLO <script>alert(1)</script>\nS: 501 <img src=x onerror=\"y\">\n",
     .has = {"&lt;script&gt;", "&lt;img"},
     .lacks = "<img"},
    {.name = "controls are shown, not sent",
     .paste = "S: 220 a\x1b[31m\x07\nC: MAIL FROM:<a@\xff\x80>\nS: 503 5.5.1 "
              "\xe2\x80\xae\x01no\n",
     .has = {"\\x01"},
     .lacks = "\x1b"},
    {.name = "a password is not shown",
     .paste =
         "S: 220 mx.example.net ESMTP\nC: EHLO a.example.org\nS: 250-mx.example.net\n"
         "S: 250 AUTH PLAIN\nC: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: 535 5.7.8 no\n",
     .has = {"/codes/auth-credentials-rejected"},
     .lacks = "AGFubgBzZWNyZXQ="},
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
