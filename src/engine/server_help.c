/* server_help.c - HELP (RFC 5321 4.1.1.8): where the session is, and why
 *
 *   HELP          the state, and the commands the order table allows next
 *   HELP MAIL     the syntax of a command
 *   HELP 503      why the last command that got this code got it; what the code means
 */
#include "engine/server_internal.h"

#include "catalog/reply.h"
#include "engine/commands.h"

/* The commands allowed now, in the order of the enum, separated by spaces. */
static size_t
list_allowed(const struct server *s, char *out, size_t size)
{
    size_t len = 0;

    for (int i = 0; i < POSTERN_COMMAND_COUNT; i++) {
        enum postern_command command = (enum postern_command)i;
        struct slice name = command_facts[command].name;
        if (!server_allows(s, command) || len + name.len + 1 > size)
            continue;
        if (len > 0)
            out[len++] = ' ';
        memcpy(out + len, name.ptr, name.len);
        len += name.len;
    }
    return len;
}

static void
help_state(struct server *s)
{
    char allowed[256];
    struct reply_values state = {
        .word = slice_from(postern_phase_name((enum postern_phase)s->phase)),
    };
    struct reply_values next = {
        .word = slice_of(allowed, list_allowed(s, allowed, sizeof(allowed)))};
    struct slice none = {NULL, 0};

    server_reply_line(s, POSTERN_REPLY_HELP_STATE, none, &state);
    server_reply_line(s, POSTERN_REPLY_HELP_ALLOWED, none, &next);
    server_reply(s, POSTERN_REPLY_HELP_MORE, NULL);
}

/* What the catalog says of a code, as the last line. */
static void
help_general(struct server *s, unsigned code)
{
    const struct postern_code *known = postern_code_find(code);
    struct reply_values values = {.code = (uint16_t)code};

    if (known == NULL) {
        server_reply(s, POSTERN_REPLY_HELP_NO_MORE, NULL);
        return;
    }
    values.word = known->gist.in[POSTERN_EN];
    server_reply(s, POSTERN_REPLY_HELP_CODE, &values);
}

/* A code not given in this session: the catalog explains it nevertheless. */
static void
help_unseen(struct server *s, unsigned code, const struct reply_values *values)
{
    if (postern_code_find(code) == NULL) {
        server_reply(s, POSTERN_REPLY_HELP_NONE_YET, values);
        return;
    }
    server_reply_line(s, POSTERN_REPLY_HELP_NONE_YET, slice_of(NULL, 0), values);
    help_general(s, code);
}

/* code: as the client wrote it, three digits. */
static void
help_code(struct server *s, struct slice code)
{
    const struct catalog_reply *last =
        catalog_reply((enum postern_reply)s->last_refusal);
    struct reply_values values = {
        .verb = command_facts[s->last_refused].name,
        .word = code,
        .code = last->code,
    };
    struct slice none = {NULL, 0};
    uint64_t number = 0;

    slice_parse_number(code, &number);
    if (s->last_refusal == POSTERN_REPLY_NONE || number != last->code) {
        help_unseen(s, (unsigned)number, &values);
        return;
    }
    server_reply_line(s, POSTERN_REPLY_HELP_LAST, none, &values);
    if (last->why[POSTERN_EN].len == 0) {
        help_general(s, last->code);
        return;
    }
    server_reply_line(s, POSTERN_REPLY_HELP, last->why[POSTERN_EN], NULL);
    if (last->cause == POSTERN_CAUSE_NONE) {
        server_reply_as(s, POSTERN_REPLY_HELP, POSTERN_REPLY_HELP,
                        last->fix[POSTERN_EN], NULL);
        return;
    }
    server_reply_line(s, POSTERN_REPLY_HELP, last->fix[POSTERN_EN], NULL);
    values.word = postern_causes[last->cause].slug;
    server_reply(s, POSTERN_REPLY_HELP_CAUSE, &values);
}

void
server_help(struct server *s, const struct command *command)
{
    struct slice topic = command->argument;
    enum postern_command about = command_find(topic);
    struct reply_values values = {.syntax = command_facts[about].syntax};
    uint64_t number;

    if (topic.len == 0)
        help_state(s);
    else if (topic.len == 3 && slice_parse_number(topic, &number))
        help_code(s, topic);
    else if (values.syntax.len > 0)
        server_reply(s, POSTERN_REPLY_HELP_SYNTAX, &values);
    else
        server_reply(s, POSTERN_REPLY_HELP_TOPIC_UNKNOWN, NULL);
}
