/* cmd_inbox.c - the commands of the inbox, and what they share
 *
 * Commands that read open the store read-only while a server may be running. Commands
 * that write go through the server's control socket; only if no server is running do
 * they lock the store themselves (inbox_delete.c, inbox_import.c).
 */
#include "cli/command.h"
#include "cli/dispatch.h"
#include "cli/id_search.h"
#include "cli/inbox.h"
#include "json/jsonout.h"
#include "base/memory.h"
#include "cli/state.h"

#include <stdio.h>
#include <stdlib.h>

static const struct dispatch_row rows[] = {
    {"list", "list the stored messages", inbox_list, false},
    {"show", "show a message for reading", inbox_show, false},
    {"raw", "write the exact octets of a message", inbox_raw, false},
    {"wait", "wait until a message matches", inbox_wait, false},
    {"delete", "delete messages", inbox_delete, false},
    {"export", "write messages to an mbox file or a folder of .eml files", inbox_export,
     false},
    {"import", "store the messages of mbox and .eml files", inbox_import, false},
    {0},
};

static const struct dispatch_page page = {
    .command = "postern inbox",
    .summary = "Work with the stored messages.",
    .rows = rows,
    .more = "ID is an id, a unique beginning of one, or \"latest\".",
};

int
cmd_inbox(int argc, char **argv)
{
    return dispatch_run(&page, argc, argv);
}

bool
inbox_select(struct inbox_selection *selection, int option, const char *value)
{
    struct store_query *query = &selection->query;
    uint64_t limit;

    switch (option) {
    case INBOX_OPTION_STORE:
        selection->store_option = value;
        return true;
    case INBOX_OPTION_JSON:
        selection->is_json = true;
        return true;
    case INBOX_OPTION_LIMIT:
        if (!option_number("limit", value, 1, UINT32_MAX, &limit))
            return false;
        query->limit = (uint32_t)limit;
        return true;
    default:
        *(option == INBOX_OPTION_TO     ? &query->to
          : option == INBOX_OPTION_FROM ? &query->from
                                        : &query->subject) = slice_from(value);
        selection->has_filter = true;
        return true;
    }
}

struct store *
inbox_open(const char *option, enum store_mode mode, struct error *error)
{
    char *url = state_store_url(option, error);
    struct store *store = url == NULL ? NULL : store_open(url, mode, error);

    free(url);
    return store;
}

char *
inbox_path(const char *option, struct error *error)
{
    char *url = state_store_url(option, error);
    char *path = url == NULL ? NULL : store_path(url, error);

    free(url);
    return path;
}

int
inbox_fail(const struct error *error)
{
    error_print(error);
    return error_exit_status(error);
}

/* ---- names of messages --------------------------------------------------- */

static bool
offer(void *context, const struct store_message *message)
{
    return id_search_offer(context, &message->id);
}

bool
inbox_miss(const char *name, struct error *error)
{
    error_set(error, ERROR_NOT_FOUND,
              "message %s: it is not in the store: see 'postern inbox list'", name);
    return false;
}

static bool
exists(void *context, const struct store_message *message)
{
    (void)context;
    (void)message;
    return false;
}

bool
inbox_resolve(struct store *store, const char *name, struct id *id_out,
              struct error *error)
{
    struct id_search search = id_search_for(name);
    struct store_query query = {.limit = search.is_latest ? 1 : 0};

    if (id_parse(slice_from(name), id_out))
        return store_find(store, id_out, exists, NULL, error) == STORE_OK ||
               inbox_miss(name, error);
    if (name[0] != '\0' && store_list(store, &query, offer, &search, error) != STORE_OK)
        return false;
    if (!id_search_end(&search, "message", "postern inbox list", error))
        return false;
    *id_out = search.found[0];
    return true;
}

/* ---- messages ------------------------------------------------------------ */

json_t *
inbox_message_json(const struct store_message *message)
{
    json_t *object = jsonout_object(), *rcpt_to = jsonout_array();

    for (size_t i = 0; i < message->recipient_count; i++)
        jsonout_append(rcpt_to, jsonout_text(message->recipients[i].address));
    jsonout_set(object, "id", jsonout_id(&message->id));
    jsonout_set(object, "mail_from", jsonout_text(message->mail_from));
    jsonout_set(object, "rcpt_to", rcpt_to);
    jsonout_set(object, "subject", jsonout_text(message->subject));
    jsonout_set(object, "size", jsonout_number(message->size));
    jsonout_set(object, "received_at", jsonout_time(message->received_at_us));
    jsonout_set(object, "session_id", jsonout_id(&message->session_id));
    jsonout_set(object, "durable", jsonout_text(message->durable));
    return object;
}

static bool
collect(void *context, const struct store_message *message)
{
    struct inbox_entries *entries = context;

    if (entries->count == entries->size) {
        entries->size = entries->size == 0 ? 64 : 2 * entries->size;
        entries->list =
            memory_grow(entries->list, entries->size * sizeof(*entries->list));
    }
    entries->list[entries->count++] = (struct inbox_entry){
        message->id, message->received_at_us, memory_copy(message->mail_from)};
    return true;
}

bool
inbox_collect(struct store *store, const struct store_query *query,
              struct inbox_entries *entries_out, struct error *error)
{
    *entries_out = (struct inbox_entries){0};
    if (store_list(store, query, collect, entries_out, error) == STORE_OK)
        return true;
    inbox_entries_clear(entries_out);
    return false;
}

void
inbox_entries_clear(struct inbox_entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        free(entries->list[i].mail_from);
    free(entries->list);
    *entries = (struct inbox_entries){0};
}

bool
inbox_write(void *file, struct slice octets)
{
    return fwrite(octets.ptr, 1, octets.len, file) == octets.len;
}
