/* test_limits.c - sessions and memory are counted, also by many threads at once */
#include "unit.h"

#include "server/limits.h"

#include <stdlib.h>

static struct net_end
client(uint8_t last)
{
    return (struct net_end){.family = NET_IP4, .octets = {192, 0, 2, last}};
}

static void
sessions_are_limited_in_all(void **state)
{
    struct limits *limits = malloc(sizeof(*limits));
    struct net_end a = client(1);
    bool is_counted;

    (void)state;
    limits_init(limits, 2, 0, 1000);
    assert_int_equal(limits_enter(limits, &a, true, &is_counted), LIMITS_OK);
    assert_int_equal(limits_enter(limits, &a, true, &is_counted), LIMITS_OK);
    assert_int_equal(limits_enter(limits, &a, true, &is_counted), LIMITS_TOO_MANY);
    limits_leave(limits, &a, false);
    assert_int_equal(limits_enter(limits, &a, true, &is_counted), LIMITS_OK);
    limits_clear(limits);
    free(limits);
}

static void
sessions_are_limited_by_client(void **state)
{
    struct limits *limits = malloc(sizeof(*limits));
    struct net_end a = client(1), b = client(2);
    bool is_counted;

    (void)state;
    limits_init(limits, 1000, 2, 1000);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(limits_enter(limits, &a, true, &is_counted), LIMITS_OK);
        assert_true(is_counted);
    }
    assert_int_equal(limits_enter(limits, &a, true, &is_counted),
                     LIMITS_CLIENT_TOO_MANY);
    assert_false(is_counted);
    assert_int_equal(atomic_load(&limits->sessions), 2);
    assert_int_equal(limits_enter(limits, &b, true, &is_counted), LIMITS_OK);
    limits_leave(limits, &a, true);
    assert_int_equal(limits_enter(limits, &a, true, &is_counted), LIMITS_OK);
    limits_clear(limits);
    free(limits);
}

static void
without_a_number_only_strangers_are_limited(void **state)
{
    struct limits *limits = malloc(sizeof(*limits));
    struct net_end a = client(1);
    bool is_counted;

    (void)state;
    limits_init(limits, 1000, 0, 1000);
    for (int i = 0; i < LIMITS_CLIENT_STANDARD; i++)
        assert_int_equal(limits_enter(limits, &a, false, &is_counted), LIMITS_OK);
    assert_int_equal(limits_enter(limits, &a, false, &is_counted),
                     LIMITS_CLIENT_TOO_MANY);
    assert_int_equal(limits_enter(limits, &a, true, &is_counted), LIMITS_OK);
    limits_clear(limits);
    free(limits);
}

static void
memory_is_reserved_to_the_last_octet(void **state)
{
    struct limits *limits = malloc(sizeof(*limits));

    (void)state;
    limits_init(limits, 1, 0, 1600);
    assert_true(limits_reserve_memory(limits, 799));
    assert_false(limits_is_memory_short(limits));
    assert_true(limits_reserve_memory(limits, 1));
    assert_true(limits_is_memory_short(limits));
    assert_false(limits_reserve_memory(limits, 801));
    assert_false(limits_reserve_memory(limits, SIZE_MAX));
    assert_true(limits_reserve_memory(limits, 800));
    assert_true(limits_is_memory_out(limits));
    limits_release_memory(limits, 1600);
    assert_false(limits_is_memory_short(limits));
    limits_clear(limits);
    free(limits);
}

static void *
come_and_go(void *context)
{
    struct limits *limits = context;

    for (int i = 0; i < 20000; i++) {
        struct net_end end = client((uint8_t)(i % 7));
        bool is_counted;

        if (limits_enter(limits, &end, false, &is_counted) == LIMITS_OK)
            limits_leave(limits, &end, is_counted);
        if (limits_reserve_memory(limits, 300))
            limits_release_memory(limits, 300);
    }
    return NULL;
}

static void
threads_leave_nothing_reserved(void **state)
{
    struct limits *limits = malloc(sizeof(*limits));
    pthread_t threads[4];

    (void)state;
    limits_init(limits, 3, 2, 1000);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, limits), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&limits->sessions), 0);
    assert_int_equal(atomic_load(&limits->memory), 0);
    for (size_t i = 0; i < LIMITS_BUCKETS; i++)
        assert_null(limits->clients[i]);
    limits_clear(limits);
    free(limits);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_are_limited_in_all),
        cmocka_unit_test(sessions_are_limited_by_client),
        cmocka_unit_test(without_a_number_only_strangers_are_limited),
        cmocka_unit_test(memory_is_reserved_to_the_last_octet),
        cmocka_unit_test(threads_leave_nothing_reserved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
