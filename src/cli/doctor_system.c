/* doctor_system.c - is there a port to listen on, and are there enough descriptors? */
#include "cli/doctor.h"

#include "net/client.h"
#include "net/socket.h"
#include "net/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { WAIT_MS = 1000, DESCRIPTORS_LOW = 4096 };

/* Identify the server on port by its greeting. */
static void
report_listener(struct doctor *doctor, const char *name, unsigned port, int fd)
{
    struct net_stream *stream = malloc(sizeof(*stream));
    struct slice greeting = {0};
    bool has_greeting = false;

    if (stream != NULL) {
        net_stream_init(stream, fd, WAIT_MS);
        has_greeting = net_stream_read_line(stream, &greeting);
    }
    if (greeting.len > 0 && greeting.ptr[greeting.len - 1] == '\r')
        greeting.len--;
    if (!has_greeting)
        doctor_report(doctor, DOCTOR_WARN, name, "find out with: ss -ltnp",
                      "a server on 127.0.0.1:%u sends no greeting", port);
    else if (memmem(greeting.ptr, greeting.len, "Postern", 7) != NULL)
        doctor_report(doctor, DOCTOR_OK, name, NULL, "127.0.0.1:%u answers: %.*s", port,
                      (int)greeting.len, greeting.ptr);
    else
        doctor_report(doctor, DOCTOR_WARN, name,
                      "use another port (serve --smtp) or stop that server",
                      "another server answers on 127.0.0.1:%u: %.*s", port,
                      (int)greeting.len, greeting.ptr);
    free(stream);
}

static void
check_port(struct doctor *doctor, unsigned port, bool is_usual)
{
    char name[16], text[32];
    struct error error = ERROR_INIT;
    struct net_address address, bound;
    int fd = net_connect_local((uint16_t)port, WAIT_MS);

    snprintf(name, sizeof(name), "port %u", port);
    snprintf(text, sizeof(text), "127.0.0.1:%u", port);
    if (fd >= 0) {
        report_listener(doctor, name, port, fd);
        net_close(fd);
        return;
    }
    if (net_address_parse(slice_from(text), &address, &error) &&
        net_listen(&address, 1, &fd, &bound, &error)) {
        net_close(fd);
        doctor_report(doctor, DOCTOR_OK, name, NULL, "%s is free", text);
        return;
    }
    doctor_report(doctor, is_usual ? DOCTOR_WARN : DOCTOR_OK, name, NULL,
                  "nothing answers, but postern cannot listen there: %s", error.text);
}

static void
check_limits(struct doctor *doctor)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    bool is_low = limit.rlim_max < DESCRIPTORS_LOW;
    doctor_report(doctor, is_low ? DOCTOR_WARN : DOCTOR_OK, "limits",
                  is_low ? "raise LimitNOFILE= of the service, or ulimit -n" : NULL,
                  "%llu open files (at most %llu); each session needs one",
                  (unsigned long long)limit.rlim_cur,
                  (unsigned long long)limit.rlim_max);
}

void
doctor_check_system(struct doctor *doctor)
{
    check_port(doctor, 1025, true);
    check_port(doctor, 25, false);
    check_limits(doctor);
}
