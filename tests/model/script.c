/* script.c - reads conversation files line by line */
#include "script.h"

#include "base/ascii.h"

#include <stdio.h>

void
script_init(struct script *script, const char *path, struct slice file)
{
    *script = (struct script){.path = path, .file = file};
    buf_init(&script->arena, SCRIPT_ARENA);
}

void
script_clear(struct script *script)
{
    buf_clear(&script->arena);
}

struct slice
step_text(const struct script *script, const struct step *step)
{
    return slice_of(script->arena.ptr + step->at, step->len);
}

static bool
wrong(const struct script *script, struct error *error, const char *why,
      struct slice line)
{
    error_set(error, ERROR_USAGE, "%s:%d: %s: %.*s", script->path, script->line, why,
              (int)line.len, line.ptr);
    return false;
}

static bool
add_step(struct script *script, enum step_type type, struct slice text, uint32_t number)
{
    if (script->step_count == SCRIPT_STEPS)
        return false;
    script->steps[script->step_count++] = (struct step){.type = type,
                                                        .line = script->line,
                                                        .at = script->arena.len,
                                                        .len = text.len,
                                                        .number = number};
    return buf_append(&script->arena, text);
}

/* ---- octets in quotes ---------------------------------------------------- */

/* One octet after a backslash; 0 used: no such escape. */
static size_t
read_escape(struct slice s, char *octet_out)
{
    if (s.len == 0)
        return 0;
    switch (s.ptr[0]) {
    case 'r':
        *octet_out = '\r';
        return 1;
    case 'n':
        *octet_out = '\n';
        return 1;
    case 't':
        *octet_out = '\t';
        return 1;
    case '0':
        *octet_out = '\0';
        return 1;
    case '\\':
    case '"':
        *octet_out = s.ptr[0];
        return 1;
    case 'x':
        if (s.len < 3 || ascii_hex_value(s.ptr[1]) < 0 || ascii_hex_value(s.ptr[2]) < 0)
            return 0;
        *octet_out = (char)(ascii_hex_value(s.ptr[1]) * 16 + ascii_hex_value(s.ptr[2]));
        return 3;
    default:
        return 0;
    }
}

/* [number *] "text" from the front of *rest into the arena. */
static bool
read_quoted(struct script *script, struct slice *rest)
{
    uint64_t times = 1;
    size_t start = script->arena.len;
    size_t i = 0;

    while (i < rest->len && ascii_is_digit(rest->ptr[i]))
        i++;
    if (i > 0) {
        if (!slice_parse_number(slice_of(rest->ptr, i), &times) || i == rest->len ||
            rest->ptr[i] != '*')
            return false;
        i++;
    }
    if (i == rest->len || rest->ptr[i++] != '"')
        return false;
    while (i < rest->len && rest->ptr[i] != '"') {
        char octet = rest->ptr[i++];
        if (octet == '\\') {
            size_t used = read_escape(slice_skip(*rest, i), &octet);
            if (used == 0)
                return false;
            i += used;
        }
        if (!buf_append(&script->arena, slice_of(&octet, 1)))
            return false;
    }
    if (i == rest->len)
        return false;
    *rest = slice_skip(*rest, i + 1);

    size_t len = script->arena.len - start;
    if (!buf_reserve(&script->arena, len * (size_t)times))
        return false;
    if (times == 0)
        script->arena.len = start;
    for (uint64_t n = 1; n < times; n++)
        if (!buf_append(&script->arena, slice_of(script->arena.ptr + start, len)))
            return false;
    return true;
}

/* A row of quoted texts, joined into one step. */
static bool
read_quoted_step(struct script *script, enum step_type type, struct slice rest)
{
    size_t start = script->arena.len;

    do {
        while (rest.len > 0 && rest.ptr[0] == ' ')
            rest = slice_skip(rest, 1);
        if (!read_quoted(script, &rest))
            return false;
    } while (rest.len > 0);
    size_t len = script->arena.len - start;
    if (!add_step(script, type, SLICE(""), 0))
        return false;
    script->steps[script->step_count - 1].at = start;
    script->steps[script->step_count - 1].len = len;
    return true;
}

/* ---- lines of the dialogue ----------------------------------------------- */

static bool
is_rest_pattern(struct slice pattern)
{
    return pattern.len == 5 && memcmp(pattern.ptr + 3, "-*", 2) == 0;
}

/* "C: text", "S: pattern", with "C*3: " for three of them. */
static bool
read_dialogue(struct script *script, struct slice line)
{
    uint64_t times = 1;
    struct slice head, text;

    if (!slice_cut(line, ':', &head, &text))
        return false;
    if (head.len > 1 &&
        (head.ptr[1] != '*' || !slice_parse_number(slice_skip(head, 2), &times)))
        return false;
    if (text.len > 0 && text.ptr[0] == ' ')
        text = slice_skip(text, 1);
    for (uint64_t i = 0; i < times; i++) {
        if (head.ptr[0] == 'S') {
            if (!add_step(script, is_rest_pattern(text) ? STEP_REST : STEP_REPLY, text,
                          0))
                return false;
            continue;
        }
        if (!add_step(script, STEP_SEND, text, 0) ||
            !buf_append(&script->arena, SLICE("\r\n")))
            return false;
        script->steps[script->step_count - 1].len += 2;
    }
    return true;
}

/* ---- directives ---------------------------------------------------------- */

struct directive {
    struct slice word;
    enum step_type type;
    enum { TAKES_NOTHING, TAKES_TEXT, TAKES_NUMBER } takes;
};

static const struct directive directives[] = {
    {SLICE_INIT("raw"), STEP_SEND, TAKES_TEXT},
    {SLICE_INIT("wait"), STEP_WAIT, TAKES_NOTHING},
    {SLICE_INIT("eof"), STEP_EOF, TAKES_NOTHING},
    {SLICE_INIT("shutdown"), STEP_SHUTDOWN, TAKES_NOTHING},
    {SLICE_INIT("close"), STEP_CLOSE, TAKES_NOTHING},
    {SLICE_INIT("nothing-stored"), STEP_NOTHING_STORED, TAKES_NOTHING},
    {SLICE_INIT("sender"), STEP_SENDER, TAKES_TEXT},
    {SLICE_INIT("recipients"), STEP_RECIPIENTS, TAKES_TEXT},
    {SLICE_INIT("stored"), STEP_STORED, TAKES_TEXT},
    {SLICE_INIT("hidden"), STEP_HIDDEN, TAKES_TEXT},
    {SLICE_INIT("shown"), STEP_SHOWN, TAKES_TEXT},
    {SLICE_INIT("delays"), STEP_DELAYS, TAKES_NUMBER},
    {SLICE_INIT("out-of-sync"), STEP_OUT_OF_SYNC, TAKES_NUMBER},
    {SLICE_INIT("event-notes"), STEP_EVENT_NOTES, TAKES_NUMBER},
};

static bool
read_timer(struct script *script, struct slice word)
{
    static const struct slice names[] = {
        [POSTERN_TIMER_NONE] = SLICE_INIT(""),
        [POSTERN_TIMER_COMMAND] = SLICE_INIT("command"),
        [POSTERN_TIMER_CONTENT] = SLICE_INIT("content"),
        [POSTERN_TIMER_TLS] = SLICE_INIT("tls"),
        [POSTERN_TIMER_REFUSED] = SLICE_INIT("refused"),
        [POSTERN_TIMER_SESSION] = SLICE_INIT("session"),
    };

    for (uint32_t i = 1; i < ARRAY_LEN(names); i++)
        if (slice_is_equal(word, names[i]))
            return add_step(script, STEP_TIMER, SLICE(""), i);
    return false;
}

static bool
read_directive(struct script *script, struct slice word, struct slice rest)
{
    uint64_t number;

    if (slice_is_equal(word, SLICE("timer")))
        return read_timer(script, rest);
    if (slice_is_equal(word, SLICE("tls")))
        return (slice_is_equal(rest, SLICE("ok")) ||
                slice_is_equal(rest, SLICE("fail"))) &&
               add_step(script, STEP_TLS, SLICE(""), rest.len == 2);
    for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
        const struct directive *directive = &directives[i];
        if (!slice_is_equal(word, directive->word))
            continue;
        if (directive->takes == TAKES_TEXT)
            return read_quoted_step(script, directive->type, rest);
        if (directive->takes == TAKES_NOTHING)
            return rest.len == 0 && add_step(script, directive->type, SLICE(""), 0);
        return slice_parse_number(rest, &number) &&
               add_step(script, directive->type, SLICE(""), (uint32_t)number);
    }
    return false;
}

/* ---- beginnings ---------------------------------------------------------- */

/* The first steps of most cases, as lines of the same language. */
struct beginning {
    struct slice name;
    const char *lines[16];
};

#define HELLO      "S: 220 mx.example.net ESMTP *", "C: EHLO c.example", "S: 250-*"
#define LMTP_HELLO "S: 220 mx.example.net LMTP *", "C: LHLO c.example", "S: 250-*"
#define ENVELOPE                                                                       \
    "C: MAIL FROM:<a@example.org>", "S: 250 2.1.0 *", "C: RCPT TO:<ann@example.net>",  \
        "S: 250 2.1.5 *"
#define CONTENT "C: DATA", "S: 354 *", "wait"

static const struct beginning beginnings[] = {
    {SLICE_INIT("greeting"), {"S: 220 mx.example.net *"}},
    {SLICE_INIT("hello"), {HELLO}},
    {SLICE_INIT("lmtp"), {LMTP_HELLO}},
    {SLICE_INIT("sender"), {HELLO, "C: MAIL FROM:<a@example.org>", "S: 250 2.1.0 *"}},
    {SLICE_INIT("envelope"), {HELLO, ENVELOPE}},
    {SLICE_INIT("content"), {HELLO, ENVELOPE, CONTENT}},
    {SLICE_INIT("message"), {ENVELOPE, CONTENT, "C: .", "S: 250 2.0.0 *"}},
};

static bool read_line(struct script *script, struct slice line);

static bool
read_beginning(struct script *script, struct slice name)
{
    for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) {
        if (!slice_is_equal(name, beginnings[i].name))
            continue;
        for (const char *const *line = beginnings[i].lines; *line != NULL; line++)
            if (!read_line(script, slice_from(*line)))
                return false;
        return true;
    }
    return false;
}

/* ---- lines and cases ----------------------------------------------------- */

static bool
read_line(struct script *script, struct slice line)
{
    struct slice word, rest, key, value;

    if ((line.ptr[0] == 'C' || line.ptr[0] == 'S') && line.len > 1 &&
        (line.ptr[1] == ':' || line.ptr[1] == '*'))
        return read_dialogue(script, line);
    slice_cut(line, ' ', &word, &rest);
    if (slice_is_equal(word, SLICE("=")))
        return add_step(script, STEP_RULE, rest, 0);
    if (slice_is_equal(word, SLICE("@")))
        return rest.len == 1 && add_step(script, STEP_PHASE, rest, 0);
    if (slice_is_equal(word, SLICE("begin")))
        return read_beginning(script, rest);
    if (slice_is_equal(word, SLICE("set"))) {
        slice_cut(rest, ' ', &key, &value);
        return fixture_set(&script->fixture, key, value);
    }
    if (slice_is_equal(word, SLICE("test"))) {
        snprintf(script->number, sizeof script->number, "%.*s", (int)rest.len,
                 rest.ptr);
        return true;
    }
    if (slice_is_equal(line, SLICE("one block"))) {
        script->is_block_only = true;
        return true;
    }
    return read_directive(script, word, rest);
}

/* The next line of the file without its end; false at the end of the file. */
static bool
next_line(struct script *script, struct slice *line_out)
{
    struct slice rest = slice_skip(script->file, script->at);

    if (rest.len == 0)
        return false;
    slice_cut(rest, '\n', line_out, &rest);
    script->at += line_out->len + 1;
    if (script->at > script->file.len)
        script->at = script->file.len;
    script->line++;
    return true;
}

enum script_result
script_next(struct script *script, struct error *error)
{
    struct slice line;

    script->name[0] = script->number[0] = '\0';
    script->is_block_only = false;
    script->step_count = script->arena.len = 0;
    fixture_init(&script->fixture, POSTERN_PROFILE_TEST);

    while (next_line(script, &line)) {
        if (line.len == 0) {
            if (script->step_count > 0)
                return SCRIPT_CASE;
        } else if (line.ptr[0] == '#') {
            if (script->name[0] != '\0')
                continue; /* a remark inside a case */
            snprintf(script->name, sizeof script->name, "%.*s", (int)line.len - 2,
                     line.ptr + 2);
            script->first_line = script->line;
        } else if (script->name[0] == '\0') {
            wrong(script, error, "a case begins with # and its name", line);
            return SCRIPT_WRONG;
        } else if (!read_line(script, line)) {
            wrong(script, error, "not understood, see FORMAT.md", line);
            return SCRIPT_WRONG;
        }
    }
    return script->step_count > 0 ? SCRIPT_CASE : SCRIPT_END;
}
