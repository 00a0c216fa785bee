/* load.c - see load.h
 *
 * 1. Closed loop: a connection has at most one message in progress, so the rate is what
 *    the server can do with that many clients.
 * 2. Only messages acknowledged inside the window count. The window opens after the
 *    warm-up; with a fixed number of messages it is the whole run.
 * 3. Latency runs from the write that took the last octet of CRLF.CRLF to the read
 *    that brought the reply.
 */
#include "load.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    REPLY_MAX = 2048,
    READY_MAX = 1024,
    SHOWN_MAX = 5,       /* wrong replies printed */
    FAILURES_MAX = 2000, /* then lost connections are not replaced */
    COMMAND_MAX = 600,
    HEAD_MAX = 2000,
    LINE_LENGTH = 80, /* of the body, with CRLF */
};

#define GIVE_UP_BY_TIME_NS  10000000000u
#define GIVE_UP_BY_COUNT_NS 300000000000u

enum step {
    STEP_CONNECT,
    STEP_GREETING,
    STEP_EHLO,
    STEP_MAIL,
    STEP_RCPT,
    STEP_DATA,
    STEP_BODY,
    STEP_QUIT,
    STEP_DEAD
};

static const struct {
    const char *name;
    unsigned code; /* the expected reply */
} steps[] = {
    {"connect", 0}, {"greeting", 220}, {"EHLO", 250}, {"MAIL", 250}, {"RCPT", 250},
    {"DATA", 354},  {"body", 250},     {"QUIT", 221}, {"dead", 0},
};

enum outcome { GOES_ON, FINISHED, LOST };

struct bytes {
    const char *ptr;
    size_t length;
};

struct client {
    int socket;
    enum step step;
    uint64_t recipients,
        messages; /* accepted in this transaction; on this connection */
    struct bytes sending;
    uint64_t body_sent_ns;
    char input[REPLY_MAX];
    size_t length;
};

struct load {
    const struct load_plan *plan;
    struct load_result *result;
    struct client *clients;
    int events;
    uint64_t alive, started;
    uint64_t begin_ns, open_ns, close_ns, last_ns;
    bool is_measuring, was_measured;
    double server_cpu_s, own_cpu_s, busy_s, steal_s; /* when the window opened */
    char mail[COMMAND_MAX], rcpt[COMMAND_MAX];
    struct bytes group, body;
};

/* ---- the window --------------------------------------------------------------- */

/* Busy and stolen time of the whole machine, in seconds, from the first line of
 * /proc/stat: user nice system idle iowait irq softirq steal. */
static void
machine_time(double *busy_out, double *steal_out)
{
    char line[512];
    double field[8] = {0};
    FILE *file = fopen("/proc/stat", "r");

    if (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        char *at = line + strcspn(line, " ");
        for (size_t i = 0; i < 8; i++)
            field[i] = strtod(at, &at);
    }
    if (file != NULL)
        fclose(file);
    double ticks = (double)sysconf(_SC_CLK_TCK);
    *busy_out = (field[0] + field[1] + field[2] + field[5] + field[6]) / ticks;
    *steal_out = field[7] / ticks;
}

static double
server_cpu(const struct load *load)
{
    const struct load_plan *plan = load->plan;

    return plan->server_cpu_s ? plan->server_cpu_s(plan->server_context) : 0;
}

static void
window_open(struct load *load)
{
    load->is_measuring = true;
    load->open_ns = measure_now_ns();
    load->server_cpu_s = server_cpu(load);
    load->own_cpu_s = measure_own_cpu_s();
    machine_time(&load->busy_s, &load->steal_s);
}

static void
window_close(struct load *load)
{
    struct load_result *result = load->result;
    double busy, steal;

    load->is_measuring = false;
    load->was_measured = true;
    machine_time(&busy, &steal);
    result->seconds = (double)(measure_now_ns() - load->open_ns) / 1e9;
    result->server_cpu_s = server_cpu(load) - load->server_cpu_s;
    result->own_cpu_s = measure_own_cpu_s() - load->own_cpu_s;
    result->busy_s = busy - load->busy_s;
    result->steal_s = steal - load->steal_s;
}

static void
window_watch(struct load *load, uint64_t now)
{
    if (load->plan->messages > 0 || load->was_measured)
        return;
    if (!load->is_measuring) {
        if (now >= load->begin_ns + (uint64_t)(load->plan->warm_up_s * 1e9)) {
            window_open(load);
            load->close_ns = load->open_ns + (uint64_t)(load->plan->measure_s * 1e9);
        }
    } else if (now >= load->close_ns) {
        window_close(load);
    }
}

static bool
may_go_on(const struct load *load)
{
    if (load->plan->messages > 0)
        return load->started < load->plan->messages;
    return !load->was_measured && measure_now_ns() < load->last_ns;
}

/* ---- one client ----------------------------------------------------------------- */

static void
watch(struct load *load, struct client *client, int operation, uint32_t what)
{
    struct epoll_event event = {.events = what, .data.ptr = client};

    epoll_ctl(load->events, operation, client->socket, &event);
}

static bool
client_dial(struct load *load, struct client *client)
{
    const struct sockaddr_in *server = &load->plan->server;
    int on = 1;

    *client = (struct client){.step = STEP_CONNECT};
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client->socket < 0)
        goto failed;
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(client->socket, (const struct sockaddr *)server, sizeof(*server)) !=
            0 &&
        errno != EINPROGRESS) {
        close(client->socket);
        goto failed;
    }
    watch(load, client, EPOLL_CTL_ADD, EPOLLOUT);
    load->result->connections++;
    load->alive++;
    return true;

failed:
    client->step = STEP_DEAD;
    load->result->lost++;
    return false;
}

/* Send as much as the socket takes now; the rest later. */
static enum outcome
client_flush(struct load *load, struct client *client)
{
    while (client->sending.length > 0) {
        ssize_t sent = send(client->socket, client->sending.ptr, client->sending.length,
                            MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            watch(load, client, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            return GOES_ON;
        }
        if (sent < 0)
            return LOST;
        client->sending.ptr += sent;
        client->sending.length -= (size_t)sent;
    }
    if (client->step == STEP_BODY)
        client->body_sent_ns = measure_now_ns();
    return GOES_ON;
}

static enum outcome
client_send(struct load *load, struct client *client, enum step step, struct bytes what)
{
    client->step = step;
    client->sending = what;
    return client_flush(load, client);
}

static struct bytes
bytes_of(const char *text)
{
    return (struct bytes){text, strlen(text)};
}

static enum outcome
client_quit(struct load *load, struct client *client)
{
    return client_send(load, client, STEP_QUIT, bytes_of("QUIT\r\n"));
}

static enum outcome
client_next_message(struct load *load, struct client *client)
{
    uint64_t most = load->plan->per_connection;

    if ((most > 0 && client->messages >= most) || !may_go_on(load))
        return client_quit(load, client);
    load->started++;
    client->recipients = 0;
    return client_send(load, client, STEP_MAIL,
                       load->plan->is_pipelined ? load->group : bytes_of(load->mail));
}

static void
client_count_message(struct load *load, struct client *client, uint64_t now)
{
    client->messages++;
    if (!load->is_measuring)
        return;
    load->result->messages++;
    /* A reply that came before the body was sent is not a latency. */
    if (client->body_sent_ns > 0)
        histogram_add(&load->result->latency, now - client->body_sent_ns);
}

static enum outcome
client_refused(struct load *load, struct client *client, const char *line,
               size_t length)
{
    if (load->result->wrong++ < SHOWN_MAX && !load->plan->is_quiet)
        fprintf(stderr, "smtpload: wrong reply to %s: %.*s\n", steps[client->step].name,
                (int)length, line);
    return LOST;
}

/* The expected reply to the current step has come: go to the next. In a pipelined
 * group its command was sent already. */
static enum outcome
client_advance(struct load *load, struct client *client, uint64_t now)
{
    bool is_pipelined = load->plan->is_pipelined;

    switch (client->step) {
    case STEP_GREETING:
        return client_send(load, client, STEP_EHLO, bytes_of("EHLO load.test\r\n"));
    case STEP_EHLO:
        return client_next_message(load, client);
    case STEP_MAIL:
        client->step = STEP_RCPT;
        return is_pipelined
                   ? GOES_ON
                   : client_send(load, client, STEP_RCPT, bytes_of(load->rcpt));
    case STEP_RCPT:
        if (++client->recipients == load->plan->recipients)
            client->step = STEP_DATA;
        if (is_pipelined)
            return GOES_ON;
        return client_send(load, client, client->step,
                           client->step == STEP_DATA ? bytes_of("DATA\r\n")
                                                     : bytes_of(load->rcpt));
    case STEP_DATA:
        client->body_sent_ns = 0;
        return client_send(load, client, STEP_BODY, load->body);
    case STEP_BODY:
        client_count_message(load, client, now);
        return client_next_message(load, client);
    case STEP_QUIT:
        return FINISHED;
    case STEP_CONNECT:
    case STEP_DEAD:
        break;
    }
    return LOST;
}

/* One line of a reply. All but the last have "-" after the code. */
static enum outcome
client_line(struct load *load, struct client *client, const char *line, size_t length,
            uint64_t now)
{
    unsigned code = 0;

    for (size_t i = 0; i < 3; i++) {
        if (i >= length || line[i] < '0' || line[i] > '9')
            return client_refused(load, client, line, length);
        code = code * 10 + (unsigned)(line[i] - '0');
    }
    if (length > 3 && line[3] == '-')
        return GOES_ON;
    if (code != steps[client->step].code)
        return client_refused(load, client, line, length);
    return client_advance(load, client, now);
}

static enum outcome
client_read(struct load *load, struct client *client)
{
    ssize_t got = recv(client->socket, client->input + client->length,
                       sizeof(client->input) - client->length, 0);
    if (got < 0 && errno == EAGAIN)
        return GOES_ON;
    if (got <= 0)
        return LOST;
    uint64_t now = measure_now_ns();
    client->length += (size_t)got;

    char *at = client->input;
    char *end = client->input + client->length;
    char *newline;
    while ((newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        size_t length = (size_t)(newline - at);
        if (length > 0 && at[length - 1] == '\r')
            length--;
        enum outcome outcome = client_line(load, client, at, length, now);
        if (outcome != GOES_ON)
            return outcome;
        at = newline + 1;
    }
    client->length = (size_t)(end - at);
    if (client->length == sizeof(client->input))
        return LOST;
    memmove(client->input, at, client->length);
    return GOES_ON;
}

static enum outcome
client_connected(struct load *load, struct client *client)
{
    int fault = 0;
    socklen_t size = sizeof(fault);

    getsockopt(client->socket, SOL_SOCKET, SO_ERROR, &fault, &size);
    if (fault != 0)
        return LOST;
    client->step = STEP_GREETING;
    watch(load, client, EPOLL_CTL_MOD, EPOLLIN);
    return GOES_ON;
}

static enum outcome
client_handle(struct load *load, struct client *client, uint32_t what)
{
    enum outcome outcome = GOES_ON;

    if (client->step == STEP_CONNECT)
        return client_connected(load, client);
    if (what & EPOLLOUT) {
        outcome = client_flush(load, client);
        if (outcome == GOES_ON && client->sending.length == 0)
            watch(load, client, EPOLL_CTL_MOD, EPOLLIN);
    }
    if (outcome == GOES_ON && (what & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        outcome = client_read(load, client);
    return outcome;
}

/* The connection has ended: close it, and replace it while there are messages to send.
 */
static void
client_end(struct load *load, struct client *client, enum outcome outcome)
{
    bool had_message = client->step >= STEP_MAIL && client->step <= STEP_BODY;

    if (outcome == LOST) {
        load->result->lost++;
        if (had_message && load->plan->messages > 0)
            load->started--;
    }
    close(client->socket);
    client->step = STEP_DEAD;
    load->alive--;
    if (load->result->lost + load->result->wrong < FAILURES_MAX && may_go_on(load))
        client_dial(load, client);
}

/* ---- the run ----------------------------------------------------------------------
 */

static void *
must(void *memory)
{
    if (memory == NULL) {
        fprintf(stderr, "smtpload: no memory for so many connections: ask for fewer\n");
        exit(1);
    }
    return memory;
}

static struct bytes
make_group(const struct load *load)
{
    size_t mail = strlen(load->mail), rcpt = strlen(load->rcpt);
    size_t length = mail + load->plan->recipients * rcpt + 6;
    char *text = must(malloc(length));
    char *at = text;

    memcpy(at, load->mail, mail);
    at += mail;
    for (uint64_t i = 0; i < load->plan->recipients; i++, at += rcpt)
        memcpy(at, load->rcpt, rcpt);
    memcpy(at, "DATA\r\n", 6);
    return (struct bytes){text, length};
}

/* A header, then lines of X up to the wanted size, then the end mark. */
static struct bytes
make_body(const struct load_plan *plan)
{
    char head[HEAD_MAX];
    int head_length =
        snprintf(head, sizeof(head),
                 "From: <%s>\r\nTo: <%s>\r\n"
                 "Date: Mon, 23 Nov 2026 00:00:00 +0000\r\n"
                 "Message-Id: <load@postern.test>\r\nSubject: load\r\n\r\n",
                 plan->from, plan->to);
    size_t length = (size_t)head_length;
    char *text = must(malloc(length + plan->body_octets + LINE_LENGTH + 8));

    memcpy(text, head, length);
    while (length < plan->body_octets) {
        size_t line = plan->body_octets - length;
        line = line > LINE_LENGTH ? LINE_LENGTH : line < 3 ? 3 : line;
        memset(text + length, 'X', line - 2);
        memcpy(text + length + line - 2, "\r\n", 2);
        length += line;
    }
    memcpy(text + length, ".\r\n", 3);
    return (struct bytes){text, length + 3};
}

static void
load_prepare(struct load *load)
{
    const struct load_plan *plan = load->plan;

    snprintf(load->mail, sizeof(load->mail), "MAIL FROM:<%s>\r\n", plan->from);
    snprintf(load->rcpt, sizeof(load->rcpt), "RCPT TO:<%s>\r\n", plan->to);
    load->group = make_group(load);
    load->body = make_body(plan);
    load->clients = must(calloc(plan->connections, sizeof(*load->clients)));
    load->events = epoll_create1(EPOLL_CLOEXEC);
    load->begin_ns = measure_now_ns();
    load->last_ns =
        load->begin_ns + (uint64_t)((plan->warm_up_s + plan->measure_s) * 1e9);
    if (plan->messages > 0)
        window_open(load);
    for (uint64_t i = 0; i < plan->connections; i++)
        client_dial(load, &load->clients[i]);
}

static void
load_loop(struct load *load)
{
    struct epoll_event ready[READY_MAX];
    uint64_t give_up = load->plan->messages > 0 ? load->begin_ns + GIVE_UP_BY_COUNT_NS
                                                : load->last_ns + GIVE_UP_BY_TIME_NS;

    while (load->alive > 0) {
        int count = epoll_wait(load->events, ready, READY_MAX, 50);
        uint64_t now = measure_now_ns();
        window_watch(load, now);
        for (int i = 0; i < count; i++) {
            struct client *client = ready[i].data.ptr;
            enum outcome outcome = client_handle(load, client, ready[i].events);
            if (outcome != GOES_ON)
                client_end(load, client, outcome);
        }
        if (now > give_up) {
            load->result->hung = load->alive;
            break;
        }
    }
    if (!load->was_measured)
        window_close(load);
}

void
load_run(const struct load_plan *plan, struct load_result *result)
{
    struct load load = {.plan = plan, .result = result};

    *result = (struct load_result){0};
    load_prepare(&load);
    load_loop(&load);
    close(load.events);
    free(load.clients);
    free((void *)(uintptr_t)load.group.ptr);
    free((void *)(uintptr_t)load.body.ptr);
}
