/* command_form.c - is this a command, or prose that begins like one?
 *
 * "Data was sent", "Help me", "MAIL FROM command failed" begin with verbs too. What
 * follows the verb decides, by the kind of argument that the command takes.
 */
#include "explain/command_form.h"

#include "base/ascii.h"
#include "base/attr.h"
#include "engine/command.h"
#include "engine/commands.h"
#include "explain/words.h"

static const struct slice mechanisms =
    SLICE_INIT("PLAIN|LOGIN|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|XOAUTH2|XOAUTH|OAUTHBEARER|"
               "SCRAM-SHA-1|SCRAM-SHA-256|SCRAM-SHA-256-PLUS|EXTERNAL|ANONYMOUS|"
               "PLAIN-CLIENTTOKEN|MSN|=LOGIN");

/* Nothing, or what programs append to a line: "\r\n", quotes, "state=1". */
static bool
is_tail(struct slice s)
{
    while (s.len > 0) {
        struct slice word = words_next(&s);
        size_t i = 0;
        while (i < word.len && memchr("\"'`,;.)]}|\\", word.ptr[i], 11) != NULL)
            i++;
        if (word.len > 0 && i < word.len && memchr(word.ptr, '=', word.len) == NULL)
            return false;
    }
    return true;
}

/* ":<a@b>", " :<…", "a@b": what may follow FROM and TO. */
static bool
is_path_like(struct slice s)
{
    bool has_colon = s.len > 0 && s.ptr[0] == ':';

    if (words_have_any(s, SLICE(" failed| rejected| command| error:| refused| not ")) &&
        (!has_colon || words_have_any(s, SLICE("> failed|> rejected|>: |' failed"))))
        return false;
    return has_colon || memchr(s.ptr, '@', s.len) != NULL ||
           (s.len > 1 && (s.ptr[0] == '<' || s.ptr[1] == '<' || s.ptr[1] == ':'));
}

/* MAIL FROM:…, MAIL TO:… (typed for RCPT), RCPT TO:… */
static bool
is_envelope(struct slice argument, bool is_client)
{
    size_t len = slice_has_prefix_fold(argument, SLICE("FROM")) ? 4
                 : slice_has_prefix_fold(argument, SLICE("TO")) ? 2
                                                                : 0;

    if (len == 0)
        return is_client && argument.len > 0 &&
               memchr(argument.ptr, '@', argument.len) != NULL;
    argument = slice_skip(argument, len);
    if (argument.len > 0 && ascii_is_alnum(argument.ptr[0]))
        return false;
    return is_path_like(argument) || (is_client && argument.len == 0);
}

static bool
is_auth(struct slice argument, bool is_client)
{
    struct slice mechanism = words_next(&argument);

    while (mechanism.len > 0 && memchr("\"',;\\", mechanism.ptr[mechanism.len - 1], 5))
        mechanism.len--;
    if (mechanism.len == 0)
        return true;
    if (!words_are_any(mechanism, mechanisms) &&
        !(is_client && slice_is_equal_fold(mechanism, SLICE("LOGIN:"))))
        return is_client && words_count(argument, 2) < 2 && mechanism.len < 24;
    if (words_have_any(argument, SLICE("failed|succeeded|rejected|error|not ")))
        return false;
    return words_count(argument, 3) < 3 ||
           words_have_any(argument,
                          SLICE("suppressed|redact|hidden|remove|mask|secret"));
}

/* EHLO x: one word, or none. */
static bool
is_hello(struct slice argument, bool is_client)
{
    unsigned words = words_count(argument, 3);

    if (words_have_any(argument, SLICE("failed|rejected|command|accepted|:")) &&
        memchr(argument.ptr, '[', argument.len) == NULL)
        return false;
    struct slice after = argument;
    words_next(&after); /* "EHLO localhost\n\"" */
    return words <= 1 || (is_client && words <= 2) || is_tail(argument) ||
           is_tail(after);
}

static bool
is_chunk(struct slice argument)
{
    return argument.len > 0 && ascii_is_digit(argument.ptr[0]);
}

bool
command_form_is(struct slice text, bool is_client, enum postern_command *command_out)
{
    struct slice rest = text, verb = words_next(&rest), argument = words_trim(rest);
    struct slice bare = verb;

    while (bare.len > 0 && memchr("\"'`,;.)\\", bare.ptr[bare.len - 1], 8) != NULL)
        bare.len--;
    if (argument.len == 0)
        verb = bare;
    *command_out = command_find(verb);
    bool is_upper = verb.len > 0 && verb.ptr[0] == ascii_upper(verb.ptr[0]) &&
                    verb.ptr[verb.len - 1] == ascii_upper(verb.ptr[verb.len - 1]);
    switch ((enum command_argument)command_facts[*command_out].argument) {
    case ARGUMENT_HOST:
        return is_hello(argument, is_client);
    case ARGUMENT_PATH:
        return is_envelope(argument, is_client);
    case ARGUMENT_MECHANISM:
        return is_auth(argument, is_client);
    case ARGUMENT_SIZE:
        return is_chunk(argument);
    case ARGUMENT_NOTHING:
        return is_tail(argument);
    case ARGUMENT_TEXT:
        return is_client || (is_upper && words_count(argument, 2) < 2) ||
               argument.len == 0;
    case ARGUMENT_STRING:
        return argument.len == 0 ? is_client || is_upper : words_count(argument, 3) < 3;
    case ARGUMENT_ATTRIBUTES:
        return memchr(argument.ptr, '=', argument.len) != NULL;
    case ARGUMENT_ANY:
        if (slice_is_equal_fold(verb, SLICE("SEND")) && argument.len > 0 &&
            !slice_has_prefix_fold(argument, SLICE("FROM")))
            return false; /* a log's word for what was sent */
        return is_upper && words_count(argument, 3) < 3;
    case ARGUMENT_UNKNOWN:
        break;
    }
    return false;
}

bool
command_form_is_verb(struct slice word)
{
    return word.len >= 4 && word.ptr[0] >= 'A' && word.ptr[0] <= 'Z' &&
           word.ptr[1] >= 'A' && word.ptr[1] <= 'Z' &&
           command_is_verb(command_find(word));
}
