/* fixture - the listener, mailboxes and passwords all model tests agree on
 *
 * Protocol G.1: host mx.example.net, domain example.net, mailboxes ann, bob and
 * postmaster; nobody is unknown, full answers 452; SIZE 10000, three recipients,
 * strict syntax, AUTH PLAIN and LOGIN with ann / secret-1, XCLIENT trusted.
 *
 * A fixture is settings only. A responder is the test double that answers the
 * questions of one session; it is small and may be copied with its engine.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include "postern/server.h"

#include <stdbool.h>

struct fixture {
    struct postern_server_config config;
    struct postern_peer peer;
    /* Answers that differ from protocol G.1; POSTERN_REPLY_NONE: none differs. */
    enum postern_reply hello_answer, mail_answer, data_answer, commit_answer,
        xclient_answer, auth_answer, rcpt_answer; /* the last two: in place of a yes */
    bool is_bob_full; /* the commit for bob is refused with mailbox-full (lmtp) */
};

/* The listener of protocol G.1 with the given profile. On other profiles than test,
 * what the profile says about gates and syntax stays as postern_server_config_init
 * makes it. */
void fixture_init(struct fixture *fixture, enum postern_profile profile);

/* Change one setting by its name ("size", "10001"); the names are listed in
 * tests/conversations/FORMAT.md. value is borrowed.
 * False: no such setting, or no such value. "profile" starts over. */
bool fixture_set(struct fixture *fixture, struct slice key, struct slice value);

enum { RESPONDER_RECIPIENTS = 8 };

struct responder {
    const struct fixture *fixture;
    unsigned char auth_step;  /* which answer the AUTH exchange waits for */
    bool is_user_right;       /* LOGIN: the user name was ann */
    unsigned char recipients; /* accepted in the open transaction */
    unsigned char mailboxes[RESPONDER_RECIPIENTS]; /* which, for LMTP */
};

void responder_init(struct responder *responder, const struct fixture *fixture);

/* The answer to a question event. Slices in it are static, or borrow from the
 * fixture. */
struct postern_decision responder_answer(struct responder *responder,
                                         const struct postern_event *event);

/* The event is a question. */
bool event_is_question(enum postern_event_type type);

#endif
