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
    {.name = "RCPT after the hello lacks MAIL",
     .phase = POSTERN_PHASE_EHLO,
     .command = POSTERN_RCPT,
     .count = 1,
     .way = {POSTERN_MAIL}},
    {.name = "DATA after the hello lacks MAIL and RCPT",
     .phase = POSTERN_PHASE_EHLO,
     .command = POSTERN_DATA,
     .count = 2,
     .way = {POSTERN_MAIL, POSTERN_RCPT}},
    {.name = "DATA after the greeting lacks three steps",
     .phase = POSTERN_PHASE_GREETED,
     .command = POSTERN_DATA,
     .count = 3,
     .way = {POSTERN_EHLO, POSTERN_MAIL, POSTERN_RCPT}},
    {.name = "MAIL after the greeting lacks EHLO",
     .phase = POSTERN_PHASE_GREETED,
     .command = POSTERN_MAIL,
     .count = 1,
     .way = {POSTERN_EHLO}},
    {.name = "MAIL after the greeting of LMTP lacks LHLO",
     .phase = POSTERN_PHASE_GREETED,
     .facts = FACT_LMTP,
     .command = POSTERN_MAIL,
     .count = 1,
     .way = {POSTERN_LHLO}},
    {.name = "a second MAIL lacks RSET",
     .phase = POSTERN_PHASE_RCPT,
     .command = POSTERN_MAIL,
     .count = 1,
     .way = {POSTERN_RSET}},
    {.name = "a second MAIL lacks RSET, with HELO too",
     .phase = POSTERN_PHASE_MAIL,
     .facts = FACT_HELO,
     .command = POSTERN_MAIL,
     .count = 1,
     .way = {POSTERN_RSET}},
    {.name = "AUTH after HELO lacks EHLO",
     .phase = POSTERN_PHASE_HELO,
     .facts = FACT_HELO,
     .command = POSTERN_AUTH,
     .count = 1,
     .way = {POSTERN_EHLO}},
    {.name = "BDAT in a transaction of HELO lacks EHLO and all after it",
     .phase = POSTERN_PHASE_RCPT,
     .facts = FACT_HELO,
     .command = POSTERN_BDAT,
     .count = 3,
     .way = {POSTERN_EHLO, POSTERN_MAIL, POSTERN_RCPT}},
    {.name = "DATA between chunks needs another transaction",
     .phase = POSTERN_PHASE_BDAT,
     .command = POSTERN_DATA,
     .count = 3,
     .way = {POSTERN_RSET, POSTERN_MAIL, POSTERN_RCPT}},
    {.name = "what is in order lacks nothing",
     .phase = POSTERN_PHASE_RCPT,
     .command = POSTERN_DATA},
    {.name = "a refused session has no way",
     .phase = POSTERN_PHASE_REFUSED,
     .command = POSTERN_MAIL},
    {.name = "a second AUTH has no way",
     .phase = POSTERN_PHASE_EHLO,
     .facts = FACT_AUTH,
     .command = POSTERN_AUTH},
    {.name = "a closed gate has no way but the gate",
     .phase = POSTERN_PHASE_EHLO,
     .facts = FACT_AUTH_REQUIRED,
     .command = POSTERN_MAIL},
    {.name = "content has no way but its end",
     .phase = POSTERN_PHASE_DATA,
     .command = POSTERN_MAIL},
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
