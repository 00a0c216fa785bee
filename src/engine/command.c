/* command.c - verbs by the first four letters
 *
 * All verbs of RFC 5321 have four letters, so the verb of a line is found by a 32-bit
 * compare; a longer one is compared as a whole after that. This runs once for each
 * command and is most of what parsing NOOP costs.
 */
#include "engine/command.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "engine/commands.h"

/* Verbs of RFC 821, 1985, 2645 and 4468 that are known and not implemented (502). */
static const struct slice unimplemented[] = {
    SLICE_INIT("ETRN"), SLICE_INIT("TURN"), SLICE_INIT("ATRN"), SLICE_INIT("SEND"),
    SLICE_INIT("SOML"), SLICE_INIT("SAML"), SLICE_INIT("BURL"),
};

/* First words of HTTP requests (RFC 9110 9.3, RFC 9113 3.4). */
static const struct slice http_methods[] = {
    SLICE_INIT("GET"),     SLICE_INIT("POST"),    SLICE_INIT("PUT"), SLICE_INIT("HEAD"),
    SLICE_INIT("OPTIONS"), SLICE_INIT("CONNECT"), SLICE_INIT("PRI"),
};

static bool
is_one_of(struct slice word, const struct slice *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is_equal_fold(word, list[i]))
            return true;
    }
    return false;
}

#define KEY(a, b, c, d)                                                                \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* The command that begins with the four letters of word. */
static enum postern_command
find_by_key(struct slice word)
{
    /* Clearing bit 5 folds case; only the two cases of a letter fold onto it. */
    const unsigned char *p = (const unsigned char *)word.ptr;

    switch (KEY(p[0], p[1], p[2], p[3]) & 0xdfdfdfdfu) {
#define COMMAND(command, key, handler, ...)                                            \
    case key:                                                                          \
        return POSTERN_##command;
#include "engine/command_table.h"
#undef COMMAND
    default:
        return POSTERN_UNKNOWN;
    }
}

enum postern_command
command_find(struct slice word)
{
    enum postern_command command;

    if (word.len < 4)
        return POSTERN_UNKNOWN;
    command = find_by_key(word);
    if (command != POSTERN_UNKNOWN) {
        struct slice name = command_facts[command].name;
        if (name.len == word.len && (name.len == 4 || slice_is_equal_fold(word, name)))
            return command;
    } else if (is_one_of(word, unimplemented, ARRAY_LEN(unimplemented))) {
        return POSTERN_UNIMPLEMENTED;
    }
    return POSTERN_UNKNOWN;
}

/* field-name ":" (RFC 5322 2.2), or the lone dot that would end the content. */
static bool
is_like_content(struct slice line, struct slice word)
{
    const char *colon = memchr(word.ptr, ':', word.len);

    if (line.len == 1 && line.ptr[0] == '.')
        return true;
    return colon != NULL && colon > word.ptr;
}

static enum foreign
find_foreign(struct slice line, struct slice word)
{
    if (word.len == 0)
        return FOREIGN_NOTHING;
    if (line.len == 1 && line.ptr[0] == '\0')
        return FOREIGN_PROXY; /* its version 2 (protocol C.3) */
    if (is_like_content(line, word))
        return FOREIGN_CONTENT;
    if (line.len == word.len)
        return FOREIGN_NOTHING;
    if (is_one_of(word, http_methods, ARRAY_LEN(http_methods)))
        return FOREIGN_HTTP;
    if (slice_is_equal(word, SLICE("PROXY")))
        return FOREIGN_PROXY;
    return FOREIGN_NOTHING;
}

static struct slice
trim_end(struct slice s)
{
    while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

void
command_parse(struct slice line, struct command *command)
{
    struct slice trimmed = trim_end(line);
    const char *space;

    command->has_trailing_space = trimmed.len != line.len;
    command->foreign = FOREIGN_NOTHING;
    if (trimmed.len > 4 && trimmed.ptr[4] == ' ') /* nearly every line */
        space = trimmed.ptr + 4;
    else
        space = trimmed.len > 0 ? memchr(trimmed.ptr, ' ', trimmed.len) : NULL;

    if (space == NULL) {
        command->verb = trimmed;
        command->argument = slice_of(trimmed.ptr + trimmed.len, 0);
    } else {
        command->verb = slice_of(trimmed.ptr, (size_t)(space - trimmed.ptr));
        command->argument = slice_skip(trimmed, command->verb.len + 1);
    }
    command->name = command_find(command->verb);
    if (command->name == POSTERN_UNKNOWN)
        command->foreign = find_foreign(line, command->verb);
}
