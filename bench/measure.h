/* measure - what every benchmark needs: time, processor time, percentiles, numbers
 *
 * The benchmarks are programs of their own: they share nothing with the server, so
 * that they measure it from outside.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds that only go forward. */
uint64_t measure_now_ns(void);

/* Processor time this process has used, user and system, in seconds. */
double measure_own_cpu_s(void);

/* Processor time process pid has used, in seconds; 0 if it cannot be read. */
double measure_cpu_of_s(uint64_t pid);

/* ---- latencies ------------------------------------------------------------ */

/* Counts of values, in steps that grow with the value: 1/128 of it, so a percentile
 * is right within 0.8 %. Zeroed memory is an empty histogram. */
enum { HISTOGRAM_STEPS = 128, HISTOGRAM_SIZE = 64 * HISTOGRAM_STEPS };

struct histogram {
    uint64_t counts[HISTOGRAM_SIZE];
    uint64_t count, sum, max;
};

void histogram_add(struct histogram *histogram, uint64_t value);

/* The value below which that part (0 to 1) of all values lies; 0 when empty. */
uint64_t histogram_at(const struct histogram *histogram, double part);

/* ---- the command line ------------------------------------------------------ */

/* Each reads all of text, or ends the program with a message and status 64. */
uint64_t argument_count(const char *program, const char *text, uint64_t max);
double argument_seconds(const char *program, const char *text);
struct sockaddr_in argument_address(const char *program, const char *host,
                                    const char *port);

/* As many descriptors as the system lets us have. */
void measure_raise_descriptors(void);

#endif
