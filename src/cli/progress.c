/* progress.c - one line on standard error, rewritten in place */
#include "cli/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

void
progress_start(struct progress *progress, const char *done, size_t total)
{
    *progress = (struct progress){.done = done,
                                  .total = total,
                                  .next_us = clock_monotonic_us() + 1000000,
                                  .is_shown = isatty(STDERR_FILENO)};
}

void
progress_step(struct progress *progress)
{
    progress->count++;
    if (!progress->is_shown)
        return;
    uint64_t now = clock_monotonic_us();
    if (now < progress->next_us)
        return;
    progress->next_us = now + 200000;
    progress->is_dirty = true;
    if (progress->total > 0)
        fprintf(stderr, "\r%zu of %zu messages %s", progress->count, progress->total,
                progress->done);
    else
        fprintf(stderr, "\r%zu messages %s", progress->count, progress->done);
}

void
progress_end(struct progress *progress)
{
    if (progress->is_dirty)
        fputs("\r\033[K", stderr);
}
