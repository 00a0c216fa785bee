#include "unit.h"

#include "base/attr.h"
#include "diagram/graph.h"
#include "engine/order.h"

static const struct {
    const char *name;
    enum postern_phase phase;
    uint32_t facts;
    enum postern_command command;
    size_t count;
    enum postern_command way[WAY_MAX];
} cases[] = {
    {"RCPT behind the hello lacks MAIL",
     POSTERN_PHASE_EHLO,
     0,
     POSTERN_RCPT,
     1,
     {POSTERN_MAIL}},
    {"DATA behind the hello lacks MAIL and RCPT",
     POSTERN_PHASE_EHLO,
     0,
     POSTERN_DATA,
     2,
     {POSTERN_MAIL, POSTERN_RCPT}},
    {"DATA behind the greeting lacks three steps",
     POSTERN_PHASE_GREETED,
     0,
     POSTERN_DATA,
     3,
     {POSTERN_EHLO, POSTERN_MAIL, POSTERN_RCPT}},
    {"MAIL behind the greeting lacks EHLO",
     POSTERN_PHASE_GREETED,
     0,
     POSTERN_MAIL,
     1,
     {POSTERN_EHLO}},
    {"MAIL behind the greeting of LMTP lacks LHLO",
     POSTERN_PHASE_GREETED,
     FACT_LMTP,
     POSTERN_MAIL,
     1,
     {POSTERN_LHLO}},
    {"a second MAIL lacks RSET",
     POSTERN_PHASE_RCPT,
     0,
     POSTERN_MAIL,
     1,
     {POSTERN_RSET}},
    {"a second MAIL lacks RSET, with HELO too",
     POSTERN_PHASE_MAIL,
     FACT_HELO,
     POSTERN_MAIL,
     1,
     {POSTERN_RSET}},
    {"AUTH behind HELO lacks EHLO",
     POSTERN_PHASE_HELO,
     FACT_HELO,
     POSTERN_AUTH,
     1,
     {POSTERN_EHLO}},
    {"BDAT in a transaction of HELO lacks EHLO and all behind it",
     POSTERN_PHASE_RCPT,
     FACT_HELO,
     POSTERN_BDAT,
     3,
     {POSTERN_EHLO, POSTERN_MAIL, POSTERN_RCPT}},
    {"DATA between chunks needs another transaction",
     POSTERN_PHASE_BDAT,
     0,
     POSTERN_DATA,
     3,
     {POSTERN_RSET, POSTERN_MAIL, POSTERN_RCPT}},
    {"what is in order lacks nothing", POSTERN_PHASE_RCPT, 0, POSTERN_DATA, 0, {0}},
    {"a refused session has no way", POSTERN_PHASE_REFUSED, 0, POSTERN_MAIL, 0, {0}},
    {"a second AUTH has no way", POSTERN_PHASE_EHLO, FACT_AUTH, POSTERN_AUTH, 0, {0}},
    {"a closed gate has no way but the gate",
     POSTERN_PHASE_EHLO,
     FACT_AUTH_REQUIRED,
     POSTERN_MAIL,
     0,
     {0}},
    {"content has no way but its end", POSTERN_PHASE_DATA, 0, POSTERN_MAIL, 0, {0}},
};

static void
the_shortest_way_to_a_command_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum postern_command way[WAY_MAX];
        size_t count = way_find(cases[i].phase, cases[i].facts, cases[i].command, way);
        CASE(cases[i].name, count == cases[i].count);
        for (size_t n = 0; n < count; n++)
            CASE(cases[i].name, way[n] == cases[i].way[n]);
    }
}

static bool
has_hello(enum postern_phase phase)
{
    return phase != POSTERN_PHASE_REFUSED && phase != POSTERN_PHASE_GREETED;
}

/* Whatever is proposed must work, from everywhere and for everything. */
static void
every_way_is_accepted_step_by_step(void **state)
{
    (void)state;
    for (int n = 0; n < POSTERN_PHASE_COUNT * POSTERN_COMMAND_COUNT * 2; n++) {
        enum postern_command way[WAY_MAX];
        enum postern_command command =
            (enum postern_command)(n / 2 % POSTERN_COMMAND_COUNT);
        enum postern_phase phase = (enum postern_phase)(n / 2 / POSTERN_COMMAND_COUNT);
        bool is_helo = phase == POSTERN_PHASE_HELO || (n % 2 == 1 && has_hello(phase));
        uint32_t facts = is_helo ? FACT_HELO : 0;
        size_t count = way_find(phase, facts, command, way);
        for (size_t i = 0; i < count; i++) {
            struct order_step step =
                order_check(phase, way[i], is_helo ? FACT_HELO : 0);
            assert_int_equal(step.refusal, POSTERN_REPLY_NONE);
            phase = order_next(step, phase, is_helo);
            is_helo =
                phase == POSTERN_PHASE_HELO || (is_helo && phase != POSTERN_PHASE_EHLO);
        }
        if (count > 0)
            assert_int_equal(
                order_check(phase, command, is_helo ? FACT_HELO : 0).refusal,
                POSTERN_REPLY_NONE);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shortest_way_to_a_command_is_found),
        cmocka_unit_test(every_way_is_accepted_step_by_step),
    };

    return cmocka_run_group_tests_name("way", tests, NULL, NULL);
}
