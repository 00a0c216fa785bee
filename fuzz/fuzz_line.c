/* fuzz_line - a line is the same however the stream was cut, and nothing is lost */
#include "fuzz.h"

#include "engine/line.h"

enum { MAX = 64 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    bool is_lf_enough = data[0] & 1;
    struct slice input = fuzz_input(data + 1, size - 1);
    struct slice line = SLICE("");
    size_t used = 0;
    enum line_result whole = line_take(input, MAX, is_lf_enough, &used, &line);

    FUZZ_CHECK(used <= input.len && used <= MAX);
    FUZZ_CHECK((whole == LINE_PARTIAL) == (used == 0));
    FUZZ_CHECK(whole != LINE_PARTIAL || input.len < MAX);
    if (whole == LINE_OK) {
        FUZZ_CHECK(fuzz_is_inside(line, input) && line.len < used);
        FUZZ_CHECK(line.len == 0 || memchr(line.ptr, '\n', line.len) == NULL);
        FUZZ_CHECK(input.ptr[used - 1] == '\n');
        FUZZ_CHECK(is_lf_enough || input.ptr[used - 2] == '\r');
        line_inspect(line);
    }
    for (size_t len = 0; len < input.len && len <= MAX; len++) {
        struct slice part_line = SLICE("");
        size_t part_used = 0;
        enum line_result part = line_take(slice_of(input.ptr, len), MAX, is_lf_enough,
                                          &part_used, &part_line);
        if (part == LINE_PARTIAL)
            FUZZ_CHECK(part_used == 0 && (whole == LINE_PARTIAL || len < used));
        else
            FUZZ_CHECK(part == whole && part_used == used);
        if (part == LINE_OK)
            FUZZ_CHECK(slice_is_equal(part_line, line));
    }
    return 0;
}
