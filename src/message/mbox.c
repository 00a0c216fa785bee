/* mbox.c - quoting and unquoting, and the "From " line
 *
 * from-line = "From " sender SP date (RFC 4155 A), the date as asctime gives
 * it, in UTC. The sender may contain blanks (a quoted local-part), so the line is read
 * from its end. Lines of a body that start with "From " but have no date do not
 * separate messages: not every program quotes them.
 */
#include "message/mbox.h"

#include "base/ascii.h"

#include <stdio.h>
#include <time.h>

static const struct slice from = SLICE_INIT("From ");
enum { FROM_LINE_MAX = 1000 }; /* a longer line is text; bounds the search for a date */

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "SunMonTueWedThuFriSat";

/* ---- writing ------------------------------------------------------------- */

void
mbox_scan_feed(struct mbox_scan *scan, struct slice octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        bool is_lf = octets.ptr[i] == '\n';
        if (is_lf != scan->has_cr)
            scan->is_irregular = true;
        scan->has_cr = octets.ptr[i] == '\r';
        scan->is_in_line = !is_lf;
    }
}

bool
mbox_scan_is_regular(const struct mbox_scan *scan)
{
    return !scan->is_irregular && !scan->is_in_line;
}

void
mbox_writer_init(struct mbox_writer *writer, mbox_write *write, void *context)
{
    *writer = (struct mbox_writer){.write = write, .context = context};
}

/* As asctime, but for any time and without a static buffer. */
static void
format_date(int64_t seconds, char out[32])
{
    time_t time = (time_t)seconds;
    struct tm tm;

    if (gmtime_r(&time, &tm) == NULL)
        tm = (struct tm){.tm_mday = 1, .tm_year = 70, .tm_wday = 4};
    snprintf(out, 32, "%.3s %.3s %2d %02d:%02d:%02d %04d", &days[3 * tm.tm_wday],
             &months[3 * tm.tm_mon], tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
             tm.tm_year + 1900);
}

bool
mbox_begin(struct mbox_writer *writer, struct slice sender, int64_t received_at_s,
           bool is_regular)
{
    char date[32];

    writer->is_regular = is_regular;
    writer->is_line_start = true;
    writer->matched = 0;
    format_date(received_at_s, date);
    return writer->write(writer->context, from) &&
           writer->write(writer->context,
                         sender.len > 0 ? sender : SLICE("MAILER-DAEMON")) &&
           writer->write(writer->context, SLICE(" ")) &&
           writer->write(writer->context, slice_from(date)) &&
           writer->write(writer->context, is_regular ? SLICE("\n") : SLICE("\r\n"));
}

static bool
put(struct mbox_writer *writer, struct slice octets)
{
    return octets.len == 0 || writer->write(writer->context, octets);
}

/* Write the octets held back: they did not become "From ". */
static bool
put_held(struct mbox_writer *writer)
{
    struct slice held = slice_of(from.ptr, writer->matched);

    writer->matched = 0;
    return put(writer, held);
}

/* Write the rest of a line, or as much of it as there is. */
static bool
put_line(struct mbox_writer *writer, struct slice line)
{
    while (writer->is_regular && line.len > 0) {
        struct slice text;
        bool has_cr = slice_cut(line, '\r', &text, &line);
        if (!put(writer, text))
            return false;
        if (!has_cr)
            return true;
    }
    return put(writer, line);
}

bool
mbox_put(struct mbox_writer *writer, struct slice octets)
{
    while (octets.len > 0) {
        char c = octets.ptr[0];
        size_t used = 1;
        bool is_ok = true;
        if (!writer->is_line_start) {
            const char *end = memchr(octets.ptr, '\n', octets.len);
            used = end != NULL ? (size_t)(end + 1 - octets.ptr) : octets.len;
            is_ok = put_line(writer, slice_of(octets.ptr, used));
            writer->is_line_start = end != NULL;
        } else if (c == '>' && writer->matched == 0) {
            is_ok = put(writer, SLICE(">"));
        } else if (c == from.ptr[writer->matched]) {
            if (++writer->matched == from.len) { /* quote it by one more ">" */
                is_ok = put(writer, SLICE(">")) && put_held(writer);
                writer->is_line_start = false;
            }
        } else {
            is_ok = put_held(writer);
            writer->is_line_start = false;
            used = 0; /* read c again, now inside the line */
        }
        if (!is_ok)
            return false;
        octets = slice_skip(octets, used);
    }
    return true;
}

bool
mbox_end(struct mbox_writer *writer)
{
    return put_held(writer) &&
           put(writer, writer->is_regular ? SLICE("\n") : SLICE("\r\n"));
}

/* ---- the "From " line ---------------------------------------------------- */

/* The index of word in a run of three-letter names, or -1. */
static int
name_index(const char *names, struct slice word)
{
    for (int i = 0; names[3 * i] != '\0'; i++) {
        if (slice_is_equal_fold(word, slice_of(&names[3 * i], 3)))
            return i;
    }
    return -1;
}

static struct slice
take_word(struct slice *s)
{
    struct slice word = {0};

    while (s->len > 0 && word.len == 0)
        slice_cut(*s, ' ', &word, s);
    return word;
}

/* hh:mm[:ss] */
static bool
parse_clock(struct slice word, struct tm *tm)
{
    struct slice part[3];
    uint64_t value[3] = {0, 0, 0};

    slice_cut(word, ':', &part[0], &word);
    slice_cut(word, ':', &part[1], &part[2]);
    for (int i = 0; i < 3; i++) {
        if (!slice_parse_number(part[i], &value[i]) && !(i == 2 && part[i].len == 0))
            return false;
    }
    if (value[0] > 23 || value[1] > 59 || value[2] > 60)
        return false;
    tm->tm_hour = (int)value[0];
    tm->tm_min = (int)value[1];
    tm->tm_sec = (int)value[2];
    return true;
}

/* "+0900" as seconds; 0 for any other word. */
static int64_t
parse_zone(struct slice word)
{
    uint64_t number;

    if (word.len != 5 || (word.ptr[0] != '+' && word.ptr[0] != '-') ||
        !slice_parse_number(slice_skip(word, 1), &number))
        return 0;
    int64_t seconds = (int64_t)(number / 100 * 3600 + number % 100 * 60);
    return word.ptr[0] == '-' ? -seconds : seconds;
}

/* "Jan  2 03:04:05 2026", with a zone before or after the year. -1: not a date. */
static int64_t
parse_date(struct slice text)
{
    struct tm tm = {0};
    uint64_t day, year = 0;
    int64_t zone = 0;

    tm.tm_mon = name_index(months, take_word(&text));
    if (tm.tm_mon < 0 || !slice_parse_number(take_word(&text), &day) || day > 31 ||
        !parse_clock(take_word(&text), &tm))
        return -1;
    while (text.len > 0) {
        struct slice word = take_word(&text);
        uint64_t number;
        if (word.len == 4 && slice_parse_number(word, &number))
            year = number;
        else
            zone = parse_zone(word);
    }
    if (year < 1970)
        return -1;
    tm.tm_mday = (int)day;
    tm.tm_year = (int)year - 1900;
    return (int64_t)timegm(&tm) - zone;
}

/* Read a "From " line, given without its line end. False: it is not one. */
static bool
parse_from(struct slice line, struct mbox_message *message_out)
{
    if (line.len < from.len || line.len > FROM_LINE_MAX ||
        memcmp(line.ptr, from.ptr, from.len) != 0)
        return false;
    for (size_t at = line.len; at > from.len; at--) {
        const char *space = &line.ptr[at - 1];
        struct slice tail = slice_skip(line, at);
        if (*space != ' ' || tail.len < 4 ||
            name_index(days, slice_of(tail.ptr, 3)) < 0)
            continue;
        int64_t seconds = parse_date(slice_skip(tail, 3));
        if (seconds < 0)
            continue;
        struct slice sender = slice_of(line.ptr + from.len, at - 1 - from.len);
        sender = slice_trim_end(sender, SLICE(" "));
        if (slice_is_equal_fold(sender, SLICE("MAILER-DAEMON")))
            sender.len = 0;
        message_out->sender = sender;
        message_out->received_at_s = seconds;
        return true;
    }
    return false;
}

/* Take a "From " line from the start of *file. */
static bool
take_from(struct slice *file, struct mbox_message *message_out)
{
    struct slice line, rest;

    if (file->len < from.len || file->ptr[0] != 'F')
        return false;
    slice_cut(*file, '\n', &line, &rest);
    message_out->has_crlf = line.len > 0 && line.ptr[line.len - 1] == '\r';
    line.len -= message_out->has_crlf;
    if (!parse_from(line, message_out))
        return false;
    *file = rest;
    return true;
}

/* ---- reading ------------------------------------------------------------- */

bool
mbox_is_mbox(struct slice file)
{
    struct mbox_message message;

    return take_from(&file, &message);
}

/* The octets up to the next "From " line; *rest begins with that line. */
static struct slice
take_body(struct slice *rest)
{
    struct slice start = *rest;
    struct mbox_message ignored;

    while (rest->len > 0) {
        struct slice line, ahead = *rest;
        if (take_from(&ahead, &ignored))
            break;
        slice_cut(*rest, '\n', &line, rest);
    }
    return slice_of(start.ptr, start.len - rest->len);
}

/* Rule 2 of mbox.h: the line end after the message is removed. */
static struct slice
drop_last_line_end(struct slice body, bool has_crlf)
{
    size_t len = body.len;

    if (len == 0 || body.ptr[len - 1] != '\n')
        return body;
    bool is_pair = len >= 2 && body.ptr[len - 2] == '\r';
    size_t left = len - (is_pair ? 2 : 1);
    if (has_crlf || left == 0 || body.ptr[left - 1] == '\n')
        body.len = left;
    return body;
}

bool
mbox_take(struct slice *file, struct mbox_message *message_out)
{
    while (!take_from(file, message_out)) {
        if (file->len == 0)
            return false;
        take_body(file);
    }
    message_out->quoted = drop_last_line_end(take_body(file), message_out->has_crlf);
    return true;
}

/* The line starts with one or more ">" and then "From ". */
static bool
is_quoted(struct slice line)
{
    size_t quotes = 0;

    while (quotes < line.len && line.ptr[quotes] == '>')
        quotes++;
    return quotes > 0 && line.len - quotes >= from.len &&
           memcmp(line.ptr + quotes, from.ptr, from.len) == 0;
}

bool
mbox_unquote(const struct mbox_message *message, mbox_write *write, void *context)
{
    struct slice rest = message->quoted;

    while (rest.len > 0) {
        struct slice line;
        bool has_lf = slice_cut(rest, '\n', &line, &rest);
        bool has_cr = line.len > 0 && line.ptr[line.len - 1] == '\r';
        struct slice end = !has_lf                       ? slice_of(NULL, 0)
                           : has_cr || message->has_crlf ? SLICE("\n")
                                                         : SLICE("\r\n");
        if (is_quoted(line))
            line = slice_skip(line, 1);
        if ((line.len > 0 && !write(context, line)) ||
            (end.len > 0 && !write(context, end)))
            return false;
    }
    return true;
}
