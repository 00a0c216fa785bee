/* engine.c - how fast is the protocol engine alone: one thread, memory to memory
 *
 *   bench_engine [SECONDS]     for each figure (default 0.5); the best of five rounds
 *
 * commands   a pipelined mix, each command counted: EHLO once in 32 transactions, then
 *            MAIL RCPT RCPT NOOP RSET; every event is read, every question answered,
 *            every reply consumed
 * messages   whole transactions: MAIL RCPT RCPT DATA, a short body, its commit
 * data_76    bodies in lines of 76 octets, fed 64 KB at a time, through the DATA
 *            automaton
 * data_990   the same with lines of 990 octets
 * data_dots  the same with lines of two octets that start with a dot: the worst case
 * bdat       bodies by BDAT in chunks of 64 KB
 *
 * A refusal, or an engine that makes no progress, ends the program: a figure counts
 * only if the work was done.
 */
#include "base/slice.h"
#include "measure.h"
#include "postern/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS = 5,
    TRANSACTIONS = 32, /* in one pass of the command mix */
    TRANSACTION_COMMANDS = 5,
    OFFER_SIZE = 64 * 1024, /* octets per feed, as from one read of a socket */
    BODY_SIZE = 16 << 20,
    OUTPUT_SIZE = 4 * POSTERN_OUTPUT_MIN,
};

struct bench {
    struct postern_server_config config;
    struct postern_server server;
    char output[OUTPUT_SIZE];
    uint64_t content; /* octets given as content */
    uint64_t commits;
};

static _Noreturn void
die(const char *what, struct slice where)
{
    fprintf(stderr, "bench_engine: %s: \"%.*s\": the measurement is void\n", what,
            (int)(where.len > 60 ? 60 : where.len), where.ptr);
    exit(1);
}

static void
answer(struct bench *bench, const struct postern_event *event)
{
    struct postern_decision decision = POSTERN_ACCEPT;

    if (event->type == POSTERN_EVENT_ASK_COMMIT) {
        bench->commits++;
        decision.id = SLICE("01JD8Z0000000000000000000A");
        decision.durable = SLICE("none");
    }
    postern_server_decide(&bench->server, &decision);
}

/* Read all events. Returns their number. */
static size_t
pull_events(struct bench *bench)
{
    struct postern_event event;
    size_t pulled = 0;

    for (; postern_server_next(&bench->server, &event); pulled++) {
        if (event.type == POSTERN_EVENT_CONTENT)
            bench->content += event.content.len;
        else if (event.type == POSTERN_EVENT_NOTE && event.note.code >= 400)
            die("refused", event.note.octets);
        else if (postern_server_is_asking(&bench->server))
            answer(bench, &event);
    }
    struct slice output = postern_server_output(&bench->server);
    if (output.len > 0)
        postern_server_sent(&bench->server, output.len);
    return pulled + output.len;
}

/* Feed all of text in pieces, as a server's reads would. */
static void
offer(struct bench *bench, struct slice text)
{
    size_t window = OFFER_SIZE;

    while (text.len > 0) {
        size_t length = text.len < window ? text.len : window;
        size_t used = postern_server_feed(&bench->server, slice_of(text.ptr, length));
        size_t done = pull_events(bench);
        if (used == 0 && done == 0 && length == text.len)
            die("no progress", text);
        /* An incomplete line at the end of a piece needs what follows it. */
        window = used == 0 && done == 0 ? window + POSTERN_INPUT_MAX : OFFER_SIZE;
        text = slice_skip(text, used);
    }
}

static void
bench_begin(struct bench *bench)
{
    static const struct postern_peer peer = {.refusal = POSTERN_REPLY_NONE};

    postern_server_config_init(&bench->config, POSTERN_PROFILE_TEST,
                               SLICE("bench.example.org"));
    bench->config.sync = POSTERN_SYNC_OFF; /* everything is pipelined */
    bench->config.max_message = 0;
    bench->config.max_junk = 0; /* a pass without messages consists of junk */
    bench->content = bench->commits = 0;
    postern_server_init(&bench->server, &bench->config,
                        (struct postern_memory){bench->output, sizeof(bench->output)});
    postern_server_open(&bench->server, &peer);
    pull_events(bench);
    offer(bench, SLICE("EHLO client.example.org\r\n"));
}

/* ---- input ---------------------------------------------------------------------- */

struct text {
    char *ptr;
    size_t length, size;
    uint64_t commits, content; /* that one pass must give */
};

static void
text_add(struct text *text, const char *what, size_t length)
{
    if (text->size - text->length < length) {
        text->size = 2 * (text->size + length);
        text->ptr = realloc(text->ptr, text->size);
        if (text->ptr == NULL)
            die("no memory", SLICE(""));
    }
    memcpy(text->ptr + text->length, what, length);
    text->length += length;
}

static void
text_say(struct text *text, const char *what)
{
    text_add(text, what, strlen(what));
}

#define SENDER_AND_RECIPIENTS                                                          \
    "MAIL FROM:<sender@example.org> SIZE=1024 BODY=8BITMIME\r\n"                       \
    "RCPT TO:<first.recipient@example.com>\r\n"                                        \
    "RCPT TO:<second@example.net>\r\n"

/* One pass: 1 + TRANSACTIONS * TRANSACTION_COMMANDS commands. */
static struct text
make_commands(void)
{
    struct text text = {0};

    text_say(&text, "EHLO client.example.org\r\n");
    for (int i = 0; i < TRANSACTIONS; i++)
        text_say(&text, SENDER_AND_RECIPIENTS "NOOP\r\nRSET\r\n");
    return text;
}

/* One pass: TRANSACTIONS messages. */
static struct text
make_messages(void)
{
    static const char content[] = "Subject: hello\r\n\r\nhello\r\n";
    struct text text = {0};

    for (int i = 0; i < TRANSACTIONS; i++) {
        text_say(&text, SENDER_AND_RECIPIENTS "DATA\r\n");
        text_say(&text, content);
        text_say(&text, ".\r\n");
        text.commits++;
        text.content += strlen(content);
    }
    return text;
}

static const char envelope[] =
    "MAIL FROM:<sender@example.org>\r\nRCPT TO:<a@example.com>\r\n";

/* A message by DATA in lines of that many octets, not counting CRLF. */
static struct text
make_data(size_t line, char first)
{
    struct text text = {0};
    char octets[1000];

    memset(octets, 'x', sizeof(octets));
    octets[0] = first;
    if (first == '.')
        octets[1] = '.'; /* stuffed, as a client sends it */
    memcpy(octets + line, "\r\n", 2);
    text_say(&text, envelope);
    text_say(&text, "DATA\r\nSubject: body\r\n\r\n");
    text.commits = 1;
    text.content = strlen("Subject: body\r\n\r\n");
    while (text.length < BODY_SIZE) {
        text_add(&text, octets, line + 2);
        text.content += first == '.' ? line + 1 : line + 2;
    }
    text_say(&text, ".\r\n");
    return text;
}

static struct text
make_bdat(void)
{
    static char octets[OFFER_SIZE];
    struct text text = {0};

    memset(octets, 'x', sizeof(octets));
    for (size_t i = 76; i + 2 < sizeof(octets); i += 78)
        memcpy(octets + i, "\r\n", 2);
    memcpy(octets, "Subject: body\r\n\r\n", 17);
    text_say(&text, envelope);
    text.commits = 1;
    text.content = 2;
    for (; text.length < BODY_SIZE; text.content += sizeof(octets)) {
        text_say(&text, "BDAT 65536\r\n");
        text_add(&text, octets, sizeof(octets));
    }
    text_say(&text, "BDAT 2 LAST\r\n\r\n");
    return text;
}

/* ---- the figures ------------------------------------------------------------------
 */

/* Passes of text per second: the best of ROUNDS rounds, so that other load on the
 * machine spoils a round and not the figure. */
static double
passes_per_second(struct bench *bench, const struct text *text, double seconds)
{
    double best = 0;

    for (int round = 0; round < ROUNDS; round++) {
        uint64_t passes = 0;
        bench_begin(bench);
        uint64_t begin = measure_now_ns(), now = begin;
        for (; (double)(now - begin) < seconds * 1e9 / ROUNDS; passes++) {
            offer(bench, slice_of(text->ptr, text->length));
            now = measure_now_ns();
        }
        if (bench->commits != passes * text->commits)
            die("messages are missing", SLICE(""));
        if (bench->content != passes * text->content)
            die("octets are missing", SLICE(""));
        double rate = (double)passes * 1e9 / (double)(now - begin);
        best = rate > best ? rate : best;
    }
    return best;
}

/* count: how many one pass of text has. */
static void
print_count(struct bench *bench, const char *name, struct text text, double seconds,
            int count)
{
    printf("%s_s=%.0f", name, passes_per_second(bench, &text, seconds) * count);
    free(text.ptr);
}

static void
print_body(struct bench *bench, const char *name, struct text text, double seconds)
{
    double passes = passes_per_second(bench, &text, seconds);

    printf(" %s_mb_s=%.0f", name, passes * (double)text.length / 1e6);
    free(text.ptr);
}

int
main(int argc, char **argv)
{
    static struct bench bench;
    double seconds = argc > 1 ? argument_seconds("bench_engine", argv[1]) : 0.5;

    print_count(&bench, "commands", make_commands(), seconds,
                1 + TRANSACTIONS * TRANSACTION_COMMANDS);
    print_count(&bench, " messages", make_messages(), seconds, TRANSACTIONS);
    print_body(&bench, "data_76", make_data(76, 'x'), seconds);
    print_body(&bench, "data_990", make_data(990, 'x'), seconds);
    print_body(&bench, "data_dots", make_data(4, '.'), seconds);
    print_body(&bench, "bdat", make_bdat(), seconds);
    printf("\n");
    return 0;
}
