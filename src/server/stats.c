/* stats.c - the names of the counters */
#include "server/stats.h"

const char *const stat_names[STAT_COUNT] = {
    [STAT_SESSIONS] = "sessions",
    [STAT_SESSIONS_REFUSED] = "sessions_refused",
    [STAT_COMMANDS] = "commands",
    [STAT_REPLIES_4YZ] = "replies_4yz",
    [STAT_REPLIES_5YZ] = "replies_5yz",
    [STAT_MESSAGES] = "messages",
    [STAT_MESSAGES_DEFERRED] = "messages_deferred",
    [STAT_OCTETS] = "octets",
    [STAT_RECORDS_DROPPED] = "records_dropped",
    [STAT_TIMEOUTS] = "timeouts",
    [STAT_ACCEPT_PAUSES] = "accept_pauses",
};
