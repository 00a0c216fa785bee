/* inbox_list.c - postern inbox list */
#include "cli/inbox.h"

#include "json/jsonout.h"
#include "cli/table.h"
#include "base/clock.h"

#include <stdio.h>

enum { OPT_OLDEST = 1 };

static const struct option_row rows[] = {
    INBOX_FILTER_ROWS,
    INBOX_LIMIT_ROW("at most N messages"),
    {OPT_OLDEST, 0, "oldest", NULL, "oldest first (default: newest first)"},
    INBOX_JSON_ROW("one JSON object per line"),
    INBOX_STORE_ROW,
    OPTION_COMMON_ROWS,
    {0},
};

static const struct option_page page = {
    "postern inbox list", "", "List the stored messages.", rows,
    "Addresses must match whole, without regard to case; times are in UTC."};

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
    table_time(message->received_at_us, time);
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

int
inbox_list(int argc, char **argv)
{
    struct inbox_selection selection = {0};
    struct error error = ERROR_INIT;
    struct option_reader reader;
    int option;

    option_start(&reader, &page, argc, argv);
    while ((option = option_next(&reader)) > 0) {
        if (option == OPT_OLDEST)
            selection.query.oldest_first = true;
        else if (!inbox_select(&selection, option, reader.value))
            return 2;
    }
    if (option != OPTION_DONE)
        return option_exit_status(option);
    struct store *store = inbox_open(selection.store_option, STORE_READ, &error);
    if (store == NULL)
        return inbox_fail(&error);
    bool is_ok = selection.is_json ? store_list(store, &selection.query, print_object,
                                                NULL, &error) == STORE_OK
                                   : print_table(store, &selection.query, &error);
    store_close(store);
    return is_ok ? 0 : inbox_fail(&error);
}
