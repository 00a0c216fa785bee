/* body.c - the receiver automaton of protocol 3.13.1, at memory speed
 *
 * 1. Only CR LF "." CR LF ends DATA (S-01). No setting reaches that rule: it is in
 *    step_dot and step_dotcr, and examines octets only.
 * 2. A run of content is a slice of the input for as long as nothing has to be left
 *    out or put in. Octets held back over a cut come again as static runs.
 * 3. Most content is clean lines: skip_clean walks over whole blocks in which every
 *    CR has its LF, no line starts with a dot and no octet is NUL. The loop is plain
 *    and short on purpose: compilers turn it into vector code.
 * 4. The header block is walked line by line, since its Received fields are counted
 *    there (S-60); so is a block that is not clean.
 */
#include "engine/body.h"

#include "base/ascii.h"

static const struct slice received = SLICE_INIT("received:");
static const struct slice cr = SLICE_INIT("\r");
static const struct slice crlf = SLICE_INIT("\r\n");

/* header_match counts the matched octets of "received:"; after a mismatch, or once
 * counted, the rest of the line is skipped. */
enum { MATCH_OVER = 255 };

enum { BLOCK = 1024 };

void
body_init(struct body *body, enum body_framing framing, uint32_t max_line,
          bool is_normalizing)
{
    *body = (struct body){
        .framing = (uint8_t)framing,
        .state = BODY_BOL,
        .max_line = max_line,
        .is_normalizing = is_normalizing,
        .is_in_header = true,
    };
}

/* ---- whole blocks ---- */

/* Look at octets [0, len) of p, with p[len] readable. True: every CR is followed by
 * LF and every LF follows CR, no line starts with a dot, no NUL. p[0] itself may be
 * an LF: the caller knows about its CR. */
static bool
is_clean(const unsigned char *p, size_t len, unsigned char *high_out)
{
    unsigned char bad = 0, high = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char is_cr = p[i] == '\r';
        unsigned char next_is_lf = p[i + 1] == '\n';
        unsigned char is_dot_line = (p[i] == '\n') & (p[i + 1] == '.');
        bad |= (unsigned char)((is_cr ^ next_is_lf) | is_dot_line | (p[i] == 0));
        high |= p[i];
    }
    *high_out = high;
    return !bad;
}

/* In TXT, at p: walk over clean blocks. Returns octets skipped; the state then is
 * TXT again. The last octet examined is never CR or LF, so no state is lost. */
static size_t
skip_clean(struct body *body, const char *p, size_t len)
{
    const unsigned char *octets = (const unsigned char *)p;
    size_t done = 0;

    if (octets[0] == '\n')
        return 0;
    while (len - done > BLOCK) {
        unsigned char high;
        size_t step = BLOCK;
        if (!is_clean(octets + done, step, &high))
            break;
        while (step > 0 &&
               (octets[done + step - 1] == '\r' || octets[done + step - 1] == '\n'))
            step--;
        if (step == 0)
            break;
        body->has_8bit |= high >= 0x80;
        done += step;
    }
    body->octets += done;
    body->line_len +=
        (uint32_t)done; /* not exact, but not 0; nobody counts lines now */
    return done;
}

/* ---- octet by octet ---- */

static void
start_line(struct body *body)
{
    body->line_len = 0;
    body->header_match = 0;
}

/* One octet of a line: header bookkeeping, length, NUL and 8-bit flags. */
static void
watch_octet(struct body *body, char c)
{
    body->has_nul |= c == 0;
    body->has_8bit |= (unsigned char)c >= 0x80;
    body->line_len++;
    if (body->max_line > 0 && body->line_len > body->max_line)
        body->has_long_line = true;
    if (!body->is_in_header || body->header_match == MATCH_OVER)
        return;
    if (ascii_lower(c) != received.ptr[body->header_match]) {
        body->header_match = MATCH_OVER;
    } else if (++body->header_match == received.len) {
        body->hops++;
        body->header_match = MATCH_OVER;
    }
}

/* CR LF ended a line. */
static void
watch_line_end(struct body *body)
{
    if (body->line_len == 0)
        body->is_in_header = false;
    start_line(body);
}

/* Octets at the front of s that nothing has to be known about but their number: no
 * control characters, nothing above 7F. Looked at eight at a time. */
static size_t
plain_len(struct slice s)
{
    const uint64_t spaces = ~(uint64_t)0 / 255 * 0x20, tops = spaces * 4;
    size_t len = 0;

    while (len + 8 <= s.len) {
        uint64_t word;
        memcpy(&word, s.ptr + len, sizeof(word));
        if ((((word - spaces) & ~word) | word) & tops)
            break;
        len += 8;
    }
    return len;
}

/* Inside a line whose field name is decided: walk over its plain octets. */
static size_t
skip_plain(struct body *body, struct slice rest)
{
    size_t len;

    if (body->state != BODY_TXT ||
        (body->is_in_header && body->header_match != MATCH_OVER))
        return 0;
    len = plain_len(rest);
    body->octets += len;
    body->line_len += (uint32_t)len;
    if (body->max_line > 0 && body->line_len > body->max_line)
        body->has_long_line = true;
    return len;
}

/* The walk over one input: the run grows from start to at as long as it is a plain
 * piece of input; extra is a static run that must come out instead. */
struct walk {
    const char *start, *at, *end;
    const char *dirty_until; /* no whole blocks before here */
    struct slice extra;
    bool is_over; /* a run must be handed out now */
    bool is_end;
};

/* Nothing of the run may be kept any more: what was collected goes out, and c is
 * left out of it. */
static void
leave_out(struct walk *walk)
{
    if (walk->start == walk->at - 1)
        walk->start = walk->at;
    else
        walk->is_over = true;
}

/* Hand out octets that do not stand in the input like this (held back over a cut, or
 * changed). The run in front of them is empty or has been handed out. */
static void
put_static(struct body *body, struct walk *walk, struct slice octets)
{
    body->octets += octets.len;
    walk->start = walk->at;
    walk->extra = octets;
    walk->is_over = true;
}

/* Hand out the run, which ends at end; what follows is seen again. */
static void
put_run(struct walk *walk, const char *end)
{
    walk->extra = slice_of(walk->start, (size_t)(end - walk->start));
    walk->is_over = true;
}

/* c (just read, at[-1]) is a bare LF. */
static void
take_bare_lf(struct body *body, struct walk *walk)
{
    body->state = BODY_TXT;
    if (body->is_normalizing && walk->start != walk->at - 1) {
        put_run(walk, --walk->at);
        return;
    }
    body->has_bare_lf = true;
    if (body->is_normalizing) {
        start_line(body);
        put_static(body, walk, crlf);
        return;
    }
    watch_octet(body, '\n');
    body->octets++;
}

static void
step_text(struct body *body, struct walk *walk, char c)
{
    if (c == '\r') {
        body->state = BODY_CR;
    } else if (c == '\n') {
        take_bare_lf(body, walk);
    } else {
        watch_octet(body, c);
        body->octets++;
        body->state = BODY_TXT;
    }
}

static void
step_bol(struct body *body, struct walk *walk, char c)
{
    if (c == '.' && body->framing == BODY_DOTTED) {
        body->state = BODY_DOT;
        leave_out(walk);
        return;
    }
    step_text(body, walk, c);
}

/* Behind a leading dot that was left out. */
static void
step_dot(struct body *body, struct walk *walk, char c)
{
    if (c == '\r') {
        body->state = BODY_DOTCR;
        return;
    }
    step_text(body, walk, c);
}

/* The CR held back was a bare one: it belongs to the content, and c is looked at
 * again after it. The CR is at[-2] of this input, or came before it. */
static void
release_cr(struct body *body, struct walk *walk)
{
    const char *at_cr = --walk->at - 1;
    bool is_in_input = at_cr >= walk->start;

    if (body->is_normalizing && is_in_input && at_cr > walk->start) {
        put_run(walk, at_cr); /* the CR then is one that was held back over a cut */
        body->state = BODY_CR;
        return;
    }
    body->has_bare_cr = true;
    body->state = BODY_TXT;
    if (body->is_normalizing) {
        start_line(body);
        put_static(body, walk, crlf);
        return;
    }
    watch_octet(body, '\r');
    if (is_in_input)
        body->octets++;
    else
        put_static(body, walk, cr);
}

static void
step_cr(struct body *body, struct walk *walk, char c)
{
    if (c != '\n') {
        release_cr(body, walk);
        return;
    }
    watch_line_end(body);
    body->state = BODY_BOL;
    if (walk->at - 2 >= walk->start)
        body->octets += 2;
    else
        put_static(body, walk, crlf); /* the CR came before this input */
}

static void
step_dotcr(struct body *body, struct walk *walk, char c)
{
    if (c == '\n') {
        walk->start = walk->at; /* CR LF of the end mark are no content */
        walk->is_over = true;
        walk->is_end = true;
        return;
    }
    release_cr(body, walk);
}

static void
step(struct body *body, struct walk *walk)
{
    char c = *walk->at++;

    switch ((enum body_state)body->state) {
    case BODY_BOL:
        step_bol(body, walk, c);
        return;
    case BODY_DOT:
        step_dot(body, walk, c);
        return;
    case BODY_DOTCR:
        step_dotcr(body, walk, c);
        return;
    case BODY_TXT:
        step_text(body, walk, c);
        return;
    case BODY_CR:
        step_cr(body, walk, c);
        return;
    }
}

static bool
is_holding_cr(const struct body *body)
{
    return body->state == BODY_CR || body->state == BODY_DOTCR;
}

/* What the walk has collected. */
static struct slice
collected(const struct body *body, const struct walk *walk)
{
    const char *end = walk->at;

    if (walk->extra.ptr != NULL)
        return walk->extra;
    if (walk->is_end)
        return slice_of(walk->start, 0);
    if (body->state == BODY_DOT || is_holding_cr(body))
        end--; /* left out, or held back for the next input */
    return slice_of(walk->start, end > walk->start ? (size_t)(end - walk->start) : 0);
}

/* Any octets are content; only the header block is watched. */
static void
take_binary(struct body *body, struct slice input)
{
    for (size_t i = 0; body->is_in_header && i < input.len; i++) {
        char c = input.ptr[i];
        if (c == '\n' && body->state == BODY_CR)
            watch_line_end(body);
        else if (c != '\r')
            watch_octet(body, c);
        body->state = c == '\r' ? BODY_CR : BODY_TXT;
    }
    body->octets += input.len;
}

/* Whole blocks may be walked over: the state is TXT and nothing counts lines. */
static bool
may_skip(const struct body *body, const struct walk *walk)
{
    return body->state == BODY_TXT && !body->is_in_header && body->max_line == 0 &&
           walk->at >= walk->dirty_until;
}

enum body_result
body_take(struct body *body, struct slice input, size_t *used_out,
          struct slice *run_out)
{
    struct walk walk = {
        .start = input.ptr,
        .at = input.ptr,
        .end = input.ptr + input.len,
        .dirty_until = input.ptr,
    };

    if (body->framing == BODY_BINARY) {
        take_binary(body, input);
        *used_out = input.len;
        *run_out = input;
        return BODY_RUN;
    }
    while (walk.at < walk.end && !walk.is_over) {
        if (may_skip(body, &walk)) {
            walk.at += skip_clean(body, walk.at, (size_t)(walk.end - walk.at));
            walk.dirty_until = walk.at + BLOCK;
        }
        walk.at += skip_plain(body, slice_of(walk.at, (size_t)(walk.end - walk.at)));
        if (walk.at < walk.end)
            step(body, &walk);
    }
    *used_out = (size_t)(walk.at - input.ptr);
    *run_out = collected(body, &walk);
    return walk.is_end ? BODY_END : BODY_RUN;
}

struct slice
body_finish(struct body *body)
{
    bool was_put_right =
        body->state == BODY_TXT && body->line_len == 0; /* normalizing */
    bool lacks_end = body->state != BODY_BOL && !was_put_right;

    if (body->framing == BODY_BINARY || !lacks_end)
        return slice_of("", 0);
    if (body->state == BODY_CR) {
        body->has_bare_cr = true;
        body->octets += body->is_normalizing ? 2 : 3;
        return body->is_normalizing ? crlf : SLICE("\r\r\n");
    }
    body->octets += 2;
    return crlf;
}
