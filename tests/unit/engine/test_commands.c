/* test_commands.c - what must hold in every row of the two tables of commands */
#include "unit.h"

#include "engine/command.h"
#include "engine/commands.h"
#include "engine/order.h"

static void
every_verb_is_found_by_its_name(void **state)
{
    (void)state;
    for (int i = 0; i < POSTERN_COMMAND_COUNT; i++) {
        enum postern_command command = (enum postern_command)i;
        if (command_is_verb(command))
            assert_int_equal(command_find(command_facts[i].name), command);
    }
    assert_int_equal(command_find(SLICE("FOOB")), POSTERN_UNKNOWN);
    assert_int_equal(command_find(SLICE("STAR")), POSTERN_UNKNOWN);
    assert_int_equal(command_find(SLICE("MAILX")), POSTERN_UNKNOWN);
    assert_int_equal(command_find(SLICE("")), POSTERN_UNKNOWN);
}

static void
the_syntax_of_a_verb_begins_with_it(void **state)
{
    (void)state;
    for (int i = 0; i < POSTERN_COMMAND_COUNT; i++) {
        if (command_is_verb((enum postern_command)i))
            assert_true(
                slice_has_prefix_fold(command_facts[i].syntax, command_facts[i].name));
        else
            assert_int_equal(command_facts[i].syntax.len, 0);
    }
}

/* XCLIENT, the one for trusted peers, is refused by its handler. */
static void
what_may_not_be_offered_has_a_reply_for_that(void **state)
{
    (void)state;
    for (int i = 0; i < POSTERN_COMMAND_COUNT; i++) {
        const struct command_facts *facts = &command_facts[i];
        bool is_refused = facts->offer != OFFER_ALWAYS && facts->offer != OFFER_TRUSTED;
        assert_int_equal(facts->not_offered != POSTERN_REPLY_NONE, is_refused);
    }
}

/* An empty cell would read as "accepted, and the session is refused". */
static void
no_cell_of_order_is_empty(void **state)
{
    (void)state;
    for (int n = 0; n < POSTERN_PHASE_COUNT * POSTERN_COMMAND_COUNT * 2; n++) {
        enum postern_phase phase = (enum postern_phase)(n / 2 % POSTERN_PHASE_COUNT);
        enum postern_command command =
            (enum postern_command)(n / 2 / POSTERN_PHASE_COUNT);
        struct order_step step =
            order_check(phase, command, n % 2 == 0 ? 0 : FACT_LAST);
        assert_false(step.refusal == POSTERN_REPLY_NONE &&
                     step.next == POSTERN_PHASE_REFUSED);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_is_found_by_its_name),
        cmocka_unit_test(the_syntax_of_a_verb_begins_with_it),
        cmocka_unit_test(what_may_not_be_offered_has_a_reply_for_that),
        cmocka_unit_test(no_cell_of_order_is_empty),
    };
    return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
