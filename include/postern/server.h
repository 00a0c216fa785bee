/* postern/server.h - the server side of SMTP: bytes in, events out
 *
 * The engine does no I/O, allocates nothing, has no clock and no globals. It is
 * driven in four steps, again and again:
 *
 *     while (input.len > 0) {
 *         size_t used = postern_server_feed(&server, input);
 *         while (postern_server_next(&server, &event))
 *             …answer a question with postern_server_decide, take content, log a note…
 *         send postern_server_output(), then postern_server_sent()
 *         if (used == 0 && nothing happened) break;   keep the rest, read more
 *         input = input minus used;
 *     }
 *
 * Rules:
 * 1. feed takes at most one command line, or one run of content, a call. It
 *    takes nothing (returns 0) while a question is open, while an event waits to
 *    be pulled, while the output has no room for another reply, and when input
 *    holds no complete line. What it did not take belongs to the caller, who
 *    offers it again, first, followed by more. POSTERN_INPUT_MAX octets
 *    always hold enough for progress.
 * 2. Slices inside an event borrow from the input of the last feed, or from the
 *    output memory for replies. They die with the next feed (or decide).
 * 3. An ASK event opens a question. Nothing else happens until
 *    postern_server_decide answers it. The sender, the recipients and the
 *    content are the caller's to keep; the engine counts them only.
 * 4. The same octets give the same notes and replies however they are cut, but
 *    for the checks of input_waiting (setting sync; off with POSTERN_SYNC_OFF).
 *
 * RFC 5321 decides; its sections are cited at the rules in src/engine.
 */
#ifndef POSTERN_SERVER_H
#define POSTERN_SERVER_H

#include "postern/replies.h"
#include "postern/slice.h"
#include "postern/smtp.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- sizes --------------------------------------------------------------- */

enum {
    POSTERN_COMMAND_LINE_MAX = 4096, /* with CRLF; RFC 5321 4.5.3.1.4 asks 512 +
                                        increments, RFC 3461 5.4 1036 */
    POSTERN_SASL_LINE_MAX = 16384,   /* with CRLF; RFC 4954 4: 12288 suffice */
    POSTERN_INPUT_MAX = POSTERN_SASL_LINE_MAX + 2, /* the longest line and its CRLF */
    POSTERN_REPLY_MAX = 2048, /* the longest reply (HELP): 4 lines of 512 */
    POSTERN_OUTPUT_MIN =
        2 * POSTERN_REPLY_MAX,    /* a reply in flight, one being written */
    POSTERN_REPLY_LINE_MAX = 512, /* RFC 5321 4.5.3.1.5, with CRLF */
};

/* ---- settings ------------------------------------------------------------ */

/* What happens to a client that does not wait where it must (RFC 2920 3.1). */
enum postern_sync {
    POSTERN_SYNC_STRICT, /* refuse and close */
    POSTERN_SYNC_LOG,    /* go on; the note says so */
    POSTERN_SYNC_OFF,    /* not checked: fully independent of cuts */
};

/* Bare CR and bare LF in content. The end mark is strict in any case. */
enum postern_newline { POSTERN_NEWLINE_REJECT, POSTERN_NEWLINE_NORMALIZE };

/* The timers the caller keeps for the engine. */
enum postern_timer {
    POSTERN_TIMER_NONE,
    POSTERN_TIMER_COMMAND, /* waiting for a command or SASL line */
    POSTERN_TIMER_CONTENT, /* waiting for content */
    POSTERN_TIMER_TLS,     /* handshake */
    POSTERN_TIMER_REFUSED, /* after 554 or 521, waiting for QUIT */
    POSTERN_TIMER_SESSION, /* the whole connection */
    POSTERN_TIMER_COUNT
};

/* Borrowed by every server object made from it; must outlive them and not
 * change meanwhile. Start from postern_server_config_init. A limit of 0 is "no
 * limit" unless the line says otherwise. */
struct postern_server_config {
    struct slice hostname; /* ASCII domain or address literal, 1 to 255 octets */
    enum postern_profile profile;
    enum postern_sync sync;
    enum postern_newline newline;

    /* what is offered */
    bool has_smtputf8, has_chunking, has_binarymime, has_dsn, has_limits;
    bool has_starttls;   /* a usable certificate is there */
    bool has_requiretls; /* offered inside TLS only */
    bool has_mt_priority, has_deliverby, has_futurerelease, has_rrvs;
    uint32_t futurerelease_max_seconds; /* with has_futurerelease; not 0 */
    struct slice auth_mechanisms;       /* "PLAIN LOGIN"; empty: AUTH gets 502 */

    /* gates */
    bool tls_required;       /* SEQ-20 */
    bool auth_required;      /* SEQ-21 */
    bool password_needs_tls; /* PLAIN, LOGIN without TLS: 538 */

    /* leniencies (protocol 3.11) */
    bool is_hello_lenient; /* any printable word as hello argument */
    struct slice
        hello_allow; /* octets besides letters, digits, "-" in strict hello names */
    bool is_syntax_lenient;   /* space after FROM:, double space before parameters */
    bool is_domain_optional;  /* RCPT TO:<a>: the caller adds a domain */
    bool is_bare_lf_accepted; /* LF alone ends a command line */
    bool is_nul_accepted;     /* NUL in content */

    /* limits */
    uint64_t max_message;    /* octets of content */
    uint32_t max_recipients; /* accepted, in a transaction; not 0 */
    uint32_t max_mails;      /* MAIL commands in a session */
    uint32_t max_text_line;  /* octets of a content line without CRLF */
    uint32_t max_hops;       /* Received fields; not 0 */
    uint16_t max_errors_soft, max_errors_hard, max_junk, max_auth_failures;
    uint16_t max_unknown_rcpt_soft, max_unknown_rcpt_hard;
    uint16_t delay_ms;                       /* tarpit beyond the soft limits */
    uint32_t timeout_s[POSTERN_TIMER_COUNT]; /* for the caller's timers */
};

/* Fill config with the defaults of a profile. hostname is borrowed. */
void postern_server_config_init(struct postern_server_config *config,
                                enum postern_profile profile, struct slice hostname);

/* ---- the object ---------------------------------------------------------- */

/* Where replies are written. The caller owns it; size >= POSTERN_OUTPUT_MIN. */
struct postern_memory {
    char *output;
    size_t output_size;
};

/* One session: opaque, to be read through the functions below. The caller owns the
 * memory; copying an object copies the session. */
enum { POSTERN_SERVER_SIZE = 512 }; /* octets; the engine asserts that it fits */

struct postern_server {
    union {
        uint64_t align;
        char octets[POSTERN_SERVER_SIZE];
    } opaque;
};

/* Make server ready for one session. config and memory are borrowed. Afterwards
 * only postern_server_open may follow. */
void postern_server_init(struct postern_server *server,
                         const struct postern_server_config *config,
                         struct postern_memory memory);

/* Replace the output memory. Allowed only while postern_server_output is empty:
 * an idle session needs no output memory of its own, one for a whole thread will do. */
void postern_server_lend(struct postern_server *server, struct postern_memory memory);

struct postern_peer {
    bool has_tls;            /* implicit TLS, handshake done */
    bool is_xclient_trusted; /* may send XCLIENT (protocol appendix D) */
    bool spoke_first;        /* octets waited before the greeting */
    /* POSTERN_REPLY_NONE: 220. Or POSTERN_REPLY_GREETING_REFUSED (554),
     * _GREETING_DUMMY (521), _OVERLOADED (421) */
    enum postern_reply refusal;
};

/* Queue the greeting (RFC 5321 3.1). */
void postern_server_open(struct postern_server *server,
                         const struct postern_peer *peer);

/* Offer input; see rules 1 and 2. Returns the octets taken, from the front. */
size_t postern_server_feed(struct postern_server *server, struct slice input);

/* ---- events -------------------------------------------------------------- */

enum postern_event_type {
    POSTERN_EVENT_NOTE,      /* .note */
    POSTERN_EVENT_ASK_HELLO, /* .hello       question */
    POSTERN_EVENT_ASK_AUTH,  /* .auth        question */
    POSTERN_EVENT_ASK_MAIL,  /* .mail        question: accepted = a new envelope starts
                              */
    POSTERN_EVENT_ASK_RCPT,  /* .rcpt        question */
    POSTERN_EVENT_ASK_DATA,  /* nothing      question, before 354 or the first chunk */
    POSTERN_EVENT_CONTENT,   /* .content     decoded octets to keep, in order */
    POSTERN_EVENT_CONTENT_END,   /* .end         the content is complete and well-formed
                                  */
    POSTERN_EVENT_CONTENT_ABORT, /* nothing      throw the content and the envelope away
                                  */
    POSTERN_EVENT_ASK_COMMIT,  /* .commit      question: accept only when it is durable
                                */
    POSTERN_EVENT_ASK_XCLIENT, /* .xclient     question */
    POSTERN_EVENT_DELAY,       /* .delay_ms    hold output and input that long */
    POSTERN_EVENT_START_TLS,   /* nothing      send all output, then handshake, then
                                  _tls_done */
    POSTERN_EVENT_CLOSE,       /* nothing      send all output, then close */
};

enum postern_body { POSTERN_BODY_7BIT, POSTERN_BODY_8BITMIME, POSTERN_BODY_BINARYMIME };

/* An address of the envelope, source route dropped (RFC 5321 4.1.2). */
struct postern_address {
    struct slice mailbox; /* local-part "@" domain as sent; empty: the null path "<>" */
    struct slice local;   /* as sent, quotes and all */
    struct slice
        domain;         /* domain or literal; empty: none given (postmaster, lenient) */
    bool is_postmaster; /* local-part is "postmaster" in any case */
    bool is_utf8;       /* has octets above 7F */
};

/* Parameters are given as sent, except size. An empty slice: not given. */
struct postern_mail {
    struct postern_address from;
    struct slice parameters; /* everything after the path, as sent */
    bool has_size, is_smtputf8, is_requiretls;
    uint64_t size; /* SIZE=, saturated */
    enum postern_body body;
    struct slice ret, envid, auth, by, holdfor, holduntil, mt_priority;
};

struct postern_rcpt {
    struct postern_address to;
    struct slice parameters;
    struct slice notify, orcpt, rrvs;
};

enum postern_note_kind {
    POSTERN_NOTE_COMMAND, /* a line received, command or not */
    POSTERN_NOTE_REPLY,   /* a line sent */
    POSTERN_NOTE_CONTENT, /* content received: octets is empty, count says how much */
    POSTERN_NOTE_SASL,    /* a line of an AUTH exchange received */
    POSTERN_NOTE_EVENT, /* TLS done, EOF, timeout, no reply by rule: session_event says
                           what, octets in words */
};

/* One record for each line received or sent (and for each body). A received
 * line changes nothing, so before == after; the reply to it carries the change. */
struct postern_note {
    enum postern_note_kind kind;
    struct slice
        octets; /* the line without its end, as far as it may be shown, not escaped */
    uint32_t redacted;            /* octets withheld after it: a secret (S-44) */
    uint64_t count;               /* octets on the wire, line end included */
    enum postern_command command; /* received: the verb; reply: the verb answered */
    struct slice argument; /* received: after the verb, as far as it may be shown */
    uint16_t code;         /* reply: 250 …; else 0 */
    struct slice enhanced; /* reply: "5.5.1", or empty */
    enum postern_phase before, after;
    enum postern_reply
        reply;         /* which entry of the catalog; received: NONE or what is wrong */
    bool is_last;      /* reply: last line of it */
    bool is_pipelined; /* received: more input was already waiting */
    bool is_out_of_sync; /* received: … where the client must wait (SEQ-23 in sync log)
                          */
    enum postern_session_event session_event; /* NOTE_EVENT: what happened */
};

struct postern_hello {
    struct slice name;
    bool is_extended; /* EHLO or LHLO */
};

/* AUTH line or a later line of the exchange; checked to be base64 (RFC 4954 4). */
struct postern_auth {
    struct slice mechanism; /* first line only, as sent; else empty */
    struct slice response;  /* base64; "=" and an empty line are the empty response */
    bool has_response;      /* false: AUTH without an initial response */
};

struct postern_end {
    uint64_t octets; /* content, after dot-unstuffing */
    uint64_t wire_octets;
    uint32_t hops; /* Received fields counted */
    bool has_8bit; /* octets above 7F (protocol 3.12) */
    bool has_nul;
    bool was_normalized;      /* bare CR or LF became CRLF */
    bool lacks_final_newline; /* BDAT: the engine added CRLF */
};

struct postern_commit {
    uint32_t recipient; /* lmtp: 0-based index in order of accepted RCPTs; else 0 */
    enum postern_reply refusal; /* NONE, or (lmtp) the refusal decided already:
                                   decide only supplies the address */
    uint64_t octets;
};

struct postern_xclient {
    struct slice name, addr, port, proto, helo, login, destaddr,
        destport; /* xtext as sent */
};

struct postern_event {
    enum postern_event_type type;
    union {
        struct postern_note note;
        struct postern_hello hello;
        struct postern_auth auth;
        struct postern_mail mail;
        struct postern_rcpt rcpt;
        struct slice content;
        struct postern_end end;
        struct postern_commit commit;
        struct postern_xclient xclient;
        uint32_t delay_ms;
    };
};

/* Pull the next event. False: none waits; feed again (or decide, or send). */
bool postern_server_next(struct postern_server *server, struct postern_event *event);

/* ---- answers ------------------------------------------------------------- */

/* The answer to a question. All slices are copied (clipped to 64 octets, octets
 * outside 32-126 as "?") before decide returns. */
struct postern_decision {
    enum postern_reply
        reply;            /* POSTERN_REPLY_NONE: accept, with the engine's own reply */
    struct slice id;      /* ASK_COMMIT accepted: "queued as <id>" */
    struct slice durable; /* ASK_COMMIT accepted: "disk", "quorum", "none" */
    struct slice address; /* ASK_COMMIT on lmtp: the recipient's address */
    struct slice challenge; /* ASK_AUTH with POSTERN_REPLY_AUTH_CONTINUE: base64, up to
                               POSTERN_REPLY_MAX - 8 octets, copied whole */
    struct slice text;      /* replaces the catalog's text of a refusal; may be empty */
};

#define POSTERN_ACCEPT ((const struct postern_decision){.reply = POSTERN_REPLY_NONE})

/* Answer the open question. Without one it does nothing.
 * Any 4yz or 5yz entry of the catalog may be given, see each entry's comment. */
void postern_server_decide(struct postern_server *server,
                           const struct postern_decision *decision);

/* ---- output -------------------------------------------------------------- */

/* Octets to send now; borrowed, dies with the next call of _sent or _lend. */
struct slice postern_server_output(const struct postern_server *server);

/* The output must be sent before more input is taken (RFC 2920 3.2 (5), (6)).
 * While false the caller may collect replies until its input is used up. */
bool postern_server_must_flush(const struct postern_server *server);

/* The first n octets of the output have gone out. */
void postern_server_sent(struct postern_server *server, size_t n);

/* ---- what happens outside ------------------------------------------------ */

/* The handshake asked for by START_TLS is over. Not ok: close without a reply. */
void postern_server_tls_done(struct postern_server *server, bool is_ok);

/* The peer closed its sending side: an open transaction is dropped
 * (RFC 5321 4.1.1.5), CLOSE follows. */
void postern_server_eof(struct postern_server *server);

/* A timer ran out: 421 4.4.2 where a reply is possible, then CLOSE. */
void postern_server_timer(struct postern_server *server, enum postern_timer timer);

/* The service shuts down: 421 4.3.2, CLOSE. An open question is forgotten. */
void postern_server_shutdown(struct postern_server *server);

/* ---- questions about a session ------------------------------------------- */

enum postern_phase postern_server_phase(const struct postern_server *server);

/* The timer that should be running now. */
enum postern_timer postern_server_timer_wanted(const struct postern_server *server);

/* The command would not be refused for its place in the order, by a gate, or as
 * not offered, if it came now. */
bool postern_server_allows(const struct postern_server *server,
                           enum postern_command command);

/* A question is open. */
bool postern_server_is_asking(const struct postern_server *server);

/* Accepted recipients of the open transaction. */
uint32_t postern_server_recipients(const struct postern_server *server);

/* The hello argument was given with EHLO or LHLO; TLS is on; AUTH succeeded. */
bool postern_server_is_extended(const struct postern_server *server);
bool postern_server_has_tls(const struct postern_server *server);
bool postern_server_has_auth(const struct postern_server *server);

#endif
