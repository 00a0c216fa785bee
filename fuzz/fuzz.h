/* fuzz - what the fuzz targets share
 *
 * A target states properties, not only "does not crash": FUZZ_CHECK aborts when one
 * does not hold, and libFuzzer keeps the input. replay.c runs the same target over
 * files without libFuzzer.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/slice.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                          \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
            abort();                                                                   \
        }                                                                              \
    } while (0)

/* The input as a slice. */
static inline struct slice
fuzz_input(const uint8_t *data, size_t size)
{
    return (struct slice){(const char *)data, size};
}

/* part lies inside of whole, or is empty. */
static inline bool
fuzz_is_inside(struct slice part, struct slice whole)
{
    return part.len == 0 ||
           (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

/* Numbers that depend on the input only. */
static inline uint64_t
fuzz_seed(struct slice input)
{
    uint64_t seed = 0xcbf29ce484222325u;

    for (size_t i = 0; i < input.len; i++)
        seed = (seed ^ (unsigned char)input.ptr[i]) * 0x100000001b3u;
    return seed | 1;
}

static inline uint64_t
fuzz_next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

#endif
