/* idle - connections that only wait, and the wait for a server's first greeting */
#ifndef BENCH_IDLE_H
#define BENCH_IDLE_H

#include "measure.h"

struct idle_plan {
    struct sockaddr_in server;
    uint64_t connections;
    bool says_ehlo;   /* send EHLO too; else stop after the greeting */
    double give_up_s; /* so long without any progress */
};

/* Open all connections, print READY, hold them until standard input ends, then send
 * NOOP on each and count the answers. True: every one was opened and answered. */
bool idle_hold(const struct idle_plan *plan);

/* Connect again and again until a server greets with 220; print the milliseconds
 * since the call. False: it did not in time. */
bool idle_wait_greeting(const struct idle_plan *plan);

#endif
