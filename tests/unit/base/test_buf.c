#include "unit.h"

#include "base/buf.h"

#include <stdlib.h>

static void
a_buffer_keeps_what_is_appended(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 10000);
    assert_null(buf.ptr);
    for (int i = 0; i < 1000; i++)
        assert_true(buf_append(&buf, SLICE("0123456789")));
    assert_int_equal(buf.len, 10000);
    for (size_t i = 0; i < buf.len; i++)
        assert_int_equal(buf.ptr[i], '0' + i % 10);
    buf_clear(&buf);
}

static void
a_full_buffer_stays_as_it_was(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 5);
    assert_true(buf_append(&buf, SLICE("abc")));
    assert_false(buf_append(&buf, SLICE("def")));
    CASE_SLICE("append above the ceiling", buf_slice(&buf), SLICE("abc"));
    assert_false(buf_printf(&buf, "%s", "def"));
    CASE_SLICE("printf above the ceiling", buf_slice(&buf), SLICE("abc"));
    assert_false(buf_reserve(&buf, 3));
    assert_false(buf_reserve(&buf, SIZE_MAX));
    assert_true(buf_append(&buf, SLICE("de")));
    CASE_SLICE("append up to the ceiling", buf_slice(&buf), SLICE("abcde"));
    assert_true(buf_append(&buf, SLICE("")));
    buf_clear(&buf);
}

static void
printf_counts_no_terminator(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 1000);
    assert_true(buf_printf(&buf, "%d-%s", 42, "x"));
    assert_true(buf_printf(&buf, "%0300d", 7));
    assert_int_equal(buf.len, 4 + 300);
    CASE_SLICE("the first values", slice_of(buf.ptr, 4), SLICE("42-x"));
    assert_int_equal(buf.ptr[303], '7');
    buf_clear(&buf);

    buf_init(&buf, 5);
    assert_true(buf_printf(&buf, "%s", "12345"));
    CASE_SLICE("exactly the ceiling", buf_slice(&buf), SLICE("12345"));
    buf_clear(&buf);
}

static void
consuming_moves_the_rest_to_the_front(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    assert_true(buf_append(&buf, SLICE("abcdef")));
    buf_consume(&buf, 0);
    CASE_SLICE("nothing consumed", buf_slice(&buf), SLICE("abcdef"));
    buf_consume(&buf, 2);
    CASE_SLICE("two consumed", buf_slice(&buf), SLICE("cdef"));
    buf_consume(&buf, 4);
    assert_int_equal(buf.len, 0);
    assert_true(buf_append(&buf, SLICE("x")));
    CASE_SLICE("usable afterwards", buf_slice(&buf), SLICE("x"));
    buf_clear(&buf);
}

static void
taking_moves_the_memory_out(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    assert_null(buf_take(&buf));
    assert_true(buf_append(&buf, SLICE("abc")));
    char *memory = buf_take(&buf);
    assert_memory_equal(memory, "abc", 3);
    assert_int_equal(buf.len, 0);
    assert_true(buf_append(&buf, SLICE("de")));
    assert_ptr_not_equal(memory, buf.ptr);
    free(memory);
    buf_clear(&buf);
    assert_null(buf.ptr);
    assert_int_equal(buf.max, 100);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buffer_keeps_what_is_appended),
        cmocka_unit_test(a_full_buffer_stays_as_it_was),
        cmocka_unit_test(printf_counts_no_terminator),
        cmocka_unit_test(consuming_moves_the_rest_to_the_front),
        cmocka_unit_test(taking_moves_the_memory_out),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
