/* postern/catalog.h - what is known about SMTP replies, in English and Japanese
 *
 * Reply codes, enhanced status codes, extensions, commands, the causes conversations
 * fail for, what sending programs do wrong, pairs of codes that are easily confused,
 * and the wordings of real servers. All of it is constant and lives as long as the
 * program: what a function returns is borrowed and never freed. Nothing here allocates,
 * does I/O or depends on a locale.
 *
 * A slice that holds several values has blanks between them; a key that was left out
 * in the catalog is an empty slice.
 */
#ifndef POSTERN_CATALOG_H
#define POSTERN_CATALOG_H

#include "postern/causes.h"
#include "postern/lints.h"
#include "postern/phrases.h"
#include "postern/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum postern_language { POSTERN_EN, POSTERN_JA, POSTERN_LANGUAGE_COUNT };

/* The same text in each language. */
struct postern_text {
    struct slice in[POSTERN_LANGUAGE_COUNT];
};

/* Who has to act on a reply. */
enum postern_actor {
    POSTERN_ACTS_NOBODY,
    POSTERN_ACTS_SENDER,           /* the person who wrote the mail */
    POSTERN_ACTS_USER,             /* the person who configures an account */
    POSTERN_ACTS_SENDER_ADMIN,     /* runs the sending system */
    POSTERN_ACTS_CLIENT_DEVELOPER, /* wrote the sending program */
    POSTERN_ACTS_RECIPIENT_ADMIN,  /* runs the receiving system */
    POSTERN_ACTS_SERVER_ADMIN,     /* runs the server that answered */
    POSTERN_ACTS_DEPENDS,          /* the text decides */
    POSTERN_ACTS_COUNT
};

/* Where a code, a keyword or a verb comes from. */
enum postern_status {
    POSTERN_STATUS_STANDARD,   /* RFC 5321, RFC 7504 */
    POSTERN_STATUS_EXTENSION,  /* the RFC of an extension */
    POSTERN_STATUS_REGISTERED, /* in a registry of IANA */
    POSTERN_STATUS_DEPRECATED,
    POSTERN_STATUS_HISTORIC,
    POSTERN_STATUS_PRIVATE, /* of one product, not registered */
    POSTERN_STATUS_VENDOR,  /* an enhanced code of one product */
    POSTERN_STATUS_DRAFT,
    POSTERN_STATUS_WILD, /* defined nowhere, but seen in practice */
    POSTERN_STATUS_COUNT
};

/* Whether to send the same again (RFC 5321 4.2.1). */
enum postern_retry {
    POSTERN_RETRY_NO_NEED,
    POSTERN_RETRY_LATER,
    POSTERN_RETRY_NEVER_AS_IS,
    POSTERN_RETRY_COUNT
};

/* ---- basic reply codes (RFC 5321 4.2) ------------------------------------- */

struct postern_code {
    uint16_t code;
    enum postern_status status;
    enum postern_actor acts;
    enum postern_retry retry;
    struct postern_text name;
    struct postern_text gist;   /* completes "503: …" */
    struct postern_text means;  /* what it says */
    struct postern_text seen;   /* when it is seen */
    struct postern_text fix;    /* what to do */
    struct postern_text server; /* when a server uses it */
    struct postern_text client; /* what a client must do */
    struct slice rfc;           /* "RFC 5321 4.2.2; RFC 4954 6" */
    struct slice after;         /* "MAIL RCPT EOD": what it answers */
    struct slice enhanced;      /* "5.5.1 5.5.0" */
    struct slice see;           /* "250 500" */
    struct slice products;      /* "Courier; GreenMail" */
    /* Conversations, a line each: "C: …", "S: …"; lines that begin
     * otherwise set up the scene for the tests and are not for display. */
    struct slice example, failing, repaired;
};

/* All codes, ascending. */
extern const struct postern_code postern_codes[];
extern const size_t postern_code_count;

/* The entry of a code, NULL if the catalog has none. */
const struct postern_code *postern_code_find(unsigned code);

/* ---- enhanced status codes (RFC 3463, RFC 5248) --------------------------- */

struct postern_enhanced {
    struct slice code; /* "X.5.1", or with its class "5.7.606" */
    struct slice to;   /* last code of a range, or empty */
    enum postern_status status;
    enum postern_actor acts;
    struct postern_text name, means, fix;
    struct postern_text note; /* where products mean something else; may be empty */
    struct slice vendor;      /* "Microsoft" */
    struct slice rfc;
    struct slice codes; /* basic codes it comes with: "500 503" */
};

extern const struct postern_enhanced postern_enhanced_codes[];
extern const size_t postern_enhanced_count;

/* The entry for "5.5.1": a vendor's own code, else a range, else X.5.1. "X.5.1" finds
 * itself. NULL if code is not an enhanced code or not in the catalog. */
const struct postern_enhanced *postern_enhanced_find(struct slice code);

/* s has the form of an enhanced status code: class 2, 4, 5 or X, then two numbers of
 * one to three digits (RFC 3463 2). */
bool postern_enhanced_is(struct slice s);

/* ---- extensions and commands ---------------------------------------------- */

struct postern_extension {
    struct slice keyword;
    enum postern_status status;
    struct postern_text argument; /* what follows the keyword; may be empty */
    struct postern_text means;    /* what it adds */
    struct postern_text order;    /* what it changes in the order of commands */
    struct slice rfc, verbs, parameters, length, submission;
};

extern const struct postern_extension postern_extensions[];
extern const size_t postern_extension_count;
const struct postern_extension *postern_extension_find(struct slice keyword);

struct postern_verb {
    struct slice verb;
    struct slice syntax; /* empty: postern_command_syntax has it */
    enum postern_status status;
    struct postern_text means; /* what it does */
    struct postern_text order; /* when it may come, what it does to the transaction */
    struct slice rfc, success, temporary, permanent; /* codes */
};

extern const struct postern_verb postern_verbs[];
extern const size_t postern_verb_count;
const struct postern_verb *postern_verb_find(struct slice verb);

/* ---- causes: why conversations fail ---------------------------------------- */

/* What is wrong with a step. The order is that of postern_fault_name. */
enum postern_fault {
    POSTERN_FAULT_NONE,
    POSTERN_FAULT_MISSING,     /* had to come here and did not */
    POSTERN_FAULT_EARLY,       /* before it was allowed, or before a reply */
    POSTERN_FAULT_REPEATED,    /* came again */
    POSTERN_FAULT_WRONG,       /* another verb or mode came in its place */
    POSTERN_FAULT_MALFORMED,   /* badly written */
    POSTERN_FAULT_REFUSED,     /* in order, but turned down */
    POSTERN_FAULT_UNSUPPORTED, /* not offered by the peer */
    POSTERN_FAULT_MISREAD,     /* its valid reply was misread by the client */
    POSTERN_FAULT_UNREAD,      /* its reply was not waited for */
    POSTERN_FAULT_BAD_REPLY,   /* the server's reply to it is wrong */
    POSTERN_FAULT_ALTERED,     /* changed on the way */
    POSTERN_FAULT_LOST,        /* connection or state lost there */
    POSTERN_FAULT_COUNT
};

/* A step of a session, as diagnoses name it. */
enum postern_step {
    POSTERN_STEP_SESSION,
    POSTERN_STEP_CONNECT,
    POSTERN_STEP_GREETING,
    POSTERN_STEP_EHLO, /* HELO and LHLO too */
    POSTERN_STEP_STARTTLS,
    POSTERN_STEP_TLS, /* the handshake */
    POSTERN_STEP_AUTH,
    POSTERN_STEP_MAIL,
    POSTERN_STEP_RCPT,
    POSTERN_STEP_DATA,
    POSTERN_STEP_BODY,
    POSTERN_STEP_EOD, /* the final dot */
    POSTERN_STEP_BDAT,
    POSTERN_STEP_RSET,
    POSTERN_STEP_QUIT,
    POSTERN_STEP_VRFY,
    POSTERN_STEP_COUNT
};

/* Who has to change something. */
enum postern_side {
    POSTERN_SIDE_NONE,
    POSTERN_SIDE_CLIENT,
    POSTERN_SIDE_SERVER,
    POSTERN_SIDE_OPERATOR, /* configuration, account, DNS */
    POSTERN_SIDE_MIDDLEBOX,
    POSTERN_SIDE_NETWORK,
    POSTERN_SIDE_COUNT
};

/* "missing", "EHLO", "client": the words scripts see. Static. */
const char *postern_fault_name(enum postern_fault fault);
const char *postern_step_name(enum postern_step step);
const char *postern_side_name(enum postern_side side);

enum { POSTERN_CAUSE_ALSO_MAX = 3 };

struct postern_cause_entry {
    struct slice slug;  /* "nested-mail" */
    struct slice group; /* "order" */
    enum postern_fault fault;
    enum postern_step step; /* where it usually happens */
    enum postern_side side;
    struct postern_text name, summary, why, fix;
    struct slice codes; /* "503": the replies it shows up as */
    struct slice rfc;
    /* causes easily mistaken for it, likeliest first; the rest is POSTERN_CAUSE_NONE */
    enum postern_cause also[POSTERN_CAUSE_ALSO_MAX];
};

/* Indexed by enum postern_cause; entry 0 (NONE) is all empty. */
extern const struct postern_cause_entry postern_causes[POSTERN_CAUSE_COUNT];

/* The cause with that slug, POSTERN_CAUSE_NONE if there is none. */
enum postern_cause postern_cause_find(struct slice slug);

/* ---- lints: what a sending program does wrong, or could do better --------------- */

/* How much a lint matters, worst first. */
enum postern_severity {
    POSTERN_SEVERITY_ERROR,   /* breaks a rule, and mail is lost or endangered by it */
    POSTERN_SEVERITY_WARNING, /* other servers may refuse it, or slow it down */
    POSTERN_SEVERITY_HINT,    /* works, and could be better */
    POSTERN_SEVERITY_COUNT
};

/* "error", "warning", "hint": the words scripts see. Static. */
const char *postern_severity_name(enum postern_severity severity);

struct postern_lint_entry {
    struct slice slug; /* "no-quit" */
    enum postern_severity severity;
    struct postern_text name;
    struct postern_text why; /* what can go wrong */
    struct postern_text fix; /* what the developer of the program does */
    struct slice codes;      /* "503": what it is often answered with; or empty */
    struct slice rfc;        /* "RFC 5321 4.1.1.10" */
};

/* Indexed by enum postern_lint; entry 0 (NONE) is all empty. postern/lint.h finds them
 * in a recorded session. */
extern const struct postern_lint_entry postern_lints[POSTERN_LINT_COUNT];

/* The lint with that slug, POSTERN_LINT_NONE if there is none. */
enum postern_lint postern_lint_find(struct slice slug);

/* ---- pairs ------------------------------------------------------------------ */

struct postern_pair {
    uint16_t first, second;
    struct postern_text difference;
    struct postern_text use_first, use_second; /* when a server uses which */
};

extern const struct postern_pair postern_pairs[];
extern const size_t postern_pair_count;

/* The entry for two codes in either order (look at .first), NULL if there is none. */
const struct postern_pair *postern_pair_find(unsigned a, unsigned b);

/* ---- wordings of real servers ------------------------------------------------ */

struct postern_wording {
    struct slice name;    /* "postfix-503-error-nested-mail-command" */
    struct slice product; /* "Postfix" */
    struct slice sample;  /* a line it matches */
    struct slice after;   /* "MAIL": what it answers */
    struct slice enhanced;
    uint16_t code;
    uint16_t weight;   /* literal octets of its pattern */
    uint16_t queue_id; /* the group of the pattern with the server's id, or 0 */
    bool is_generic;   /* not of one product: what such a text means at any server */
    bool is_believed;  /* from experience, not confirmed by a source */
    enum postern_cause cause;
    bool has_step; /* fault and step are stated here */
    enum postern_fault fault;
    enum postern_step step;
    enum postern_actor acts;
};

enum { POSTERN_REPLY_TEXT_MAX = 1024 }; /* octets of a reply that are examined */

/* The wording a reply matches best. reply is flattened: "503 5.5.1 text", its lines
 * joined by one blank; octets after POSTERN_REPLY_TEXT_MAX are ignored.
 * product: the server's, if known, else empty; it decides between texts that
 * several products share. id_out (may be NULL): the receiving server's queue id,
 * borrowed from reply, or empty.
 * NULL when neither a wording nor a generic text fits. */
const struct postern_wording *
postern_wording_match(struct slice reply, struct slice product, struct slice *id_out);

/* All wordings, grouped by product; the generic ones come last. */
extern const struct postern_wording postern_wordings[];
extern const size_t postern_wording_count; /* with the generic ones */

/* ---- phrases ------------------------------------------------------------------ */

/* Labels and sentences of the pages and the command line; %1 to %4 are replaced by
 * values. */
extern const struct postern_text postern_phrases[POSTERN_PHRASE_COUNT];

static inline struct slice
postern_phrase(enum postern_phrase phrase, enum postern_language language)
{
    return postern_phrases[phrase].in[language];
}

/* Write a phrase with count values put in for %1, %2 …, up to size octets, not
 * NUL-terminated. Returns the octets written; what does not fit is cut. */
size_t postern_phrase_write(enum postern_phrase phrase, enum postern_language language,
                            const struct slice *values, size_t count, char *out,
                            size_t size);

#endif
