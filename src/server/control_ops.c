/* control_ops.c - the operations of the control socket, a table of them
 *
 * A request is read and checked as a whole by control/request.h before its operation is
 * called, so a handler meets only values that can be. What depends on the settings (the
 * largest message, the most recipients) is checked by the handler.
 */
#include "base/clock.h"
#include "server/control_internal.h"

#include <stdlib.h>

/* ---- changes to a message ---- */

/* One result for all: the worst but "no such message", which counts only where no
 * message was found. done gets the ids of those that were there, left the others. */
static enum store_result
sum_up(const struct control_work *works, size_t count, struct id *done,
       size_t *done_count, struct id *left, size_t *left_count)
{
    enum store_result worst = STORE_OK;

    *done_count = *left_count = 0;
    for (size_t i = 0; i < count; i++) {
        enum store_result result = works[i].work.result;

        if (result == STORE_OK)
            done[(*done_count)++] = works[i].work.item.id;
        else
            left[(*left_count)++] = works[i].work.item.id;
        if (result != STORE_OK && result != STORE_NOT_FOUND && worst == STORE_OK)
            worst = result;
    }
    return worst == STORE_OK && *done_count == 0 && count > 0 ? STORE_NOT_FOUND : worst;
}

/* Commit an item like this one for each message the request names. */
static void
change(struct control_client *client, const struct control_request *request,
       struct control_answer *answer, struct store_item item)
{
    size_t count = request->id_count;
    struct control_work *works = calloc(count + 1, sizeof(*works));
    struct id *done = calloc(count + 1, sizeof(*done));

    client->left = calloc(count + 1, sizeof(*client->left));
    if (works == NULL || done == NULL || client->left == NULL) {
        control_refuse(answer, "out of memory");
        goto out;
    }
    for (size_t i = 0; i < count; i++) {
        works[i].work.item = item;
        works[i].work.item.id = request->ids[i];
    }
    if (count > 0)
        control_commit(client, works, count);
    control_set_result(answer, sum_up(works, count, done, &answer->count, client->left,
                                      &answer->left_count));
    answer->has_count = true;
    answer->left = client->left;
    control_announce(client->control,
                     item.kind == STORE_DELETE ? FEED_DELETED : FEED_CHANGED, done,
                     answer->count);
out:
    free(works);
    free(done);
}

static void
run_delete(struct control_client *client, const struct control_request *request,
           struct control_answer *answer)
{
    change(client, request, answer, (struct store_item){.kind = STORE_DELETE});
}

static void
run_mark(struct control_client *client, const struct control_request *request,
         struct control_answer *answer)
{
    change(client, request, answer,
           (struct store_item){.kind = STORE_READ_MARK, .flag = request->is_read});
}

static void
run_tag(struct control_client *client, const struct control_request *request,
        struct control_answer *answer)
{
    change(client, request, answer,
           (struct store_item){.kind = STORE_TAG, .text = request->tags});
}

/* ---- the server itself ---- */

static void
add_stat(struct control_numbers *numbers, const char *name, uint64_t value)
{
    numbers->list[numbers->count++] =
        (struct control_stat){.name = name, .value = value};
}

static void
add_all(struct control_numbers *numbers, struct server *server)
{
    struct committer *committer = &server->service.committer;

    for (int i = 0; i < STAT_COUNT; i++)
        add_stat(numbers, stat_names[i], server_stat(server, (enum stats_counter)i));
    add_stat(numbers, "sessions_open", atomic_load(&server->service.limits.sessions));
    add_stat(numbers, "memory", atomic_load(&server->service.limits.memory));
    add_stat(numbers, "batches", atomic_load(&committer->batches));
    add_stat(numbers, "commit_us", atomic_load(&committer->commit_us));
    add_stat(numbers, "syncs", atomic_load(&committer->syncs));
    add_stat(numbers, "store_failures", atomic_load(&committer->failures));
    add_stat(numbers, "is_store_broken", committer_is_broken(committer));
    numbers->list[numbers->count - 1].is_flag = true;
    add_stat(numbers, "uptime_s", (clock_realtime_us() - server->started_us) / 1000000);
}

static void
run_stats(struct control_client *client, const struct control_request *request,
          struct control_answer *answer)
{
    struct server *server = client->control->server;
    struct control_numbers *numbers = &client->numbers;

    (void)request;
    numbers->count = 0;
    add_all(numbers, server);
    answer->stats = numbers->list;
    answer->stat_count = numbers->count;
}

static void
run_shutdown(struct control_client *client, const struct control_request *request,
             struct control_answer *answer)
{
    (void)request;
    (void)answer;
    client->control->shutdown(client->control->server);
}

/* ---- the table ---- */

static void (*const handlers[])(struct control_client *client,
                                const struct control_request *request,
                                struct control_answer *answer) = {
    [CONTROL_DELETE] = run_delete, [CONTROL_MARK] = run_mark,
    [CONTROL_TAG] = run_tag,       [CONTROL_IMPORT] = control_import_run,
    [CONTROL_STATS] = run_stats,   [CONTROL_SHUTDOWN] = run_shutdown,
};
_Static_assert(ARRAY_LEN(handlers) == CONTROL_OP_COUNT, "a handler for each operation");

char *
control_do(struct control_client *client, struct slice line)
{
    struct control_request request;
    struct control_answer answer = {0};
    const char *wrong = control_request_read(&request, line);
    char *text;

    client->body_left = request.size;
    if (wrong != NULL)
        control_refuse(&answer, wrong);
    else
        handlers[request.op](client, &request, &answer);
    /* not understood, its octets cannot be counted; and a client whose import is
     * refused may have sent others than it announced */
    client->is_last = request.op == CONTROL_OP_COUNT ||
                      (request.op == CONTROL_IMPORT && answer.result != CONTROL_OK);
    text = control_answer_write(&answer);
    control_request_clear(&request);
    free(client->left);
    client->left = NULL;
    return text;
}
