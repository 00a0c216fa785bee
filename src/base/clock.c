/* clock.c - clock_gettime and one format (RFC 3339, UTC, milliseconds) */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static uint64_t
read_clock(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t
clock_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t
clock_realtime_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

void
clock_format(uint64_t realtime_us, char out[CLOCK_TEXT_SIZE])
{
    time_t seconds = (time_t)(realtime_us / 1000000);
    unsigned milliseconds = (unsigned)(realtime_us / 1000 % 1000);
    struct tm t;
    char date[sizeof("2026-01-02T03:04:05") + 8];

    gmtime_r(&seconds, &t);
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &t);
    snprintf(out, CLOCK_TEXT_SIZE, "%.19s.%03uZ", date, milliseconds);
}
