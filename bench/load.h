/* load - many SMTP clients in one thread, each sending the next message when the last
 * one is answered
 *
 * Every reply code is checked. A wrong one is counted, shown (the first five) and ends
 * its connection; another takes its place.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "measure.h"

#include <stddef.h>

struct load_plan {
    struct sockaddr_in server;
    const char *from, *to;
    uint64_t connections;
    uint64_t recipients;     /* of each message */
    uint64_t messages;       /* stop after so many; 0: by time */
    uint64_t per_connection; /* messages before QUIT; 0: no end */
    double warm_up_s, measure_s;
    uint64_t body_octets;
    bool is_pipelined; /* MAIL, RCPT and DATA in one write */
    bool is_quiet;     /* do not show wrong replies */

    /* Processor time of the server so far, in seconds. */
    double (*server_cpu_s)(const void *context);
    const void *server_context;
};

/* What was seen in the measured window. */
struct load_result {
    double seconds, server_cpu_s, own_cpu_s, steal_s, busy_s;
    uint64_t messages, connections, wrong, lost, hung;
    struct histogram latency; /* ns from the last octet of the body to its 250 */
};

/* Run the plan; the result is the caller's, zeroed by this call. */
void load_run(const struct load_plan *plan, struct load_result *result);

#endif
