/* postern/smtp.h - the names of SMTP: commands, phases and events of a session,
 * profiles
 *
 * The order of the commands is not here: it is one table, read through
 * postern_server_allows() and, inside the library, engine/order.h.
 */
#ifndef POSTERN_SMTP_H
#define POSTERN_SMTP_H

#include "postern/slice.h"

/* Every verb the engine knows (RFC 5321 4.1 and the extensions of protocol chapters 2
 * and 5). Recordings hold these numbers: a new one goes to the end. */
enum postern_command {
    POSTERN_HELO,
    POSTERN_EHLO,
    POSTERN_LHLO,
    POSTERN_MAIL,
    POSTERN_RCPT,
    POSTERN_DATA,
    POSTERN_BDAT,
    POSTERN_RSET,
    POSTERN_NOOP,
    POSTERN_VRFY,
    POSTERN_EXPN,
    POSTERN_HELP,
    POSTERN_AUTH,
    POSTERN_STARTTLS,
    POSTERN_QUIT,
    POSTERN_XCLIENT,
    POSTERN_UNIMPLEMENTED, /* ETRN TURN ATRN SEND SOML SAML BURL: known, refused */
    POSTERN_UNKNOWN,       /* any other verb */
    POSTERN_COMMAND_COUNT
};

/* Where a session is. */
enum postern_phase {
    POSTERN_PHASE_REFUSED,     /* R: greeted with 554 or 521 */
    POSTERN_PHASE_GREETED,     /* G: greeted, no hello in force */
    POSTERN_PHASE_HELO,        /* H: HELO done, no transaction */
    POSTERN_PHASE_EHLO,        /* E: EHLO (LHLO) done, no transaction */
    POSTERN_PHASE_MAIL,        /* M: sender given, no recipient accepted yet */
    POSTERN_PHASE_RCPT,        /* P: at least one recipient accepted */
    POSTERN_PHASE_DATA,        /* D: in the content, after 354 */
    POSTERN_PHASE_BDAT,        /* B: between the chunks of a BDAT sequence */
    POSTERN_PHASE_BDAT_FAILED, /* F: a chunk was refused */
    POSTERN_PHASE_AUTH,        /* A: in an AUTH exchange */
    POSTERN_PHASE_TLS,         /* T: TLS handshake running */
    POSTERN_PHASE_CLOSING,     /* X: the last reply is out */
    POSTERN_PHASE_COUNT
};

/* What kind of service a listener gives. */
enum postern_profile {
    POSTERN_PROFILE_MX,
    POSTERN_PROFILE_SUBMISSION,
    POSTERN_PROFILE_SUBMISSIONS,
    POSTERN_PROFILE_LMTP,
    POSTERN_PROFILE_TEST,
    POSTERN_PROFILE_COUNT
};

/* What happened to a session without a line. A note has its number and its text;
 * recordings keep the text. */
enum postern_session_event {
    POSTERN_SESSION_EVENT_NONE,        /* something else, or no event at all */
    POSTERN_SESSION_EVENT_SPOKE_FIRST, /* input came before the greeting */
    POSTERN_SESSION_EVENT_TLS,         /* the TLS handshake is done */
    POSTERN_SESSION_EVENT_NO_TLS,      /* … failed */
    POSTERN_SESSION_EVENT_CLOSED,      /* the client closed the connection */
    POSTERN_SESSION_EVENT_TIMEOUT,     /* closed without a reply, at a time limit */
    POSTERN_SESSION_EVENT_NO_REPLY,    /* a command has no reply (RFC 2033 4.3) */
    POSTERN_SESSION_EVENT_COUNT
};

/* "EHLO", "MAIL", …; "unknown" for POSTERN_UNKNOWN. Static. */
const char *postern_command_name(enum postern_command command);

/* The letter of the phase as the documentation writes it: 'R', 'G', 'H' … */
char postern_phase_letter(enum postern_phase phase);

/* A word for the phase: "greeted", "mail", "bdat-failed" … Static. */
const char *postern_phase_name(enum postern_phase phase);

/* "mx", "submission", "submissions", "lmtp", "test". Static. */
const char *postern_profile_name(enum postern_profile profile);

/* "TLS started" …: the text of a session event in a note; empty for NONE. Static. */
struct slice postern_session_event_text(enum postern_session_event event);

/* The session event with this text; NONE if there is none. */
enum postern_session_event postern_session_event_find(struct slice text);

#endif
