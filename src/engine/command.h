/* command - the verb of a line, and its argument (RFC 5321 2.4, 4.1.1) */
#ifndef ENGINE_COMMAND_H
#define ENGINE_COMMAND_H

#include "base/slice.h"
#include "postern/smtp.h"

/* What a line that begins with no verb of SMTP looks like. */
enum foreign {
    FOREIGN_NOTHING,
    FOREIGN_CONTENT, /* "Subject: hi", ".": message content in command state */
    FOREIGN_HTTP,    /* "GET / HTTP/1.1" */
    FOREIGN_PROXY,   /* "PROXY TCP4 …", or the NUL of the signature of version 2 */
};

struct command {
    enum postern_command name;
    enum foreign foreign;    /* set only for POSTERN_UNKNOWN */
    struct slice verb;       /* as received; borrowed from the line */
    struct slice argument;   /* after one SP, trailing white space removed */
    bool has_trailing_space; /* white space was removed */
};

/* Parse a line without its line end. Never fails: an unknown verb gives
 * POSTERN_UNKNOWN. An empty line has an empty verb. */
void command_parse(struct slice line, struct command *command_out);

/* The command a word names, in any case of letters: one of the table,
 * POSTERN_UNIMPLEMENTED or POSTERN_UNKNOWN. */
enum postern_command command_find(struct slice word);

#endif
