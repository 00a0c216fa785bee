#include "unit.h"

#include "base/utf8.h"
#include "playground/playground.h"

static struct slice
feed(struct slice octets)
{
    assert_in_range(octets.len, 0, playground_input_size());
    if (octets.len > 0)
        memcpy(playground_input(), octets.ptr, octets.len);
    size_t len = playground_feed(octets.len);
    return slice_of(playground_report(), len);
}

static struct slice
open(enum postern_profile profile, enum postern_language language)
{
    playground_language(language);
    size_t len = playground_open(profile);
    return slice_of(playground_report(), len);
}

static struct slice
output(void)
{
    return slice_of(playground_output(), playground_output_size());
}

static bool
has(struct slice text, const char *needle)
{
    return memmem(text.ptr, text.len, needle, strlen(needle)) != NULL;
}

static void
a_session_begins_with_the_greeting_of_its_profile(void **state)
{
    (void)state;
    for (int i = 0; i < POSTERN_PROFILE_COUNT; i++) {
        bool is_lmtp = i == POSTERN_PROFILE_LMTP;
        struct slice report = open((enum postern_profile)i, POSTERN_EN);
        assert_true(has(report, "\"phase\":\"greeted\""));
        assert_true(has(output(), is_lmtp ? "220 mx.example.net LMTP "
                                          : "220 mx.example.net ESMTP "));
        assert_int_equal((playground_allowed() >> POSTERN_LHLO) & 1, is_lmtp);
        assert_int_equal((playground_allowed() >> POSTERN_EHLO) & 1, !is_lmtp);
        assert_int_equal((playground_allowed() >> POSTERN_STARTTLS) & 1, 0);
    }
}

static void
a_message_is_taken_and_nothing_is_promised(void **state)
{
    (void)state;
    open(POSTERN_PROFILE_TEST, POSTERN_EN);
    feed(SLICE("EHLO c.example\r\nMAIL FROM:<a@example.org>\r\n"
               "RCPT TO:<b@example.net>\r\nDATA\r\n"));
    assert_int_equal(playground_phase(), POSTERN_PHASE_DATA);
    assert_int_equal(playground_allowed(), 0);
    struct slice report = feed(SLICE("Subject: hi\r\n\r\nhi\r\n.\r\n"));
    assert_true(has(report, "\"kind\":\"content\""));
    assert_true(slice_is_equal(
        output(), SLICE("250 2.0.0 Ok: queued as 00000000000000000000000001 "
                        "durable=none\r\n")));
}

static void
lmtp_answers_each_recipient_by_name(void **state)
{
    (void)state;
    open(POSTERN_PROFILE_LMTP, POSTERN_EN);
    feed(SLICE("LHLO c.example\r\nMAIL FROM:<a@example.org>\r\n"
               "RCPT TO:<b@example.net>\r\nRCPT TO:<c@example.net>\r\nDATA\r\n"));
    feed(SLICE(".\r\n"));
    assert_true(has(output(), "<b@example.net>"));
    assert_true(has(output(), "<c@example.net>"));
}

static void
more_recipients_than_are_remembered_do_no_harm(void **state)
{
    (void)state;
    open(POSTERN_PROFILE_LMTP, POSTERN_EN);
    feed(SLICE("LHLO c.example\r\nMAIL FROM:<a@example.org>\r\n"));
    for (int i = 0; i < 1100; i++)
        feed(SLICE("RCPT TO:<somebody-with-a-name-that-is-much-longer-than-is-kept"
                   "@a-domain-that-is-long-too.example.net>\r\n"));
    feed(SLICE("DATA\r\n"));
    feed(SLICE(".\r\n"));
    assert_int_equal(playground_phase(), POSTERN_PHASE_EHLO);
}

static void
what_has_no_end_of_line_waits(void **state)
{
    (void)state;
    open(POSTERN_PROFILE_TEST, POSTERN_EN);
    size_t room = playground_input_size();
    assert_true(has(feed(SLICE("EHLO c.")), "\"lines\":[]"));
    assert_int_equal(playground_input_size(), room - 7);
    feed(SLICE("example\r\n"));
    assert_int_equal(playground_phase(), POSTERN_PHASE_EHLO);
    assert_int_equal(playground_input_size(), room);
}

static void
a_refusal_is_explained_in_both_languages(void **state)
{
    (void)state;
    for (int i = 0; i < POSTERN_LANGUAGE_COUNT; i++) {
        open(POSTERN_PROFILE_TEST, (enum postern_language)i);
        struct slice report = feed(SLICE("RCPT TO:<b@example.net>\r\n"));
        assert_true(utf8_is_valid(report));
        assert_int_equal(slice_has_high(report), i == POSTERN_JA);
        assert_true(has(report, "\"cause\":\"ehlo-missing\""));
        assert_true(has(report, "\"way\":[\"EHLO\",\"MAIL\"]"));
        size_t len = playground_diagram();
        struct slice picture = slice_of(playground_picture(), len);
        assert_true(has(picture, "<g class=\"phase current\" data-phase=\"greeted\""));
        assert_true(has(picture, "missing open\" data-from=\"greeted\""));
    }
}

static void
whatever_comes_the_report_has_an_end(void **state)
{
    static char octets[20000];
    unsigned seed = 1;

    (void)state;
    for (int round = 0; round < 200; round++) {
        open((enum postern_profile)(round % POSTERN_PROFILE_COUNT), POSTERN_JA);
        feed(SLICE("EHLO c.example\r\n"));
        for (size_t i = 0; i < sizeof(octets); i++) {
            seed = seed * 1103515245u + 12345u;
            octets[i] = (char)(seed >> 16);
        }
        size_t len = playground_input_size() < sizeof(octets) ? playground_input_size()
                                                              : sizeof(octets);
        struct slice report = feed(slice_of(octets, len));
        assert_true(utf8_is_valid(report));
        assert_memory_equal(report.ptr + report.len - 15, "\"is_cut\":false}", 15);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_begins_with_the_greeting_of_its_profile),
        cmocka_unit_test(a_message_is_taken_and_nothing_is_promised),
        cmocka_unit_test(lmtp_answers_each_recipient_by_name),
        cmocka_unit_test(more_recipients_than_are_remembered_do_no_harm),
        cmocka_unit_test(what_has_no_end_of_line_waits),
        cmocka_unit_test(a_refusal_is_explained_in_both_languages),
        cmocka_unit_test(whatever_comes_the_report_has_an_end),
    };

    return cmocka_run_group_tests_name("playground", tests, NULL, NULL);
}
