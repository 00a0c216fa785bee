/* explain.c - how fast is the diagnosis alone: one thread, memory to memory
 *
 *   bench_explain [SECONDS]     for each figure (default 0.5); the best round counts
 *
 * paste_200  a debug log of 200 lines with time stamps: 25 sessions, each with
 *            a refusal
 * log        10 MB of a mail server's log, every third line a refusal
 * body       one conversation of 10 MB with one message in it
 * line       one line of 10 MB
 * walk       10 MB of log, only cut into lines: the least that anything which reads
 *            lines can cost
 * reply      one reply line, of six servers in turn
 *
 * Nobody pastes 10 MB; such files are given by mistake. A diagnosis that names another
 * cause than expected ends the program.
 */
#include "base/slice.h"
#include "measure.h"
#include "postern/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG = 10000000, SESSIONS = 25 };

struct paste {
    const char *name;
    struct slice text; /* never freed */
    enum postern_cause cause;
};

static _Noreturn void
die(const char *name, const char *what)
{
    fprintf(stderr, "bench_explain: %s: %s: the measurement is void\n", name, what);
    exit(1);
}

/* Memory for a paste and the line that crosses its end. */
static char *
room(size_t octets)
{
    char *ptr = malloc(octets + 4096);

    if (ptr == NULL)
        die("start", "no memory");
    return ptr;
}

/* ---- pastes ---- */

static struct slice
make_sessions(void)
{
    static const char *const lines[] = {
        "<- 220 mx.example.net ESMTP Postfix",
        "-> EHLO app.example.org",
        "<- 250 mx.example.net",
        "-> MAIL FROM:<ann@example.org>",
        "<- 250 2.1.0 Ok",
        "-> MAIL FROM:<ann@example.org>",
        "<- 503 5.5.1 Error: nested MAIL command",
        "-> QUIT",
    };
    char *out = room(SESSIONS * 8 * 100);
    size_t len = 0;

    for (unsigned session = 0; session < SESSIONS; session++) {
        for (size_t i = 0; i < 8; i++) {
            len += (size_t)snprintf(
                out + len, 100, "2026-11-25 10:%02u:%02zu DEBUG smtp: ", session, i);
            len += (size_t)snprintf(out + len, 100, "%s\n", lines[i]);
        }
    }
    return slice_of(out, len);
}

static struct slice
make_log(void)
{
    char *out = room(LONG);
    size_t len = 0;

    for (unsigned i = 0; len < LONG; i++)
        len += (size_t)snprintf(
            out + len, 400,
            "Nov 25 10:00:%02u mx postfix/smtp[%u]: %08X: to=<user%u@example.net>, "
            "relay=mx.example.net[192.0.2.1]:25, delay=1, dsn=%s\n",
            i % 60, i % 30000, i, i,
            i % 3 != 0 ? "2.0.0, status=sent (250 2.0.0 Ok: queued as 4F2A1)"
                       : "5.1.1, status=bounced (host mx.example.net[192.0.2.1] said: "
                         "550 5.1.1 <x@example.net>: Recipient address rejected: User "
                         "unknown in virtual mailbox table (in reply to RCPT TO "
                         "command))");
    return slice_of(out, len);
}

static struct slice
make_body(void)
{
    static const char head[] =
        "C: EHLO app.example.org\nS: 250 mx.example.net\nC: MAIL FROM:<a@example.org>\n"
        "S: 250 2.1.0 Ok\nC: RCPT TO:<b@example.net>\nS: 250 2.1.5 Ok\nC: DATA\n"
        "S: 354 End data with <CR><LF>.<CR><LF>\n";
    static const char tail[] = "C: .\nS: 552 5.3.4 Message size exceeds fixed limit\n";
    char *out = room(LONG);
    size_t len = strlen(head);

    memcpy(out, head, len);
    while (len < LONG) {
        memset(out + len, 'x', 75);
        memcpy(out + len, "C: ", 3);
        out[len + 75] = '\n';
        len += 76;
    }
    memcpy(out + len, tail, strlen(tail));
    return slice_of(out, len + strlen(tail));
}

static struct slice
make_line(void)
{
    static const char head[] = "503 5.5.1 Error: nested MAIL command ";
    char *out = room(LONG);

    for (size_t i = 0; i < LONG; i += 8)
        memcpy(out + i, "and more ", 8);
    memcpy(out, head, strlen(head));
    return slice_of(out, LONG);
}

/* ---- the figures ---- */

/* Seconds for one diagnosis: the best of as many as there is time for, at least three.
 */
static double
diagnose_s(struct postern_explain *memory, const struct paste *paste, double seconds)
{
    uint64_t begin = measure_now_ns(), best = UINT64_MAX;

    for (int round = 0; round < 3 || measure_now_ns() - begin < seconds * 1e9;
         round++) {
        uint64_t start = measure_now_ns();
        const struct postern_diagnosis *found = postern_explain(memory, paste->text);
        uint64_t took = measure_now_ns() - start;
        if (found->finding_count == 0 || found->findings[0].cause != paste->cause)
            die(paste->name, "another cause");
        best = took < best ? took : best;
    }
    return (double)best / 1e9;
}

static double
walk_s(struct slice text)
{
    uint64_t best = UINT64_MAX;

    for (int round = 0; round < 5; round++) {
        struct slice rest = text, line;
        size_t lines = 0;
        uint64_t start = measure_now_ns();
        while (rest.len > 0) {
            slice_cut(rest, '\n', &line, &rest);
            lines += line.len > 0;
        }
        uint64_t took = measure_now_ns() - start;
        if (lines < 1000)
            die("walk", "lines are missing");
        best = took < best ? took : best;
    }
    return (double)best / 1e9;
}

static double
reply_s(struct postern_explain *memory, double seconds)
{
    static const struct paste replies[] = {
        {"reply", SLICE_INIT("503 5.5.1 Error: nested MAIL command"),
         POSTERN_CAUSE_NESTED_MAIL},
        {"reply", SLICE_INIT("535-5.7.8 Username and Password not accepted. gsmtp"),
         POSTERN_CAUSE_AUTH_CREDENTIALS_REJECTED},
        {"reply",
         SLICE_INIT("550 5.1.1 <b@example.net>: Recipient address rejected: "
                    "User unknown in local recipient table"),
         POSTERN_CAUSE_RECIPIENT_UNKNOWN},
        {"reply", SLICE_INIT("554 5.7.1 <b@example.net>: Relay access denied"),
         POSTERN_CAUSE_RELAY_DENIED},
        {"reply", SLICE_INIT("530 5.7.0 Must issue a STARTTLS command first"),
         POSTERN_CAUSE_AUTH_BEFORE_STARTTLS},
        {"reply", SLICE_INIT("452 4.2.2 Mailbox full"), POSTERN_CAUSE_MAILBOX_FULL},
    };
    enum { REPLIES = sizeof(replies) / sizeof(*replies) };
    double sum = 0;

    for (size_t i = 0; i < REPLIES; i++)
        sum += diagnose_s(memory, &replies[i], seconds / REPLIES);
    return sum / REPLIES;
}

int
main(int argc, char **argv)
{
    double seconds = argc > 1 ? argument_seconds("bench_explain", argv[1]) : 0.5;
    struct postern_explain *memory = malloc(postern_explain_size());
    const struct paste pastes[] = {
        {"paste_200", make_sessions(), POSTERN_CAUSE_NESTED_MAIL},
        {"log", make_log(), POSTERN_CAUSE_RECIPIENT_UNKNOWN},
        {"body", make_body(), POSTERN_CAUSE_SIZE_LIMIT_EXCEEDED},
        {"line", make_line(), POSTERN_CAUSE_NESTED_MAIL},
    };

    if (memory == NULL)
        die("start", "no memory");
    for (size_t i = 0; i < sizeof(pastes) / sizeof(*pastes); i++)
        printf("%s_ms=%.3f ", pastes[i].name,
               diagnose_s(memory, &pastes[i], seconds) * 1e3);
    printf("walk_ms=%.3f ", walk_s(pastes[1].text) * 1e3);
    printf("reply_us=%.1f memory_kb=%zu\n", reply_s(memory, seconds) * 1e6,
           postern_explain_size() / 1024);
    return 0;
}
