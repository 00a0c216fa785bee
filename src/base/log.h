/* log - one event, one line, on standard error
 *
 *   2026-01-02T03:04:05.678Z info 4f2a session.end client="127.0.0.1" lines=12
 *
 * time, level, tag (a short session id or "-"), event name, then key=value.
 * Only log.c writes log lines. If journald reads them (JOURNAL_STREAM is set), a line
 * starts with its "<N>" priority in place of the time, which journald adds.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/attr.h"
#include "base/slice.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Less urgent lines than this level are not written. Set once, before threads start. */
void log_set_level(enum log_level level);

/* Write one line. tag may be NULL ("-"). fields is a format for ' key=value' pairs;
 * untrusted strings go through LOG_QUOTED. Thread-safe: a line is one write(2). */
void log_event(enum log_level level, const char *tag, const char *event,
               const char *fields, ...) PRINTF_LIKE(4, 5);

enum { LOG_QUOTED_SIZE = 256 };

/* s in double quotes, escaped (S-40); a long s is cut and ends in "...". Returns out,
 * so that the call can be an argument. */
const char *log_quote(struct slice s, char out[LOG_QUOTED_SIZE]);

#define LOG_QUOTED(s) log_quote((s), (char[LOG_QUOTED_SIZE]){0})

#endif
