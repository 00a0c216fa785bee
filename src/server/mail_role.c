/* mail_role.c - start, wait, end in order
 *
 * The main thread opens the store, starts the others and waits for signals. The end
 * is the start backwards: no new connections, sessions, control socket, committer,
 * store. A role without its supervisor is killed by the system (see supervisor.c).
 */
#include "server/mail_role.h"

#include "base/log.h"
#include "net/loop.h"
#include "server/control.h"
#include "server/server.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    LOCK_TRIES = 25, /* a server that was killed keeps its lock for a moment */
    LOCK_PAUSE_US = 20 * 1000,
    /* allocating a chunk of a body costs neither a system call nor a page fault */
    MMAP_THRESHOLD = 4 << 20,
    TRIM_THRESHOLD = 8 << 20, /* the free end of the heap goes back above this */
    TRIM_MS = 5000,           /* how often free memory inside it is looked for */
    TRIM_OCTETS = 4 << 20,    /* trim when the memory in use has fallen so much */
};

struct mail_role {
    struct settings settings;
    struct server server;
    struct store *store;
    struct control *control;
    struct net_loop *loop;
    struct net_wake ended;
    struct net_signal on_term, on_quit;
    struct net_timer trim;
    size_t memory_peak; /* in use, as far as the trim timer saw */
    atomic_uint ended_count;
};

/* ---- ending ---- */

/* Called by a reactor's thread when it is done. */
static void
reactor_ended(struct server *server)
{
    struct mail_role *role = CONTAINER_OF(server, struct mail_role, server);

    atomic_fetch_add(&role->ended_count, 1);
    net_wake_send(&role->ended);
}

static void
look_for_end(struct net_wake *wake)
{
    struct mail_role *role = CONTAINER_OF(wake, struct mail_role, ended);

    if (atomic_load(&role->ended_count) == role->server.reactor_count)
        net_loop_stop(role->loop);
}

static void
start_draining(struct server *server)
{
    if (service_state(&server->service) == SERVICE_RUNNING)
        log_event(LOG_LEVEL_INFO, NULL, "server.drain", " seconds=%llu",
                  (unsigned long long)server->service.settings->drain_timeout_s);
    server_advance(server, SERVICE_DRAINING);
}

static void
term_raised(struct net_signal *signal, int number)
{
    (void)number;
    start_draining(&CONTAINER_OF(signal, struct mail_role, on_term)->server);
}

static void
quit_raised(struct net_signal *signal, int number)
{
    (void)number;
    server_advance(&CONTAINER_OF(signal, struct mail_role, on_quit)->server,
                   SERVICE_ENDING);
}

/* After a burst, return the memory it left free inside the heap to the system. */
static void
trim_due(struct net_timer *timer)
{
    struct mail_role *role = CONTAINER_OF(timer, struct mail_role, trim);
    size_t memory = atomic_load(&role->server.service.limits.memory);

    if (memory >= role->memory_peak) {
        role->memory_peak = memory;
    } else if (role->memory_peak - memory >= TRIM_OCTETS) {
        malloc_trim(0);
        role->memory_peak = memory;
    }
}

/* ---- starting ---- */

static struct store *
open_store(const char *url, struct error *error)
{
    for (int i = 0;; i++) {
        struct error wrong = ERROR_INIT;
        struct store *store = store_open(url, STORE_WRITE, &wrong);

        if (store != NULL)
            return store;
        if (wrong.code != ERROR_BUSY || i == LOCK_TRIES) {
            *error = wrong;
            return NULL;
        }
        usleep(LOCK_PAUSE_US);
    }
}

static bool
open_loop(struct mail_role *role)
{
    role->loop = net_loop_new();
    if (role->loop == NULL)
        return false;
    net_timer_open(role->loop, &role->trim, trim_due);
    net_timer_start(&role->trim, TRIM_MS, TRIM_MS);
    return net_wake_open(role->loop, &role->ended, look_for_end) &&
           net_signal_open(role->loop, &role->on_term, SIGTERM, term_raised) &&
           net_signal_open(role->loop, &role->on_quit, SIGQUIT, quit_raised);
}

static void
close_loop(struct mail_role *role)
{
    if (role->loop == NULL)
        return;
    net_timer_close(&role->trim);
    net_wake_close(&role->ended);
    net_signal_close(&role->on_term);
    net_signal_close(&role->on_quit);
    role->loop = net_loop_free(role->loop);
}

static bool
start_control(struct mail_role *role, struct error *error)
{
    char *path = store_path(role->settings.store, error);
    bool is_started;

    if (path == NULL)
        return false;
    if (path[0] != '\0')
        role->control = control_start(&role->server, path, start_draining, error);
    is_started = path[0] == '\0' || role->control != NULL;
    free(path);
    return is_started;
}

static bool
start(struct mail_role *role, int settings_fd, struct error *error)
{
    settings_init(&role->settings);
    if (!settings_read(&role->settings, settings_fd, error))
        return false;
    close(settings_fd);
    log_set_level((enum log_level)role->settings.log_level);
    role->store = open_store(role->settings.store, error);
    if (role->store == NULL)
        return false;
    if (!open_loop(role)) {
        error_set(error, ERROR_SYSTEM, "server: no memory or descriptors: free some");
        return false;
    }
    if (!server_start(&role->server, &role->settings, role->store, reactor_ended,
                      error))
        return false;
    if (start_control(role, error))
        return true;
    server_advance(&role->server, SERVICE_ENDING);
    server_join(&role->server);
    return false;
}

static void
report_ready(const struct mail_role *role, int ready_fd)
{
    if (dprintf(ready_fd, "ready %s\n", store_durability(role->store)) < 0)
        log_event(LOG_LEVEL_WARNING, NULL, "server.ready",
                  " why=\"the supervisor is gone\"");
    close(ready_fd);
    log_event(LOG_LEVEL_INFO, NULL, "server.start",
              " pid=%d reactors=%u listeners=%zu store=%s durable=%s", (int)getpid(),
              role->server.reactor_count, role->settings.listener_count,
              LOG_QUOTED(slice_from(role->settings.store)),
              store_durability(role->store));
}

/* Block the signals that ask us to end until the loop can receive them, and unblock
 * them then. */
static void
mask_signals(int how)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGQUIT);
    pthread_sigmask(how, &signals, NULL);
}

int
mail_role_run(int settings_fd, int ready_fd)
{
    struct mail_role *role = calloc(1, sizeof(*role));
    struct error error = ERROR_INIT;
    int status = 0;

    prctl(PR_SET_NAME, "postern-mail"); /* exec of /proc/self/exe calls it "exe" */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* Ctrl-C and the end of the terminal … */
    signal(SIGHUP, SIG_IGN); /* … reach the supervisor, which decides */
    mask_signals(SIG_BLOCK);
    mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
    mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD);
    if (role == NULL)
        error_set(&error, ERROR_SYSTEM, "server: out of memory: free some");
    if (role == NULL || !start(role, settings_fd, &error)) {
        error_print(&error);
        status = error_exit_status(&error);
    } else {
        mask_signals(SIG_UNBLOCK); /* the loop gets one that came meanwhile */
        report_ready(role, ready_fd);
        net_loop_run(role->loop);
        if (role->control != NULL)
            control_stop(role->control);
        server_join(&role->server);
        control_free(role->control);
        close_loop(role);
        log_event(LOG_LEVEL_INFO, NULL, "server.end", " status=0");
    }
    if (role != NULL) {
        role->store = store_close(role->store);
        settings_clear(&role->settings);
    }
    free(role);
    return status;
}
