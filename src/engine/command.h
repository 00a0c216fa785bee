/* command - the verb of a line, and what stands behind it (RFC 5321 2.4, 4.1.1) */
#ifndef ENGINE_COMMAND_H
#define ENGINE_COMMAND_H

#include "base/slice.h"
#include "postern/smtp.h"

/* What the first word of a line shows when it is no SMTP verb at all. */
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
    struct slice argument;   /* behind one SP, trailing white space removed */
    bool has_trailing_space; /* white space was removed */
};

/* Take a line apart; line has no line end. Never fails: what is not known is
 * POSTERN_UNKNOWN. An empty line has an empty verb. */
void command_parse(struct slice line, struct command *command_out);

/* "MAIL FROM:<address> [parameters]": the syntax of a command for people; empty
 * for POSTERN_UNKNOWN and POSTERN_UNIMPLEMENTED. Static. */
struct slice command_syntax(enum postern_command command);

/* "MAIL": the name of a command as a slice. Static. */
struct slice command_verb(enum postern_command command);

/* The command a word names, POSTERN_UNKNOWN if none. */
enum postern_command command_find(struct slice word);

#endif
