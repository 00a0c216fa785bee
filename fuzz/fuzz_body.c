/* fuzz_body - the automaton gives the same content for every cut, and content that
 * is stuffed again comes back unchanged */
#include "fuzz.h"

#include "engine/body.h"

enum { INPUT_MAX = 8192 };

struct run {
    char out[3 * INPUT_MAX];
    size_t len, used;
    bool has_ended;
    struct body body;
};

/* Take a piece; false: the end was found. */
static bool
feed(struct run *run, struct slice piece)
{
    unsigned idle = 0;

    while (piece.len > 0) {
        struct slice content = SLICE("");
        size_t used = 0;
        enum body_result result = body_take(&run->body, piece, &used, &content);

        FUZZ_CHECK(used <= piece.len && content.len <= sizeof run->out - run->len);
        if (content.len > 0)
            memcpy(run->out + run->len, content.ptr, content.len);
        run->len += content.len;
        run->used += used;
        piece = slice_skip(piece, used);
        idle = used == 0 && content.len == 0 ? idle + 1 : 0;
        FUZZ_CHECK(idle < 3);
        if (result == BODY_END) {
            run->has_ended = true;
            return false;
        }
    }
    return true;
}

static void
begin(struct run *run, enum body_framing framing, bool is_normalizing)
{
    run->len = run->used = 0;
    run->has_ended = false;
    body_init(&run->body, framing, 0, is_normalizing);
}

static void
finish(struct run *run)
{
    struct slice rest = SLICE("");

    if (run->body.framing != BODY_DOTTED)
        rest = body_finish(&run->body);
    if (rest.len > 0)
        memcpy(run->out + run->len, rest.ptr, rest.len);
    run->len += rest.len;
    FUZZ_CHECK(run->body.octets == run->len);
}

static void
check_same(const struct run *a, const struct run *b)
{
    FUZZ_CHECK(a->has_ended == b->has_ended && a->used == b->used);
    FUZZ_CHECK(slice_is_equal(slice_of(a->out, a->len), slice_of(b->out, b->len)));
    FUZZ_CHECK(a->body.has_bare_cr == b->body.has_bare_cr);
    FUZZ_CHECK(a->body.has_bare_lf == b->body.has_bare_lf);
    FUZZ_CHECK(a->body.has_nul == b->body.has_nul);
    FUZZ_CHECK(a->body.has_8bit == b->body.has_8bit);
    FUZZ_CHECK(a->body.hops == b->body.hops);
}

/* RFC 5321 4.5.2: stuff a dot at each line start, add the mark, and read again. */
static void
check_stuffed(const struct run *run)
{
    static char text[6 * INPUT_MAX];
    static struct run again;
    size_t len = 0;

    for (size_t i = 0; i < run->len; i++) {
        if (run->out[i] == '.' && (i == 0 || run->out[i - 1] == '\n'))
            text[len++] = '.';
        text[len++] = run->out[i];
    }
    memcpy(text + len, ".\r\n", 3);
    begin(&again, BODY_DOTTED, false);
    feed(&again, slice_of(text, len + 3));
    FUZZ_CHECK(again.has_ended && again.used == len + 3);
    FUZZ_CHECK(
        slice_is_equal(slice_of(again.out, again.len), slice_of(run->out, run->len)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run whole, cut;

    if (size == 0 || size > INPUT_MAX)
        return 0;
    enum body_framing framing = (enum body_framing)(data[0] % 3);
    bool is_normalizing = data[0] & 4;
    struct slice input = fuzz_input(data + 1, size - 1);
    uint64_t seed = fuzz_seed(input);

    begin(&whole, framing, is_normalizing);
    feed(&whole, input);
    finish(&whole);

    begin(&cut, framing, is_normalizing);
    for (size_t at = 0; at < input.len;) {
        size_t len = 1 + fuzz_next(&seed) % 7;
        if (len > input.len - at)
            len = input.len - at;
        if (!feed(&cut, slice_of(input.ptr + at, len)))
            break;
        at += len;
    }
    finish(&cut);
    check_same(&whole, &cut);

    bool has_bare = whole.body.has_bare_cr || whole.body.has_bare_lf;
    if (whole.has_ended || framing == BODY_LINES) {
        bool is_clean = !has_bare || is_normalizing;
        FUZZ_CHECK(!is_clean || whole.len == 0 ||
                   (whole.len >= 2 && whole.out[whole.len - 2] == '\r' &&
                    whole.out[whole.len - 1] == '\n'));
        if (is_clean)
            check_stuffed(&whole);
    }
    return 0;
}
