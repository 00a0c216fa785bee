/* supervisor.c - start the roles, report when they are ready, restart them when they
 * crash, pass on requests to end
 *
 * 1. The supervisor handles no mail and no page, so it has little reason to crash.
 * 2. A role is started by exec: mail is this same program, web the program postern-web
 *    beside it. Only the sockets, the settings and the ready pipe are inherited;
 *    privileges are dropped before.
 * 3. No role without a supervisor: the system kills a role when we die
 *    (PR_SET_PDEATHSIG). What it acknowledged is in the store.
 * 4. A mail role that fails before its first "ready" is not restarted: what is wrong
 *    then will be wrong a second later, and our exit status reports it.
 * 5. The mail role never depends on the web role: that one starts when mail is
 *    accepted, is always restarted, and is asked to end first.
 */
#include "server/supervisor.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/socket.h"
#include "net/systemd.h"
#include "server/announce.h"
#include "server/sockets.h"

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
    LONG_RUN_S = 60,    /* a role that ran so long restarts without growing pauses */
    WEB_WAIT_MS = 3000, /* the announcement waits so long for the web role */
};

enum role_kind { ROLE_MAIL, ROLE_WEB, ROLE_COUNT };

static const char *const role_names[ROLE_COUNT] = {"mail", "web"};

struct role {
    enum role_kind kind;
    int ready;           /* read end of its ready pipe; -1: read */
    pid_t pid;           /* 0: none */
    uint64_t started_us; /* monotonic */
    uint64_t restart_us; /* when to restart it; 0: not planned */
    unsigned restart_ms; /* the next pause */
    bool was_ready;      /* it has been, once */
};

struct supervisor {
    struct settings *settings;
    int signals; /* signalfd */
    struct role roles[ROLE_COUNT];
    unsigned end_count;   /* how often we were asked to end */
    char durability[24];  /* as the mail role reported it */
    uint64_t announce_us; /* when to announce without the pages; 0: announced */
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
keep_mail_sockets(const struct settings *settings)
{
    for (size_t i = 0; i < settings->listener_count; i++) {
        const struct listener *listener = &settings->listeners[i];

        for (unsigned k = 0; k < listener->socket_count; k++)
            net_keep_on_exec(listener->sockets[k], true);
    }
}

static void
keep_web_sockets(const struct web_place *place)
{
    net_keep_on_exec(place->socket, true);
    net_keep_on_exec(place->feed[1], true);
    net_keep_on_exec(place->parsing, true);
}

/* "…/postern-web", in the folder of this program. */
static bool
find_web_program(char *path, size_t size)
{
    static const char name[] = "/postern-web";
    ssize_t len = readlink("/proc/self/exe", path, size - sizeof(name));

    while (len > 0 && path[len - 1] != '/')
        len--;
    if (len <= 0)
        return false;
    memcpy(path + len - 1, name, sizeof(name));
    return true;
}

static _Noreturn void
exec_role(enum role_kind kind, char *document, char *ready)
{
    char program[] = "postern", command[] = "role", role[] = "mail";
    char *mail[] = {program, command, role, document, ready, NULL};
    char web_program[] = "postern-web", path[4096];
    char *web[] = {web_program, document, ready, NULL};

    if (kind == ROLE_MAIL)
        execv("/proc/self/exe", mail);
    else if (find_web_program(path, sizeof(path)))
        execv(path, web);
    fprintf(stderr, "postern: %s: %s: %s\n",
            kind == ROLE_MAIL ? "/proc/self/exe" : "postern-web", strerror(errno),
            kind == ROLE_MAIL ? "mount /proc"
                              : "install it beside postern, or use --web off");
    _exit(1);
}

static _Noreturn void
become_role(const struct settings *settings, enum role_kind kind, pid_t supervisor,
            int document, int ready)
{
    char document_text[12], ready_text[12];
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    snprintf(document_text, sizeof(document_text), "%d", document);
    snprintf(ready_text, sizeof(ready_text), "%d", ready);
    net_keep_on_exec(document, true);
    net_keep_on_exec(ready, true);
    if (kind == ROLE_WEB)
        keep_web_sockets(&settings->web_place);
    else
        keep_mail_sockets(settings);
    if (kind == ROLE_MAIL && settings->web_place.is_on)
        net_keep_on_exec(settings->web_place.feed[0], true);
    if (!become_user(settings->user))
        _exit(2);
    /* after the change of user, which would undo it */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (getppid() != supervisor)
        _exit(1); /* it died before the prctl above */
    exec_role(kind, document_text, ready_text);
}

/* ---- a role ---- */

static bool
start_role(struct supervisor *supervisor, struct role *role, struct error *error)
{
    const struct settings *settings = supervisor->settings;
    pid_t self = getpid();
    int pipe_ends[2], document = role->kind == ROLE_MAIL
                                     ? settings_write(settings, SETTINGS_MAIL, error)
                                     : settings_write(settings, SETTINGS_WEB, error);

    if (document < 0)
        return false;
    if (pipe2(pipe_ends, O_CLOEXEC) < 0)
        goto failed;
    role->pid = fork();
    if (role->pid == 0)
        become_role(settings, role->kind, self, document, pipe_ends[1]);
    close(pipe_ends[1]);
    if (role->pid < 0) {
        close(pipe_ends[0]);
        goto failed;
    }
    close(document);
    role->ready = pipe_ends[0];
    role->started_us = clock_monotonic_us();
    role->restart_us = 0;
    return true;

failed:
    error_set(error, ERROR_SYSTEM, "server: cannot start a process: %s: free some",
              strerror(errno));
    close(document);
    role->pid = 0;
    return false;
}

static void
plan_restart(struct role *role)
{
    uint64_t now = clock_monotonic_us();

    if (now - role->started_us > LONG_RUN_S * 1000000ull)
        role->restart_ms = RESTART_FIRST_MS;
    role->restart_us = now + role->restart_ms * 1000ull;
    log_event(LOG_LEVEL_ERROR, NULL, "role.restart", " role=%s in_ms=%u",
              role_names[role->kind], role->restart_ms);
    role->restart_ms *= 2;
    if (role->restart_ms > RESTART_LAST_MS)
        role->restart_ms = RESTART_LAST_MS;
}

static void
restart_role(struct supervisor *supervisor, struct role *role)
{
    struct error error = ERROR_INIT;

    if (start_role(supervisor, role, &error))
        return;
    error_print(&error);
    plan_restart(role);
}

static void
end(struct supervisor *supervisor, int status)
{
    supervisor->is_over = true;
    supervisor->status = status;
}

static void
announce_once(struct supervisor *supervisor)
{
    if (supervisor->announce_us == 0)
        return;
    supervisor->announce_us = 0;
    if (!supervisor->settings->is_quiet)
        announce(supervisor->settings, supervisor->durability);
    net_notify("READY=1");
}

static void
role_ended(struct supervisor *supervisor, struct role *role, int wait_status)
{
    bool is_exit = WIFEXITED(wait_status);
    int status = is_exit ? WEXITSTATUS(wait_status) : 1;

    role->pid = 0;
    if (role->ready >= 0)
        close(role->ready);
    role->ready = -1;
    if (!is_exit)
        log_event(LOG_LEVEL_ERROR, NULL, "role.crashed", " role=%s signal=%d",
                  role_names[role->kind], WTERMSIG(wait_status));
    if (role->kind == ROLE_MAIL &&
        (supervisor->end_count > 0 || status == 0 || !role->was_ready))
        end(supervisor, status);
    else if (supervisor->end_count == 0)
        plan_restart(role);
    if (role->kind == ROLE_WEB)
        announce_once(supervisor); /* mail is accepted, with or without pages */
}

/* ---- what the loop sees ---- */

/* First: finish messages in progress. Second: end at once. Third: kill. */
static void
request_end(struct supervisor *supervisor)
{
    static const int numbers[] = {SIGTERM, SIGQUIT, SIGKILL};
    struct role *mail = &supervisor->roles[ROLE_MAIL],
                *web = &supervisor->roles[ROLE_WEB];

    if (web->pid > 0)
        kill(web->pid, supervisor->end_count == 0 ? SIGTERM : SIGKILL);
    web->restart_us = 0;
    if (mail->pid == 0) {
        end(supervisor, 0);
        return;
    }
    net_notify("STOPPING=1");
    kill(mail->pid, numbers[supervisor->end_count < 2 ? supervisor->end_count : 2]);
    supervisor->end_count++;
}

static void
reap_children(struct supervisor *supervisor)
{
    int wait_status;

    for (int i = 0; i < ROLE_COUNT; i++) {
        struct role *role = &supervisor->roles[i];

        if (role->pid > 0 && waitpid(role->pid, &wait_status, WNOHANG) == role->pid)
            role_ended(supervisor, role, wait_status);
    }
}

static void
handle_signal(struct supervisor *supervisor)
{
    struct signalfd_siginfo info;

    if (read(supervisor->signals, &info, sizeof(info)) != sizeof(info))
        return;
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
        request_end(supervisor);
    if (info.ssi_signo == SIGHUP)
        log_event(LOG_LEVEL_INFO, NULL, "server.reload",
                  " why=\"no configuration file: nothing to reload\"");
    if (info.ssi_signo == SIGCHLD)
        reap_children(supervisor); /* one signal may be for both */
}

/* The mail role is ready for the first time: start the pages, which read its store. */
static void
mail_is_ready(struct supervisor *supervisor, struct slice durability)
{
    struct role *web = &supervisor->roles[ROLE_WEB];

    snprintf(supervisor->durability, sizeof(supervisor->durability), "%s",
             durability.ptr);
    supervisor->announce_us = clock_monotonic_us() + WEB_WAIT_MS * 1000ull;
    if (supervisor->settings->web_place.is_on && supervisor->end_count == 0)
        restart_role(supervisor, web);
    else
        announce_once(supervisor);
}

/* "ready disk": the role is ready. Nothing: it has ended, and SIGCHLD follows. */
static void
read_ready(struct supervisor *supervisor, struct role *role)
{
    char line[64];
    ssize_t len = read(role->ready, line, sizeof(line) - 1);
    struct slice word, durability;
    bool is_first = !role->was_ready;

    close(role->ready);
    role->ready = -1;
    if (len <= 0)
        return;
    line[len - 1] = '\0'; /* over the newline */
    slice_cut(slice_from(line), ' ', &word, &durability);
    role->was_ready = true;
    if (role->kind == ROLE_WEB)
        announce_once(supervisor);
    else if (is_first)
        mail_is_ready(supervisor, durability);
}

/* Until the first of what is planned; -1: nothing is. */
static int
pause_ms(const struct supervisor *supervisor)
{
    uint64_t now = clock_monotonic_us(), soonest = supervisor->announce_us;

    for (int i = 0; i < ROLE_COUNT; i++) {
        uint64_t planned = supervisor->roles[i].restart_us;

        if (planned != 0 && (soonest == 0 || planned < soonest))
            soonest = planned;
    }
    if (soonest == 0)
        return -1;
    return now >= soonest ? 0 : (int)((soonest - now) / 1000) + 1;
}

static void
do_planned(struct supervisor *supervisor)
{
    uint64_t now = clock_monotonic_us();

    for (int i = 0; i < ROLE_COUNT && !supervisor->is_over; i++) {
        struct role *role = &supervisor->roles[i];

        if (role->restart_us != 0 && now >= role->restart_us)
            restart_role(supervisor, role);
    }
    if (supervisor->announce_us != 0 && now >= supervisor->announce_us)
        announce_once(supervisor);
}

static void
watch(struct supervisor *supervisor)
{
    struct role *roles = supervisor->roles;

    while (!supervisor->is_over) {
        struct pollfd wait[] = {
            {.fd = supervisor->signals, .events = POLLIN},
            {.fd = roles[ROLE_MAIL].ready, .events = POLLIN}, /* poll ignores -1 */
            {.fd = roles[ROLE_WEB].ready, .events = POLLIN},
        };

        if (poll(wait, ARRAY_LEN(wait), pause_ms(supervisor)) < 0 && errno != EINTR)
            end(supervisor, 1);
        for (int i = 0; i < ROLE_COUNT; i++) {
            if (wait[1 + i].revents != 0)
                read_ready(supervisor, &roles[i]);
        }
        if (wait[0].revents != 0)
            handle_signal(supervisor);
        if (!supervisor->is_over)
            do_planned(supervisor);
    }
}

/* Mail has ended; a web role that still runs gets half a second, then SIGKILL. */
static void
end_web(struct supervisor *supervisor)
{
    struct role *web = &supervisor->roles[ROLE_WEB];

    if (web->pid <= 0)
        return;
    kill(web->pid, SIGTERM);
    for (int i = 0; i < 100 && waitpid(web->pid, NULL, WNOHANG) == 0; i++) {
        if (i == 50)
            kill(web->pid, SIGKILL);
        usleep(10 * 1000);
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
    struct supervisor supervisor = {.settings = settings};
    struct error error = ERROR_INIT;

    for (int i = 0; i < ROLE_COUNT; i++)
        supervisor.roles[i] = (struct role){
            .kind = (enum role_kind)i, .ready = -1, .restart_ms = RESTART_FIRST_MS};
    supervisor.signals = open_signals();
    if (supervisor.signals < 0)
        error_set(&error, ERROR_SYSTEM, "server: no descriptors left: free some");
    else if (sockets_open(settings, &error) &&
             start_role(&supervisor, &supervisor.roles[ROLE_MAIL], &error))
        watch(&supervisor);
    end_web(&supervisor);
    if (error_is_set(&error)) {
        error_print(&error);
        supervisor.status = error_exit_status(&error);
    }
    sockets_close(settings);
    if (supervisor.signals >= 0)
        close(supervisor.signals);
    return supervisor.status;
}
