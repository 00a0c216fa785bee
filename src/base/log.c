/* log.c - the only writer of log lines
 *
 * A reader that stops reading must not stop the server: a line that would block is
 * dropped, and the number of dropped lines is written before the next one. A pipe that
 * polls writable takes a whole line (less than PIPE_BUF) at once; the lock keeps
 * another thread from filling it between poll and write.
 */
#include "base/log.h"

#include "base/clock.h"
#include "base/escape.h"

#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum log_level max_level = LOG_LEVEL_INFO;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long dropped; /* under lock */

static const struct {
    const char *name;
    int priority; /* syslog's numbers, as journald reads them */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", 3},
    [LOG_LEVEL_WARNING] = {"warning", 4},
    [LOG_LEVEL_INFO] = {"info", 6},
    [LOG_LEVEL_DEBUG] = {"debug", 7},
};

void
log_set_level(enum log_level level)
{
    max_level = level;
}

static int
write_head(enum log_level level, char *line, size_t size)
{
    char now[CLOCK_TEXT_SIZE];

    if (getenv("JOURNAL_STREAM") != NULL)
        return snprintf(line, size, "<%d>%s", levels[level].priority,
                        levels[level].name);
    clock_format(clock_realtime_us(), now);
    return snprintf(line, size, "%s %s", now, levels[level].name);
}

static void
write_line(const char *line, size_t len)
{
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
    char count[64];
    int count_len;

    pthread_mutex_lock(&lock);
    if (poll(&out, 1, 0) == 0) {
        dropped++;
    } else {
        if (dropped > 0) {
            count_len =
                snprintf(count, sizeof(count), "(%lu log lines dropped)\n", dropped);
            dropped = 0;
            if (write(STDERR_FILENO, count, (size_t)count_len) < 0) {
                /* there is nowhere to report it */
            }
        }
        if (write(STDERR_FILENO, line, len) < 0) {
            /* there is nowhere to report it */
        }
    }
    pthread_mutex_unlock(&lock);
}

void
log_event(enum log_level level, const char *tag, const char *event, const char *fields,
          ...)
{
    char line[2048];
    size_t len;
    va_list values;
    int more;

    if (level > max_level)
        return;
    len = (size_t)write_head(level, line, sizeof(line));
    len += (size_t)snprintf(line + len, sizeof(line) - len, " %s %s",
                            tag != NULL ? tag : "-", event);
    va_start(values, fields);
    more = vsnprintf(line + len, sizeof(line) - len - 1, fields, values);
    va_end(values);
    if (more > 0)
        len += (size_t)more < sizeof(line) - len - 1 ? (size_t)more
                                                     : sizeof(line) - len - 2;
    line[len++] = '\n';
    write_line(line, len);
}

const char *
log_quote(struct slice s, char out[LOG_QUOTED_SIZE])
{
    size_t len = 1;

    out[0] = '"';
    for (size_t i = 0; i < s.len; i++) {
        char piece[5];
        size_t piece_len = escape_octets(slice_of(&s.ptr[i], 1), piece, sizeof(piece));
        if (s.ptr[i] == '"')
            memcpy(piece, "\\\"", 2), piece_len = 2;
        if (len + piece_len + sizeof("...\"") > LOG_QUOTED_SIZE) {
            memcpy(out + len, "...", 3);
            len += 3;
            break;
        }
        memcpy(out + len, piece, piece_len);
        len += piece_len;
    }
    out[len++] = '"';
    out[len] = '\0';
    return out;
}
