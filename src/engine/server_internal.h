/* server - inside of a server session; only the server_*.c files include this
 *
 * server_enter is the only writer of phase, server_reply of the
 * output and the error counters. A handler checks first and changes after.
 */
#ifndef ENGINE_SERVER_H
#define ENGINE_SERVER_H

#include "engine/body.h"
#include "engine/command.h"
#include "engine/order.h"
#include "engine/reply.h"
#include "postern/server.h"

/* Events that wait to be pulled, in the order in which they are given out. */
enum pending {
    PENDING_CONTENT = 1 << 0,    /* run */
    PENDING_TAIL = 1 << 1,       /* tail: content after the run */
    PENDING_INPUT_NOTE = 1 << 2, /* the line (or content) received */
    PENDING_ABORT = 1 << 3,
    PENDING_CONTENT_END = 1 << 4,
    PENDING_EVENT_NOTE = 1 << 5, /* something without a line */
    PENDING_REPLY_NOTE = 1 << 6, /* lines of the output from noted on */
    PENDING_QUESTION = 1 << 7,
    PENDING_DELAY = 1 << 8,
    PENDING_TLS = 1 << 9,
    PENDING_CLOSE = 1 << 10,
};

enum hello { HELLO_NONE, HELLO_HELO, HELLO_EHLO };

/* What happens to the octets of the current chunk. */
enum chunk_action { CHUNK_NONE, CHUNK_KEEP, CHUNK_EAT };

/* A received line as its note will show it. */
struct input_note {
    struct slice octets, argument;
    uint64_t count;
    uint32_t redacted;
    uint8_t kind, command;
    bool is_pipelined, is_out_of_sync;
};

struct server {
    const struct postern_server_config *config;
    struct output output;
    struct body body;

    uint16_t pending;     /* enum pending */
    uint8_t question;     /* enum postern_event_type, 0: none (NOTE is no question) */
    uint8_t phase;        /* enum postern_phase; written by server_enter only */
    uint8_t phase_before; /* when the current line was read */
    uint8_t command;      /* enum postern_command of the current line */
    uint8_t hello;        /* enum hello */
    uint8_t next;         /* order_step.next of the current command */

    bool has_tls, has_auth, is_xclient_trusted, is_dummy;
    bool is_mail_refused, is_smtputf8, is_binary;
    bool has_content;      /* the caller holds content of this transaction */
    bool was_auth_refused; /* a secret may come as a command next */
    bool is_waiting;       /* input_waiting: more followed the current line */
    bool must_flush;
    bool is_multi_line; /* the output without notes has more than one line */

    /* counters of protocol 2.9 */
    uint16_t errors, junk, auth_failures, unknown_rcpts;
    uint16_t errors_before; /* … before the current line: its own do not slow down its
                               reply */
    uint32_t mails;
    uint8_t content_lines; /* header fields seen where commands belong */

    uint32_t rcpts, rcpts_tried;

    /* the chunk of a BDAT */
    uint64_t chunk_left;
    uint64_t chunk_size;  /* octets on the wire: of the chunk, or of DATA so far */
    uint8_t chunk_action; /* enum chunk_action */
    bool is_chunk_last, is_chunk_silent;
    uint16_t chunk_reply;  /* enum postern_reply, for EAT */
    uint16_t bdat_failure; /* enum postern_reply: what put the transaction into F */

    /* the end of a message */
    uint16_t refusal; /* enum postern_reply already decided at ASK_COMMIT (lmtp) */
    uint32_t commit_index;

    /* replies */
    uint16_t reply; /* enum postern_reply last written */
    uint16_t
        closing_reply;     /* the next command, whatever it is, gets this and the end */
    uint16_t last_refusal; /* last 4yz or 5yz given, for HELP */
    uint8_t last_refused;  /* enum postern_command it was given to */
    bool is_overlong_cr;   /* the last octet discarded was CR */
    uint32_t overlong;     /* octets of an over-long line discarded so far */
    uint8_t session_event; /* enum postern_session_event of the next event note */
    uint32_t noted;        /* output up to here has had its notes */

    struct input_note input;
    struct slice run, tail;
    union {
        struct postern_hello hello;
        struct postern_auth auth;
        struct postern_mail mail;
        struct postern_rcpt rcpt;
        struct postern_xclient xclient;
    } ask;
};

_Static_assert(sizeof(struct server) <= POSTERN_SERVER_SIZE,
               "a session must stay small");

/* The public object seen from inside. */
static inline struct server *
server_of(struct postern_server *server)
{
    return (struct server *)(void *)server->opaque.octets;
}

static inline const struct server *
server_of_const(const struct postern_server *server)
{
    return (const struct server *)(const void *)server->opaque.octets;
}

static inline bool
server_is_lmtp(const struct server *s)
{
    return s->config->profile == POSTERN_PROFILE_LMTP;
}

/* The output has room for the longest reply. */
static inline bool
server_has_room(const struct server *s)
{
    return s->output.size - s->output.len >= POSTERN_REPLY_MAX;
}

/* What is true of a session whenever a public function is entered. */
static inline bool
server_is_sane(const struct server *s)
{
    return s->phase < POSTERN_PHASE_COUNT && s->output.sent <= s->output.len &&
           s->output.len <= s->output.size && s->rcpts <= s->rcpts_tried &&
           (s->rcpts == 0 || s->phase >= POSTERN_PHASE_RCPT) &&
           (s->phase != POSTERN_PHASE_DATA || s->rcpts > 0) &&
           (s->phase != POSTERN_PHASE_CLOSING || s->question == 0);
}

/* ---- server_reply.c: the funnels ---- */

/* Change the phase. */
void server_enter(struct server *s, enum postern_phase phase);

/* Enter the phase that the order table gives for the current command. */
void server_follow(struct server *s);

/* H or E: where a finished or abandoned transaction leads. */
enum postern_phase server_idle_phase(const struct server *s);

/* Make the caller discard the content it holds of this message, if any. */
void server_drop_content(struct server *s);

/* Forget sender, recipients and content. */
void server_drop_transaction(struct server *s);

/* Reply to the current command. values may be NULL. */
void server_reply(struct server *s, enum postern_reply reply,
                  const struct reply_values *values);

/* The same, with codes of another entry, or with a text in place of the catalog's. */
void server_reply_as(struct server *s, enum postern_reply reply,
                     enum postern_reply codes, struct slice own_text,
                     const struct reply_values *values);

/* One line of a multi-line reply; server_reply gives the last one. */
void server_reply_line(struct server *s, enum postern_reply reply,
                       struct slice own_text, const struct reply_values *values);

/* 334 and a challenge in base64. */
void server_reply_challenge(struct server *s, struct slice challenge);

/* Give a reply, drop everything, close. */
void server_close(struct server *s, enum postern_reply reply,
                  const struct reply_values *values);

/* The current command moves no mail: too many of those count as errors. */
void server_count_junk(struct server *s);

/* Open a question. */
void server_ask(struct server *s, enum postern_event_type question);

/* Note what happened without a line. */
void server_note_event(struct server *s, enum postern_session_event event);

/* ---- server_check.c: what may be done now ---- */

/* What order says about command now. */
struct order_step server_check_order(const struct server *s,
                                     enum postern_command command, bool is_last);

/* The reply if command is not offered here at all, NONE if it is. */
enum postern_reply server_check_offer(const struct server *s,
                                      enum postern_command command);

/* command would get past order, gates and offer if it came now. */
bool server_allows(const struct server *s, enum postern_command command);

/* The mechanism may be used now: it does not send a secret in the clear (S-74). */
bool server_mechanism_is_safe(const struct server *s, struct slice mechanism);

/* The current command may be carried out although more input waits after it; if not,
 * it has been answered (SEQ-23, SEQ-24). */
bool server_is_in_sync(struct server *s);

/* ---- handlers, one a command ---- */

void server_hello(struct server *s, const struct command *command);
void server_mail(struct server *s, const struct command *command);
void server_rcpt(struct server *s, const struct command *command);
void server_data(struct server *s, const struct command *command);
void server_rset(struct server *s, const struct command *command);
void server_noop(struct server *s, const struct command *command);
void server_vrfy(struct server *s, const struct command *command);
void server_help(struct server *s, const struct command *command);
void server_quit(struct server *s, const struct command *command);
void server_auth(struct server *s, const struct command *command);
void server_starttls(struct server *s, const struct command *command);

void server_xclient(struct server *s, const struct command *command);

/* BDAT announces octets that must be read whatever the answer, so it does the checks
 * after the octets itself. */
void server_bdat(struct server *s, const struct command *command);

/* ---- lines and content ---- */

/* One line, without its end, of wire_len octets with it. */
void server_take_line(struct server *s, struct slice line, uint64_t wire_len);
void server_take_sasl_line(struct server *s, struct slice line, uint64_t wire_len);

/* Content octets in phase DATA, or of a chunk. Return octets taken. */
size_t server_take_data(struct server *s, struct slice input);
size_t server_take_chunk(struct server *s, struct slice input);

/* Decode content from the front of input and hand out a run of it. Returns octets
 * taken. Far over the size limit the session is closing afterwards.
 * is_end_out: the end mark of DATA was taken. */
size_t server_take_content(struct server *s, struct slice input, bool *is_end_out);

/* The content is complete: refuse it, or ask for the commit. */
void server_end_content(struct server *s);

/* On lmtp: one reply for each recipient, all of them this refusal. */
void server_refuse_each(struct server *s, enum postern_reply refusal);

/* ---- answers ---- */

void server_decided_hello(struct server *s, const struct postern_decision *decision);
void server_decided_mail(struct server *s, const struct postern_decision *decision);
void server_decided_rcpt(struct server *s, const struct postern_decision *decision);
void server_decided_data(struct server *s, const struct postern_decision *decision);
void server_decided_chunk(struct server *s, const struct postern_decision *decision);
void server_decided_commit(struct server *s, const struct postern_decision *decision);
void server_decided_auth(struct server *s, const struct postern_decision *decision);
void server_decided_xclient(struct server *s, const struct postern_decision *decision);

/* The verb of the current command, as a value for replies. */
struct slice server_verb(const struct server *s);

#endif
