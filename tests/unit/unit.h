/* unit - cmocka, with the headers it needs before it, and tables of named cases
 *
 * One test goes through a table of cases. CASE names the current case, so that a
 * failure says which sentence is not true.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/slice.h"

/* Fail with the name of the case unless condition holds. */
#define CASE(name, condition)                                                          \
    do {                                                                               \
        if (!(condition))                                                              \
            fail_msg("%s: %s", (name), #condition);                                    \
    } while (0)

/* Fail with the name of the case unless both slices have the same octets. */
#define CASE_SLICE(name, got, wanted)                                                  \
    do {                                                                               \
        struct slice got_ = (got), wanted_ = (wanted);                                 \
        if (!slice_is_equal(got_, wanted_))                                            \
            fail_msg("%s: expected \"%.*s\", got \"%.*s\"", (name), (int)wanted_.len,  \
                     wanted_.ptr, (int)got_.len, got_.ptr);                            \
    } while (0)

#endif
