/* session_facts.c - the names of the outcomes */
#include "server/session_facts.h"

static const char *const outcome_names[OUTCOME_COUNT] = {
    [OUTCOME_OPEN] = "open",         [OUTCOME_QUIT] = "quit",
    [OUTCOME_CLOSED] = "closed",     [OUTCOME_LOST] = "lost",
    [OUTCOME_TIMEOUT] = "timeout",   [OUTCOME_REFUSED] = "refused",
    [OUTCOME_SHUTDOWN] = "shutdown",
};

const char *
session_outcome_name(enum session_outcome outcome)
{
    return outcome_names[outcome];
}
