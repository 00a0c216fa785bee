/* stats - the counters of a thread; summed when they are read
 *
 * Each counter is written by one thread only, so it needs no locked instruction;
 * any thread may read it and sees a value that was current a moment ago.
 */
#ifndef SERVER_STATS_H
#define SERVER_STATS_H

#include <stdatomic.h>
#include <stdint.h>

enum stats_counter {
    STAT_SESSIONS,         /* accepted */
    STAT_SESSIONS_REFUSED, /* 421 or 554 in place of the greeting */
    STAT_COMMANDS,
    STAT_REPLIES_4YZ,
    STAT_REPLIES_5YZ,
    STAT_MESSAGES,          /* got 250 */
    STAT_MESSAGES_DEFERRED, /* got 4yz at the end of data */
    STAT_OCTETS,            /* of the messages that got 250 */
    STAT_RECORDS_DROPPED,   /* runs of notes not stored, for lack of memory or space */
    STAT_TIMEOUTS,
    STAT_ACCEPT_PAUSES, /* no descriptors for a moment */
    STAT_COUNT
};

struct stats {
    atomic_ullong values[STAT_COUNT];
};

/* The names of the counters in the output of stats; by enum stats_counter. */
extern const char *const stat_names[STAT_COUNT];

/* The owner's thread only. */
static inline void
stats_add(struct stats *stats, enum stats_counter counter, uint64_t n)
{
    uint64_t value =
        atomic_load_explicit(&stats->values[counter], memory_order_relaxed);

    atomic_store_explicit(&stats->values[counter], value + n, memory_order_relaxed);
}

static inline uint64_t
stats_read(const struct stats *stats, enum stats_counter counter)
{
    return atomic_load_explicit(&stats->values[counter], memory_order_relaxed);
}

#endif
