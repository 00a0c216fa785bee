/* progress - "123 of 4000 messages exported" on a terminal, for work that takes long */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    const char *done;    /* "exported" */
    size_t count, total; /* total 0: unknown */
    uint64_t next_us;    /* when to write again */
    bool is_shown;       /* standard error is a terminal */
    bool is_dirty;       /* the line is not empty */
};

void progress_start(struct progress *progress, const char *done, size_t total);

/* One more is done. Writes at most five times a second, never in the first second. */
void progress_step(struct progress *progress);

/* Clear the line. */
void progress_end(struct progress *progress);

#endif
