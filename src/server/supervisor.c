/* supervisor.c - start the mail role, tell when it is ready, start it again when it
 * crashes, pass on the wish to end
 *
 * 1. The supervisor touches no mail, so it has no reason to crash.
 * 2. A role is started by exec of this same program. Only the sockets, the settings
 *    and the ready pipe are inherited; privileges are gone before.
 * 3. No role without a supervisor: the system kills the role when we die
 *    (PR_SET_PDEATHSIG). What it acknowledged is in the store.
 * 4. A role that fails before its first "ready" is not started again: what is wrong
 *    then will be wrong a second later, and somebody reads our exit status.
 */
#include "server/supervisor.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/socket.h"
#include "net/systemd.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    RESTART_FIRST_MS = 100,
    RESTART_LAST_MS = 10000,
    LONG_RUN_S = 60, /* a role that lived so long starts again at once */
};

struct supervisor {
    struct settings *settings;
    int signals;         /* signalfd */
    int ready;           /* read end of the role's ready pipe; -1: read */
    pid_t role;          /* 0: none */
    uint64_t started_us; /* of the role, monotonic */
    uint64_t restart_us; /* when to start it again; 0: not planned */
    unsigned restart_ms; /* the next pause */
    unsigned end_count;  /* how often we were told to end */
    bool was_ready;      /* a role has been, once */
    bool is_over;
    int status;
};

/* ---- in the child, before exec ---- */

static bool
become_user(const char *name)
{
    struct passwd *user;

    if (name == NULL)
        return true;
    errno = 0;
    user = getpwnam(name);
    if (user == NULL) {
        fprintf(stderr, "postern: --user %s: no such user: give one of this machine\n",
                name);
        return false;
    }
    if (initgroups(user->pw_name, user->pw_gid) == 0 && setgid(user->pw_gid) == 0 &&
        setuid(user->pw_uid) == 0)
        return true;
    fprintf(stderr, "postern: --user %s: cannot become that user: %s\n", name,
            strerror(errno));
    return false;
}

static void
keep_sockets(const struct settings *settings)
{
    for (size_t i = 0; i < settings->listener_count; i++) {
        const struct listener *listener = &settings->listeners[i];

        for (unsigned k = 0; k < listener->socket_count; k++)
            net_keep_on_exec(listener->sockets[k], true);
    }
}

static _Noreturn void
become_role(const struct settings *settings, pid_t supervisor, int document, int ready)
{
    char program[] = "postern", command[] = "role", role[] = "mail";
    char document_text[12], ready_text[12];
    char *arguments[] = {program, command, role, document_text, ready_text, NULL};
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    snprintf(document_text, sizeof(document_text), "%d", document);
    snprintf(ready_text, sizeof(ready_text), "%d", ready);
    net_keep_on_exec(document, true);
    net_keep_on_exec(ready, true);
    keep_sockets(settings);
    if (!become_user(settings->user))
        _exit(2);
    /* behind the change of user, which would undo it */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (getppid() != supervisor)
        _exit(1); /* it died before we could ask to be told */
    execv("/proc/self/exe", arguments);
    fprintf(stderr, "postern: /proc/self/exe: %s: mount /proc\n", strerror(errno));
    _exit(1);
}

/* ---- the role ---- */

static bool
start_role(struct supervisor *supervisor, struct error *error)
{
    pid_t self = getpid();
    int pipe_ends[2], document = settings_write(supervisor->settings, error);

    if (document < 0)
        return false;
    if (pipe2(pipe_ends, O_CLOEXEC) < 0)
        goto failed;
    supervisor->role = fork();
    if (supervisor->role == 0)
        become_role(supervisor->settings, self, document, pipe_ends[1]);
    close(pipe_ends[1]);
    if (supervisor->role < 0) {
        close(pipe_ends[0]);
        goto failed;
    }
    close(document);
    supervisor->ready = pipe_ends[0];
    supervisor->started_us = clock_monotonic_us();
    supervisor->restart_us = 0;
    return true;

failed:
    error_set(error, ERROR_SYSTEM, "server: cannot start a process: %s: free some",
              strerror(errno));
    close(document);
    supervisor->role = 0;
    return false;
}

static void
plan_restart(struct supervisor *supervisor)
{
    uint64_t now = clock_monotonic_us();

    if (now - supervisor->started_us > LONG_RUN_S * 1000000ull)
        supervisor->restart_ms = RESTART_FIRST_MS;
    supervisor->restart_us = now + supervisor->restart_ms * 1000ull;
    log_event(LOG_LEVEL_ERROR, NULL, "role.restart", " role=mail in_ms=%u",
              supervisor->restart_ms);
    supervisor->restart_ms *= 2;
    if (supervisor->restart_ms > RESTART_LAST_MS)
        supervisor->restart_ms = RESTART_LAST_MS;
}

static void
restart_role(struct supervisor *supervisor)
{
    struct error error = ERROR_INIT;

    if (start_role(supervisor, &error))
        return;
    error_print(&error);
    plan_restart(supervisor);
}

static void
end(struct supervisor *supervisor, int status)
{
    supervisor->is_over = true;
    supervisor->status = status;
}

static void
role_ended(struct supervisor *supervisor, int wait_status)
{
    bool is_exit = WIFEXITED(wait_status);
    int status = is_exit ? WEXITSTATUS(wait_status) : 1;

    supervisor->role = 0;
    if (supervisor->ready >= 0)
        close(supervisor->ready);
    supervisor->ready = -1;
    if (!is_exit)
        log_event(LOG_LEVEL_ERROR, NULL, "role.crashed", " role=mail signal=%d",
                  WTERMSIG(wait_status));
    if (supervisor->end_count > 0 || status == 0 || !supervisor->was_ready)
        end(supervisor, status);
    else
        plan_restart(supervisor);
}

/* ---- what the loop sees ---- */

/* First: finish what is in hand. Second: end at once. Third: whatever it takes. */
static void
asked_to_end(struct supervisor *supervisor)
{
    static const int numbers[] = {SIGTERM, SIGQUIT, SIGKILL};

    if (supervisor->role == 0) {
        end(supervisor, 0);
        return;
    }
    net_notify("STOPPING=1");
    kill(supervisor->role,
         numbers[supervisor->end_count < 2 ? supervisor->end_count : 2]);
    supervisor->end_count++;
}

static void
take_signal(struct supervisor *supervisor)
{
    struct signalfd_siginfo info;
    int wait_status;

    if (read(supervisor->signals, &info, sizeof(info)) != sizeof(info))
        return;
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
        asked_to_end(supervisor);
    if (info.ssi_signo == SIGHUP)
        log_event(LOG_LEVEL_INFO, NULL, "server.reload",
                  " why=\"no configuration file: nothing to read again\"");
    if (info.ssi_signo == SIGCHLD && supervisor->role > 0 &&
        waitpid(supervisor->role, &wait_status, WNOHANG) == supervisor->role)
        role_ended(supervisor, wait_status);
}

/* "ready disk": the role serves. Nothing: it has ended, SIGCHLD tells more. */
static void
take_ready(struct supervisor *supervisor)
{
    char line[64];
    ssize_t len = read(supervisor->ready, line, sizeof(line) - 1);
    struct slice word, durability;

    close(supervisor->ready);
    supervisor->ready = -1;
    if (len <= 0)
        return;
    line[len - 1] = '\0'; /* in place of the newline */
    slice_cut(slice_from(line), ' ', &word, &durability);
    if (!supervisor->was_ready && !supervisor->settings->is_quiet)
        announce(supervisor->settings, durability.ptr);
    if (!supervisor->was_ready)
        net_notify("READY=1");
    supervisor->was_ready = true;
}

static int
pause_ms(const struct supervisor *supervisor)
{
    uint64_t now = clock_monotonic_us();

    if (supervisor->restart_us == 0)
        return -1;
    return now >= supervisor->restart_us
               ? 0
               : (int)((supervisor->restart_us - now) / 1000) + 1;
}

static void
watch(struct supervisor *supervisor)
{
    while (!supervisor->is_over) {
        struct pollfd wait[] = {
            {.fd = supervisor->signals, .events = POLLIN},
            {.fd = supervisor->ready, .events = POLLIN}, /* -1 is passed over */
        };

        if (poll(wait, ARRAY_LEN(wait), pause_ms(supervisor)) < 0 && errno != EINTR)
            end(supervisor, 1);
        if (wait[1].revents != 0)
            take_ready(supervisor);
        if (wait[0].revents != 0)
            take_signal(supervisor);
        if (supervisor->restart_us != 0 && !supervisor->is_over &&
            clock_monotonic_us() >= supervisor->restart_us)
            restart_role(supervisor);
    }
}

static int
open_signals(void)
{
    sigset_t wanted;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGHUP);
    sigaddset(&wanted, SIGCHLD);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
supervisor_run(struct settings *settings)
{
    struct supervisor supervisor = {
        .settings = settings, .ready = -1, .restart_ms = RESTART_FIRST_MS};
    struct error error = ERROR_INIT;

    supervisor.signals = open_signals();
    if (supervisor.signals < 0)
        error_set(&error, ERROR_SYSTEM, "server: no descriptors left: free some");
    else if (sockets_open(settings, &error) && start_role(&supervisor, &error))
        watch(&supervisor);
    if (error_is_set(&error)) {
        error_print(&error);
        supervisor.status = error_exit_status(&error);
    }
    sockets_close(settings);
    if (supervisor.signals >= 0)
        close(supervisor.signals);
    return supervisor.status;
}
