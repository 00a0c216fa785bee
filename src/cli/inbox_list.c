/* inbox_list.c - postern inbox list */
#include "cli/inbox.h"

#include "json/jsonout.h"
#include "cli/table.h"
#include "base/clock.h"

#include <stdio.h>

enum { OPT_LIMIT = 1, OPT_OLDEST, OPT_JSON };

static const struct option_row rows[] = {
    INBOX_FILTER_ROWS,
    {OPT_LIMIT, 'n', "limit", "N", "at most N messages"},
    {OPT_OLDEST, 0, "oldest", NULL, "oldest first (default: newest first)"},
    {OPT_JSON, 0, "json", NULL, "one JSON object a line"},
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern inbox list", "", "List the stored messages.", rows,
    "Addresses are compared whole, without case; times are in UTC."};

static const struct table_column columns[] = {
    {"ID", TABLE_LEFT},    {"RECEIVED", TABLE_LEFT}, {"FROM", TABLE_SHRINKS},
    {"TO", TABLE_SHRINKS}, {"SIZE", TABLE_RIGHT},    {"SUBJECT", TABLE_SHRINKS},
};

static bool
add_row(void *context, const struct store_message *message)
{
    char id[ID_TEXT_LEN + 1], time[CLOCK_TEXT_SIZE], to[400] = "", size[24];
    struct slice subject = message->subject;

    id_format(&message->id, id);
    clock_format(message->received_at_us, time);
    time[10] = ' ';
    time[19] = '\0'; /* to the second */
    if (message->recipient_count > 0) {
        struct slice first = message->recipients[0].address;
        snprintf(to, sizeof(to), message->recipient_count > 1 ? "%.*s +%zu" : "%.*s",
                 (int)first.len, first.ptr, message->recipient_count - 1);
    }
    snprintf(size, sizeof(size), "%llu", (unsigned long long)message->size);
    table_add(context, (struct slice[]){slice_from(id), slice_from(time),
                                        message->mail_from.len > 0 ? message->mail_from
                                                                   : SLICE("<>"),
                                        slice_from(to), slice_from(size), subject});
    return true;
}

static bool
print_object(void *context, const struct store_message *message)
{
    (void)context;
    jsonout_line(inbox_message_json(message));
    return !ferror(stdout);
}

static bool
print_table(struct store *store, const struct store_query *query, struct error *error)
{
    struct table *table = table_new(columns, ARRAY_LEN(columns));
    bool is_ok = store_list(store, query, add_row, table, error) == STORE_OK;

    if (is_ok)
        table_print(table);
    table_free(table);
    return is_ok;
}

struct listing {
    const char *store_option;
    struct store_query query;
    bool is_json;
};

/* 0, or the exit status to leave with, plus 1. */
static int
read_options(struct listing *listing, int argc, char **argv)
{
    struct option_reader reader;
    uint64_t limit;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_LIMIT) {
            if (!option_number(&page, "limit", reader.value, 1, UINT32_MAX, &limit))
                return 1 + 2;
            listing->query.limit = (uint32_t)limit;
        } else if (option == OPT_OLDEST) {
            listing->query.oldest_first = true;
        } else if (option == OPT_JSON) {
            listing->is_json = true;
        } else if (option == INBOX_OPTION_STORE) {
            listing->store_option = reader.value;
        } else {
            inbox_filter(&listing->query, option, reader.value);
        }
    }
    if (option != OPTION_DONE)
        return 1 + option_exit_status(option);
    return 0;
}

int
inbox_list(int argc, char **argv)
{
    struct listing listing = {0};
    struct error error = ERROR_INIT;
    int status = read_options(&listing, argc, argv);

    if (status > 0)
        return status - 1;
    struct store *store = inbox_open(listing.store_option, STORE_READ, &error);
    if (store == NULL)
        return inbox_fail(&error);
    bool is_ok = listing.is_json ? store_list(store, &listing.query, print_object, NULL,
                                              &error) == STORE_OK
                                 : print_table(store, &listing.query, &error);
    store_close(store);
    return is_ok ? 0 : inbox_fail(&error);
}
