/* clock - the only place that reads the clock
 *
 * Code that depends on the time takes it as an argument, so that tests need no real
 * clock; only the event loops and the commands call these.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Microseconds on a clock that never goes back; for intervals. */
uint64_t clock_monotonic_us(void);

/* Microseconds since 1970-01-01T00:00:00Z. */
uint64_t clock_realtime_us(void);

enum { CLOCK_TEXT_SIZE = 25 };

/* realtime as "2026-01-02T03:04:05.678Z" with a closing NUL. */
void clock_format(uint64_t realtime_us, char out[CLOCK_TEXT_SIZE]);

#endif
