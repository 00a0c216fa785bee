/* command_table - THE table of commands: one row for each verb of SMTP the engine knows
 *
 *     COMMAND(name, short form, handler, facts…)
 *
 * The name is the verb and that of its number, POSTERN_<name>. The short form is the
 * first four letters of the verb, by which command.c finds it; two commands with the
 * same one do not compile. The handler carries the command out (server_<name>.c). The
 * facts are members of struct command_facts, see commands.h; what is left out is 0.
 *
 * This file has no include guard: a file that reads the table defines COMMAND for the
 * columns it wants, includes this, and undefines COMMAND. The facts are compiled
 * in commands.c, the handlers in server_line.c - a program that explains sessions and
 * serves none links no handler -, the short forms in command.c.
 *
 * When a command may come is the other table, in order.c.
 */
/* clang-format off */
COMMAND(HELO, KEY('H', 'E', 'L', 'O'), server_hello,
        .syntax = SLICE_INIT("HELO domain"),
        .argument = ARGUMENT_HOST,
        .offer = OFFER_SMTP, .not_offered = POSTERN_REPLY_USE_LHLO,
        .step = POSTERN_STEP_EHLO, .phrase = POSTERN_PHRASE_SAY_HELO,
        .traits = TRAIT_HELLO | TRAIT_JUNK | TRAIT_AWAITED | TRAIT_PASSES_TLS | TRAIT_PASSES_AUTH)
COMMAND(EHLO, KEY('E', 'H', 'L', 'O'), server_hello,
        .syntax = SLICE_INIT("EHLO domain-or-address-literal"),
        .argument = ARGUMENT_HOST,
        .offer = OFFER_SMTP, .not_offered = POSTERN_REPLY_USE_LHLO,
        .step = POSTERN_STEP_EHLO, .phrase = POSTERN_PHRASE_SAY_EHLO,
        .traits = TRAIT_HELLO | TRAIT_JUNK | TRAIT_AWAITED | TRAIT_PASSES_TLS | TRAIT_PASSES_AUTH)
COMMAND(LHLO, KEY('L', 'H', 'L', 'O'), server_hello,
        .syntax = SLICE_INIT("LHLO domain-or-address-literal"),
        .argument = ARGUMENT_HOST,
        .offer = OFFER_LMTP, .not_offered = POSTERN_REPLY_USE_EHLO,
        .step = POSTERN_STEP_EHLO, .phrase = POSTERN_PHRASE_SAY_LHLO,
        .traits = TRAIT_HELLO | TRAIT_JUNK | TRAIT_AWAITED | TRAIT_PASSES_TLS | TRAIT_PASSES_AUTH)
COMMAND(MAIL, KEY('M', 'A', 'I', 'L'), server_mail,
        .syntax = SLICE_INIT("MAIL FROM:<address> [parameters]"),
        .argument = ARGUMENT_PATH, .bad_octets = POSTERN_REPLY_SENDER_SYNTAX,
        .step = POSTERN_STEP_MAIL, .phrase = POSTERN_PHRASE_SAY_MAIL,
        .assumed = POSTERN_PHASE_EHLO,
        .traits = TRAIT_UTF8 | TRAIT_HELD)
COMMAND(RCPT, KEY('R', 'C', 'P', 'T'), server_rcpt,
        .syntax = SLICE_INIT("RCPT TO:<address> [parameters]"),
        .argument = ARGUMENT_PATH, .bad_octets = POSTERN_REPLY_RECIPIENT_SYNTAX,
        .step = POSTERN_STEP_RCPT, .phrase = POSTERN_PHRASE_SAY_RCPT,
        .assumed = POSTERN_PHASE_MAIL,
        .traits = TRAIT_UTF8 | TRAIT_HELD)
COMMAND(DATA, KEY('D', 'A', 'T', 'A'), server_data,
        .syntax = SLICE_INIT("DATA"),
        .argument = ARGUMENT_NOTHING,
        .step = POSTERN_STEP_DATA, .phrase = POSTERN_PHRASE_SAY_DATA,
        .assumed = POSTERN_PHASE_RCPT,
        .traits = TRAIT_AWAITED)
COMMAND(BDAT, KEY('B', 'D', 'A', 'T'), server_bdat,
        .syntax = SLICE_INIT("BDAT size [LAST]"),
        .argument = ARGUMENT_SIZE,
        .offer = OFFER_CHUNKING, .not_offered = POSTERN_REPLY_BDAT_NOT_OFFERED,
        .step = POSTERN_STEP_BDAT, .phrase = POSTERN_PHRASE_SAY_BDAT,
        .assumed = POSTERN_PHASE_RCPT,
        .traits = TRAIT_NEEDS_EHLO | TRAIT_OCTETS)
COMMAND(RSET, KEY('R', 'S', 'E', 'T'), server_rset,
        .syntax = SLICE_INIT("RSET"),
        .argument = ARGUMENT_NOTHING,
        .step = POSTERN_STEP_RSET, .phrase = POSTERN_PHRASE_SAY_RSET,
        .assumed = POSTERN_PHASE_EHLO,
        .traits = TRAIT_JUNK | TRAIT_HELD | TRAIT_PASSES_TLS | TRAIT_PASSES_AUTH)
COMMAND(NOOP, KEY('N', 'O', 'O', 'P'), server_noop,
        .syntax = SLICE_INIT("NOOP [string]"),
        .argument = ARGUMENT_TEXT,
        .step = POSTERN_STEP_SESSION, .phrase = POSTERN_PHRASE_SAY_NOOP,
        .traits = TRAIT_JUNK | TRAIT_ENDS_GROUP | TRAIT_PASSES_TLS | TRAIT_PASSES_AUTH)
COMMAND(VRFY, KEY('V', 'R', 'F', 'Y'), server_vrfy,
        .syntax = SLICE_INIT("VRFY string"),
        .argument = ARGUMENT_STRING,
        .step = POSTERN_STEP_VRFY, .phrase = POSTERN_PHRASE_SAY_VRFY,
        .assumed = POSTERN_PHASE_EHLO,
        .traits = TRAIT_JUNK | TRAIT_ENDS_GROUP | TRAIT_UTF8_ASKED)
COMMAND(EXPN, KEY('E', 'X', 'P', 'N'), NULL,
        .syntax = SLICE_INIT("EXPN string"),
        .argument = ARGUMENT_STRING,
        .offer = OFFER_NEVER, .not_offered = POSTERN_REPLY_NOT_IMPLEMENTED,
        .step = POSTERN_STEP_VRFY, .phrase = POSTERN_PHRASE_SAY_VRFY,
        .traits = TRAIT_JUNK | TRAIT_ENDS_GROUP)
COMMAND(HELP, KEY('H', 'E', 'L', 'P'), server_help,
        .syntax = SLICE_INIT("HELP [command-or-code]"),
        .argument = ARGUMENT_TEXT,
        .step = POSTERN_STEP_SESSION, .phrase = POSTERN_PHRASE_SAY_HELP,
        .traits = TRAIT_JUNK | TRAIT_ENDS_GROUP | TRAIT_PASSES_TLS | TRAIT_PASSES_AUTH)
COMMAND(AUTH, KEY('A', 'U', 'T', 'H'), server_auth,
        .syntax = SLICE_INIT("AUTH mechanism [initial-response]"),
        .argument = ARGUMENT_MECHANISM,
        .offer = OFFER_AUTH, .not_offered = POSTERN_REPLY_NOT_IMPLEMENTED,
        .step = POSTERN_STEP_AUTH, .phrase = POSTERN_PHRASE_SAY_AUTH,
        .assumed = POSTERN_PHASE_EHLO,
        .traits = TRAIT_NEEDS_EHLO | TRAIT_PASSES_AUTH)
COMMAND(STARTTLS, KEY('S', 'T', 'A', 'R'), server_starttls,
        .syntax = SLICE_INIT("STARTTLS"),
        .argument = ARGUMENT_NOTHING,
        .offer = OFFER_STARTTLS, .not_offered = POSTERN_REPLY_NOT_IMPLEMENTED,
        .step = POSTERN_STEP_STARTTLS, .phrase = POSTERN_PHRASE_SAY_STARTTLS,
        .assumed = POSTERN_PHASE_EHLO,
        .traits = TRAIT_NEEDS_EHLO | TRAIT_AWAITED | TRAIT_PASSES_TLS | TRAIT_PASSES_AUTH)
COMMAND(QUIT, KEY('Q', 'U', 'I', 'T'), server_quit,
        .syntax = SLICE_INIT("QUIT"),
        .argument = ARGUMENT_NOTHING,
        .step = POSTERN_STEP_QUIT, .phrase = POSTERN_PHRASE_SAY_QUIT,
        .assumed = POSTERN_PHASE_EHLO,
        .traits = TRAIT_ENDS_GROUP | TRAIT_PASSES_TLS | TRAIT_PASSES_AUTH)
COMMAND(XCLIENT, KEY('X', 'C', 'L', 'I'), server_xclient,
        .syntax = SLICE_INIT("XCLIENT name=value [name=value ...]"),
        .argument = ARGUMENT_ATTRIBUTES,
        .offer = OFFER_TRUSTED,
        .step = POSTERN_STEP_SESSION, .phrase = POSTERN_PHRASE_SAY_XCLIENT,
        .traits = TRAIT_PASSES_AUTH)
/* clang-format on */
