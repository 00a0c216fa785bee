/* inbox_delete.c - postern inbox delete: through the server, or directly
 *
 * A store has one writer. If a server is running, it is asked over its control socket;
 * otherwise the store is opened for writing here, which locks it, so that no server can
 * start meanwhile.
 */
#include "cli/inbox.h"

#include "base/memory.h"
#include "control/client.h"
#include "json/jsonout.h"

#include <stdio.h>
#include <stdlib.h>

enum { OPT_ALL = 1 };

static const struct option_row rows[] = {
    {OPT_ALL, 0, "all", NULL, "every message that matches"},
    INBOX_FILTER_ROWS,
    INBOX_JSON_ROW("print one JSON object: {\"deleted\": [ID…]}"),
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {"postern inbox delete", "ID… | --all",
                                        "Delete messages.", rows, NULL};

struct deletion {
    struct inbox_selection selection;
    bool is_all;
    struct id *ids;
    size_t count;
    char **refusals; /* for each id why it was not deleted; NULL: it was */
};

/* Find the ids of the messages to delete. */
static bool
resolve(struct deletion *deletion, char **names, size_t count, struct error *error)
{
    struct store *store =
        inbox_open(deletion->selection.store_option, STORE_READ, error);
    struct inbox_entries entries = {0};
    bool is_ok = false;

    if (store == NULL ||
        (deletion->is_all &&
         !inbox_collect(store, &deletion->selection.query, &entries, error)))
        goto out;
    deletion->count = deletion->is_all ? entries.count : count;
    deletion->ids = memory_new(deletion->count * sizeof(*deletion->ids));
    deletion->refusals = memory_new(deletion->count * sizeof(*deletion->refusals));
    for (size_t i = 0; i < deletion->count; i++) {
        if (deletion->is_all)
            deletion->ids[i] = entries.list[i].id;
        else if (!inbox_resolve(store, names[i], &deletion->ids[i], error))
            goto out;
    }
    is_ok = true;
out:
    inbox_entries_clear(&entries);
    store_close(store);
    return is_ok;
}

/* Have the server delete the messages. Those it did not delete get a refusal, the
 * reason of the server. False with error set: no server, or it went away meanwhile. */
static bool
ask_server(const char *path, struct deletion *deletion, enum control_result *result_out,
           struct error *error)
{
    bool *done = memory_new(deletion->count * sizeof(*done));
    struct error refusal = ERROR_INIT;
    enum control_result result =
        control_delete(path, deletion->ids, deletion->count, done, &refusal);
    bool is_asked = result != CONTROL_NO_SERVER && result != CONTROL_NO_ANSWER;

    *result_out = result;
    for (size_t i = 0; is_asked && i < deletion->count; i++) {
        if (!done[i])
            deletion->refusals[i] =
                memory_copy(result == CONTROL_REFUSED ? slice_from(refusal.text)
                                                      : SLICE("no such message"));
    }
    if (!is_asked)
        *error = refusal;
    free(done);
    return is_asked;
}

/* Delete messages from up to, not including, to in one commit. */
static bool
commit_some(struct store *store, struct deletion *deletion, size_t from, size_t to,
            struct error *error)
{
    struct store_item items[STORE_BATCH_ITEMS_MAX] = {0};
    size_t count = to - from;

    for (size_t i = 0; i < count; i++)
        items[i] = (struct store_item){.kind = STORE_DELETE,
                                       .id = deletion->ids[from + i],
                                       .next = i + 1 < count ? &items[i + 1] : NULL};
    if (store_commit(store, items, error) != STORE_OK)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (items[i].result != STORE_OK)
            deletion->refusals[from + i] = memory_copy(SLICE("no such message"));
    }
    return true;
}

static bool
delete_here(struct deletion *deletion, struct error *error)
{
    struct store *store =
        inbox_open(deletion->selection.store_option, STORE_WRITE, error);
    bool is_ok = store != NULL;

    for (size_t i = 0; is_ok && i < deletion->count; i += STORE_BATCH_ITEMS_MAX) {
        size_t left = deletion->count - i;
        size_t some = left < STORE_BATCH_ITEMS_MAX ? left : STORE_BATCH_ITEMS_MAX;
        is_ok = commit_some(store, deletion, i, i + some, error);
    }
    store_close(store);
    return is_ok;
}

static bool
delete_all(struct deletion *deletion, struct error *error)
{
    char *path = inbox_path(deletion->selection.store_option, error);
    enum control_result result;
    struct error refusal = ERROR_INIT;
    bool is_ok = path != NULL;

    if (is_ok && deletion->count > 0 &&
        !ask_server(path, deletion, &result, &refusal)) {
        is_ok = result == CONTROL_NO_SERVER && delete_here(deletion, error);
        if (result != CONTROL_NO_SERVER)
            *error = refusal;
    }
    free(path);
    return is_ok;
}

/* Print what was deleted and what was not. Returns the exit status. */
static int
report(const struct deletion *deletion)
{
    json_t *array = jsonout_array();
    size_t deleted = 0;

    for (size_t i = 0; i < deletion->count; i++) {
        char id[ID_TEXT_LEN + 1];
        id_format(&deletion->ids[i], id);
        if (deletion->refusals[i] != NULL) {
            fprintf(stderr, "postern: message %s: not deleted: %s\n", id,
                    deletion->refusals[i]);
            continue;
        }
        deleted++;
        jsonout_append(array, jsonout_id(&deletion->ids[i]));
    }
    if (deletion->selection.is_json) {
        json_t *object = jsonout_object();
        jsonout_set(object, "deleted", json_incref(array));
        jsonout_line(object);
    } else {
        printf("%zu message%s deleted\n", deleted, deleted == 1 ? "" : "s");
    }
    json_decref(array);
    return deleted == deletion->count ? 0 : 1;
}

int
inbox_delete(int argc, char **argv)
{
    struct deletion deletion = {0};
    struct error error = ERROR_INIT;
    struct option_reader reader;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_ALL)
            deletion.is_all = true;
        else if (!inbox_select(&deletion.selection, option, reader.value))
            return 2;
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    size_t operands = (size_t)(argc - reader.first);
    if (deletion.is_all == (operands > 0))
        return option_complain(&page, "delete: either ID… or --all is expected");
    if (deletion.selection.has_filter && !deletion.is_all)
        return option_refuse("delete: --to, --from and --subject require --all");
    int status = resolve(&deletion, argv + reader.first, operands, &error) &&
                         delete_all(&deletion, &error)
                     ? report(&deletion)
                     : inbox_fail(&error);
    free(deletion.ids);
    for (size_t i = 0; deletion.refusals != NULL && i < deletion.count; i++)
        free(deletion.refusals[i]);
    free(deletion.refusals);
    return status;
}
