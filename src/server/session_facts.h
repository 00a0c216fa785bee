/* session_facts - who a session is with and how it goes: what the log, the store and
 * the live feed say about it
 */
#ifndef SERVER_SESSION_FACTS_H
#define SERVER_SESSION_FACTS_H

#include "base/id.h"
#include "net/address.h"
#include "settings/settings.h"

enum session_outcome {
    OUTCOME_OPEN,
    OUTCOME_QUIT,   /* the client sent QUIT */
    OUTCOME_CLOSED, /* we closed after a fault */
    OUTCOME_LOST,   /* the client went away without QUIT */
    OUTCOME_TIMEOUT,
    OUTCOME_REFUSED,  /* no 220 */
    OUTCOME_SHUTDOWN, /* we go out of service */
    OUTCOME_COUNT
};

struct session_facts {
    struct id id;
    struct net_end peer;
    const struct listener *listener;
    uint64_t started_at_us; /* realtime */
    uint64_t opened_us;     /* the same moment, monotonic */
    uint32_t messages;      /* accepted with 250 */
    uint32_t faults;        /* replies 4yz and 5yz */
};

/* "quit": as the log, the store and the pages spell it. */
const char *session_outcome_name(enum session_outcome outcome);

#endif
