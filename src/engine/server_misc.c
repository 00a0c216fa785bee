/* server_misc.c - RSET, NOOP, VRFY, QUIT (RFC 5321 4.1.1.5, .6, .9, .10) */
#include "engine/server_internal.h"

#include "engine/commands.h"

static bool
has_no_argument(struct server *s, const struct command *command)
{
    struct reply_values values = {.syntax = command_facts[command->name].syntax};

    if (command->argument.len == 0)
        return true;
    server_reply(s, POSTERN_REPLY_SYNTAX, &values);
    return false;
}

void
server_rset(struct server *s, const struct command *command)
{
    if (!has_no_argument(s, command))
        return;
    server_drop_transaction(s);
    server_follow(s);
    server_reply(s, POSTERN_REPLY_OK, NULL);
}

void
server_noop(struct server *s, const struct command *command)
{
    (void)command;
    server_reply(s, POSTERN_REPLY_OK, NULL);
}

/* RFC 5321 7.3: a server that does not verify, for safety, answers 252. */
void
server_vrfy(struct server *s, const struct command *command)
{
    struct reply_values values = {.syntax = command_facts[POSTERN_VRFY].syntax};

    if (command->argument.len == 0)
        server_reply(s, POSTERN_REPLY_SYNTAX, &values);
    else
        server_reply(s, POSTERN_REPLY_VRFY_UNVERIFIED, NULL);
}

void
server_quit(struct server *s, const struct command *command)
{
    if (has_no_argument(s, command))
        server_close(s, POSTERN_REPLY_BYE, NULL);
}
