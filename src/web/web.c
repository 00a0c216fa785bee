/* web.c - start the parts, wait, stop them in order */
#include "web/web.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "http/daemon.h"
#include "http/guard.h"
#include "http/web.h"
#include "live/change.h"
#include "live/live.h"
#include "live/notify.h"
#include "live/websocket.h"
#include "mime/markup.h"
#include "web/routes.h"
#include "web/sandbox.h"
#include "web/settings.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* All parts of the role; web is what handlers see of them. */
struct role {
    struct web web;
    struct web_settings settings;
    struct guard guard;
    struct inbox inbox;
    struct hub hub;
    struct live live;
    struct change change;
    struct daemon *daemon;
};

static void
on_deleted(void *context, const struct id *id)
{
    const struct web *web = context;

    change_on_deleted(web->change, id);
}

static void
enter_sandbox(const char *store_file)
{
    char *folder = memory_copy(slice_from(store_file));
    char *end = strrchr(folder, '/');

    if (end != NULL)
        *(end == folder ? end + 1 : end) = '\0';
    sandbox_enter(end != NULL ? folder : ".");
    free(folder);
}

/* Point web at the parts, and start those that have threads. */
static bool
start(struct role *role, struct error *error)
{
    struct web *web = &role->web;

    web->settings = &role->settings;
    web->guard = &role->guard;
    web->inbox = &role->inbox;
    web->hub = &role->hub;
    web->live = &role->live;
    web->change = &role->change;
    guard_init(web->guard, web->settings);
    hub_init(web->hub);
    change_init(web->change, web->settings->store_file, web->inbox, web->hub,
                web->live);
    web->live->on_stats_due = notify_stats;
    web->live->on_deleted = on_deleted;
    web->live->context = web;
    if (!inbox_open(web->inbox, web->settings, notify_new, web, error) ||
        !live_start(web->live, web->inbox, web->hub,
                    web->settings->given.web_place.feed[1], error))
        return false;
    web->websockets = websockets_start(web, error);
    if (web->websockets == NULL)
        return false;
    role->daemon = daemon_start(web, &web_routes, error);
    return role->daemon != NULL;
}

static void
stop(struct role *role)
{
    struct web *web = &role->web;

    atomic_store(&web->is_stopping, true);
    hub_wake(web->hub, true); /* so that streams see is_stopping and end */
    websockets_stop(web->websockets);
    usleep(20000);
    daemon_stop(role->daemon);
    websockets_free(web->websockets); /* the daemon's threads used it until now */
    live_stop(web->live);
    inbox_close(web->inbox);
    hub_clear(web->hub);
}

/* Block the signals that web_run waits for. Called before threads start, which inherit
 * the mask. */
static void
block_signals(sigset_t *wanted)
{
    sigemptyset(wanted);
    sigaddset(wanted, SIGTERM);
    sigaddset(wanted, SIGQUIT);
    pthread_sigmask(SIG_BLOCK, wanted, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* Ctrl-C reaches the supervisor, which decides … */
    signal(SIGHUP, SIG_IGN); /* … and so does the end of the terminal */
}

int
web_run(int settings_fd, int ready_fd)
{
    struct role *role = memory_new(sizeof(*role));
    const struct web_settings *settings = &role->settings;
    struct error error = ERROR_INIT;
    sigset_t wanted;
    int number = 0;

    prctl(PR_SET_NAME, "postern-web");
    block_signals(&wanted);
    mallopt(M_ARENA_MAX, 2); /* few threads allocate at once: keep the heap small */
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    sandbox_limit();
    if (!web_settings_read(&role->settings, settings_fd, &error)) {
        error_print(&error);
        return error_exit_status(&error);
    }
    close(settings_fd);
    log_set_level((enum log_level)settings->given.log_level);
    role->web.started_us = clock_realtime_us();
    mime_start();
    markup_start();
    enter_sandbox(settings->store_file);
    if (!start(role, &error)) {
        error_print(&error);
        return error_exit_status(&error);
    }
    if (dprintf(ready_fd, "ready web\n") < 0)
        log_event(LOG_LEVEL_WARNING, NULL, "web.ready",
                  " why=\"the supervisor does not read it\"");
    close(ready_fd);
    log_event(LOG_LEVEL_INFO, NULL, "web.start", " pid=%d address=%s", (int)getpid(),
              LOG_QUOTED(slice_from(settings->address)));
    sigwait(&wanted, &number);
    stop(role);
    log_event(LOG_LEVEL_INFO, NULL, "web.end", " status=0");
    return 0;
}
