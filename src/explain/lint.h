/* lint - the state of a session being checked; only the lint*.c files include this
 *
 * 1. Rules are rows of tables: a lint, the kind of note it looks at, and a predicate.
 *    They see the note, and the state as it was before the note.
 * 2. lint_follow is the only writer of that state; it runs after the rules.
 * 3. In the notes of a session the replies to a command follow it, pipelined or not;
 *    is_pipelined of a command says that its reply was not waited for.
 */
#ifndef EXPLAIN_LINT_H
#define EXPLAIN_LINT_H

#include "base/slice.h"
#include "postern/lint.h"

enum { LINT_EXTENSIONS_MAX = 96, LINT_RECIPIENTS_MAX = 256 };

/* The current note, parsed a little further. Borrows from it. */
struct lint_line {
    bool has_path;       /* MAIL, RCPT: the path is valid enough to find its end */
    struct slice target; /* after "FROM:", "TO:"; empty if there is no such label */
    struct slice path;   /* with its "<" and ">" */
    struct slice parameters;
};

/* The last command line, and how it was answered. */
struct lint_last {
    enum postern_command command;
    uint64_t hash;
    uint16_t code; /* of the last reply to it; 0: none yet */
    enum postern_reply reply;
    bool is_unread; /* more came without waiting for the reply */
};

/* What a MAIL declared. */
struct lint_mail {
    bool is_utf8, has_size;
    uint64_t size;
};

struct lint {
    struct postern_lint_facts facts;
    struct postern_lint_finding found[POSTERN_LINT_COUNT];
    struct postern_lint_finding list[POSTERN_LINT_COUNT]; /* in order, at the end */
    uint32_t marked[POSTERN_LINT_COUNT]; /* the note of the last one, from 1 */

    uint32_t n;        /* of the current note, from 0 */
    uint32_t line_n;   /* of the last line received */
    bool is_line_open; /* … which has no complete reply yet */
    uint32_t commands; /* lines received as commands */
    struct lint_line line;
    struct lint_last last;
    bool is_after_refused_data; /* the current line follows a DATA whose refusal was
                                   read */

    /* the session */
    bool has_tls, has_auth, has_quit;
    bool has_hello;         /* an accepted one was seen, in this state of TLS */
    bool is_hello_void;     /* TLS began, and no hello was accepted since */
    bool was_hello_refused; /* the last one */
    bool was_ehlo_refused;  /* ever */
    bool is_secret_plain;   /* the current AUTH sends the password unhashed */
    uint32_t hello_lines;   /* of the reply to the current hello */
    bool offered[LINT_EXTENSIONS_MAX]; /* by index of postern_extensions */
    uint32_t messages;

    /* the transaction */
    struct lint_mail asked, mail;
    uint32_t recipients_tried, recipients_taken;
    uint64_t recipient;                       /* of the current RCPT, hashed */
    uint64_t recipients[LINT_RECIPIENTS_MAX]; /* the accepted ones */
    uint64_t content;                         /* octets on the wire */
    bool is_content_complete;

    /* courtesy */
    uint32_t noops; /* in a row */
    uint32_t mails;
    bool is_rset_needless; /* the command before was such a RSET */
};

/* A predicate: does the current note show the lint? */
typedef bool lint_holds(const struct lint *l, const struct postern_note *note);

struct lint_rule {
    enum postern_lint lint;
    enum postern_note_kind kind;
    lint_holds *holds;
};

/* Tables, each ended by a row without predicate. */
extern const struct lint_rule lint_rules_order[], lint_rules_form[],
    lint_rules_security[], lint_rules_reply[], lint_rules_courtesy[];

/* lint_line.c: parse the current note into l->line. */
void lint_read(struct lint *l, const struct postern_note *note);

/* lint_line.c: the next parameter of *rest as name and value; false: no more. */
bool lint_take_parameter(struct slice *rest, struct slice *name_out,
                         struct slice *value_out);

/* lint_line.c: the current recipient, hashed; 0 if there is no path. The case of the
 * domain is ignored. */
uint64_t lint_recipient(const struct lint *l);

/* lint_line.c: the mechanism of an AUTH line sends the password unhashed. */
bool lint_mechanism_is_plain(const struct postern_note *note);

/* lint_line.c: a hash of a line, to recognise it when it is repeated. */
uint64_t lint_hash(struct slice s);

/* lint_offer.c: note that the reply to a hello has this line. */
void lint_offer_add(struct lint *l, struct slice line);

/* lint_offer.c: the keyword was offered; only meant with has_hello. */
bool lint_offers(const struct lint *l, const char *keyword);

/* lint_offer.c: a parameter belongs to an extension, and none of that kind was
 * offered. */
bool lint_parameter_is_foreign(const struct lint *l, const char *verb,
                               struct slice name, struct slice value);

/* lint_offer.c: octets a command line may have, CRLF included (RFC 5321 4.5.3.1.4). */
uint64_t lint_line_max(const struct lint *l, enum postern_command command);

/* lint_reply.c: the lint that one of our own replies shows; POSTERN_LINT_NONE: none. */
enum postern_lint lint_shown_by(enum postern_reply reply);

/* lint_follow.c: what the note changes. */
void lint_follow(struct lint *l, const struct postern_note *note);

/* lint_end.c: what only the whole session shows: drop findings below a threshold, and
 * those that another finding covers. */
void lint_weigh(struct lint *l);

static inline struct lint *
lint_of(struct postern_lint_session *session)
{
    return (struct lint *)(void *)session->opaque.octets;
}

#endif
