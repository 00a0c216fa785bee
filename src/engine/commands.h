/* commands - what is true of each command of SMTP
 *
 * The facts are columns of one table, command_table.h. The engine, the diagnosis, the
 * lint and the diagram ask it "is this one of the commands that …" instead of listing
 * commands: a list of commands anywhere else is a defect. When a command may come is
 * engine/order.h.
 */
#ifndef ENGINE_COMMANDS_H
#define ENGINE_COMMANDS_H

#include "base/slice.h"
#include "postern/smtp.h"

#include <stdbool.h>
#include <stdint.h>

/* What a command is, or may do. A set of bits. */
enum command_trait {
    TRAIT_HELLO = 1 << 0,      /* opens the session and resets it: EHLO, HELO, LHLO */
    TRAIT_NEEDS_EHLO = 1 << 1, /* part of an extension: refused after HELO */
    TRAIT_PASSES_TLS =
        1 << 2, /* allowed before TLS where that is required (RFC 3207 4) */
    TRAIT_PASSES_AUTH = 1 << 3, /* … before AUTH where that is required (RFC 4954 6) */
    TRAIT_JUNK = 1 << 4, /* moves no mail: more than max_junk of them count as errors */
    TRAIT_HELD =
        1 << 5, /* its reply may be held back for the next (RFC 2920 3.2 (2)) */
    TRAIT_AWAITED = 1 << 6, /* its reply decides what may follow: the client must wait
                               for it. AUTH is not marked, since that depends on the
                               mechanism */
    TRAIT_ENDS_GROUP = 1 << 7, /* ends a pipelined group (RFC 2920 3.1), though nothing
                                  is lost when the client does not wait */
    TRAIT_UTF8 = 1 << 8,       /* its line may hold UTF-8 where SMTPUTF8 is offered */
    TRAIT_UTF8_ASKED = 1 << 9, /* … if it ends in SMTPUTF8 (RFC 6531 3.7.4.2) */
    TRAIT_OCTETS = 1 << 10,    /* announces octets that are read whatever the answer, so
                                  its    handler does the checks, after the octets */
};

/* What follows the verb. */
enum command_argument {
    ARGUMENT_UNKNOWN,    /* unknown, as the verb is */
    ARGUMENT_NOTHING,    /* no argument is allowed */
    ARGUMENT_HOST,       /* a domain or an address literal */
    ARGUMENT_PATH,       /* FROM: or TO:, an address in <>, parameters */
    ARGUMENT_MECHANISM,  /* a SASL mechanism, perhaps a response */
    ARGUMENT_SIZE,       /* a number of octets */
    ARGUMENT_TEXT,       /* anything, or nothing */
    ARGUMENT_STRING,     /* a name or an address */
    ARGUMENT_ATTRIBUTES, /* name=value … */
    ARGUMENT_ANY,        /* that of a command which is known and not implemented */
};

/* Which sessions have the command at all. */
enum command_offer {
    OFFER_ALWAYS,
    OFFER_SMTP,     /* not LMTP */
    OFFER_LMTP,     /* LMTP only */
    OFFER_CHUNKING, /* where that extension is offered */
    OFFER_AUTH,     /* where there is a mechanism */
    OFFER_STARTTLS, /* where there is a certificate, or TLS is on already */
    OFFER_TRUSTED,  /* from a peer that may send XCLIENT; the handler refuses others */
    OFFER_NEVER,
};

struct command_facts {
    struct slice name;    /* "MAIL" */
    struct slice syntax;  /* for people: "MAIL FROM:<address> [parameters]" */
    uint16_t traits;      /* of enum command_trait */
    uint16_t not_offered; /* enum postern_reply: the answer where it is not offered */
    uint16_t bad_octets;  /* enum postern_reply: the answer to control characters in its
                             line; NONE: BAD_OCTETS */
    uint16_t phrase;      /* enum postern_phrase: the sentence that narrates it */
    uint8_t argument;     /* enum command_argument */
    uint8_t offer;        /* enum command_offer */
    uint8_t step;         /* enum postern_step: the step of a session it is */
    uint8_t assumed; /* enum postern_phase: where a session is when a paste begins with
                        this command; REFUSED: unknown */
};

/* By enum postern_command. */
extern const struct command_facts command_facts[POSTERN_COMMAND_COUNT];

/* The command has one of these traits. */
static inline bool
command_has(enum postern_command command, unsigned traits)
{
    return (command_facts[command].traits & traits) != 0;
}

/* The command is a verb of the table, not POSTERN_UNIMPLEMENTED or POSTERN_UNKNOWN. */
static inline bool
command_is_verb(enum postern_command command)
{
    return command != POSTERN_UNIMPLEMENTED && command != POSTERN_UNKNOWN;
}

#endif
