/* control_ops.c - the requests of the control socket, a table of them */
#include "base/clock.h"
#include "server/control_internal.h"

#include <stdlib.h>

json_t *
control_refusal(const char *error)
{
    return json_pack("{s:b, s:s}", "ok", 0, "error", error);
}

json_t *
control_result(enum store_result result)
{
    switch (result) {
    case STORE_OK:
        return json_pack("{s:b}", "ok", 1);
    case STORE_FULL:
        return control_refusal("the store has no room: make some on its disk");
    case STORE_NOT_FOUND:
        return control_refusal("no such message");
    case STORE_FAILED:
        break;
    }
    return control_refusal("the store has failed: the log of the server says why");
}

/* ---- changes to a message ---- */

enum { CHANGE_MAX = 1000 }; /* messages of one request */

/* The ids a request names: "id", or "ids", a list. NULL: something is wrong with them,
 * wrong_out says what. Freed by the caller. */
static struct id *
read_ids(const json_t *request, size_t *count_out, const char **wrong_out)
{
    const json_t *list = json_object_get(request, "ids");
    size_t count = list != NULL ? json_array_size(list) : 1;
    struct id *ids = calloc(count + 1, sizeof(*ids));

    *wrong_out = count > CHANGE_MAX ? "ids: more than 1000: send them in parts"
                 : ids == NULL      ? "out of memory"
                                    : NULL;
    for (size_t i = 0; i < count && *wrong_out == NULL; i++) {
        const json_t *id =
            list != NULL ? json_array_get(list, i) : json_object_get(request, "id");

        if (!json_is_string(id) ||
            !id_parse(slice_of(json_string_value(id), json_string_length(id)), &ids[i]))
            *wrong_out = "id: not the id of a message";
    }
    *count_out = count;
    if (*wrong_out == NULL)
        return ids;
    free(ids);
    return NULL;
}

/* One result for all: the worst but "no such message", which counts only where no
 * message was found. done_out: those that were there, moved to the front. */
static enum store_result
sum_up(const struct control_work *works, struct id *ids, size_t count, size_t *done_out)
{
    enum store_result worst = STORE_OK;

    *done_out = 0;
    for (size_t i = 0; i < count; i++) {
        enum store_result result = works[i].work.result;

        if (result == STORE_OK)
            ids[(*done_out)++] = ids[i];
        else if (result != STORE_NOT_FOUND && worst == STORE_OK)
            worst = result;
    }
    return worst == STORE_OK && *done_out == 0 && count > 0 ? STORE_NOT_FOUND : worst;
}

/* Commit an item like this one for each message the request names. */
static json_t *
change(struct control_client *client, const json_t *request, struct store_item item)
{
    size_t count, done;
    const char *wrong;
    struct id *ids = read_ids(request, &count, &wrong);
    struct control_work *works = ids != NULL ? calloc(count + 1, sizeof(*works)) : NULL;
    json_t *reply;

    if (works == NULL) {
        free(ids);
        return control_refusal(wrong != NULL ? wrong : "out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        works[i].work.item = item;
        works[i].work.item.id = ids[i];
    }
    if (count > 0)
        control_commit(client, works, count);
    reply = control_result(sum_up(works, ids, count, &done));
    json_object_set_new(reply, "count", json_integer((json_int_t)done));
    control_tell(client->control,
                 item.kind == STORE_DELETE ? FEED_DELETED : FEED_CHANGED, ids, done);
    free(works);
    free(ids);
    return reply;
}

static json_t *
do_delete(struct control_client *client, const json_t *request)
{
    return change(client, request, (struct store_item){.kind = STORE_DELETE});
}

static json_t *
do_read(struct control_client *client, const json_t *request)
{
    const json_t *mark = json_object_get(request, "read");

    if (!json_is_boolean(mark))
        return control_refusal("read: neither true nor false");
    return change(
        client, request,
        (struct store_item){.kind = STORE_READ_MARK, .flag = json_is_true(mark)});
}

enum { TAGS_MAX = 2000 };

bool
control_read_tags(const json_t *tags, struct buf *out)
{
    const json_t *tag;
    bool is_good = json_is_array(tags);
    size_t i;

    buf_init(out, TAGS_MAX);
    json_array_foreach((json_t *)(uintptr_t)tags, i, tag)
    {
        struct slice word = {json_string_value(tag), json_string_length(tag)};

        is_good = is_good && json_is_string(tag) && word.len > 0 &&
                  memchr(word.ptr, ',', word.len) == NULL &&
                  (i == 0 || buf_append(out, SLICE(","))) && buf_append(out, word);
    }
    if (!is_good)
        buf_clear(out);
    return is_good;
}

static json_t *
do_tag(struct control_client *client, const json_t *request)
{
    struct buf text;
    json_t *reply;

    if (!control_read_tags(json_object_get(request, "tags"), &text))
        return control_refusal(
            "tags: not a list of words without commas, 2000 octets in all");
    reply = change(client, request,
                   (struct store_item){.kind = STORE_TAG, .text = buf_slice(&text)});
    buf_clear(&text);
    return reply;
}

/* ---- the server itself ---- */

static json_t *
do_stats(struct control_client *client, const json_t *request)
{
    struct server *server = client->control->server;
    json_t *stats = json_object();

    (void)request;
    for (int i = 0; i < STAT_COUNT; i++)
        json_object_set_new(
            stats, stat_names[i],
            json_integer((json_int_t)server_stat(server, (enum stats_counter)i)));
    json_object_set_new(
        stats, "sessions_open",
        json_integer((json_int_t)atomic_load(&server->limits.sessions)));
    json_object_set_new(stats, "memory",
                        json_integer((json_int_t)atomic_load(&server->limits.memory)));
    json_object_set_new(
        stats, "batches",
        json_integer((json_int_t)atomic_load(&server->committer.batches)));
    json_object_set_new(
        stats, "commit_us",
        json_integer((json_int_t)atomic_load(&server->committer.commit_us)));
    json_object_set_new(
        stats, "syncs",
        json_integer((json_int_t)atomic_load(&server->committer.syncs)));
    json_object_set_new(
        stats, "store_failures",
        json_integer((json_int_t)atomic_load(&server->committer.failures)));
    json_object_set_new(stats, "is_store_broken",
                        json_boolean(committer_is_broken(&server->committer)));
    json_object_set_new(
        stats, "uptime_s",
        json_integer(
            (json_int_t)((clock_realtime_us() - server->started_us) / 1000000)));
    return json_pack("{s:b, s:o}", "ok", 1, "stats", stats);
}

static json_t *
do_shutdown(struct control_client *client, const json_t *request)
{
    (void)request;
    client->control->shutdown(client->control->server);
    return control_result(STORE_OK);
}

/* ---- the table ---- */

static const struct {
    const char *name;
    json_t *(*run)(struct control_client *client, const json_t *request);
} operations[] = {
    {"delete", do_delete}, {"tag", do_tag},           {"read", do_read},
    {"stats", do_stats},   {"shutdown", do_shutdown}, {"import", control_import},
};

json_t *
control_do(struct control_client *client, const json_t *request)
{
    const char *name = json_string_value(json_object_get(request, "op"));

    for (size_t i = 0; name != NULL && i < ARRAY_LEN(operations); i++) {
        if (strcmp(name, operations[i].name) == 0)
            return operations[i].run(client, request);
    }
    return control_refusal("op: none of delete, tag, read, stats, shutdown, import");
}
