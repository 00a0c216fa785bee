/* command.c - verbs by the first four letters
 *
 * All verbs of RFC 5321 have four letters, so a line is sorted by one 32-bit
 * compare; longer verbs are told apart behind that. This runs once for each
 * command and is most of what parsing NOOP costs.
 */
#include "engine/command.h"

#include "base/ascii.h"
#include "base/attr.h"

static const struct {
    struct slice name;
    struct slice syntax;
} names[POSTERN_COMMAND_COUNT] = {
    [POSTERN_HELO] = {SLICE_INIT("HELO"), SLICE_INIT("HELO domain")},
    [POSTERN_EHLO] = {SLICE_INIT("EHLO"), SLICE_INIT("EHLO domain-or-address-literal")},
    [POSTERN_LHLO] = {SLICE_INIT("LHLO"), SLICE_INIT("LHLO domain-or-address-literal")},
    [POSTERN_MAIL] = {SLICE_INIT("MAIL"),
                      SLICE_INIT("MAIL FROM:<address> [parameters]")},
    [POSTERN_RCPT] = {SLICE_INIT("RCPT"), SLICE_INIT("RCPT TO:<address> [parameters]")},
    [POSTERN_DATA] = {SLICE_INIT("DATA"), SLICE_INIT("DATA")},
    [POSTERN_BDAT] = {SLICE_INIT("BDAT"), SLICE_INIT("BDAT size [LAST]")},
    [POSTERN_RSET] = {SLICE_INIT("RSET"), SLICE_INIT("RSET")},
    [POSTERN_NOOP] = {SLICE_INIT("NOOP"), SLICE_INIT("NOOP [string]")},
    [POSTERN_VRFY] = {SLICE_INIT("VRFY"), SLICE_INIT("VRFY string")},
    [POSTERN_EXPN] = {SLICE_INIT("EXPN"), SLICE_INIT("EXPN string")},
    [POSTERN_HELP] = {SLICE_INIT("HELP"), SLICE_INIT("HELP [command-or-code]")},
    [POSTERN_AUTH] = {SLICE_INIT("AUTH"),
                      SLICE_INIT("AUTH mechanism [initial-response]")},
    [POSTERN_STARTTLS] = {SLICE_INIT("STARTTLS"), SLICE_INIT("STARTTLS")},
    [POSTERN_QUIT] = {SLICE_INIT("QUIT"), SLICE_INIT("QUIT")},
    [POSTERN_XCLIENT] = {SLICE_INIT("XCLIENT"),
                         SLICE_INIT("XCLIENT name=value [name=value ...]")},
    [POSTERN_UNIMPLEMENTED] = {SLICE_INIT("unimplemented"), SLICE_INIT("")},
    [POSTERN_UNKNOWN] = {SLICE_INIT("unknown"), SLICE_INIT("")},
};

/* Verbs of RFC 821, 1985, 2645, 4468 that are known and not done (502). */
static const struct slice unimplemented[] = {
    SLICE_INIT("ETRN"), SLICE_INIT("TURN"), SLICE_INIT("ATRN"), SLICE_INIT("SEND"),
    SLICE_INIT("SOML"), SLICE_INIT("SAML"), SLICE_INIT("BURL"),
};

/* First words of HTTP requests (RFC 9110 9.3, RFC 9113 3.4). */
static const struct slice http_methods[] = {
    SLICE_INIT("GET"),     SLICE_INIT("POST"),    SLICE_INIT("PUT"), SLICE_INIT("HEAD"),
    SLICE_INIT("OPTIONS"), SLICE_INIT("CONNECT"), SLICE_INIT("PRI"),
};

#define KEY(a, b, c, d)                                                                \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

static bool
is_one_of(struct slice word, const struct slice *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is_equal_fold(word, list[i]))
            return true;
    }
    return false;
}

static enum postern_command
find_short(struct slice word)
{
    /* Clearing bit 5 folds case; only the two cases of a letter fold onto it. */
    const unsigned char *p = (const unsigned char *)word.ptr;
    uint32_t key = KEY(p[0], p[1], p[2], p[3]) & 0xdfdfdfdfu;

    switch (key) {
    case KEY('H', 'E', 'L', 'O'):
        return POSTERN_HELO;
    case KEY('E', 'H', 'L', 'O'):
        return POSTERN_EHLO;
    case KEY('L', 'H', 'L', 'O'):
        return POSTERN_LHLO;
    case KEY('M', 'A', 'I', 'L'):
        return POSTERN_MAIL;
    case KEY('R', 'C', 'P', 'T'):
        return POSTERN_RCPT;
    case KEY('D', 'A', 'T', 'A'):
        return POSTERN_DATA;
    case KEY('B', 'D', 'A', 'T'):
        return POSTERN_BDAT;
    case KEY('R', 'S', 'E', 'T'):
        return POSTERN_RSET;
    case KEY('N', 'O', 'O', 'P'):
        return POSTERN_NOOP;
    case KEY('V', 'R', 'F', 'Y'):
        return POSTERN_VRFY;
    case KEY('E', 'X', 'P', 'N'):
        return POSTERN_EXPN;
    case KEY('H', 'E', 'L', 'P'):
        return POSTERN_HELP;
    case KEY('A', 'U', 'T', 'H'):
        return POSTERN_AUTH;
    case KEY('Q', 'U', 'I', 'T'):
        return POSTERN_QUIT;
    default:
        return POSTERN_UNKNOWN;
    }
}

enum postern_command
command_find(struct slice word)
{
    if (word.len == 4) {
        enum postern_command command = find_short(word);
        if (command != POSTERN_UNKNOWN)
            return command;
        if (is_one_of(word, unimplemented, ARRAY_LEN(unimplemented)))
            return POSTERN_UNIMPLEMENTED;
    } else if (slice_is_equal_fold(word, names[POSTERN_STARTTLS].name)) {
        return POSTERN_STARTTLS;
    } else if (slice_is_equal_fold(word, names[POSTERN_XCLIENT].name)) {
        return POSTERN_XCLIENT;
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

struct slice
command_syntax(enum postern_command command)
{
    return names[command].syntax;
}

struct slice
command_verb(enum postern_command command)
{
    return names[command].name;
}

const char *
postern_command_name(enum postern_command command)
{
    return names[command].name.ptr;
}
