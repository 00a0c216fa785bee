/* web.c - start, wait, end in order */
#include "web/web.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "document/jsonout.h"
#include "web/events.h"
#include "web/markup.h"
#include "web/sandbox.h"
#include "web/summary.h"
#include "web/websocket.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

const char web_version[] = POSTERN_VERSION;

/* ---- what clients of Mailpit's websocket hear ---------------------------------------
 */

static void
tell(struct web *web, const char *type, json_t *data)
{
    json_t *event = json_pack("{s:s, s:o}", "Type", type, "Data", data);

    hub_put(&web->hub, HUB_MAILPIT, NULL, json_dumps(event, JSON_COMPACT));
    json_decref(event);
}

/* A message is new in the index. */
static void
tell_new(void *context, const struct index_entry *entry)
{
    struct web *web = context;
    struct index_row row = {.id = entry->id,
                            .received_at_us = entry->received_at_us,
                            .size = entry->size,
                            .attachments = entry->attachments,
                            .inlines = entry->inlines,
                            .is_read = entry->is_read,
                            .is_broken = entry->is_broken,
                            .tags = entry->tags,
                            .summary = entry->summary};

    if (!hub_is_wanted(&web->hub, HUB_MAILPIT))
        return;
    tell(web, "new", summary_json(&row));
    live_inbox_changed(&web->live); /* the numbers follow what is new */
    hub_wake(&web->hub, false);
}

json_t *
web_stats_event(struct web *web)
{
    struct box_reader *reader = box_take(&web->box);
    struct index_counts counts = {0};
    struct error error = ERROR_INIT;
    uint64_t stored; /* the index may be a moment behind: what is new is unread */

    if (!index_count(reader->index, &(struct index_query){0}, &counts, &error))
        counts = (struct index_counts){0};
    stored = store_count(reader->store);
    counts.unread += stored > counts.messages ? stored - counts.messages : 0;
    box_give(&web->box, reader);
    return json_pack("{s:I, s:I, s:s}", "Total", (json_int_t)stored, "Unread",
                     (json_int_t)counts.unread, "Version", web_version);
}

static void
tell_stats(void *context)
{
    struct web *web = context;

    if (hub_is_wanted(&web->hub, HUB_MAILPIT))
        tell(web, "stats", web_stats_event(web));
}

/* A message was deleted by somebody else: what we delete ourselves is told by who does
 * it. */
static void
tell_deleted(void *context, const struct id *id)
{
    struct web *web = context;
    bool is_own = change_is_own(web, id);
    json_t *data;

    if (is_own || !hub_is_wanted(&web->hub, HUB_MAILPIT))
        return;
    data = jsonout_object();
    jsonout_set(data, "ID", jsonout_id(id));
    tell(web, "delete", data);
}

void
web_tell(struct web *web, const char *type, json_t *data)
{
    tell(web, type, data);
    hub_wake(&web->hub, false);
}

/* ---- life ---- */

static void
enter_sandbox(const struct web *web)
{
    char *folder = memory_copy(slice_from(web->settings.store_file));
    char *end = strrchr(folder, '/');

    if (end != NULL)
        *(end == folder ? end + 1 : end) = '\0';
    sandbox_enter(end != NULL ? folder : ".");
    free(folder);
}

static bool
start(struct web *web, struct MHD_Daemon **daemon_out, struct error *error)
{
    pthread_mutex_init(&web->own_lock, NULL);
    guard_init(&web->guard, &web->settings);
    hub_init(&web->hub);
    web->live.tell_stats = tell_stats;
    web->live.tell_deleted = tell_deleted;
    web->live.context = web;
    if (!box_open(&web->box, &web->settings, tell_new, web, error) ||
        !live_start(&web->live, &web->box, &web->hub, web->settings.live, error))
        return false;
    web->websockets = websockets_start(web, error);
    if (web->websockets == NULL)
        return false;
    *daemon_out = daemon_start(web, error);
    return *daemon_out != NULL;
}

static void
stop(struct web *web, struct MHD_Daemon *daemon)
{
    atomic_store(&web->is_stopping, true);
    hub_wake(&web->hub, true); /* streams end when they see it */
    websockets_stop(web->websockets);
    usleep(20000);
    daemon_stop(web, daemon);
    websockets_free(web->websockets); /* the daemon's threads looked at it */
    live_stop(&web->live);
    box_stop(&web->box);
    hub_clear(&web->hub);
}

/* Signals that end us are waited for; before threads start, so that all block them. */
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
    struct web *web = memory_new(sizeof(*web));
    struct MHD_Daemon *daemon = NULL;
    struct error error = ERROR_INIT;
    sigset_t wanted;
    int number = 0;

    prctl(PR_SET_NAME, "postern-web");
    block_signals(&wanted);
    mallopt(M_ARENA_MAX, 2); /* a few threads, a few at work: keep it small */
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    sandbox_limit();
    if (!web_settings_read(&web->settings, settings_fd, &error)) {
        error_print(&error);
        return error_exit_status(&error);
    }
    close(settings_fd);
    log_set_level((enum log_level)web->settings.log_level);
    web->started_us = clock_realtime_us();
    mime_start();
    markup_start();
    enter_sandbox(web);
    if (!start(web, &daemon, &error)) {
        error_print(&error);
        return error_exit_status(&error);
    }
    if (dprintf(ready_fd, "ready web\n") < 0)
        log_event(LOG_LEVEL_WARNING, NULL, "web.ready", " why=\"nobody listens\"");
    close(ready_fd);
    log_event(LOG_LEVEL_INFO, NULL, "web.start", " pid=%d address=%s", (int)getpid(),
              LOG_QUOTED(slice_from(web->settings.address)));
    sigwait(&wanted, &number);
    stop(web, daemon);
    log_event(LOG_LEVEL_INFO, NULL, "web.end", " status=0");
    return 0;
}
