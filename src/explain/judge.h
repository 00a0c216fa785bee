/* judge - why a conversation failed: causes with scores
 *
 * replay.c walks through the events and keeps the state of the session; at each
 * refusal the rules of judge_reply.c name causes with a score, and at the end those of
 * judge_session.c look at the session as a whole. verdict.c picks the root cause.
 */
#ifndef EXPLAIN_JUDGE_H
#define EXPLAIN_JUDGE_H

#include "engine/order.h"
#include "explain/transcript.h"
#include "postern/explain.h"

#include <assert.h>

/* How sure a rule is, 0 to 100. From CERTAIN on a cause may be called certain, unless
 * another one scores nearly as high; from LIKELY on, likely. SESSION is the most for a
 * conclusion from the session as a whole. */
enum { SCORE_CERTAIN = 90, SCORE_SESSION = 88, SCORE_LIKELY = 55 };

struct candidate {
    enum postern_cause cause;
    enum postern_fault fault;
    enum postern_step step;
    int score;
};

enum { CANDIDATES_MAX = 10, VERDICTS_MAX = 48 };

/* The possible causes of one refusal, or of the session's failure as a whole. */
struct verdict {
    int32_t event;   /* the reply (or other event) it is about */
    int32_t command; /* what it answered, or -1 */
    struct candidate candidates[CANDIDATES_MAX]; /* unsorted while rules run */
    unsigned count;
    bool is_echo;      /* only a consequence of an earlier refusal */
    bool is_recovered; /* the same step succeeded later */
    bool is_mild;      /* a mistyped command, a reply to QUIT */
    int boost; /* raises its weight over the refusals it explains, not its certainty */
};

/* Extensions of the EHLO reply in force. A set of bits. */
enum {
    EXT_STARTTLS = 1 << 0,
    EXT_AUTH = 1 << 1,
    EXT_PIPELINING = 1 << 2,
    EXT_SIZE = 1 << 3,
    EXT_SMTPUTF8 = 1 << 4,
    EXT_CHUNKING = 1 << 5,
    EXT_8BITMIME = 1 << 6,
    EXT_DSN = 1 << 7,
    EXT_BINARYMIME = 1 << 8,
    EXT_ALTERED = 1 << 9, /* a keyword of X or * */
};

/* The state of the session before the current event. Indexes of events are -1 for
 * "none". */
struct state {
    enum postern_phase phase;
    uint32_t facts;  /* enum order_fact */
    bool is_assumed; /* the phase was guessed, the beginning is cut off */
    bool has_start;  /* the greeting or the first command was seen */
    int32_t greeting, hello, starttls, auth, mail;
    int32_t hello_refusal, auth_refusal, mail_refusal;
    int32_t rcpt_refusal; /* the first one of this transaction */
    int32_t data, last_reply, last_command;
    uint32_t rcpt_tried, rcpt_accepted;
    uint32_t messages;      /* accepted */
    int32_t message_reply;  /* to the last message, or -1 */
    int32_t abandoned;      /* QUIT or RSET sent before the reply to the message */
    int32_t early_success;  /* a success right after 354, before any content */
    int32_t contradiction;  /* a message refused and then accepted */
    uint32_t extra_replies; /* successes after a message that answer no command */
    uint32_t rsets, vrfys, vrfy_refused;
    int32_t late_greeting; /* a greeting that came after a command */
    int32_t partial; /* the refused recipient for which the whole transaction was given
                        up */
    int32_t vrfy;    /* the reply to the first one */
    uint32_t extensions;
    bool has_list;           /* extensions come from a reply in the paste */
    struct slice mechanisms; /* "PLAIN LOGIN" */
    uint64_t size_limit;
    bool is_masked; /* the greeting is stars: a firewall rewrote it */
    bool has_tls, has_lhlo, needs_hello_again;
    int32_t early;  /* a command sent without waiting where it had to wait */
    int32_t desync; /* a reply that does not belong to its command */
    int32_t pending[TRANSCRIPT_PENDING]; /* commands without a reply yet */
    unsigned pending_count;
    bool has_quit;
};

struct judgement {
    struct transcript *transcript;
    struct state state;
    struct verdict verdicts[VERDICTS_MAX];
    unsigned count;
    struct slice product, queue_id;
    bool was_accepted;
    uint32_t key;      /* the conversation being replayed, 0: all */
    bool has_dialogue; /* some reply was live, not only quoted */
};

/* Walk through the events of one conversation (key 0: all) and judge them. */
void replay(struct judgement *j, uint32_t key);

/* Event n; n is not -1. */
static inline struct event *
event_at(const struct judgement *j, int32_t n)
{
    assert(n >= 0 && n < TRANSCRIPT_EVENTS);
    return &j->transcript->events[n];
}

/* Event n, NULL for -1. */
static inline struct event *
event_or_null(const struct judgement *j, int32_t n)
{
    return n < 0 ? NULL : event_at(j, n);
}

/* Add a verdict about an event; NULL when there is no room. */
struct verdict *verdict_new(struct judgement *j, int32_t event, int32_t command);

/* Add a cause. If it is there already, the higher score counts. */
void verdict_add(struct verdict *v, enum postern_cause cause, enum postern_fault fault,
                 enum postern_step step, int score);

/* The same with the fault and step of the catalog. Where the catalog says "refused",
 * the refused step is at, if at is known. */
void verdict_add_default(struct verdict *v, enum postern_cause cause,
                         enum postern_step at, int score);

/* Likeliest first. */
void verdict_sort(struct verdict *v);

/* The step that an event is: a command's own, EOD for a message, COUNT if unknown. */
enum postern_step event_step(const struct event *e);

/* Judge the reply, a 4yz or 5yz, to command (or -1); j->state is the session before it.
 */
void judge_reply(struct judgement *j, int32_t reply, int32_t command);

/* Judge a success that a program reports as an error. */
void judge_success(struct judgement *j, int32_t reply);

/* Judge a program's own message. */
void judge_message(struct judgement *j, int32_t event);

/* Judge the conversation as a whole, after its last event. */
void judge_session(struct judgement *j);

/* A reply flattened: its lines joined by blanks, without the codes that repeat. */
struct slice judge_flatten(const struct event *e, char out[POSTERN_REPLY_TEXT_MAX]);

/* One sentence about event n in a language; returns the octets written to out. */
size_t narrate(const struct judgement *j, uint32_t n, enum postern_language language,
               char *out, size_t size);

/* The index of the verdict that the others follow from, or -1. */
int32_t verdict_root(const struct judgement *j);

#endif
