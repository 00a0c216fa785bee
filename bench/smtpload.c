/* smtpload.c - load for an SMTP server, from one thread
 *
 *   smtpload [-s connections] [-t seconds | -m messages] [-w warm-up seconds]
 *            [-l body octets] [-k messages per connection, 0: no end] [-P]
 *            [-n recipients] [-f from] [-r to] [-p server pid]...
 *            [-c server cpuacct.usage file] [-q] HOST PORT
 *       each connection sends its next message when the last one is answered;
 *       -P: MAIL, RCPT and DATA in one write; -q: wrong replies are counted, not
 * printed smtpload -I connections [-g] [-x seconds] HOST PORT open them, wait for 220
 * (-g: and EHLO), print READY, hold them until standard input ends, then send NOOP on
 * each; -x: give up after that time without progress smtpload -W [-x seconds] HOST PORT
 *       wait for the first 220, print the milliseconds since the start
 *
 * Output: one line of key=value. Exit status 0: all as expected; 2: wrong replies, or
 * lost or hung connections.
 */
#include "idle.h"
#include "load.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIDS_MAX = 16, ADDRESS_MAX = 500, USAGE_STATUS = 64, FAULT_STATUS = 2 };

/* Where the server's CPU time is read. */
struct server {
    const char *cpu_file; /* nanoseconds, as cgroups write them; or NULL */
    uint64_t pids[PIDS_MAX];
    size_t count;
};

struct options {
    struct load_plan load;
    struct idle_plan idle;
    struct server server;
    bool waits_greeting;
};

static double
server_cpu_s(const void *context)
{
    const struct server *server = context;
    double total = 0;

    for (size_t i = 0; i < server->count; i++)
        total += measure_cpu_of_s(server->pids[i]);
    FILE *file = server->cpu_file ? fopen(server->cpu_file, "r") : NULL;
    if (file != NULL) {
        char text[64] = "";
        if (fgets(text, sizeof(text), file) != NULL)
            total += strtod(text, NULL) / 1e9;
        fclose(file);
    }
    return total;
}

static _Noreturn void
usage(void)
{
    fprintf(stderr,
            "usage: smtpload [-s connections] [-t seconds | -m messages] [-w seconds] "
            "[-l octets] [-k messages] [-P] [-n recipients] [-f from] [-r to] "
            "[-p pid] [-c file] [-q] HOST PORT\n"
            "       smtpload -I connections [-g] [-x seconds] HOST PORT\n"
            "       smtpload -W [-x seconds] HOST PORT\n");
    exit(USAGE_STATUS);
}

static const char *
address_argument(const char *text)
{
    if (strlen(text) > ADDRESS_MAX)
        usage();
    return text;
}

static uint64_t
count_argument(const char *text)
{
    return argument_count("smtpload", text, UINT32_MAX);
}

static void
add_pid(struct server *server, const char *text)
{
    if (server->count == PIDS_MAX)
        usage();
    server->pids[server->count++] = count_argument(text);
}

static void
take_option(struct options *options, int option, const char *value)
{
    struct load_plan *load = &options->load;

    switch (option) {
    case 's':
        load->connections = count_argument(value);
        return;
    case 't':
        load->measure_s = argument_seconds("smtpload", value);
        return;
    case 'm':
        load->messages = count_argument(value);
        return;
    case 'w':
        load->warm_up_s = argument_seconds("smtpload", value);
        return;
    case 'l':
        load->body_octets = count_argument(value);
        return;
    case 'k':
        load->per_connection = count_argument(value);
        return;
    case 'P':
        load->is_pipelined = true;
        return;
    case 'n':
        load->recipients = count_argument(value);
        return;
    case 'f':
        load->from = address_argument(value);
        return;
    case 'r':
        load->to = address_argument(value);
        return;
    case 'q':
        load->is_quiet = true;
        return;
    case 'c':
        options->server.cpu_file = value;
        return;
    case 'p':
        add_pid(&options->server, value);
        return;
    case 'I':
        options->idle.connections = count_argument(value);
        return;
    case 'g':
        options->idle.says_ehlo = true;
        return;
    case 'x':
        options->idle.give_up_s = argument_seconds("smtpload", value);
        return;
    case 'W':
        options->waits_greeting = true;
        return;
    default:
        usage();
    }
}

static double
us(uint64_t nanoseconds)
{
    return (double)nanoseconds / 1e3;
}

static void
print_load(const struct load_plan *plan, const struct load_result *result)
{
    const struct histogram *latency = &result->latency;
    double messages = (double)result->messages;
    bool knows_server = plan->server_cpu_s != NULL;
    double other = result->busy_s - result->server_cpu_s - result->own_cpu_s;

    printf("rate=%.1f msgs=%llu secs=%.3f ", messages / result->seconds,
           (unsigned long long)result->messages, result->seconds);
    printf("p50_us=%.0f p99_us=%.0f p999_us=%.0f max_us=%.0f mean_us=%.0f ",
           us(histogram_at(latency, 0.5)), us(histogram_at(latency, 0.99)),
           us(histogram_at(latency, 0.999)), us(latency->max),
           latency->count ? us(latency->sum) / (double)latency->count : 0);
    printf("srv_cpu=%.3f srv_cpu_per_k=%.4f cli_cpu=%.3f other_cpu=%.3f steal=%.3f ",
           result->server_cpu_s,
           messages > 0 ? result->server_cpu_s / messages * 1000 : 0, result->own_cpu_s,
           knows_server ? other : 0, result->steal_s);
    printf("conns=%llu bad=%llu lost=%llu hung=%llu\n",
           (unsigned long long)result->connections, (unsigned long long)result->wrong,
           (unsigned long long)result->lost, (unsigned long long)result->hung);
}

static bool
load_and_print(struct options *options)
{
    static struct load_result result;
    struct load_plan *plan = &options->load;

    if (options->server.cpu_file != NULL || options->server.count > 0) {
        plan->server_cpu_s = server_cpu_s;
        plan->server_context = &options->server;
    }
    load_run(plan, &result);
    print_load(plan, &result);
    return result.wrong + result.lost + result.hung == 0;
}

int
main(int argc, char **argv)
{
    struct options options = {
        .load = {.from = "load@postern.test",
                 .to = "user1@postern.test",
                 .connections = 1,
                 .recipients = 1,
                 .per_connection = 1,
                 .warm_up_s = 0.3,
                 .measure_s = 2,
                 .body_octets = 1024},
        .idle = {.give_up_s = 20},
    };
    bool is_good;
    int option;

    while ((option = getopt(argc, argv, "s:t:m:w:l:k:Pn:f:r:c:p:qI:gx:W")) > 0)
        take_option(&options, option, optarg);
    if (argc - optind != 2 || options.load.recipients == 0 ||
        options.load.connections == 0)
        usage();
    options.load.server = options.idle.server =
        argument_address("smtpload", argv[optind], argv[optind + 1]);

    signal(SIGPIPE, SIG_IGN);
    measure_raise_descriptors();
    if (options.waits_greeting)
        is_good = idle_wait_greeting(&options.idle);
    else if (options.idle.connections > 0)
        is_good = idle_hold(&options.idle);
    else
        is_good = load_and_print(&options);
    return is_good ? 0 : FAULT_STATUS;
}
