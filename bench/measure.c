/* measure.c - clocks, a histogram and strict reading of arguments */
#include "measure.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { USAGE_STATUS = 64 };

uint64_t
measure_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static double
seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

double
measure_own_cpu_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

/* Fields 14 and 15 of /proc/PID/stat. The second field is the program's name in
 * parentheses, which may contain anything: count from the last ")". */
double
measure_cpu_of_s(uint64_t pid)
{
    char path[64], text[1024];
    unsigned long long ticks = 0;

    snprintf(path, sizeof(path), "/proc/%llu/stat", (unsigned long long)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';

    char *at = strrchr(text, ')');
    for (int field = 2; at != NULL && field < 14; field++) /* utime is the 14th */
        at = strchr(at + 1, ' ');
    for (int i = 0; at != NULL && i < 2; i++) {
        char *end;
        ticks += strtoull(at, &end, 10);
        at = end;
    }
    return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

/* Values below HISTOGRAM_STEPS have a bucket each; above, every power of two has
 * HISTOGRAM_STEPS buckets. */
static size_t
place_of(uint64_t value)
{
    if (value < HISTOGRAM_STEPS)
        return (size_t)value;
    unsigned power = 63 - (unsigned)__builtin_clzll(value);
    return (power - 6) * HISTOGRAM_STEPS +
           (size_t)((value >> (power - 7)) & (HISTOGRAM_STEPS - 1));
}

static uint64_t
value_at(size_t place)
{
    if (place < HISTOGRAM_STEPS)
        return place;
    unsigned power = (unsigned)(place / HISTOGRAM_STEPS) + 6;
    return ((uint64_t)1 << power) |
           ((uint64_t)(place % HISTOGRAM_STEPS) << (power - 7));
}

void
histogram_add(struct histogram *histogram, uint64_t value)
{
    histogram->counts[place_of(value)]++;
    histogram->count++;
    histogram->sum += value;
    if (value > histogram->max)
        histogram->max = value;
}

uint64_t
histogram_at(const struct histogram *histogram, double part)
{
    uint64_t wanted = (uint64_t)((double)histogram->count * part);
    uint64_t seen = 0;

    for (size_t place = 0; place < HISTOGRAM_SIZE; place++) {
        seen += histogram->counts[place];
        if (seen > wanted)
            return value_at(place);
    }
    return histogram->max;
}

static _Noreturn void
refuse(const char *program, const char *text, const char *wanted)
{
    fprintf(stderr, "%s: \"%s\": not valid here: give %s\n", program, text, wanted);
    exit(USAGE_STATUS);
}

uint64_t
argument_count(const char *program, const char *text, uint64_t max)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || value > max)
        refuse(program, text, "a whole number in range");
    return value;
}

double
argument_seconds(const char *program, const char *text)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end != '\0' || !(value >= 0 && value < 1e6))
        refuse(program, text, "seconds, such as 2.5");
    return value;
}

struct sockaddr_in
argument_address(const char *program, const char *host, const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    address.sin_port = htons((uint16_t)argument_count(program, port, UINT16_MAX));
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
        refuse(program, host, "an IPv4 address");
    return address;
}

void
measure_raise_descriptors(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}
