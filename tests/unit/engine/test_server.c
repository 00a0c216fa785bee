/* test_server.c - what server.h promises its caller, beyond the dialogue
 *
 * The dialogue itself is tested by conversations, matrix and oracle.
 */
#include "unit.h"

#include "postern/server.h"

struct session {
    struct postern_server_config config;
    struct postern_server server;
    char output[POSTERN_OUTPUT_MIN];
};

static void
pull(struct session *session, enum postern_event_type *question_out)
{
    struct postern_event event;

    while (postern_server_next(&session->server, &event))
        if (postern_server_is_asking(&session->server) &&
            event.type != POSTERN_EVENT_NOTE)
            *question_out = event.type;
}

static struct slice
output_of(struct session *session)
{
    return postern_server_output(&session->server);
}

/* Feed lines; accept every question but the one to stop at. */
static size_t
feed(struct session *session, struct slice input, enum postern_event_type stop)
{
    size_t taken = 0;

    for (int idle = 0; taken < input.len && idle < 3;) {
        enum postern_event_type question = POSTERN_EVENT_NOTE;
        size_t used = postern_server_feed(&session->server, slice_skip(input, taken));

        taken += used;
        pull(session, &question);
        if (postern_server_is_asking(&session->server)) {
            if (question == stop)
                return taken;
            postern_server_decide(&session->server, &POSTERN_ACCEPT);
            pull(session, &question);
        }
        idle = used > 0 ? 0 : idle + 1;
    }
    return taken;
}

static void
begin(struct session *session)
{
    const struct postern_peer peer = {.has_tls = false};
    enum postern_event_type question;

    postern_server_config_init(&session->config, POSTERN_PROFILE_TEST,
                               SLICE("mx.example.net"));
    session->config.sync = POSTERN_SYNC_OFF;
    postern_server_init(
        &session->server, &session->config,
        (struct postern_memory){session->output, sizeof session->output});
    postern_server_open(&session->server, &peer);
    pull(session, &question);
    postern_server_sent(&session->server, output_of(session).len);
}

/* Protocol test 94. */
static void
nothing_is_taken_while_a_question_is_open(void **state)
{
    static const struct slice rest = SLICE_INIT("NOOP\r\nQUIT\r\n");
    static struct session session;
    struct postern_event event;

    (void)state;
    begin(&session);
    feed(&session, SLICE("EHLO c.example\r\nMAIL FROM:<a@example.org>\r\n"),
         POSTERN_EVENT_NOTE);
    postern_server_sent(&session.server, output_of(&session).len);
    feed(&session, SLICE("RCPT TO:<ann@example.net>\r\n"), POSTERN_EVENT_ASK_RCPT);
    assert_true(postern_server_is_asking(&session.server));

    assert_int_equal(postern_server_feed(&session.server, rest), 0);
    assert_false(postern_server_next(&session.server, &event));
    assert_int_equal(output_of(&session).len, 0);
    assert_int_equal(postern_server_phase(&session.server), POSTERN_PHASE_MAIL);

    postern_server_decide(&session.server, &POSTERN_ACCEPT);
    assert_false(postern_server_is_asking(&session.server));
    feed(&session, rest, POSTERN_EVENT_NOTE);
    struct slice got = output_of(&session);
    assert_true(slice_has_prefix_fold(got, SLICE("250 2.1.5 ")));
    assert_non_null(memmem(got.ptr, got.len, "\r\n250 2.0.0 Ok\r\n221 2.0.0 ", 26));
}

/* server.h: "before 354 or the first chunk". */
static void
a_message_in_chunks_is_asked_about_once(void **state)
{
    static const struct slice chunks =
        SLICE_INIT("BDAT 2\r\nabBDAT 2\r\ncdBDAT 0 LAST\r\n");
    static struct session session;
    int questions = 0;

    (void)state;
    begin(&session);
    feed(&session,
         SLICE("EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<ann@example.net>\r\n"),
         POSTERN_EVENT_NOTE);
    for (size_t taken = 0; taken < chunks.len;) {
        taken += feed(&session, slice_skip(chunks, taken), POSTERN_EVENT_ASK_DATA);
        if (!postern_server_is_asking(&session.server))
            break;
        questions++;
        postern_server_decide(&session.server, &POSTERN_ACCEPT);
    }
    assert_int_equal(questions, 1);
}

static void
deciding_without_a_question_does_nothing(void **state)
{
    static struct session session;
    struct postern_event event;

    (void)state;
    begin(&session);
    postern_server_decide(&session.server, &POSTERN_ACCEPT);
    assert_false(postern_server_next(&session.server, &event));
    assert_int_equal(output_of(&session).len, 0);
    assert_int_equal(postern_server_phase(&session.server), POSTERN_PHASE_GREETED);
}

/* S-50: no reply queue without bounds. Nothing is sent, yet nothing overflows, and
 * once it is sent the rest comes in order. */
static void
a_caller_that_does_not_send_is_not_fed(void **state)
{
    static struct session session;
    enum postern_event_type question;
    static char noops[6 * 4000];
    size_t taken = 0, replies = 0;

    (void)state;
    for (size_t i = 0; i < sizeof noops; i++)
        noops[i] = "NOOP\r\n"[i % 6];
    begin(&session);
    session.config.max_junk = session.config.max_errors_soft = 0;
    session.config.max_errors_hard = 0;
    taken = feed(&session, slice_of(noops, sizeof noops), POSTERN_EVENT_NOTE);
    assert_true(taken < sizeof noops);
    assert_true(output_of(&session).len <= sizeof session.output);
    while (output_of(&session).len > 0) {
        struct slice output = output_of(&session);
        for (size_t i = 0; i < output.len; i++)
            replies += output.ptr[i] == '\n';
        postern_server_sent(&session.server, output.len);
        pull(&session, &question);
        taken += feed(&session, slice_of(noops + taken, sizeof noops - taken),
                      POSTERN_EVENT_NOTE);
    }
    assert_int_equal(taken, sizeof noops);
    assert_int_equal(replies, 4000);
}

/* A caller may send octet by octet. */
static void
output_may_go_out_in_pieces(void **state)
{
    static struct session session;
    char got[64];
    size_t len = 0;

    (void)state;
    begin(&session);
    feed(&session, SLICE("NOOP\r\nRSET\r\n"), POSTERN_EVENT_NOTE);
    while (output_of(&session).len > 0 && len < sizeof got) {
        got[len++] = output_of(&session).ptr[0];
        postern_server_sent(&session.server, 1);
    }
    CASE_SLICE("two replies", slice_of(got, len),
               SLICE("250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n"));
}

/* An idle session may borrow another output memory. */
static void
output_memory_may_be_replaced_when_idle(void **state)
{
    static struct session session;
    static char other[POSTERN_OUTPUT_MIN];

    (void)state;
    begin(&session);
    postern_server_lend(&session.server, (struct postern_memory){other, sizeof other});
    memset(session.output, 'x', sizeof session.output);
    feed(&session, SLICE("NOOP\r\n"), POSTERN_EVENT_NOTE);
    assert_ptr_equal(output_of(&session).ptr, other);
    CASE_SLICE("the reply", output_of(&session), SLICE("250 2.0.0 Ok\r\n"));
}

static void
an_idle_server_is_small(void **state)
{
    (void)state;
    assert_true(sizeof(struct postern_server) <= 512);
}

struct timer_case {
    const char *name;
    struct slice input;
    enum postern_timer timer;
};

static const struct timer_case timer_cases[] = {
    {.name = "a command is awaited",
     .input = SLICE_INIT(""),
     .timer = POSTERN_TIMER_COMMAND},
    {.name = "a command is awaited after EHLO",
     .input = SLICE_INIT("EHLO x\r\n"),
     .timer = POSTERN_TIMER_COMMAND},
    {.name = "a command is awaited in its middle",
     .input = SLICE_INIT("EHLO x\r\nNOO"),
     .timer = POSTERN_TIMER_COMMAND},
    {.name = "content is awaited after 354",
     .input =
         SLICE_INIT("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.net>\r\nDATA\r\n"),
     .timer = POSTERN_TIMER_CONTENT},
    {.name = "content is awaited inside a chunk",
     .input = SLICE_INIT(
         "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.net>\r\nBDAT 5\r\nab"),
     .timer = POSTERN_TIMER_CONTENT},
    {.name = "a command is awaited between chunks",
     .input = SLICE_INIT(
         "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.net>\r\nBDAT 2\r\nab"),
     .timer = POSTERN_TIMER_COMMAND},
};

static void
the_timer_that_should_run_is_reported(void **state)
{
    static struct session session;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(timer_cases); i++) {
        const struct timer_case *c = &timer_cases[i];
        begin(&session);
        feed(&session, c->input, POSTERN_EVENT_NOTE);
        CASE(c->name, postern_server_timer_wanted(&session.server) == c->timer);
    }
}

/* Protocol 4.6, S-40: own texts and values of a decision cannot break a reply. */
static void
values_of_decisions_are_made_safe(void **state)
{
    static struct session session;
    const struct postern_decision decision = {
        .reply = POSTERN_REPLY_RECIPIENT_UNKNOWN,
        .text = SLICE("no\r\n250 2.1.5 such \x80 user"),
    };
    enum postern_event_type question;

    (void)state;
    begin(&session);
    feed(&session, SLICE("EHLO x\r\nMAIL FROM:<>\r\n"), POSTERN_EVENT_NOTE);
    postern_server_sent(&session.server, output_of(&session).len);
    feed(&session, SLICE("RCPT TO:<a@example.net>\r\n"), POSTERN_EVENT_ASK_RCPT);
    postern_server_decide(&session.server, &decision);
    pull(&session, &question);
    CASE_SLICE("one line", output_of(&session),
               SLICE("550 5.1.1 no??250 2.1.5 such ? user\r\n"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_taken_while_a_question_is_open),
        cmocka_unit_test(a_message_in_chunks_is_asked_about_once),
        cmocka_unit_test(deciding_without_a_question_does_nothing),
        cmocka_unit_test(a_caller_that_does_not_send_is_not_fed),
        cmocka_unit_test(output_may_go_out_in_pieces),
        cmocka_unit_test(output_memory_may_be_replaced_when_idle),
        cmocka_unit_test(an_idle_server_is_small),
        cmocka_unit_test(the_timer_that_should_run_is_reported),
        cmocka_unit_test(values_of_decisions_are_made_safe),
    };
    return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
