/* cmd_inbox.c - the commands of the inbox, and what they share
 *
 * Reading opens the store read-only beside a running server. Writing goes through the
 * server's control socket; only when no server runs a command takes the store's lock
 * itself (inbox_delete.c, inbox_import.c).
 */
#include "cli/command.h"
#include "cli/dispatch.h"
#include "cli/inbox.h"
#include "json/jsonout.h"
#include "base/memory.h"
#include "cli/state.h"
#include "base/ascii.h"

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
    .more = "ID is an id, its unique beginning, or \"latest\".",
};

int
cmd_inbox(int argc, char **argv)
{
    return dispatch_run(&page, argc, argv);
}

bool
inbox_filter(struct store_query *query, int option, const char *value)
{
    switch (option) {
    case INBOX_OPTION_TO:
        query->to = slice_from(value);
        return true;
    case INBOX_OPTION_FROM:
        query->from = slice_from(value);
        return true;
    case INBOX_OPTION_SUBJECT:
        query->subject = slice_from(value);
        return true;
    default:
        return false;
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

/* Letters as id_parse reads them: any case, I and L for 1, O for 0. */
static char
id_letter(char c)
{
    c = ascii_upper(c);
    return c == 'I' || c == 'L' ? '1' : c == 'O' ? '0' : c;
}

struct inbox_prefix
inbox_prefix_of(const char *typed)
{
    struct inbox_prefix prefix = {.len = strlen(typed)};

    prefix.is_bad = prefix.len > ID_TEXT_LEN;
    for (size_t i = 0; !prefix.is_bad && i < prefix.len; i++)
        prefix.text[i] = id_letter(typed[i]);
    return prefix;
}

bool
inbox_prefix_matches(const struct inbox_prefix *prefix, const struct id *id)
{
    char text[ID_TEXT_LEN + 1];

    id_format(id, text);
    return !prefix->is_bad && memcmp(text, prefix->text, prefix->len) == 0;
}

struct search {
    struct inbox_prefix prefix;
    struct id first, second;
    size_t found;
};

static bool
look(void *context, const struct store_message *message)
{
    struct search *search = context;

    if (!inbox_prefix_matches(&search->prefix, &message->id))
        return true;
    *(search->found == 0 ? &search->first : &search->second) = message->id;
    search->found++;
    return search->found < 2;
}

static bool
complain_ambiguous(const char *name, const struct search *search, struct error *error)
{
    char first[ID_TEXT_LEN + 1], second[ID_TEXT_LEN + 1];

    id_format(&search->first, first);
    id_format(&search->second, second);
    error_set(
        error, ERROR_NOT_FOUND,
        "message %s: more than one id begins so, such as %s and %s: type more of it",
        name, first, second);
    return false;
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
    bool is_latest = slice_is_equal_fold(slice_from(name), SLICE("latest"));
    struct store_query query = {.limit = is_latest ? 1 : 0};
    struct search search = {.prefix = inbox_prefix_of(is_latest ? "" : name)};

    if (id_parse(slice_from(name), id_out))
        return store_find(store, id_out, exists, NULL, error) == STORE_OK ||
               inbox_miss(name, error);
    if (name[0] != '\0' && store_list(store, &query, look, &search, error) != STORE_OK)
        return false;
    if (search.found > 1)
        return complain_ambiguous(name, &search, error);
    if (search.found == 0) {
        error_set(error, ERROR_NOT_FOUND,
                  is_latest ? "message %s: the store has no message: send one first"
                            : "message %s: no id begins so: see 'postern inbox list'",
                  name);
        return false;
    }
    *id_out = search.first;
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
